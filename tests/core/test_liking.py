"""Votes steer which tasks become parents and how novel children count, as far as the recipe lets them."""

from dataclasses import replace

import numpy as np
import pytest

from openended.core.algorithms.map_elites import Params
from openended.core.liking import MOST, known, liking
from openended.core.offers import Taken, Vote, counted
from openended.core.settings import People
from tests.support.handmade import task
from tests.support.scripted import generation

PLACES = [0, 4, 8, 12, 16, 20]
FARTHER = tuple(
    Vote(left, right, "left" if left > right else "right") for left in range(6) for right in range(6) if left != right
)
"""Somebody finds the more interesting what lies farther."""


def standing(preference, votes):
    made = generation(Params(people=People(preference=preference)), PLACES, [1.0] * 6, {})
    made.before = replace(made.before, votes=tuple(votes))
    return made


def weights(preference, votes, tasks=range(6)):
    return liking(standing(preference, votes)).weights(np.array(tasks), np.ones(len(tasks)))


def test_what_people_like_is_the_likelier_parent_the_more_so_the_more_preference_counts():
    half, whole = weights(0.5, FARTHER), weights(1.0, FARTHER)
    for found in (half, whole):
        assert found.sum() == pytest.approx(1.0)
        assert (np.diff(found) > 0).all()
        assert found.min() >= 0.25 / 6
    assert whole[0] < half[0]
    assert weights(1.0, FARTHER, [4]) == pytest.approx([1.0])
    assert weights(1.0, FARTHER, []).tolist() == []


def test_what_people_like_counts_as_more_novel():
    liked = liking(standing(1.0, FARTHER))
    near, middle, far = liked.novelty([task(9, (place,), genome=int(place)) for place in (1.0, 10.0, 19.0)], [2.0] * 3)
    assert 1.0 < near < middle < far < 3.0
    assert middle == pytest.approx(2.0, abs=0.05)
    assert liked.novelty([], []) == []


@pytest.mark.parametrize(("preference", "votes"), [(0.0, FARTHER), (1.0, ())])
def test_without_votes_or_without_preference_nothing_changes(preference, votes):
    made = standing(preference, votes)
    given = np.array([0.5, 0.0, 2.0])
    assert liking(made).weights(np.arange(3), given) is given
    assert liking(made).novelty([task(9, (3.0,), genome=3)], [0.7]) == [0.7]


def test_other_weights_count_beside_preference():
    made = standing(1.0, FARTHER)
    progress = np.array([0.0, 1.0, 0.0, 0.0, 0.0, 3.0])
    found = liking(made).weights(np.arange(6), progress)
    assert found == pytest.approx(progress * weights(1.0, FARTHER))


def test_the_newest_votes_count():
    nearer = tuple(Vote(vote.right, vote.left, vote.choice) for vote in FARTHER)
    many = nearer * (MOST // len(nearer) + 1)
    assert weights(1.0, FARTHER + many).tolist() == weights(1.0, many).tolist()
    assert (np.diff(weights(1.0, FARTHER * 3 + many)) < 0).all()


def test_a_task_is_known_by_its_descriptor_its_square_and_its_features():
    archive = standing(1.0, ()).archive
    around = np.array(PLACES) / 20 - 0.5
    assert known(archive) == pytest.approx(np.stack((around, around * around, PLACES), axis=1))


def test_votes_that_count_are_those_that_say_something_about_tasks_there_are():
    def row(kind, outcome, choice):
        return Taken(3, kind, "0" * 64, "ann", outcome, -1, {}, {"left": 1, "right": 2, "choice": choice})

    rows = [row("vote", "counted", "left"), row("vote", "counted", "none"), row("vote", "unknown", "right")]
    assert counted([*rows, row("vote", "counted", "equal")]) == (Vote(1, 2, "left"), Vote(1, 2, "equal"))
