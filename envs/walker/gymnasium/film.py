"""Pictures of an episode while it runs, as Gymnasium's `render` asks for them."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from ...api import Trace
from ..courses.course import Course
from ..pictures.draw import SMOOTHING, draw
from ..simulation.lidar import REACH
from ..simulation.robot import HULL, RAYS
from ..simulation.step import ACTIONS, OBSERVATIONS, VIEW_HEIGHT, VIEW_WIDTH
from .group import Group


class Film:
    """The scenes of one episode that its next picture needs: the camera's height is averaged over the latest."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._scenes: deque[dict[str, NDArray[np.generic]]] = deque(maxlen=SMOOTHING + 1)
        self._taken = 0

    def take(self, group: Group, lane: int) -> None:
        """Remember how the episode in this lane stands after a step."""
        scene = group.scene(lane)
        free = group.rows.observations[lane, -RAYS:, np.newaxis]
        scene["lidar"] = (scene["position"][HULL] + free * REACH).astype(np.float32)
        self._scenes.append(scene)
        self._taken += 1

    def picture(self) -> NDArray[np.uint8]:
        """The latest scene, uint8[400, 600, 3]."""
        step = self._taken - 1
        scene = {}
        for name, latest in self._scenes[-1].items():
            scene[name] = np.zeros((self._taken, *latest.shape), latest.dtype)
            scene[name][-len(self._scenes) :] = [each[name] for each in self._scenes]
        nothing = np.zeros((step, OBSERVATIONS), np.float32), np.zeros((step, ACTIONS), np.float32)
        return draw(self._course, Trace(np.zeros(step), *nothing, scene, {}), step, VIEW_WIDTH, VIEW_HEIGHT)
