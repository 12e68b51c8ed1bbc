"""`openended/Course-v0`: the walker on the course of a task, so that anyone can learn on what a search has evolved."""

import json
from collections.abc import Mapping
from typing import Any, cast

from gymnasium.utils import EzPickle
from gymnasium.vector import AutoresetMode

from ... import domain as domain_of
from ... import read_task
from ...api import Domain
from ..courses.course import Course
from ..domain import CourseSimulator
from .single import WalkerEnv
from .vector import WalkerVectorEnv


def walkers_of(id: str) -> Domain:
    """The domain of walkers of this id. Raises ValueError if it is none of walkers."""
    domain = domain_of(id)
    if not isinstance(domain.simulator, CourseSimulator):
        raise ValueError(f"{id} is no domain of walkers; give one whose id begins with walker-, such as walker-v1")
    return domain


def course_of(domain: Domain, task: Any) -> Course:
    """The course of a task: its JSON, the same as a dict, a value of the domain, or a course; None: the first task.

    Raises:
        ValueError: it is no task of the domain; says why.
    """
    if task is None:
        task = domain.tasks.first()
    elif isinstance(task, str):
        task = read_task(domain, task)
    elif isinstance(task, Mapping):
        try:
            text = json.dumps(dict(task))
        except TypeError as error:
            raise ValueError(f"the task {task} holds more than JSON does ({error})") from None
        task = read_task(domain, text)
    elif not isinstance(task, (Course, type(domain.tasks.first()))):
        raise ValueError(
            f"a task of the type {type(task).__name__} was given; give its JSON, a dict or a {domain.id} task"
        )
    return cast(CourseSimulator, domain.simulator).course(task)


class CourseWalker(WalkerEnv):
    """The walker on the course of one task, the same at every reset.

    `gymnasium.make` ends episodes after 2,000 steps, as POET and the recipes' default `episodes.cap` do; for a run with
    another cap pass it as `max_episode_steps`. Then an agent of the run has as its sum of rewards, to the bit, the
    fitness that the run file holds (but for runs whose `episodes.evaluation_stall` ends episodes before).

    A curriculum is a subclass that overrides `next_course`, for instance by `self.course(one of its tasks)`.

    Args:
        task: see `course_of`.
        domain: the id of the task's domain.
        render_mode: None or "rgb_array".

    Raises:
        ValueError: no task of the domain, or no domain of walkers.
    """

    def __init__(self, task: Any = None, domain: str = "walker-v1", render_mode: str | None = None) -> None:
        EzPickle.__init__(self, task, domain, render_mode)
        super().__init__(render_mode)
        self.domain = walkers_of(domain)
        self._course = self.course(task)

    def course(self, task: Any) -> Course:
        """The course of a task; see `course_of`."""
        return course_of(self.domain, task)

    def next_course(self) -> Course:
        return self._course


class CourseWalkerVector(WalkerVectorEnv):
    """Walkers on the course of one task, as many as wanted; a curriculum overrides `next_course(i)`.

    Args:
        num_envs, max_episode_steps, render_mode, autoreset_mode: see `WalkerVectorEnv`.
        task: see `course_of`.
        domain: the id of the task's domain.
    """

    def __init__(
        self,
        num_envs: int = 1,
        max_episode_steps: int | None = None,
        render_mode: str | None = None,
        task: Any = None,
        domain: str = "walker-v1",
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
    ) -> None:
        super().__init__(num_envs, max_episode_steps, render_mode, autoreset_mode)
        self.domain = walkers_of(domain)
        self._course = self.course(task)

    def course(self, task: Any) -> Course:
        """The course of a task; see `course_of`."""
        return course_of(self.domain, task)

    def next_course(self, i: int) -> Course:
        return self._course
