from numba import njit

from openended.envs.walker.gymnasium import group


def test_who_waits_for_the_compiler_is_told_once(monkeypatch, capsys):
    @njit
    def quick(w, g, live, each, aside, double, lane_angle, kind):
        return 0

    monkeypatch.setattr(group, "step_worlds", quick)
    group.Group(1, group.rows(1))
    assert capsys.readouterr().err.count("the walker is being compiled") == 1
    group.Group(1, group.rows(1))
    assert capsys.readouterr().err == ""
    group.Group(4, group.rows(4))
    assert capsys.readouterr().err.count("the walker is being compiled") == 1
