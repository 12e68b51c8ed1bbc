"""The domain `walker-cppn-v1`: the walker on ground drawn by a network, Enhanced POET's courses."""

import numpy as np
from numpy.typing import NDArray

from ..api import Axis, Tasks
from .courses import cppn, heights, hills
from .courses.course import START_PAD, TILE
from .courses.describe import FINISH
from .domain import walkers


def describe(genome: hills.Hills) -> NDArray[np.float64]:
    """Height span: from the lowest to the highest point before the finish. Steepness: root mean square slope of the
    ground, from the start pad's end to there.
    """
    points = heights.course(genome).points.astype(np.float64)
    before = points[points[:, 0] < FINISH, 1]
    slopes = np.diff(before[START_PAD:]) / TILE
    return np.array([before.max() - before.min(), np.sqrt(np.mean(slopes * slopes))])


WALKER_CPPN = walkers(
    "walker-cppn-v1",
    (Axis("height span", 0.0, 16.0, "m"), Axis("steepness", 0.0, 1.0, "1")),
    Tasks(first=hills.Hills, mutate=cppn.mutate, describe=describe, encode=hills.encode, decode=hills.decode),
    heights.course,
    metrics={},
)
"""Its tasks have no features: novelty is a matter of how agents do on them."""
