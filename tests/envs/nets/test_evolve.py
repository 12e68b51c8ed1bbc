"""The evolution strategy's kernels: noise by key, sums in the order of pairs, no mathematical library."""

import numpy as np
import pytest

from openended.envs.nets.evolve import ascent, follow, perturb, room_for_noise
from openended.envs.random import bits
from openended.envs.simd.normal import WIDTH, normals
from openended.envs.simd.number import number
from tests.envs.walker.simulation.test_assembly import FUSED, LIBM, assembly


def population_of(agent, key, pairs, sigma=0.25):
    out, room = np.empty((2 * pairs, len(agent)), np.float32), room_for_noise(len(agent))
    perturb(agent, sigma, np.uint64(key), room, room.ravel(), out, number(WIDTH))
    return out


def some(*shape):
    return np.random.default_rng(7).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("parameters", [1, 31, 32, 33, 2804])
def test_every_pair_has_its_own_stream_and_its_mirror_image(parameters):
    agent = some(parameters)
    population = population_of(agent, 5, 3)
    for pair in range(3):
        step = np.float32(0.25) * normals(int(bits(np.uint64(5), np.uint64(pair))), parameters)
        assert population[2 * pair].tobytes() == (agent + step).tobytes()
        assert population[2 * pair + 1].tobytes() == (agent - step).tobytes()


def test_the_gradient_is_summed_in_the_order_of_the_pairs():
    agent, pairs = some(100), 20
    population = population_of(agent, 5, pairs)
    ranks = np.random.default_rng(1).permutation(2 * pairs) / (2 * pairs - 1) - 0.5
    gradient = np.full(100, np.nan, np.float32)
    ascent(population, agent, ranks, 0.25, 0.01, gradient)
    expected = np.zeros(100, np.float32)
    for pair in range(pairs):
        weight = np.float32((ranks[2 * pair] - ranks[2 * pair + 1]) * (1.0 / (pairs * 0.25 * 0.25)))
        expected += weight * (population[2 * pair] - agent)
    expected -= np.float32(0.01) * agent
    assert gradient.tobytes() == expected.tobytes()


def test_any_split_of_the_parameters_has_the_same_bits():
    agent, pairs = some(1000), 16
    population, ranks = population_of(agent, 9, pairs), np.linspace(-0.5, 0.5, 2 * pairs)
    whole, parts = np.empty(1000, np.float32), np.empty(1000, np.float32)
    ascent(population, agent, ranks, 0.25, 0.01, whole)
    for first, last in ((0, 1), (1, 517), (517, 1000)):
        part = np.ascontiguousarray(population[:, first:last])
        ascent(part, agent[first:last], ranks, 0.25, 0.01, parts[first:last])
    assert whole.tobytes() == parts.tobytes()


def test_a_plain_step():
    agent, gradient = some(50), some(50)[::-1].copy()
    expected = agent + np.float32(0.1) * gradient
    follow(agent, gradient, 0.1)
    assert agent.tobytes() == expected.tobytes()


def test_no_mathematical_library_and_nothing_fused():
    agent, gradient = some(8), some(8)
    population = population_of(agent, 1, 2)
    ascent(population, agent, np.zeros(4), 0.1, 0.0, gradient)
    follow(agent, gradient, 0.1)
    for kernel in (perturb, ascent, follow):
        for parts in assembly(kernel):
            text = "\n".join(parts.values())
            assert len(text) > 500
            assert LIBM.findall(text) == []
            assert FUSED.findall(text) == []
