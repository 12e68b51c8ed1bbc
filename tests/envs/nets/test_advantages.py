"""Advantages and scaled rewards against another implementation, written for NumPy step by step."""

import numpy as np
import pytest

from openended.envs.nets.advantages import COUNT, FIRST_MOMENTS, MEAN, VARIANCE, judge, measure_rewards
from openended.envs.nets.layout import count, network, packed
from openended.envs.nets.recorded import GOES_ON, TERMINAL, TRUNCATED, recorded
from openended.envs.policy import Mlp
from openended.envs.simd.number import number

ENVIRONMENTS, STEPS, SIZES = 5, 70, (3, 16, 1)
GAMMA, LAMBDA = 0.97, 0.9


@pytest.fixture
def problem():
    """A record with all kinds of ends, and a critic whose padded and flat parameters are given."""
    random = np.random.default_rng(8)
    record = recorded(ENVIRONMENTS, STEPS, 3, 2, STEPS)
    for part in (record.observations, record.rewards, record.last, record.finals):
        part[:] = random.normal(size=part.shape)
    record.ends[:] = random.choice([GOES_ON, TERMINAL, TRUNCATED], size=len(record.ends), p=[0.9, 0.05, 0.05])
    record.ends[STEPS - 1], record.ends[2 * STEPS - 1] = TERMINAL, TRUNCATED
    flat = random.normal(size=count(SIZES)).astype(np.float32)
    return record, flat


def value(flat, observation):
    hidden = np.tanh(observation @ flat[:48].reshape(3, 16).astype(np.float64) + flat[48:64])
    return float(hidden @ flat[64:80] + flat[80])


def expected(record, flat, scale):
    """Advantages and values, float64[environments, steps]: every delta first, then every sum from its definition."""
    advantages, values = np.zeros((2, ENVIRONMENTS, STEPS))
    for i in range(ENVIRONMENTS):
        cuts, deltas = 0, np.zeros(STEPS)
        ends = record.ends.reshape(ENVIRONMENTS, STEPS)[i]
        seen = [*record.observations.reshape(ENVIRONMENTS, STEPS, -1)[i], record.last[i]]
        for t in range(STEPS):
            after = value(flat, seen[t + 1])
            if ends[t] == TERMINAL:
                after = 0.0
            if ends[t] == TRUNCATED:
                after = value(flat, record.finals[i, cuts])
                cuts += 1
            values[i, t] = value(flat, seen[t])
            deltas[t] = record.rewards[i * STEPS + t] / scale + GAMMA * after - values[i, t]
        for t in range(STEPS):
            last = next((u for u in range(t, STEPS) if ends[u] != GOES_ON), STEPS - 1)
            advantages[i, t] = sum((GAMMA * LAMBDA) ** (u - t) * deltas[u] for u in range(t, last + 1))
    return advantages, values


def test_advantages_are_those_of_the_definition(problem):
    record, flat = problem
    critic = network(Mlp(SIZES, discrete=True))
    values, advantages, targets = np.zeros((3, ENVIRONMENTS * STEPS), np.float32)
    judge(
        record, critic.plan, packed(critic, flat), 3.7, GAMMA, LAMBDA, values,
        np.zeros((ENVIRONMENTS, STEPS + 1), np.float32), advantages, targets, np.zeros(1, np.int64),
        np.zeros(1, np.uint8), np.zeros(critic.values, np.float32), number(16),
    )  # fmt: skip
    theirs, worth = expected(record, flat, 3.7)
    np.testing.assert_allclose(values, worth.ravel(), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(advantages, theirs.ravel(), rtol=1e-5, atol=2e-5)
    np.testing.assert_allclose(targets, (theirs + worth).ravel(), rtol=1e-5, atol=2e-5)


def test_rewards_are_scaled_by_the_deviation_of_all_discounted_returns_so_far(problem):
    record, _ = problem
    moments, discounted = np.array(FIRST_MOMENTS), np.zeros(ENVIRONMENTS)
    every, sofar = [], np.zeros(ENVIRONMENTS)
    for again in range(3):
        record.rewards[:] = np.roll(record.rewards, 7) * (1 + again)
        scale = measure_rewards(record, discounted, GAMMA, moments)
        for i in range(ENVIRONMENTS):
            for t in range(i * STEPS, (i + 1) * STEPS):
                sofar[i] = GAMMA * sofar[i] + record.rewards[t]
                every.append(sofar[i])
                sofar[i] *= record.ends[t] == GOES_ON
    assert moments[COUNT] == pytest.approx(len(every), abs=0.01)
    assert moments[MEAN] == pytest.approx(np.mean(every), abs=1e-5)
    assert moments[VARIANCE] == pytest.approx(np.var(every), rel=1e-5)
    assert scale == pytest.approx(np.std(every), rel=1e-5)
    np.testing.assert_allclose(discounted, sofar, rtol=1e-6)
