"""The controls: one agent on one task, from scratch or along the direct path."""

import math

import pytest

from openended.core.algorithms import direct
from openended.core.algorithms.direct import Params, check
from openended.core.learners import Strategy
from openended.core.niches import Niches
from tests.support.altered import altered
from tests.support.point import POINT, Errand, grid
from tests.support.serial import advance, means


def toward(task, target):
    return Errand(*(grid(near(*each)) for each in zip(flat(task), flat(target), (0.5, 0.5, 0.05), strict=True)))


def flat(task):
    return task.x, task.y, task.wind


def near(value, goal, step):
    return goal if abs(goal - value) <= step else value + math.copysign(step, goal - value)


PATH = altered(POINT, tasks={"toward": toward})
"""A point whose tasks lead to each other by steps of at most 0.5 m and 0.05 m of wind."""
TARGET = Errand(2.5, 0.5, 0.15)
SETTINGS = {
    "task": POINT.tasks.encode(TARGET),
    "archive": Niches(cells=(8, 6)),
    "learner": Strategy(population=32, learning_rate=0.1, sigma=0.2),
    "threshold": 150.0,
}


def run(generations, domain=PATH, **settings):
    return advance(direct, means(Params(**SETTINGS | settings), domain), generations + 1)


def test_direct_optimisation_trains_one_agent_on_the_given_task_alone():
    state, changes = run(12, POINT)[-1]
    assert (state.tasks[0].genome, state.tasks[0].maker) == (TARGET, "given")
    assert list(state.pairs) == [0]
    assert state.learners[0].steps == 12
    assert state.counters.evaluations == 1 + 12 * 33
    assert changes.metrics["tasks_created"] == 1


def test_the_direct_path_ends_at_the_task_and_is_one_optimisation():
    history = run(60, curriculum=True)
    genomes = [task.genome for task in history[-1][0].tasks.values()]
    assert genomes[0] == Errand()
    assert genomes[-1] == TARGET
    assert len(genomes) == 4
    assert [task.maker for task in history[-1][0].tasks.values()] == ["first", "path", "path", "path"]
    for state, changes in history[1:]:
        (pair,) = [pair for pair in state.pairs.values() if pair.active]
        assert state.learners[pair.learner].memory["t"] == changes.generation
        for task in changes.tasks:
            before = history[changes.generation - 1][0].pairs[task.parent]
            assert before.fitness >= 150
            assert state.pairs[task.parent].retired == changes.generation
    assert history[-1][0].pairs[3].best_fitness > 200


def test_a_domain_without_paths_and_a_task_of_another_domain_are_refused():
    with pytest.raises(ValueError, match="knows no path"):
        check(Params(**SETTINGS, curriculum=True), POINT)
    with pytest.raises(ValueError, match="task is not one of point-v1"):
        check(Params(**SETTINGS | {"task": "{}"}), POINT)
