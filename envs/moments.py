"""Episodes of a simulator of three compiled functions (`queue.simulator`), moved on step by step from Python."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .episodes import Genome, Space, Trace


@dataclass(frozen=True)
class Moves:
    """The simulator: its three functions, and the rest as in `queue.simulator`."""

    reset: Any
    observe: Any
    step: Any
    row: Callable[[Genome], Sequence[float]]
    size: int
    observations: Space
    actions: Space
    facts: Mapping[str, tuple[DTypeLike, int]]

    def begin(self, genome: Genome, key: int) -> "Moving":
        """See `envs.api.Simulator`."""
        return Moving(self, np.array(self.row(genome), np.float64), key)


class Moving:
    """An `envs.episodes.World`."""

    def __init__(self, moves: Moves, task: NDArray[np.float64], key: int) -> None:
        self._moves, self._task, self._key, self._over = moves, task, np.uint64(key), False
        self._state = np.zeros(moves.size)
        moves.reset(task, self._key, self._state)
        self._states = [self._state.copy()]
        self._rewards: list[float] = []
        self._observations: list[NDArray[np.float32]] = []
        self._actions: list[Any] = []

    @property
    def observation(self) -> NDArray[np.float32]:
        seen = np.zeros(self._moves.observations.size, np.float32)
        self._moves.observe(self._task, self._state, seen)
        return seen

    @property
    def over(self) -> bool:
        return self._over

    def step(self, action: Any) -> float:
        if self._over:
            raise ValueError("the episode is over; begin another one")
        action = int(action) if self._moves.actions.discrete else np.asarray(action, np.float32).copy()
        self._observations.append(self.observation)
        self._actions.append(action)
        reward, over = self._moves.step(self._task, self._key, self._state, action)
        self._over = bool(over)
        self._rewards.append(float(reward))
        self._states.append(self._state.copy())
        return self._rewards[-1]

    def now(self) -> Trace:
        return self._traced([], [], [], self._states[-1:])

    def trace(self) -> Trace:
        return self._traced(self._rewards, self._observations, self._actions, self._states)

    def _traced(self, rewards: Any, observations: Any, actions: Any, states: Any) -> Trace:
        moves = self._moves
        discrete, steps = moves.actions.discrete, len(rewards)
        shape, kind = ((steps,), np.int64) if discrete else ((steps, moves.actions.size), np.float32)
        return Trace(
            np.array(rewards, np.float64),
            np.array(observations, np.float32).reshape(steps, moves.observations.size),
            np.array(actions, kind).reshape(shape),
            {"state": np.array(states)},
            {name: float(np.dtype(dtype).type(self._state[place])) for name, (dtype, place) in moves.facts.items()},
        )
