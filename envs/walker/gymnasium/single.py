"""The walker as a Gymnasium environment; `BipedalWalker`: bit for bit the original of that name, freshly made."""

from typing import Any

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.utils import EzPickle
from numpy.typing import NDArray

from ..courses.course import Course
from ..courses.gymnasium_course import next_course
from ..simulation.step import ACTIONS
from .film import Film
from .group import Group, rows
from .rules import METADATA, action_space, check_render_mode, checked_actions, is_double, observation_space


class WalkerEnv(gymnasium.Env[NDArray[np.float32], NDArray[Any]], EzPickle):
    """The walker; a subclass says on which courses by `next_course`, which every reset calls once.

    Like the original it has no time limit of its own; `gymnasium.make` sets one. Pickling keeps the arguments, not the
    episode, as in Gymnasium: a subclass gives its own to `EzPickle.__init__`.

    Raises:
        UnsupportedMode: a `render_mode` other than None and "rgb_array".
    """

    metadata = METADATA

    def __init__(self, render_mode: str | None = None) -> None:
        check_render_mode(render_mode)
        self.render_mode = render_mode
        self.action_space = action_space()
        self.observation_space = observation_space()
        self._rows = rows(1)
        self._group = Group(1, self._rows)
        self._film: Film | None = None
        self._begun = False

    def next_course(self) -> Course:
        """The course of the next episode; chance comes from `np_random`, which the reset has seeded if asked to."""
        raise NotImplementedError

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin an episode; without a seed on the generator's next course. No options are known; they are ignored."""
        super().reset(seed=seed)
        course = self.next_course()
        self._group.lay(0, course)
        self._rows.fresh[0] = True
        self._group.step(True, False)
        self._rows.fresh[0] = False
        self._begun = True
        if self.render_mode is not None:
            self._film = Film(course)
            self._film.take(self._group, 0)
        return self._rows.observations[0].copy(), {}

    def step(self, action: NDArray[Any]) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """One step of 1/50 s. The reward of a float32 action is rounded to float32 as in Gymnasium.

        Raises:
            ResetNeeded: before the first reset, or after the end of an episode.
            InvalidAction: a shape other than (4,), a dtype other than float32, float64 or integers, or a NaN.
        """
        if not self._begun:
            raise ResetNeeded("no step before the first reset: call reset()")
        if self._rows.terminated[0]:
            raise ResetNeeded("the episode has ended: call reset()")
        action = checked_actions(action, (ACTIONS,))
        self._rows.actions[0] = action
        self._group.step(True, is_double(action))
        if self._film is not None:
            self._film.take(self._group, 0)
        observation, reward = self._rows.observations[0].copy(), float(self._rows.rewards[0])
        return observation, reward, bool(self._rows.terminated[0]), False, {}

    def render(self) -> NDArray[np.uint8] | None:  # type: ignore[override]
        """A picture uint8[400, 600, 3] of the present.

        Raises:
            ResetNeeded: before the first reset.
        """
        if self.render_mode is None:
            gymnasium.logger.warn("render() shows nothing without a render mode; make it with render_mode='rgb_array'")
            return None
        if self._film is None:
            raise ResetNeeded("nothing to render before the first reset: call reset()")
        return self._film.picture()


class BipedalWalker(WalkerEnv):
    """The walker on the courses of BipedalWalker-v3 or, `hardcore`, of BipedalWalkerHardcore-v3.

    Spaces, seeds, courses, observations, rewards and ends are those of Gymnasium 1.4, for float32, float64 and integer
    actions. What differs: a reset makes a fresh world, so an episode is a function of its seed and actions (Gymnasium's
    also depends, in the last bits, on the object's episodes before); the reward is always a Python float, never a
    NumPy scalar or an integer of the same value; NaN, other shapes and steps after the end are errors; Box2D's bodies
    (`env.hull`) do not exist.
    """

    def __init__(self, render_mode: str | None = None, hardcore: bool = False) -> None:
        EzPickle.__init__(self, render_mode, hardcore)
        super().__init__(render_mode)
        self.hardcore = hardcore

    def next_course(self) -> Course:
        """The course of the next episode, drawn from `np_random`."""
        return next_course(self.np_random, self.hardcore)
