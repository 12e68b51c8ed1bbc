import pytest

from openended.file.errors import Usage
from openended.file.snapshot import chosen, snapshot
from openended.view.episode import episode
from tests.support.point import Errand

FITNESS = {(0, 0): 280.0, (5, 3): 235.0, (7, 5): 90.0}
NICHES = {(0, 0): 0, (5, 3): 33, (7, 5): 47}


def test_the_fittest_elite_is_shown_unless_another_is_named(made):
    view = snapshot(made(FITNESS))
    assert chosen(view, None, best=False).niche == NICHES[0, 0]
    assert chosen(view, 47, best=False).niche == 47


def test_a_fitness_that_is_no_number_is_never_the_fittest(made):
    view = snapshot(made({(0, 0): float("nan"), (5, 3): -90.0}))
    assert chosen(view, None, best=False).niche == chosen(view, None, best=True).niche == NICHES[5, 3]


def test_best_means_the_hardest_task_among_the_solved(made):
    assert chosen(snapshot(made(FITNESS)), None, best=True).niche == NICHES[5, 3]


def test_best_without_a_solved_task_shows_the_fittest(made):
    assert chosen(snapshot(made({(0, 0): 60.0, (5, 3): 50.0})), None, best=True).niche == 0


def test_an_empty_niche_is_refused_with_the_occupied_ones(made):
    with pytest.raises(Usage, match=r"niche 3 is empty; occupied are: 0, 33, 47\."):
        chosen(snapshot(made(FITNESS)), 3, best=False)


def test_a_run_without_elites_is_refused(unstarted):
    with pytest.raises(Usage, match="no elites yet"):
        chosen(snapshot(unstarted), None, best=False)


def test_the_caption_tells_niche_descriptor_return_and_end(made):
    view = snapshot(made(FITNESS))
    shown = episode(view, chosen(view, 33, best=False))
    assert shown.caption.startswith("niche 33:  goal distance 5.5 m, wind 0.35 m")
    assert f"return {shown.trace.rewards.sum():.1f}" in shown.caption
    assert shown.caption.endswith("finished") or "not finished" in shown.caption


def test_an_agent_on_another_task_is_told_with_the_name_of_the_task(made, point):
    view = snapshot(made(FITNESS))
    pair, task = chosen(view, 47, best=False), Errand(1.0, 1.0, 0.0)
    shown = episode(view, pair, ("somewhere", task))
    assert shown.caption.startswith("agent of niche 47 on somewhere   |   return ")
    assert (
        shown.trace.rewards == point.simulator.trace(task, point.policies.default, view.best_agent(pair), 0, 50).rewards
    ).all()
