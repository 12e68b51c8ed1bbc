"""Recorded episodes of Gymnasium's environments, for learners that follow a gradient."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ..nets.recorded import Rehearsal
from ..numbers import Values
from ..stepwise import Stepped, Stepwise
from .episode import SEEDS, Episodes

if TYPE_CHECKING:
    import gymnasium


class SideBySide:
    """Environments of given tasks: `stepwise.Environments`. Each episode has an environment of its own."""

    def __init__(self, episodes: Episodes, tasks: Sequence[Values], count: int, discrete: bool) -> None:
        self._episodes, self._tasks, self._discrete = episodes, tasks, discrete
        self._running: list[gymnasium.Env[Any, Any] | None] = [None] * count

    def _flat(self, observation: Any) -> NDArray[np.float32]:
        return np.asarray(spaces.flatten(self._episodes.first.observation_space, observation), np.float32)

    def reset(self, environment: int, task: int, key: int) -> NDArray[np.float32]:
        """See `stepwise.Environments`."""
        before = self._running[environment]
        if before is not None:
            before.close()
        running = self._running[environment] = self._episodes.made(self._tasks[task])
        observation, _ = running.reset(seed=key % SEEDS)
        return self._flat(observation)

    def step(self, actions: NDArray[np.float32]) -> Stepped:
        """See `stepwise.Environments`. Continuous actions are cut to what a policy without noise stays within."""
        chosen = [int(row[0]) for row in actions] if self._discrete else np.clip(actions, -1.0, 1.0)
        count = len(actions)
        observations = []
        after = np.zeros(count), np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        for i, (running, action) in enumerate(zip(self._running, chosen, strict=True)):
            assert running is not None
            observation, reward, terminated, truncated, _ = running.step(self._episodes.act(action))
            observations.append(self._flat(observation))
            for array, value in zip(after, (float(reward), terminated, truncated), strict=True):
                array[i] = value
        return Stepped(np.stack(observations), *after)


def experience(episodes: Episodes, asked: Rehearsal) -> Stepwise:
    """The recorder; the tasks of `asked` are genomes."""
    side_by_side = SideBySide(episodes, asked.tasks, asked.environments, asked.policy.discrete)
    return Stepwise(asked, len(asked.tasks), side_by_side)
