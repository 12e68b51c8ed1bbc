"""Obstacle courses as vectors: the eight parameters in units of their ranges, and back."""

import numpy as np
from numpy.typing import NDArray

from ...random import generator
from ...vectors import Vectors
from .draws import FULL, SMALLEST
from .task import CATEGORIES, FIELD_OF, MAX_ROUGHNESS, MAX_STAIR_STEPS, SEEDS, WalkerTask, features

UNITS = np.array([MAX_ROUGHNESS, *(FULL[name] for name in CATEGORIES[1:] for _ in range(2)), MAX_STAIR_STEPS])
"""The upper ends of the ranges, in the order of `task.features`."""


def of(task: WalkerTask) -> NDArray[np.float64]:
    """The course's features, float64[8], each as a share of its upper end; an absent obstacle has 0, 0."""
    return np.asarray(features(task) / UNITS)


def genome(vector: NDArray[np.float64], key: int) -> WalkerTask:
    """The course of a vector, with a terrain seed of the key.

    Sizes are rounded to 0.1; what lies beyond a range counts as its end. An obstacle whose largest size is below the
    smallest of random courses does not occur (`draws.SMALLEST`). Raises ValueError if the smallest size of one exceeds
    its largest.
    """
    roughness, *ends, steps = np.clip(vector, 0.0, 1.0) * UNITS
    sizes = dict(zip(CATEGORIES[1:], zip(ends[::2], ends[1::2], strict=True), strict=True))
    intervals = {}
    for name, (low, high) in sizes.items():
        if (largest := round(float(high), 1)) >= SMALLEST[name]:
            intervals[FIELD_OF[name]] = round(float(low), 1), largest
    return WalkerTask(
        roughness=round(float(roughness), 1),
        **intervals,
        stair_steps=max(1, round(float(steps))) if "stair_height" in intervals else 1,
        terrain_seed=int(generator(key).integers(SEEDS)),
    )


VECTORS = Vectors(len(UNITS), of, genome)
