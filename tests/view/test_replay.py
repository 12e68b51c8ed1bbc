import numpy as np
import pytest
from PIL import Image

from openended.run.errors import Usage
from openended.view.replay import chosen, episode, replay
from openended.view.snapshot import snapshot

FITNESS = {(0, 0): 280.0, (5, 3): 235.0, (7, 5): 90.0}
NICHES = {(0, 0): 0, (5, 3): 33, (7, 5): 47}


def test_the_fittest_elite_is_shown_unless_another_is_named(made):
    view = snapshot(made(FITNESS))
    assert chosen(view, None, best=False).niche == NICHES[0, 0]
    assert chosen(view, 47, best=False).niche == 47


def test_best_means_the_hardest_task_among_the_solved(made):
    assert chosen(snapshot(made(FITNESS)), None, best=True).niche == NICHES[5, 3]


def test_best_without_a_solved_task_shows_the_fittest(made):
    assert chosen(snapshot(made({(0, 0): 60.0, (5, 3): 50.0})), None, best=True).niche == 0


def test_an_empty_niche_is_refused_with_the_occupied_ones(made, tmp_path):
    path = made(FITNESS)
    with pytest.raises(Usage, match=r"niche 3 is empty; occupied are: 0, 33, 47\."):
        replay(path, tmp_path / "a.gif", niche=3)


def test_a_run_without_elites_is_refused(unstarted, tmp_path):
    with pytest.raises(Usage, match="no elites yet"):
        replay(unstarted, tmp_path / "a.gif")


def test_an_unknown_ending_is_refused(made, tmp_path):
    path = made(FITNESS)
    with pytest.raises(Usage, match=r"\.gif, \.png"):
        replay(path, tmp_path / "a.avi")


def test_niche_and_best_together_are_refused(made, tmp_path):
    path = made(FITNESS)
    with pytest.raises(Usage, match="one of the two"):
        replay(path, tmp_path / "a.gif", niche=0, best=True)


def test_the_film_shows_every_step_then_holds_and_loops(made, tmp_path):
    path = made(FITNESS)
    view = snapshot(path)
    steps = episode(view, chosen(view, 47, best=False)).steps
    with Image.open(replay(path, tmp_path / "a.gif", niche=47, width=300, height=200)) as film:
        assert film.info["loop"] == 0
        assert film.n_frames == steps + 1
        assert film.size == (300, 226)
        durations = []
        for number in range(film.n_frames):
            film.seek(number)
            durations.append(film.info["duration"])
        assert durations == [40] * steps + [1000]


def test_what_stands_still_has_one_colour_in_every_frame(made, tmp_path):
    with Image.open(replay(made(FITNESS), tmp_path / "a.gif", niche=47, width=300, height=200)) as film:
        frames = []
        for number in range(film.n_frames):
            film.seek(number)
            frames.append(np.asarray(film.convert("RGB"))[:, 10])
        assert all((frame == frames[0]).all() for frame in frames)


def test_a_film_of_a_long_episode_ends_within_its_limit(made, tmp_path, monkeypatch):
    monkeypatch.setattr("openended.view.replay.LONGEST", 0.2)
    with Image.open(replay(made(FITNESS), tmp_path / "a.gif", niche=47)) as film:
        assert film.n_frames <= 6


def test_the_caption_tells_niche_descriptor_return_and_end(made):
    view = snapshot(made(FITNESS))
    shown = episode(view, chosen(view, 33, best=False))
    assert shown.caption.startswith("niche 33:  goal distance 5.5 m, wind 0.35 m")
    assert f"return {shown.trace.rewards.sum():.1f}" in shown.caption
    assert shown.caption.endswith("finished") or "not finished" in shown.caption


def test_a_domain_without_a_strip_is_shown_in_tiles(made, tmp_path):
    with Image.open(replay(made(FITNESS), tmp_path / "a.png", niche=33, width=900, height=150)) as picture:
        assert picture.size == (900, 176)
        drawn = np.asarray(picture.convert("RGB"))
    red = (drawn == (200, 40, 40)).all(axis=2).any(axis=0)
    assert np.count_nonzero(np.diff(red.astype(int)) == 1) == 6, "the goal is drawn once per tile"


def test_a_domain_with_a_strip_draws_it_itself(made, point, tmp_path, monkeypatch):
    blue = np.full((80, 500, 3), (0, 0, 255), np.uint8)
    monkeypatch.setattr(type(point), "strip", lambda self, task, trace, width, height: blue, raising=False)
    with Image.open(replay(made(FITNESS), tmp_path / "a.png", width=500, height=80)) as picture:
        assert (np.asarray(picture.convert("RGB"))[:80] == (0, 0, 255)).all()
