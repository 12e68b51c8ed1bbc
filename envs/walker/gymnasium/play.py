"""Walkers on tasks that change: what a curriculum of one's own, or `openended.Curriculum`, needs to train on its tasks.

A `Play` holds the tasks. Any number of environments of this process take them in turn, one for each episode, and it
collects what the episodes gave. Once each task has had an episode to its end, the play is complete; environments go on
taking tasks in turn until the next one begins.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from ...gymnasium.vectors import checked_limit
from ..courses.course import Course
from .single import WalkerEnv
from .task import course_of, walkers_of
from .vector import Infos, WalkerVectorEnv

LIMIT = 2000
"""Most steps of an episode, as in POET."""


class Ticket(NamedTuple):
    """An episode's task: its place in the play, and which play it was."""

    play: int
    place: int


NONE = Ticket(-1, -1)


class Play:
    """Tasks that environments take in turn.

    Attributes:
        returns: of each task the sums of rewards of the episodes that ended, in the order in which they did.
        steps: of each task the steps of these episodes.

    """

    def __init__(self, domain: str = "walker-v1") -> None:
        """`domain` is the id of the tasks' domain. Raises ValueError if it is none of walkers."""
        self._domain = walkers_of(domain)
        self._play = -1
        self._courses: list[Course] = []
        self._taken = 0
        self.returns: list[list[float]] = []
        self.steps: list[int] = []

    def begin(self, tasks: Sequence[Any]) -> None:
        """These tasks are taken from now on; episodes that are under way will not count.

        Raises ValueError for what is no task (`task.course_of`), and for none.
        """
        if not len(tasks):
            raise ValueError("a play of no tasks was given; give at least one")
        self._courses = [course_of(self._domain, task) for task in tasks]
        self._play += 1
        self._taken = 0
        self.returns = [[] for _ in tasks]
        self.steps = [0] * len(tasks)

    @property
    def complete(self) -> bool:
        """Whether each task has had an episode to its end."""
        return all(self.returns)

    def take(self) -> tuple[Ticket, Course]:
        """The next task, for an episode. Raises ResetNeeded before the first play."""
        if not self._courses:
            raise ResetNeeded("there are no tasks to play yet: call begin(tasks) before the first reset")
        place = self._taken % len(self._courses)
        self._taken += 1
        return Ticket(self._play, place), self._courses[place]

    def end(self, ticket: Ticket, total: float, steps: int) -> None:
        """An episode has ended with this sum of rewards; it counts if its play is still the present one."""
        if ticket.play == self._play:
            self.returns[ticket.place].append(total)
            self.steps[ticket.place] += steps

    def __reduce__(self) -> Any:
        raise TypeError(
            "a play belongs to the environments of one process; do without worker processes: PlayWalkerVector, "
            "SyncVectorEnv, DummyVecEnv"
        )

    def place(self, ticket: Ticket) -> int:
        """Where an episode's task stands in the present play; -1: it is of an earlier one."""
        return ticket.place if ticket.play == self._play else -1


class PlayWalker(WalkerEnv):
    """A walker that takes a task of a play at each reset.

    The info of a step says under `place` which task of the present play the step was on; -1: one of an earlier play.

    Args:
        play: shared with the other environments.
        max_episode_steps: episodes are truncated at this length; None or -1: never.
        render_mode: None or "rgb_array".

    """

    def __init__(self, play: Play, max_episode_steps: int | None = LIMIT, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.play = play
        self._limit = checked_limit(max_episode_steps)
        self._ticket, self._total, self._steps = NONE, 0.0, 0

    def next_course(self) -> Course:
        self._ticket, course = self.play.take()
        self._total, self._steps = 0.0, 0
        return course

    def step(self, action: NDArray[Any]) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """See `WalkerEnv.step`."""
        observation, reward, terminated, _, _ = super().step(action)
        self._total += reward
        self._steps += 1
        truncated = self._steps >= self._limit
        info = {"place": self.play.place(self._ticket)}
        if terminated or truncated:
            self.play.end(self._ticket, self._total, self._steps)
            self._ticket = NONE
        return observation, reward, terminated, truncated, info


class PlayWalkerVector(WalkerVectorEnv):
    """Walkers in SIMD lanes, each of which takes a task of a play at each of its resets.

    The infos of a step hold `place`, int64[num_envs]: which task of the present play the step was on; -1: one of an
    earlier play, or no step but the reset of the autoreset mode NextStep.

    Args:
        num_envs, max_episode_steps, render_mode, autoreset_mode: see `WalkerVectorEnv`.
        play: where the tasks come from.

    """

    def __init__(
        self,
        num_envs: int,
        play: Play,
        max_episode_steps: int | None = LIMIT,
        render_mode: str | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
    ) -> None:
        super().__init__(num_envs, max_episode_steps, render_mode, autoreset_mode)
        self.play = play
        self._tickets = [NONE] * num_envs
        self._taken: dict[int, Ticket] = {}
        self._totals = np.zeros(num_envs)
        self._lengths = np.zeros(num_envs, np.int64)

    def next_course(self, i: int) -> Course:
        self._taken[i], course = self.play.take()
        return course

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: Infos | None = None
    ) -> tuple[NDArray[np.float32], Infos]:
        """See `WalkerVectorEnv.reset`."""
        self._taken = {}
        result = super().reset(seed=seed, options=options)
        self._enter()
        return result

    def step(
        self, actions: NDArray[Any]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], Infos]:
        """See `WalkerVectorEnv.step`."""
        self._taken = {}
        observations, rewards, terminated, truncated, infos = super().step(actions)
        over = terminated | truncated
        self._totals += rewards
        self._lengths += 1
        places = np.array([self.play.place(ticket) for ticket in self._tickets])
        for i in self._taken:
            places[i] = places[i] if over[i] else -1
        for i in map(int, np.flatnonzero(over)):
            self.play.end(self._tickets[i], float(self._totals[i]), int(self._lengths[i]))
        self._enter()
        infos |= {"place": places, "_place": np.ones(self.num_envs, np.bool_)}
        return observations, rewards, terminated, truncated, infos

    def _enter(self) -> None:
        """Count the episodes anew that began with this call."""
        for i, ticket in self._taken.items():
            self._tickets[i], self._totals[i], self._lengths[i] = ticket, 0.0, 0
