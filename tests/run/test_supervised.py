"""Runs that learn from labels through time: the same on any threads, and killed and resumed."""

import pytest

from openended.run import driver, recipe
from tests.support.run_content import digest

pytestmark = pytest.mark.slow  # the recurrent kernels take half a minute to compile
LEARNER = {"kind": "supervised", "examples": 64, "minibatches": 1, "learning_rate": 0.01}
SHARED = {
    "question": "?",
    "domain": "digits-v1",
    "algorithm": "curriculum",
    "archive": {"cells": [9, 5, 15]},
    "criterion": {"solved": 1.0},
    "policy": {"kind": "gru", "hidden": [8, 16]},
    "learner": LEARNER,
    "potential": {"kind": "learnability"},
    "source": {"kind": "random"},
    "replay": {"probability": 0.5, "capacity": 8, "batch": 4, "edits": 2},
}
PAIRS = {
    "question": "?",
    "domain": "digits-v1",
    "archive": {"cells": [9, 5, 15]},
    "episodes": {"cap": 200},
    "criterion": {"low": 0.0, "high": 1.0, "solved": 1.0},
    "policy": {"kind": "gru", "hidden": [8, 16]},
    "learner": LEARNER,
    "reproduction": {"every": 1, "threshold": 0.0, "children": 6},
    "transfer": {"every": 2},
    "active": {"count": 3},
}
GENERATIONS = 6


def config(settings, generations=GENERATIONS):
    return recipe.check(settings | {"generations": generations}, "short", "short.toml")


@pytest.mark.parametrize("settings", [SHARED, PAIRS], ids=["shared", "pairs"])
def test_threads_and_stops_change_nothing(settings, tmp_path):
    straight, halting = tmp_path / "straight.run", tmp_path / "halting.run"
    driver.run(straight, config(settings), threads=1)
    for generation in range(GENERATIONS + 1):
        state = driver.run(halting, config(settings, generation), threads=1 + generation % 2)
        assert state.generation == generation
    assert digest(halting) == digest(straight)
    assert len(state.tasks) > 3
    assert any(learner.steps for learner in state.learners.values())
