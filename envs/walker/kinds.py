"""Kinds of courses by rule, which a run may be told to be interested in: the sizes are those of the suite's medium
courses, give or take a fifth (`courses.suites`).
"""

from collections.abc import Callable, Mapping

import numpy as np

from ..random import generator
from .courses.task import SEEDS, Interval, WalkerTask


def stumps(key: int) -> WalkerTask:
    """Stumps of 1.6 to 2.4 tiles."""
    stream = generator(key)
    return WalkerTask(stump_height=_interval(1.6, 2.4, stream), terrain_seed=_seed(stream))


def pits(key: int) -> WalkerTask:
    """Pits of 4 to 6 tiles."""
    stream = generator(key)
    return WalkerTask(pit_gap=_interval(4.0, 6.0, stream), terrain_seed=_seed(stream))


def stairs(key: int) -> WalkerTask:
    """Stairs of 5 steps, each of 1.6 to 2.4 tiles."""
    stream = generator(key)
    return WalkerTask(stair_height=_interval(1.6, 2.4, stream), stair_steps=5, terrain_seed=_seed(stream))


def roughness(key: int) -> WalkerTask:
    """Rough ground of 4 to 6."""
    stream = generator(key)
    return WalkerTask(roughness=_size(4.0, 6.0, stream), terrain_seed=_seed(stream))


def _interval(low: float, high: float, stream: np.random.Generator) -> Interval:
    one, other = sorted(_size(low, high, stream) for _ in range(2))
    return one, other


def _size(low: float, high: float, stream: np.random.Generator) -> float:
    return round(float(stream.uniform(low, high)), 3)


def _seed(stream: np.random.Generator) -> int:
    return int(stream.integers(SEEDS))


KINDS: Mapping[str, Callable[[int], WalkerTask]] = {
    "Stump": stumps,
    "PitGap": pits,
    "Stairs": stairs,
    "Roughness": roughness,
}
