"""Potentials, against examples worked out by hand; which of them a hopeless task fools."""

import math

import numpy as np
import pytest

from openended.core.potentials import CRITICS, POTENTIALS, Seen, moving_progress, potential, potentials
from openended.core.work import Visit


def seen(returns, before=math.nan, best=math.nan, novelty=math.inf, witness=math.nan, **scores):
    return Seen(Visit(0, np.array(returns, np.float64), {}, scores), before, best, novelty, witness, 230.0)


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("uniform", seen([]), 1.0),
        ("learnability", seen([240.0, 230.0, 0.0, 0.0]), 0.25),
        ("learnability", seen([240.0] * 3), 0.0),
        ("variance", seen([1.0, 3.0]), 1.0),
        ("progress", seen([50.0, 70.0], before=90.0), 30.0),
        ("regret", seen([100.0, 200.0], best=280.0), 130.0),
        ("regret", seen([100.0, 200.0], best=180.0, witness=280.0), 130.0),
        ("regret", seen([100.0, 200.0], best=280.0, witness=180.0), 130.0),
        ("novelty", seen([], novelty=0.25), 0.25),
        ("novelty", seen([1.0]), 0.0),
        ("update", seen([], update=0.5), 0.5),
        ("disagreement", seen([], disagreement=2.0), 2.0),
        ("max_mc", seen([100.0], best=280.0, value=40.0), 240.0),
        ("positive_value_loss", seen([100.0], positive_value_loss=0.5), 0.5),
    ],
)
def test_each_is_what_its_name_says(kind, given, expected):
    assert potential(kind, given) == expected


@pytest.mark.parametrize("kind", ["learnability", "progress", "regret", "variance"])
def test_without_an_episode_that_ended_there_is_none(kind):
    assert potential(kind, seen([])) == 0.0


def test_a_task_that_cannot_be_solved_has_no_learnability_and_no_regret_against_what_was_seen():
    hopeless = seen([-100.0, -80.0, -90.0], before=-90.0, best=-80.0)
    assert potential("learnability", hopeless) == 0.0
    assert potential("progress", hopeless) == 0.0
    assert potential("regret", hopeless) == 10.0
    assert potential("variance", hopeless) > 0, "noise alone fools the variance"


def test_every_name_that_a_recipe_may_give_is_one():
    from typing import get_args

    from openended.core.potentials import Name

    assert set(get_args(Name)) == set(POTENTIALS)


def test_what_a_learner_without_a_critic_cannot_give_is_not_a_number():
    told = potentials(seen([100.0, 240.0]))
    assert set(told) == set(POTENTIALS) - {"uniform"}
    assert {name for name, value in told.items() if math.isnan(value)} == {*CRITICS, "progress", "regret"}
    assert told["novelty"] == math.inf


def test_learning_progress_forgets_old_gains():
    assert moving_progress(10.0, 0.0, 0.1) == pytest.approx(9.0)
    assert moving_progress(10.0, 30.0, 0.1) == pytest.approx(12.0)
    assert moving_progress(10.0, 30.0, 1.0) == 30.0
