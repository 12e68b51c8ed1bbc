import math

import numpy as np
import pytest

from openended.core.evaluation import Episodes, Evaluated, Trial, evaluate
from openended.core.work import Cost, Limits, Outcome
from tests.support.handmade import task
from tests.support.point import NOISY, POINT
from tests.support.serial import SerialExecutor


class Prepared:
    """An executor whose returns are prepared; `asked` is the last batch."""

    def __init__(self, *returns, **facts):
        self.returns, self.facts = np.array(returns), facts

    def evaluate(self, batch):
        self.asked = batch
        return Outcome(self.returns, np.full(len(batch.which), 7, np.int32), self.facts)


def trials():
    agents = np.eye(3, dtype=np.float32)
    return [
        Trial(task(4, genome="b"), agents[0]),
        Trial(task(2, genome="a"), agents[1]),
        Trial(task(4, genome="b"), agents[2]),
    ]


def test_trials_form_one_batch_in_which_every_task_is_prepared_once():
    executor = Prepared(1.0, 2.0, 3.0)
    result = evaluate(trials(), POINT, Episodes(cap=50, evaluation_stall=9, stall=5, train_cap=20), executor, key=1)
    asked = executor.asked
    assert asked.genomes == ["b", "a"]
    assert asked.agents.tolist() == np.eye(3).tolist()
    assert (asked.which.dtype, asked.which.tolist()) == (np.int32, [[0, 0], [1, 1], [0, 2]])
    assert (asked.keys.dtype, len(set(asked.keys.tolist()))) == (np.uint64, 3)
    assert asked.limits == Limits(50, 9)
    assert result.fitness == (1.0, 2.0, 3.0)
    assert result.cost == Cost(evaluations=3, env_steps=21)


def test_a_domain_whose_episodes_vary_is_evaluated_several_times():
    executor = Prepared(1.0, 3.0, 5.0, 5.0, 0.0, 1.0)
    assert evaluate(trials(), NOISY, Episodes(repeats=2), executor, key=1).fitness == (2.0, 5.0, 0.5)
    assert executor.asked.which.tolist() == [[0, 0], [0, 0], [1, 1], [1, 1], [0, 2], [0, 2]]
    assert len(set(executor.asked.keys.tolist())) == 6


def test_facts_are_the_means_over_a_trials_episodes():
    finished = np.array([True, False, True, True, False, False])
    executor = Prepared(*[0.0] * 6, finished=finished, distance=np.arange(6, dtype=np.float32))
    facts = evaluate(trials(), NOISY, Episodes(repeats=2), executor, key=1).facts
    assert {name: (values.dtype, values.tolist()) for name, values in facts.items()} == {
        "finished": (np.float64, [0.5, 1.0, 0.0]),
        "distance": (np.float64, [0.5, 2.5, 4.5]),
    }


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_one_return_that_is_not_finite_spoils_the_trial_and_is_counted(broken):
    result = evaluate(trials(), NOISY, Episodes(repeats=2), Prepared(1.0, broken, 5.0, 5.0, 0.0, 1.0), key=1)
    assert math.isnan(result.fitness[0])
    assert result.fitness[1:] == (5.0, 0.5)
    assert result.cost.nonfinite == 1


def test_nothing_costs_nothing():
    assert evaluate([], POINT, Episodes(), Prepared(), key=1) == Evaluated(())


def test_fitness_is_the_return_of_the_domain():
    policy, first = POINT.policies.default, POINT.tasks.first()
    agent = policy.init(3)
    result = evaluate([Trial(task(0, genome=first), agent)], POINT, Episodes(), SerialExecutor(POINT), key=1)
    trace = POINT.simulator.trace(first, policy, agent, 0, 2000)
    assert result.fitness == (sum(trace.rewards.tolist()),)
    assert result.cost.env_steps == len(trace.rewards)
    assert {name: values.tolist() for name, values in result.facts.items()} == {
        name: [value] for name, value in trace.facts.items()
    }
