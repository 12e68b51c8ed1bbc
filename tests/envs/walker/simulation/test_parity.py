"""Our walkers against live Gymnasium and Box2D, to the bit. `benchmarks/parity.py` does the same at length."""

from dataclasses import replace

import pytest

from openended.envs.walker.courses.task import WalkerTask
from tests.support.controllers import CONTROLLERS
from tests.support.harsh import NEAREST, any_task
from tests.support.side_by_side import Episode, Ours, compare
from tests.support.widths import NATIVE, WIDTHS

NAMES = sorted(CONTROLLERS)


@pytest.mark.parametrize("hardcore", [False, True])
def test_a_walker_in_lanes_is_gymnasiums_to_the_bit(hardcore):
    episodes = [Episode(seed, hardcore, controller=name, key=seed) for seed in (11, 12) for name in NAMES]
    outcome = compare(episodes, NATIVE, cap=300)
    assert outcome.differences == []
    assert outcome.episodes == len(episodes)
    assert outcome.fallen > 0


@pytest.mark.parametrize("width", WIDTHS)
def test_it_is_at_every_width(width):
    episodes = [Episode(20 + i, i % 2 == 1, controller=name, key=i) for i, name in enumerate(NAMES)]
    assert compare(episodes, width, cap=300).differences == []


def test_actions_in_double_precision_have_the_torques_and_rewards_that_gymnasium_gives_them():
    episodes = [Episode(30 + i, i % 2 == 0, controller=name, key=i, double=True) for i, name in enumerate(NAMES)]
    singles = [replace(episode, double=False) for episode in episodes]
    assert compare(episodes + singles, NATIVE, cap=300).differences == []


def test_walkers_on_our_courses_move_as_box2d_moves_them():
    episodes = [
        Episode(any_task(key), near=key % 2 * NEAREST, controller=NAMES[key % len(NAMES)], key=key) for key in range(28)
    ]
    outcome = compare(episodes, NATIVE, cap=300)
    assert outcome.differences == []
    assert max(outcome.distances) > 12


def test_a_walk_to_the_end_of_the_course_ends_as_gymnasiums_does():
    outcome = compare([Episode(6, controller="heuristic")], 1, cap=1600)
    assert outcome.differences == []
    assert (outcome.finished, outcome.steps) == (1, 1544)


def test_a_walk_to_the_end_of_our_flattest_course_ends_as_box2ds_does():
    outcome = compare([Episode(WalkerTask(), controller="heuristic")], 1, cap=2000)
    assert outcome.differences == []
    assert outcome.finished == 1


def test_the_comparison_notices_a_change_of_one_bit(monkeypatch):
    step = Ours.step

    def wrong(ours):
        step(ours)
        ours.observations.view("int32")[0, 3] ^= 1

    monkeypatch.setattr(Ours, "step", wrong)
    outcome = compare([Episode(0)], 1, cap=10)
    assert len(outcome.differences) == 1
    assert "step 0: observation[3]" in outcome.differences[0]
