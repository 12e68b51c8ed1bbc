"""The toy domain with recorded episodes, so that `ppo` can learn in it within seconds."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.envs.nets.recorded import Recorder, Rehearsal
from openended.envs.stepwise import Stepped, Stepwise
from tests.support.point import LIMIT, LOST, POINT, REACHED, SPEED, length
from tests.support.serial import SerialExecutor


class Errands:
    """Points that walk to their goals side by side, as in `point.Walks`; actions are cut to -1 .. 1."""

    def __init__(self, errands: NDArray[np.float64], count: int):
        self.errands, self.goal, self.wind = errands, np.ones((count, 2)), np.zeros(count)
        self.position, self.steps = np.zeros((count, 2)), np.zeros(count, int)

    def seen(self) -> NDArray[np.float32]:
        return ((self.goal - self.position) / 4).astype(np.float32)

    def reset(self, environment: int, task: int, key: int) -> NDArray[np.float32]:
        self.goal[environment], self.wind[environment] = self.errands[task, :2], self.errands[task, 2]
        self.position[environment], self.steps[environment] = 0.0, 0
        return self.seen()[environment]

    def step(self, actions: NDArray[np.float32]) -> Stepped:
        start, before = length(self.goal), length(self.goal - self.position)
        self.position += SPEED * np.clip(actions, -1, 1)
        self.position[:, 1] += self.wind
        self.steps += 1
        left = np.minimum(length(self.goal - self.position), LOST * start)
        ended = (left <= REACHED) | (left >= LOST * start)
        return Stepped(self.seen(), 300 * (np.minimum(before, LOST * start) - left) / start, ended, self.steps >= LIMIT)


def experience(asked: Rehearsal) -> Recorder:
    return Stepwise(asked, len(asked.tasks), Errands(asked.tasks, asked.environments))


RECORDED = replace(POINT, simulator=replace(POINT.simulator, experience=experience))


class OneThread(SerialExecutor):
    """An executor on the calling thread for all kinds of learners."""

    threads = 1

    def __init__(self, *arguments: Any):
        super().__init__(*arguments)
        self.stop = np.zeros(1, np.uint8)

    def everywhere(self, work: Any) -> None:
        work()
