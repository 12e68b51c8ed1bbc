"""The evolution strategy against a second implementation (float64 numpy, after the papers) and hand computation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from openended.core.keys import key
from openended.core.learners.es import Params, ask, centred_ranks, start, step, tell
from openended.core.types import Optimiser, Outcome, StepJob

returns = arrays(np.float64, st.integers(2, 40), elements=st.sampled_from([-1.0, 0.0, 2.5, 7.0, math.nan, math.inf]))


def sphere(genomes, agents, which, keys, cap, stall):
    """Return of an episode: minus the squared distance to the point that the genome gives in every coordinate."""
    values = [-float(np.sum((agents[agent].astype(np.float64) - genomes[task]) ** 2)) for task, agent in which]
    return Outcome(np.array(values), np.full(len(which), 3, np.int32), {})


def job(parameters=6, number=0, target=1.0, params=None):
    return StepJob(
        target, np.zeros(parameters, np.float32), start(params or Params(), parameters), key(1, 0, "es", number)
    )


class Reference:
    """POET's es.py and optimizers.py, as their papers state them, in float64 and plain loops."""

    def __init__(self, agent, params):
        self.agent, self.params = agent.astype(np.float64), params
        self.m, self.v, self.t = np.zeros_like(self.agent), np.zeros_like(self.agent), 0
        self.rate, self.sigma = params.learning_rate, params.sigma

    def step(self, noise, plus, minus):
        p, size = self.params, 2 * len(noise)
        order = np.argsort(np.concatenate([plus, minus]))
        ranks = np.empty(size)
        ranks[order] = np.arange(size) / (size - 1) - 0.5
        gradient = np.zeros_like(self.agent)
        for i, direction in enumerate(noise):
            gradient += (ranks[i] - ranks[i + len(noise)]) * direction
        gradient = gradient / len(noise) / self.sigma - p.weight_decay * self.agent
        self.t += 1
        self.m = p.beta1 * self.m + (1 - p.beta1) * gradient
        self.v = p.beta2 * self.v + (1 - p.beta2) * gradient**2
        rate = self.rate * math.sqrt(1 - p.beta2**self.t) / (1 - p.beta1**self.t)
        self.agent = self.agent + rate * self.m / (np.sqrt(self.v) + p.epsilon * math.sqrt(1 - p.beta2**self.t))
        self.rate = max(self.rate * p.learning_rate_decay, p.learning_rate_floor)
        self.sigma = max(self.sigma * p.sigma_decay, p.sigma_floor)


def test_fifty_steps_agree_with_the_reference():
    params = Params(
        population=32, learning_rate_decay=0.98, learning_rate_floor=0.005, sigma_decay=0.97, sigma_floor=0.05
    )
    parameters = 200
    agent = np.random.default_rng(3).standard_normal(parameters).astype(np.float32) * np.float32(0.1)
    optimiser, reference, begin = start(params, parameters), Reference(agent, params), agent
    for number in range(50):
        now = StepJob(None, agent, optimiser, key(2, number, "es", 0))
        population, _ = ask(now, params)
        values = -np.sum((population.astype(np.float64) - 1) ** 2, axis=1)
        noise = (population[0::2].astype(np.float64) - population[1::2]) / 2 / optimiser.sigma
        reference.step(noise, values[0::2], values[1::2])
        stepped = tell(now, params, population, values, 0)
        agent, optimiser = stepped.agent, stepped.optimiser
    assert np.abs(agent - begin).max() > 0.2
    assert np.abs(agent - reference.agent).max() < 3e-5
    assert (optimiser.t, optimiser.learning_rate) == (50, reference.rate) == (50, 0.005)
    assert optimiser.sigma == reference.sigma == 0.05


def test_the_first_step_by_hand():
    params = Params(population=2, learning_rate=0.01, weight_decay=0.1, sigma=0.5)
    zeros = np.zeros(1, np.float32)
    now = StepJob(None, np.array([0.25], np.float32), Optimiser(zeros, zeros, 0, 0.01, 0.5), 5)
    population = np.array([[0.75], [-0.25]], np.float32)
    stepped = tell(now, params, population, np.array([3.0, 8.0]), env_steps=17)
    gradient = (-0.5 - 0.5) * 1.0 / 0.5 - 0.1 * 0.25
    assert stepped.optimiser.m[0] == pytest.approx(0.1 * gradient, rel=1e-5)
    assert stepped.optimiser.v[0] == pytest.approx(0.001 * gradient**2, rel=1e-4)
    assert stepped.agent[0] == pytest.approx(0.25 - 0.01, rel=1e-5)
    assert (stepped.mean_return, stepped.evaluations, stepped.env_steps, stepped.nonfinite) == (5.5, 2, 17, 0)


def test_ranks_by_hand():
    assert centred_ranks(np.array([3.0, 1.0, 9.0])).tolist() == [0.0, -0.5, 0.5]
    assert centred_ranks(np.array([3.0, 1.0, math.nan, 3.0, math.inf])).tolist() == [0.375, 0.0, -0.375, 0.375, -0.375]


@given(returns)
def test_rank_laws(values):
    ranks = centred_ranks(values)
    usable = np.where(np.isfinite(values), values, -np.inf)
    assert abs(ranks.sum()) < 1e-12
    assert ranks.min() >= -0.5
    assert ranks.max() <= 0.5
    for i in range(len(values)):
        below, equal = np.sum(usable < usable[i]), np.sum(usable == usable[i])
        assert ranks[i] == pytest.approx((below + (equal - 1) / 2) / (len(values) - 1) - 0.5)


@pytest.mark.parametrize("value", [4.0, math.nan, -math.inf])
def test_equal_or_useless_returns_give_no_gradient(value):
    params = Params(population=64, weight_decay=0.0)
    now = StepJob(None, np.ones(5, np.float32), start(params, 5), 3)
    stepped = tell(now, params, ask(now, params)[0], np.full(64, value), 0)
    assert stepped.agent.tolist() == [1.0] * 5
    assert stepped.optimiser.m.tolist() == [0.0] * 5
    assert stepped.degenerate
    assert stepped.nonfinite == (0 if value == 4.0 else 64)
    assert math.isnan(stepped.mean_return) == (value != 4.0)


def test_what_is_not_finite_counts_like_the_worst_return():
    params = Params(population=4)
    now = job(params=params)
    population, _ = ask(now, params)
    broken = tell(now, params, population, np.array([math.nan, 1.0, 2.0, 3.0]), 0)
    worst = tell(now, params, population, np.array([-1e9, 1.0, 2.0, 3.0]), 0)
    assert broken.agent.tobytes() == worst.agent.tobytes()
    assert (broken.nonfinite, broken.mean_return, broken.degenerate) == (1, 2.0, False)


def test_the_population_is_mirrored_around_the_agent_and_fixed_by_the_key():
    params = Params(population=8, sigma=0.2)
    now = StepJob(None, np.full(1000, 0.5, np.float32), start(params, 1000), 9)
    population, keys = ask(now, params)
    assert (population.shape, population.dtype, keys.shape, keys.dtype) == ((8, 1000), np.float32, (8,), np.uint64)
    np.testing.assert_allclose((population[0::2] + population[1::2]) / 2, 0.5, atol=1e-6)
    assert np.std(population - 0.5) == pytest.approx(0.2, rel=0.05)
    assert len(set(keys.tolist())) == 8
    again, same = ask(now, params)
    assert (again.tobytes(), same.tobytes()) == (population.tobytes(), keys.tobytes())


def test_jobs_share_one_batch_and_do_not_influence_each_other():
    params, sizes = Params(population=8), []

    def counted(genomes, agents, which, *rest):
        sizes.append(len(which))
        return sphere(genomes, agents, which, *rest)

    jobs = [job(number=i, target=float(i), params=params) for i in range(3)]
    together = step(jobs, params, 100, 0, counted)
    assert sizes == [24]
    for one, alone in zip(together, (step([each], params, 100, 0, sphere)[0] for each in jobs), strict=True):
        assert one.agent.tobytes() == alone.agent.tobytes()
        assert one.mean_return == alone.mean_return
        assert (one.evaluations, one.env_steps) == (8, 24)
    assert step([], params, 100, 0, counted) == []


def test_it_climbs():
    params = Params(population=32, learning_rate=0.05, weight_decay=0.0)
    now = job(params=params)
    for number in range(60):
        (stepped,) = step([now], params, 100, 0, sphere)
        now = StepJob(1.0, stepped.agent, stepped.optimiser, key(1, number, "es", 0))
    assert np.abs(now.agent - 1).max() < 0.15


def test_read_only_inputs_are_left_alone():
    params = Params(population=4)
    now = job(params=params)
    for array in (now.agent, now.optimiser.m, now.optimiser.v):
        array.setflags(write=False)
    (stepped,) = step([now], params, 100, 0, sphere)
    assert now.agent.tolist() == [0.0] * 6
    assert stepped.agent.dtype == stepped.optimiser.m.dtype == stepped.optimiser.v.dtype == np.float32
