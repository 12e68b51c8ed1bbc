"""POET and Enhanced POET on the toy domain, 60 generations through ten reproductions and twelve transfer phases: what
must hold of every generation. See `test_laws.py` for what holds of any algorithm.
"""

import math
from itertools import pairwise

import pytest

from openended.core.algorithms import enhanced_poet, poet
from openended.core.criterion import Bounds
from openended.core.learners import Strategy
from openended.core.niches import Niches
from openended.core.reproduction import Reproduction
from openended.core.selection import Population
from openended.core.transfer import Transfers
from tests.support.point import NOISY, POINT
from tests.support.serial import advance, means

SETTINGS = {
    "archive": Niches(cells=(8, 6)),
    "learner": Strategy(population=32, learning_rate=0.1, sigma=0.2),
    "criterion": Bounds(low=20, high=290),
    "reproduction": Reproduction(every=6, threshold=150, children=6),
    "transfer": Transfers(every=5),
    "active": Population(count=3),
}
GENERATIONS = 60


@pytest.fixture(scope="module", params=[poet, enhanced_poet], ids=lambda module: module.__name__.rpartition(".")[2])
def module(request):
    return request.param


@pytest.fixture(scope="module")
def history(module):
    return advance(module, means(module.Params(**SETTINGS), POINT), GENERATIONS + 1)


def test_the_population_turns_over_and_learns(history):
    state, changes = history[-1]
    reproductions = [each for _, each in history if any(task.outcome == "admitted" for task in each.tasks)]
    assert len(reproductions) >= 3 + 1
    assert sum(bool(each.transfers) for _, each in history) >= 2
    assert sum(pair.retired >= 0 for pair in state.pairs.values()) >= 2
    assert state.counters.transfers_accepted > 0
    assert changes.metrics["annecs"] >= 2
    assert changes.metrics["best"] > 250
    assert changes.metrics["active"] == 3


def test_the_population_is_bounded_and_the_oldest_retire_for_good(history):
    for (before, _), (state, _) in pairwise(history):
        assert 1 <= sum(pair.active for pair in state.pairs.values()) <= 3
        assert before.pairs.keys() <= state.pairs.keys()
        for task, pair in before.pairs.items():
            if pair.retired >= 0:
                assert state.pairs[task] is pair
        active = [task for task, pair in state.pairs.items() if pair.active]
        assert all(task < min(active) for task, pair in state.pairs.items() if pair.retired >= 0)


def test_everything_comes_when_it_is_due(history):
    for _, changes in history[1:]:
        assert not changes.tasks or changes.generation % 6 == 0
        assert not changes.transfers or changes.generation % 5 == 0
        assert sum(task.outcome == "admitted" for task in changes.tasks) <= 1
        assert len(changes.tasks) in (0, 6)


def test_the_admitted_met_the_criterion_and_the_best_is_kept(history):
    for state, changes in history[1:]:
        for task in changes.tasks:
            assert (task.outcome == "admitted") <= (20 <= task.score <= 290)
            assert (task.id in state.pairs) == (task.outcome == "admitted")
    best = [max(pair.best_fitness for pair in state.pairs.values()) for state, _ in history]
    assert best == sorted(best)


def test_scores_are_those_of_retired_agents_on_admitted_tasks_each_once(history):
    seen = set()
    for state, changes in history:
        for score in changes.scores:
            assert state.pairs[score.agent].retired >= 0
            assert score.task in state.pairs
            assert (score.agent, score.task) not in seen
            seen.add((score.agent, score.task))
            trace = POINT.simulator.trace(
                state.tasks[score.task].genome, POINT.policies.default, state.learners[score.agent].agent, 0, 2000
            )
            assert math.fsum(trace.rewards) == pytest.approx(score.fitness)
    assert seen == history[-1][0].scores.keys()
    assert seen


def test_a_domain_whose_episodes_vary_is_evaluated_repeatedly(module):
    state, _ = advance(module, means(module.Params(**SETTINGS), NOISY), 8)[-1]
    assert state.counters.evaluations >= 5 + 7 * (32 + 5)
