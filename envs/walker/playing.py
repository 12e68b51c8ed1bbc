"""An episode of one walker, moved on step by step."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..episodes import Trace
from .courses.course import Course, stack
from .simulation.ground import grounds
from .simulation.step import ACTIONS, OBSERVATIONS
from .simulation.trace import SINGLE, reset_one, snapshot, step_one
from .simulation.world import X, worlds


class Walk:
    """An `envs.episodes.World`, the episode that `simulation.trace` writes down."""

    def __init__(self, course: Course) -> None:
        self._grounds, self._world = grounds(stack([course])), worlds(1)
        self._live = np.ones((1, 1), np.uint8)
        self._observation = np.zeros(OBSERVATIONS, np.float32)
        rest = np.zeros(ACTIONS, np.float32)
        self._shaping = reset_one(self._world, self._grounds, self._live, rest, self._observation, SINGLE)
        self._failed = self._finished = False
        self._scenes = [snapshot(self._world)]
        self._rewards: list[float] = []
        self._observations: list[NDArray[np.float32]] = []
        self._actions: list[NDArray[np.float32]] = []

    @property
    def observation(self) -> NDArray[np.float32]:
        return self._observation.copy()

    @property
    def over(self) -> bool:
        return bool(self._failed or self._finished)

    def step(self, action: Any) -> float:
        if self.over:
            raise ValueError("the episode is over; begin another one")
        torques = np.array(action, np.float32).reshape(ACTIONS)
        self._observations.append(self.observation)
        self._actions.append(torques)
        self._shaping, reward, self._failed, self._finished = step_one(
            self._world, self._grounds, self._live, torques, self._shaping, self._observation, SINGLE
        )
        self._rewards.append(float(reward))
        self._scenes.append(snapshot(self._world))
        return self._rewards[-1]

    def now(self) -> Trace:
        return self._traced([], [], [], self._scenes[-1:])

    def trace(self) -> Trace:
        return self._traced(self._rewards, self._observations, self._actions, self._scenes)

    def _traced(self, rewards: Any, observations: Any, actions: Any, scenes: Any) -> Trace:
        finished = bool(self._finished and not self._failed)
        return Trace(
            np.array(rewards, np.float64),
            np.array(observations, np.float32).reshape(-1, OBSERVATIONS),
            np.array(actions, np.float32).reshape(-1, ACTIONS),
            {name: np.array([scene[name] for scene in scenes]) for name in scenes[0]},
            {"finished": float(finished), "distance": float(self._world.bodies[X, 0])},
        )
