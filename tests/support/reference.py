"""Gymnasium's bipedal walker as an oracle: a fresh environment per episode, on its own courses or on ours.

Fresh, because an environment object that is used again remembers earlier episodes: Box2D hands out the places in its
broad phase from a free list, and contacts are made in the order of those places.
"""

from itertools import pairwise

import numpy as np
from gymnasium.envs.box2d.bipedal_walker import BipedalWalker

from openended.envs.walker.courses.course import Course

STATE = ("x", "y", "angle", "vx", "vy", "spin", "centre x", "centre y")


class OnCourse(BipedalWalker):
    """Gymnasium's environment on a given course: the same bodies in the order in which POET creates them."""

    def __init__(self, course: Course) -> None:
        super().__init__()
        self.course = course

    def _generate_terrain(self, hardcore: bool) -> None:
        self.terrain, self.terrain_poly = [], []
        self.terrain_x, self.terrain_y = self.course.points.T.tolist()
        for box in self.course.boxes[: self.course.box_count]:
            self.fd_polygon.shape.vertices = [tuple(vertex) for vertex in box.tolist()]
            self.terrain.append(self.world.CreateStaticBody(fixtures=self.fd_polygon))
        ends = [tuple(point) for point in self.course.points.tolist()]
        for edge in pairwise(ends):
            self.fd_edge.shape.vertices = list(edge)
            self.terrain.append(self.world.CreateStaticBody(fixtures=self.fd_edge))
        self.terrain.reverse()

    def _generate_clouds(self) -> None:
        """No draws: what is drawn next is the push on the hull."""
        self._np_random = Push(self.course.push)


class Push:
    """A generator of random numbers whose one number is the push on the hull."""

    def __init__(self, push: np.float32) -> None:
        self.push = float(push)

    def uniform(self, low: float, high: float) -> float:
        assert low <= self.push <= high
        return self.push


def on_own_course(seed: int, hardcore: bool) -> tuple[BipedalWalker, np.ndarray]:
    """A fresh environment on the course that Gymnasium makes of the seed, and its first observation."""
    environment = BipedalWalker(hardcore=hardcore)
    return environment, environment.reset(seed=seed)[0]


def on_course(course: Course) -> tuple[BipedalWalker, np.ndarray]:
    """A fresh environment on our course, and its first observation."""
    environment = OnCourse(course)
    return environment, environment.reset(seed=0)[0]


def bodies(environment: BipedalWalker) -> np.ndarray:
    """The state of the hull and the legs, float32[5, 8], columns as in `STATE`."""
    return np.array(
        [
            [
                *body.position,
                body.angle,
                *body.linearVelocity,
                body.angularVelocity,
                *body.worldCenter,
            ]
            for body in (environment.hull, *environment.legs)
        ],
        np.float32,
    )
