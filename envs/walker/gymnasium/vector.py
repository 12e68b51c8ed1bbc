"""Many walkers in SIMD lanes behind Gymnasium's vector interface, each like a single one.

The original's counterpart is `SyncVectorEnv` over environments with a time limit: same seeds, same order of resets and
steps, same infos, in the three autoreset modes. What an episode gives does not depend on its neighbours.
"""

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.utils.seeding import np_random
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from ...gymnasium.vectors import checked_limit, checked_mask, seeds_for
from ..courses.course import Course
from ..courses.gymnasium_course import next_course
from ..simulation.episode import native_width
from ..simulation.step import ACTIONS
from .film import Film
from .group import Group, Rows, rows
from .rules import (
    METADATA,
    action_space,
    check_render_mode,
    checked_actions,
    is_double,
    observation_space,
)

Infos = dict[str, Any]


class WalkerVectorEnv(VectorEnv[NDArray[np.float32], NDArray[Any], NDArray[Any]]):
    """`num_envs` walkers; a subclass says on which courses by `next_course`, which every reset calls for each walker.
    `gymnasium.make_vec(id, num_envs, **kwargs)` makes them and passes the id's time limit.

    Args:
        num_envs: how many, at least 1; a multiple of the machine's lanes (4, 8 or 16) is fastest.
        max_episode_steps: episodes are truncated at this length; None or -1: never.
        render_mode: None or "rgb_array".
        autoreset_mode: "NextStep", "SameStep" or "Disabled" (see `gymnasium.vector.AutoresetMode`).

    Raises:
        ValueError: num_envs or max_episode_steps below 1, or no such autoreset mode.
        UnsupportedMode: another render mode.
    """

    def __init__(
        self,
        num_envs: int = 1,
        max_episode_steps: int | None = None,
        render_mode: str | None = None,
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
        self._limit = checked_limit(max_episode_steps)
        self._width = native_width() if num_envs > 1 else 1
        self._rows = rows(num_envs)
        self._spans = [slice(first, first + self._width) for first in range(0, num_envs, self._width)]
        self._groups = [Group(self._width, Rows(*(part[span] for part in self._rows))) for span in self._spans]
        self._randoms: list[tuple[np.random.Generator, int] | None] = [None] * num_envs
        self._films: dict[int, Film] = {}
        self._steps = np.zeros(num_envs, np.int64)
        self._over = np.zeros(num_envs, np.bool_)
        self._all = np.ones(num_envs, np.bool_)
        self._begun = False

    def next_course(self, i: int) -> Course:
        """The course of environment `i`'s next episode; chance comes from `np_random[i]`."""
        raise NotImplementedError

    @property
    def np_random(self) -> tuple[np.random.Generator, ...]:  # type: ignore[override]
        """The generator of each environment, from which its next courses are drawn."""
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
        self._advance(mask, False)
        self._begun = True
        self._over = self._over & ~mask
        return self._rows.observations.copy(), {}

    def step(
        self, actions: NDArray[Any]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], Infos]:
        """One step of every environment with actions [num_envs, 4]; where an episode is over, by the autoreset mode.

        NextStep ignores the action of an environment that restarts, even if it is NaN.

        Raises:
            ResetNeeded: before the first reset; in the mode Disabled after the end of an episode.
            InvalidAction: another shape, a dtype other than float32, float64 or integers, or a NaN.
        """
        if not self._begun:
            raise ResetNeeded("no step before the first reset: call reset()")
        over = self._over if self._over.any() else None
        actions = checked_actions(actions, (self.num_envs, ACTIONS), over)
        if over is not None and self.autoreset_mode == AutoresetMode.DISABLED:
            ended = np.flatnonzero(over).tolist()
            raise ResetNeeded(f"the episodes of environments {ended} have ended: reset(options={{'reset_mask': ...}})")
        self._rows.actions[:] = actions
        self._steps += 1
        if over is not None:
            self._begin(over)
        self._advance(self._all, is_double(actions))
        rewards, terminated = self._rows.rewards.copy(), self._rows.terminated.copy()
        truncated = self._steps >= self._limit
        over = terminated | truncated
        infos: Infos = {}
        if self.autoreset_mode == AutoresetMode.SAME_STEP and over.any():
            infos = self._final(over)
            self._begin(over)
            self._advance(over, False)
        else:
            self._over = over
        return self._rows.observations.copy(), rewards, terminated, truncated, infos

    def render(self) -> tuple[NDArray[np.uint8], ...] | None:  # type: ignore[override]
        """A picture uint8[400, 600, 3] of every environment.

        Raises:
            ResetNeeded: before the first reset.
        """
        if self.render_mode is None:
            gymnasium.logger.warn("render() shows nothing without a render mode; make it with render_mode='rgb_array'")
            return None
        if not self._begun:
            raise ResetNeeded("nothing to render before the first reset: call reset()")
        return tuple(self._films[i].picture() for i in range(self.num_envs))

    def _random(self, i: int) -> tuple[np.random.Generator, int]:
        random = self._randoms[i]
        if random is None:
            random = self._randoms[i] = np_random(None)
        return random

    def _begin(self, mask: NDArray[np.bool_]) -> None:
        """Put new courses under the environments of the mask; their next step is fresh."""
        for i in map(int, np.flatnonzero(mask)):
            course = self.next_course(i)
            self._groups[i // self._width].lay(i % self._width, course)
            if self.render_mode is not None:
                self._films[i] = Film(course)
        self._rows.fresh[mask] = True
        self._steps[mask] = 0

    def _advance(self, mask: NDArray[np.bool_], double: bool) -> None:
        """Step the environments of the mask."""
        for group, span in zip(self._groups, self._spans, strict=True):
            if mask is self._all or mask[span].any():
                group.step(mask[span], double)
        self._rows.fresh[:] = False
        if self.render_mode is not None:
            for i in np.flatnonzero(mask):
                self._films[i].take(self._groups[i // self._width], i % self._width)

    def _final(self, over: NDArray[np.bool_]) -> Infos:
        """The infos of the mode SameStep: the last observations of the episodes that are over."""
        observations = np.full(self.num_envs, None, dtype=object)
        for i in np.flatnonzero(over):
            observations[i] = self._rows.observations[i].copy()
        return {"final_obs": observations, "_final_obs": over.copy(), "final_info": {}, "_final_info": over.copy()}


class BipedalWalkerVector(WalkerVectorEnv):
    """Walkers on the courses of BipedalWalker-v3 or, `hardcore`, of BipedalWalkerHardcore-v3."""

    def __init__(
        self,
        num_envs: int = 1,
        max_episode_steps: int | None = None,
        render_mode: str | None = None,
        hardcore: bool = False,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
    ) -> None:
        super().__init__(num_envs, max_episode_steps, render_mode, autoreset_mode)
        self.hardcore = hardcore

    def next_course(self, i: int) -> Course:
        return next_course(self._random(i)[0], self.hardcore)
