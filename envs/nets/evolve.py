"""The arithmetic of the evolution strategy: mirrored noise from a key, and the gradient that the returns' ranks give.

    population: agent + sigma * noise, agent - sigma * noise, for each pair of rows
    gradient = 1 / (pairs sigma) * sum over pairs of (rank+ - rank-) noise  -  decay * agent

The noise is read back from the population; making it again would take longer. Each parameter's sum runs over the pairs
in their order, in float32. No parameter depends on another, so any number of them at a time gives the same bits.
"""

import numpy as np

from ..random import bits
from ..simd.compiled import kernel
from ..simd.normal import WIDTH, fill_normals


def room_for_noise(parameters: int) -> np.ndarray:
    """Work space of `perturb`: float32[2 m, WIDTH], at least as many numbers as parameters."""
    return np.empty((-(-parameters // (2 * WIDTH)) * 2, WIDTH), np.float32)


@kernel
def perturb(agent, sigma, key, rows, flat, population, kind):
    """Write the population of the stream `key`, float32[2 pairs, p].

    The noise of pair i is the beginning of the stream random.bits(key, i). agent: float32[p]; `rows` is
    `room_for_noise(p)`, `flat` the same memory in one dimension, `kind` number(WIDTH).
    """
    pairs, parameters = population.shape[0] // 2, agent.size
    scale = np.float32(sigma)
    for i in range(pairs):
        fill_normals(bits(key, i), rows, kind)
        for j in range(parameters):
            step = scale * flat[j]
            population[2 * i, j] = agent[j] + step
            population[2 * i + 1, j] = agent[j] - step


@kernel
def ascent(population, agent, ranks, sigma, decay, gradient):
    """Write the gradient, float32[p], for ranks float64[2 pairs] of the rows of the population, float32[2 pairs, p]."""
    pairs, parameters = population.shape[0] // 2, agent.size
    share = 1.0 / (pairs * sigma * sigma)
    shrink = np.float32(decay)
    for j in range(parameters):
        gradient[j] = np.float32(0.0)
    for i in range(pairs):
        weight = np.float32((ranks[2 * i] - ranks[2 * i + 1]) * share)
        for j in range(parameters):
            gradient[j] += weight * (population[2 * i, j] - agent[j])
    for j in range(parameters):
        gradient[j] -= shrink * agent[j]


@kernel
def follow(agent, gradient, rate):
    """Climb in place along the gradient by `rate`, without an optimiser's memory; agent, gradient: float32[p]."""
    scale = np.float32(rate)
    for j in range(agent.size):
        agent[j] += scale * gradient[j]
