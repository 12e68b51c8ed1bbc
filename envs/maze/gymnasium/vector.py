"""Many mazes behind Gymnasium's vector interface, all stepped by one compiled call, each like a single one.

The counterpart is `SyncVectorEnv` over `single.MazeEnv`: same seeds, same infos, in the three autoreset modes.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.utils.seeding import np_random
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from ...gymnasium.vectors import checked_limit, checked_mask, seeds_for
from ..maze import Maze
from ..simulation import CAP, MOST, OBSERVATIONS, REACHED, STEPS, TRACES, WALLS, begin_all, step_all, task_row
from .rules import METADATA, action_space, check_render_mode, checked_actions, maze_of, observation_space, picture

Infos = dict[str, Any]


class MazeVectorEnv(VectorEnv[NDArray[np.float32], NDArray[Any], NDArray[Any]]):
    """`num_envs` mazes of one task; a curriculum overrides `next_maze(i)`.

    Args:
        num_envs: how many, at least 1.
        max_episode_steps: truncate episodes at this length already; None or -1: at the maze's own `cap`.
        render_mode: None, "rgb_array" or "ansi".
        task: see `rules.maze_of`.
        autoreset_mode: "NextStep", "SameStep" or "Disabled" (see `gymnasium.vector.AutoresetMode`).

    Raises:
        ValueError: num_envs or max_episode_steps below 1, no task of the domain, or no such autoreset mode.
        UnsupportedMode: another render mode.
    """

    def __init__(
        self,
        num_envs: int = 1,
        max_episode_steps: int | None = None,
        render_mode: str | None = None,
        task: Any = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
    ) -> None:
        if num_envs < 1:
            raise ValueError(f"num_envs={num_envs} was asked for; it must be at least 1")
        check_render_mode(render_mode)
        self.num_envs = num_envs
        self.render_mode = render_mode
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.metadata = {**METADATA, "autoreset_mode": self.autoreset_mode}
        self.single_action_space, self.single_observation_space = action_space(), observation_space()
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.mazes = [maze_of(task)] * num_envs
        self._limit = checked_limit(max_episode_steps)
        self._tasks = np.zeros((num_envs, WALLS + MOST))
        self._states = np.zeros((num_envs, TRACES + MOST))
        self._seen = np.zeros((num_envs, OBSERVATIONS), np.float32)
        self._rewards = np.zeros(num_envs)
        self._over = np.zeros(num_envs, np.bool_)
        self._randoms: list[tuple[np.random.Generator, int] | None] = [None] * num_envs
        self._past: list[list[NDArray[np.float64]]] = [[] for _ in range(num_envs)]
        self._begun = False

    def next_maze(self, i: int) -> Maze:
        """The maze of environment `i`'s next episode; chance comes from `np_random[i]`."""
        return self.mazes[i]

    @property  # type: ignore[misc]
    def np_random(self) -> tuple[np.random.Generator, ...]:  # type: ignore[override]
        """The generator of each environment."""
        return tuple(self._random(i)[0] for i in range(self.num_envs))

    @property
    def np_random_seed(self) -> tuple[int, ...]:  # type: ignore[override]
        """The seed of each generator."""
        return tuple(self._random(i)[1] for i in range(self.num_envs))

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: Infos | None = None
    ) -> tuple[NDArray[np.float32], Infos]:
        """Begin the episodes of all environments, or of those where `options["reset_mask"]`, bool[num_envs], is true.

        An integer seeds environment i with seed + i, a sequence seeds each with its own; None continues the generator.

        Raises:
            ValueError, TypeError: a sequence of another length; a mask of another shape or dtype, or all false.
            gymnasium.error.Error: a seed that is negative or no Python integer.
            ResetNeeded: a mask in the very first reset that leaves some environment out.
        """
        seeds = seeds_for(seed, self.num_envs)
        mask = checked_mask((options or {}).get("reset_mask"), self.num_envs)
        if not self._begun and not mask.all():
            raise ResetNeeded("the first reset must be of all environments; leave out options['reset_mask']")
        for i in np.flatnonzero(mask):
            if seeds[i] is not None:
                self._randoms[i] = np_random(seeds[i])
        self._begin(mask)
        self._begun = True
        self._over = self._over & ~mask
        return self._seen.copy(), {}

    def step(
        self, actions: NDArray[Any]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], Infos]:
        """One step of every environment with actions int[num_envs]; where an episode is over, by the autoreset mode.

        NextStep ignores the action of an environment that restarts.

        Raises:
            ResetNeeded: before the first reset; in the mode Disabled after the end of an episode.
            InvalidAction: another shape, or numbers other than 0, 1 and 2.
        """
        if not self._begun:
            raise ResetNeeded("no step before the first reset: call reset()")
        restarting = self._over.copy()
        chosen = checked_actions(actions, (self.num_envs,), restarting)
        if restarting.any() and self.autoreset_mode == AutoresetMode.DISABLED:
            ended = np.flatnonzero(restarting).tolist()
            raise ResetNeeded(f"the episodes of environments {ended} have ended: reset(options={{'reset_mask': ...}})")
        self._rewards[:] = 0.0
        step_all(self._tasks, self._states, ~restarting, chosen, self._seen, self._rewards)
        self._remember(~restarting)
        if restarting.any():
            self._begin(restarting)
        reached = self._states[:, REACHED] == 1.0
        late = self._states[:, STEPS] >= np.minimum(self._tasks[:, CAP], self._limit)
        over = reached | late
        infos: Infos = {}
        if self.autoreset_mode == AutoresetMode.SAME_STEP and over.any():
            infos = self._final(over)
            self._begin(over)
        else:
            self._over = over
        return self._seen.copy(), self._rewards.copy(), reached, late, infos

    def render(self) -> tuple[Any, ...] | None:
        """A picture uint8[400, 400, 3], or a text, of every environment.

        Raises:
            ResetNeeded: before the first reset.
        """
        if self.render_mode is None:
            return None
        if not self._begun:
            raise ResetNeeded("nothing to render before the first reset: call reset()")
        return tuple(
            picture(self.render_mode, maze, np.array(past)) for maze, past in zip(self.mazes, self._past, strict=True)
        )

    def _random(self, i: int) -> tuple[np.random.Generator, int]:
        random = self._randoms[i]
        if random is None:
            random = self._randoms[i] = np_random(None)
        return random

    def _begin(self, mask: NDArray[np.bool_]) -> None:
        """Begin episodes in the environments of the mask, on their next mazes."""
        for i in map(int, np.flatnonzero(mask)):
            self.mazes[i] = self.next_maze(i)
            self._tasks[i] = task_row(self.mazes[i])
            self._past[i] = []
        begin_all(self._tasks, self._states, mask, self._seen)
        self._remember(mask)

    def _remember(self, mask: NDArray[np.bool_]) -> None:
        """Keep the states that pictures need."""
        if self.render_mode is not None:
            for i in np.flatnonzero(mask):
                self._past[i].append(self._states[i].copy())

    def _final(self, over: NDArray[np.bool_]) -> Infos:
        """The infos of the mode SameStep: the last observations of the episodes that are over."""
        observations = np.full(self.num_envs, None, dtype=object)
        for i in np.flatnonzero(over):
            observations[i] = self._seen[i].copy()
        return {"final_obs": observations, "_final_obs": over.copy(), "final_info": {}, "_final_info": over.copy()}
