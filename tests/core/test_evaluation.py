import math

import numpy as np
import pytest

from openended.core.evaluation import Params, Trial, charged, evaluate
from openended.core.types import Counters, Outcome
from tests.support.handmade import task
from tests.support.point import NOISY, POINT
from tests.support.serial import SerialExecutor


class Told:
    """An executor whose returns are told beforehand; keeps what it was asked."""

    def __init__(self, *returns):
        self.returns = np.array(returns)

    def evaluate(self, genomes, agents, which, keys, cap, stall=0):
        self.asked = genomes, agents, which, keys, cap, stall
        return Outcome(self.returns, np.full(len(which), 7, np.int32), {})


def trials():
    agents = np.eye(3, dtype=np.float32)
    return [
        Trial(task(4, genome="b"), agents[0]),
        Trial(task(2, genome="a"), agents[1]),
        Trial(task(4, genome="b"), agents[2]),
    ]


def test_trials_form_one_batch_in_which_every_task_is_prepared_once():
    executor = Told(1.0, 2.0, 3.0)
    result = evaluate(trials(), POINT, Params(cap=50, evaluation_stall=9, stall=5, train_cap=20), executor, key=1)
    genomes, agents, which, keys, cap, stall = executor.asked
    assert genomes == ["b", "a"]
    assert agents.tolist() == np.eye(3).tolist()
    assert which.tolist() == [[0, 0], [1, 1], [0, 2]]
    assert (keys.dtype, len(set(keys.tolist()))) == (np.uint64, 3)
    assert (cap, stall) == (50, 9)
    assert result.fitness == (1.0, 2.0, 3.0)
    assert (result.evaluations, result.env_steps, result.nonfinite) == (3, 21, 0)


def test_a_domain_whose_episodes_vary_is_evaluated_several_times():
    executor = Told(1.0, 3.0, 5.0, 5.0, 0.0, 1.0)
    assert evaluate(trials(), NOISY, Params(repeats=2), executor, key=1).fitness == (2.0, 5.0, 0.5)
    assert executor.asked[2].tolist() == [[0, 0], [0, 0], [1, 1], [1, 1], [0, 2], [0, 2]]
    assert len(set(executor.asked[3].tolist())) == 6


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_one_return_that_is_not_finite_spoils_the_trial_and_is_counted(broken):
    result = evaluate(trials(), NOISY, Params(repeats=2), Told(1.0, broken, 5.0, 5.0, 0.0, 1.0), key=1)
    assert math.isnan(result.fitness[0])
    assert result.fitness[1:] == (5.0, 0.5)
    assert result.nonfinite == 1


def test_nothing_costs_nothing():
    assert evaluate([], POINT, Params(), Told(), key=1).evaluations == 0


def test_fitness_is_the_return_of_the_domain():
    domain = POINT
    agent = domain.policies.default.init(3)
    result = evaluate(
        [Trial(task(0, genome=domain.tasks.first()), agent)], domain, Params(), SerialExecutor(domain), key=1
    )
    trace = domain.simulator.trace(domain.tasks.first(), domain.policies.default, agent, 0, 2000)
    assert result.fitness == (sum(trace.rewards.tolist()),)
    assert result.env_steps == len(trace.rewards)


def test_costs_add_up_in_the_counters():
    first = evaluate(trials(), POINT, Params(), Told(1.0, math.nan, 3.0), key=1)
    counters = charged(Counters(evaluations=10, annecs=4), first, first)
    assert counters == Counters(evaluations=16, env_steps=42, nonfinite=2, annecs=4)
