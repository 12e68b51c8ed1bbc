"""Ways to move a walker: each a function of the observation, with its own memory and random numbers.

`controller(name, key)` makes one; it takes an observation float32[24] and gives an action float64[4].
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from gymnasium.envs.box2d.bipedal_walker import BipedalWalkerHeuristics
from numpy.typing import NDArray

Array = NDArray[Any]
Controller = Callable[[Array], Array]


def uniform(random: np.random.Generator) -> Controller:
    """Uniform noise."""
    return lambda observation: random.uniform(-1, 1, 4)


def heuristic(random: np.random.Generator) -> Controller:
    """Gymnasium's own walking controller."""
    return BipedalWalkerHeuristics().step_heuristic


def noisy(random: np.random.Generator) -> Controller:
    """The same with noise, stronger in some episodes than in others."""
    walker, noise = BipedalWalkerHeuristics(), random.uniform(0.02, 0.6)
    return lambda observation: walker.step_heuristic(observation) + random.normal(0, noise, 4)


def linear(random: np.random.Generator) -> Controller:
    """The hyperbolic tangent of a random linear map."""
    weights, bias = random.normal(0, 1.0, (4, 24)), random.normal(0, 0.5, 4)
    return lambda observation: np.tanh(weights @ observation + bias)


def waves(random: np.random.Generator, size: float) -> Controller:
    frequency, phase, time = random.uniform(0.02, 0.5, 4), random.uniform(0, 6.3, 4), iter(range(10**9))
    return lambda observation: size * np.sin(frequency * next(time) + phase)


def sine(random: np.random.Generator) -> Controller:
    """A sine per joint."""
    return waves(random, 1.0)


def loud(random: np.random.Generator) -> Controller:
    """A sine per joint of twice the size that counts."""
    return waves(random, 2.0)


def zero(random: np.random.Generator) -> Controller:
    """No motor."""
    return lambda observation: np.zeros(4)


CONTROLLERS = {make.__name__: make for make in (uniform, heuristic, noisy, linear, sine, loud, zero)}


def controller(name: str, key: int) -> Controller:
    """A controller of this name; `key` fixes its random numbers."""
    return CONTROLLERS[name](np.random.default_rng([key, sorted(CONTROLLERS).index(name)]))
