"""The domain `walker-cppn-v1`: the walker on ground drawn by a network, Enhanced POET's courses."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..api import Axis
from .courses import cppn, heights, hills
from .courses.course import START_PAD, TILE, Course
from .courses.describe import FINISH
from .domain import CourseDomain


class WalkerCppn(CourseDomain):
    """See `envs.api.Domain` and `cppn`. Its tasks have no features: novelty is a matter of how agents do on them."""

    id = "walker-cppn-v1"
    axes = (Axis("height span", 0.0, 16.0, "m"), Axis("steepness", 0.0, 1.0, "1"))

    def course(self, task: Any) -> Course:
        return task if isinstance(task, Course) else heights.course(task)

    def first_task(self) -> hills.Hills:
        return hills.Hills()

    def mutate(self, task: hills.Hills, key: int) -> hills.Hills:
        return cppn.mutate(task, key)

    def describe(self, task: Any) -> NDArray[np.float64]:
        """Height span: from the lowest to the highest point before the finish. Steepness: root mean square slope of the
        ground, from the start pad's end to there.
        """
        points = self.course(task).points.astype(np.float64)
        before = points[points[:, 0] < FINISH, 1]
        slopes = np.diff(before[START_PAD:]) / TILE
        return np.array([before.max() - before.min(), np.sqrt(np.mean(slopes * slopes))])

    def encode(self, task: hills.Hills) -> str:
        return hills.encode(task)

    def decode(self, text: str) -> hills.Hills:
        return hills.decode(text)
