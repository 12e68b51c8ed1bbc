"""Recording environments that are stepped by Python, all side by side, such as Gymnasium's.

Slower by far than a domain whose kernel records by itself (`recording`, `walker.simulation.experience`), but any
environment will do. The calling thread does it all: such environments hold the interpreter's lock.
"""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .nets.draw import COURSES, EPISODES, Actor, draw_for, key_of, room, streams, task_of
from .nets.layout import ROWS, network
from .nets.product import LANES
from .nets.recorded import GOES_ON, TERMINAL, TRUNCATED, Ended, Recorded, Rehearsal, Run, recorded
from .simd.number import number


class Stepped(NamedTuple):
    """What n environments answer to an action each.

    Attributes:
        observations: float32[n, o], also of the last step of an episode.
        rewards: float64[n].
        terminated, truncated: bool[n].
    """

    observations: NDArray[np.float32]
    rewards: NDArray[np.float64]
    terminated: NDArray[np.bool_]
    truncated: NDArray[np.bool_]


class Environments(Protocol):
    """Environments side by side."""

    def reset(self, environment: int, task: int, key: int) -> NDArray[np.float32]:
        """Begin an episode on a task, by its place; `key`, 0 .. 2^64 - 1, fixes its chances. Its first observation."""
        ...

    def step(self, actions: NDArray[np.float32]) -> Stepped:
        """A step of all; actions: float32[n, a], unbounded, or for a choice its index as float32[n, 1]."""
        ...


class Stepwise:
    """A `nets.recorded.Recorder` of such environments.

    Args:
        asked: what to record. Its stall limit has no effect: such environments know no progress.
        tasks: how many there are.
        environments: as many as are asked for.
    """

    def __init__(self, asked: Rehearsal, tasks: int, environments: Environments) -> None:
        self._asked, self._tasks, self._environments, self._tick = asked, tasks, environments, 0
        count, policy = asked.environments, asked.policy
        self._streams = streams(asked.key, count)
        self._room = room(network(policy))
        self._width = 1 if policy.discrete else policy.outputs
        self._begun = np.zeros(count, np.int64)
        self._task = np.zeros(count, np.int32)
        self._lengths = np.zeros(count, np.int32)
        self._totals = np.zeros(count)
        self._seen = np.zeros((count, policy.inputs), np.float32)

    def _begin(self, environment: int) -> None:
        stream, index = self._streams[environment], self._begun[environment]
        task, key = task_of(stream[COURSES], index, self._tasks), key_of(stream[EPISODES], index)
        self._task[environment] = task
        self._begun[environment] += 1
        self._lengths[environment], self._totals[environment] = 0, 0.0
        self._seen[environment] = self._environments.reset(environment, int(task), int(key))

    def record(self, steps: int, actor: Actor, run: Run, stop: NDArray[np.uint8]) -> tuple[Recorded, Ended]:
        """See `nets.recorded.Recorder`. The fact `terminated` tells the end of an episode from its truncation."""
        count = len(self._seen)
        record = recorded(count, steps, self._seen.shape[1], self._width, steps)
        rows = count * steps
        fresh, terminated = np.zeros(rows, np.bool_), np.zeros(rows, np.bool_)
        fresh, terminated = np.zeros(rows, np.bool_), np.zeros(rows, np.bool_)
        facts = {"terminated": terminated}
        ended = Ended(np.zeros(rows, np.int32), fresh, np.zeros(rows), np.zeros(rows, np.int32), facts)
        cuts = np.zeros(count, np.int64)
        actions, densities = np.zeros((count, self._width), np.float32), np.zeros(count, np.float32)
        if self._tick == 0:
            for environment in range(count):
                self._begin(environment)
        for step in range(steps):
            if stop[0]:
                break
            for first in range(0, count, ROWS):
                draw_for(
                    actor, self._room, self._streams, self._seen, first, min(first + ROWS, count), self._tick, actions,
                    densities, number(LANES),
                )  # fmt: skip
            mine = np.arange(count) * steps + step
            record.observations[mine], record.actions[mine] = self._seen, actions
            record.log_probabilities[mine] = densities
            ended.tasks[mine], ended.fresh[mine] = self._task, self._lengths == 0
            after = self._environments.step(actions)
            self._lengths += 1
            self._totals += after.rewards
            self._seen[:] = after.observations
            cut = ~after.terminated & (after.truncated | (self._lengths >= self._asked.cap))
            record.rewards[mine] = after.rewards
            record.ends[mine] = np.where(after.terminated, TERMINAL, np.where(cut, TRUNCATED, GOES_ON))
            terminated[mine] = after.terminated
            for environment in np.flatnonzero(after.terminated | cut).tolist():
                row = mine[environment]
                ended.totals[row], ended.lengths[row] = self._totals[environment], self._lengths[environment]
                if cut[environment]:
                    record.finals[environment, cuts[environment]] = self._seen[environment]
                    cuts[environment] += 1
                self._begin(environment)
            self._tick += 1
        record.last[:] = self._seen
        return record, ended
