"""A training step by teachers, as `imitation` takes it."""

from dataclasses import dataclass

from ..types import Agent
from ..work import Job


@dataclass(frozen=True)
class Teacher:
    """An agent, and the places in the job of the tasks that it plays, its own first."""

    agent: Agent
    tasks: tuple[int, ...]


@dataclass(frozen=True)
class Lessons(Job):
    """A training step by teachers; an episode that returns `solved` or more solves its task."""

    teachers: tuple[Teacher, ...] = ()
    solved: float = 0.0
