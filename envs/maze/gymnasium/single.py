"""`openended/Maze-v0`: the maze of a task, so that anyone can learn on what a search has evolved."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.utils import EzPickle
from numpy.typing import NDArray

from ..maze import Maze
from ..simulation import CAP, MOST, OBSERVATIONS, REACHED, STEPS, TRACES, begin_all, step_all, task_row
from .rules import METADATA, action_space, check_render_mode, checked_actions, maze_of, observation_space, picture

ONE = np.ones(1, np.bool_)


class MazeEnv(gymnasium.Env[NDArray[Any], Any], EzPickle):
    """The maze of one task, the same at every reset; after as many steps as its `cap` an episode is truncated.

    A curriculum is a subclass that overrides `next_maze`. Agents of the domain act here as in its rollouts and earn the
    same rewards.

    Args:
        task: see `rules.maze_of`.
        render_mode: None, "rgb_array" or "ansi".

    Raises:
        ValueError: no task of the domain.
        UnsupportedMode: another render mode.
    """

    metadata = METADATA

    def __init__(self, task: Any = None, render_mode: str | None = None) -> None:
        EzPickle.__init__(self, task, render_mode)
        check_render_mode(render_mode)
        self.render_mode = render_mode
        self.action_space = action_space()
        self.observation_space = observation_space()
        self.maze = maze_of(task)
        self._task = np.zeros((1, 0))
        self._state = np.zeros((1, TRACES + MOST))
        self._seen = np.zeros((1, OBSERVATIONS), np.float32)
        self._reward = np.zeros(1)
        self._past: list[NDArray[np.float64]] = []
        self._over = True

    def next_maze(self) -> Maze:
        """The maze of the next episode; chance comes from `np_random`, which the reset has seeded if asked to."""
        return self.maze

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin an episode. No options are known; they are ignored."""
        super().reset(seed=seed)
        self.maze = self.next_maze()
        self._task = np.array([task_row(self.maze)])
        begin_all(self._task, self._state, ONE, self._seen)
        self._over = False
        self._past = [self._state[0].copy()]
        return self._seen[0].copy(), {}

    def step(self, action: Any) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """One step.

        Raises:
            ResetNeeded: before the first reset, or after the end of an episode.
            InvalidAction: neither 0, 1 nor 2.
        """
        if self._over:
            raise ResetNeeded("no episode is under way: call reset()")
        actions = checked_actions(action, ()).reshape(1)
        step_all(self._task, self._state, ONE, actions, self._seen, self._reward)
        reached = bool(self._state[0, REACHED])
        late = bool(self._state[0, STEPS] >= self._task[0, CAP])
        self._over = reached or late
        if self.render_mode is not None:
            self._past.append(self._state[0].copy())
        return self._seen[0].copy(), float(self._reward[0]), reached, late, {}

    def render(self) -> Any:
        """A picture uint8[400, 400, 3] of the present, or a text.

        Raises:
            ResetNeeded: before the first reset.
        """
        if self.render_mode is None:
            gymnasium.logger.warn("render() shows nothing without a render mode; make it with render_mode='ansi'")
            return None
        if not self._past:
            raise ResetNeeded("nothing to render before the first reset: call reset()")
        return picture(self.render_mode, self.maze, np.array(self._past))
