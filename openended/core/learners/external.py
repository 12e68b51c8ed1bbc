"""A learner elsewhere: other code keeps its agent, plays the tasks that a curriculum chooses, and tells what it saw.

The run keeps no agent of it: its parameter vector has the length 0, and it remembers nothing but its steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np

from openended.envs.policy import Policy

from ..types import Agent, Learner
from ..work import Cost, Job, Learned, Limits, Visit

NOTE = ""
"""What a run should say of this kind at its start: nothing."""


@dataclass(frozen=True)
class External:
    """An external learner has no settings here.

    Attributes:
        kind: `external`.

    """

    kind: Literal["external"] = "external"


class Outside(Protocol):
    """The executor that such a learner needs: it knows who plays."""

    def play(self, jobs: Sequence[Job]) -> list[tuple[tuple[Visit, ...], Cost]]:
        """What the learner saw of the tasks of each job, in their order, and what that cost."""
        ...


def check(settings: External, policy: Policy) -> None:
    """Any policy will do: nothing runs it."""


def first_agent(policy: Policy, key: int) -> Agent | None:
    """None: there is no agent to try."""
    return None


def start(settings: External, id: int, agent: Agent | None) -> Learner:
    """A learner before its first step."""
    return Learner(id, np.zeros(0, np.float32), {}, 0)


def like(settings: External, policy: Policy, learner: Learner) -> Learner:
    """A learner that remembers what this one should: nothing."""
    return start(settings, learner.id, None)


def heir(settings: External, id: int, learner: Learner) -> Learner:
    """A learner that takes over what another knows, which only the other code can give it."""
    return start(settings, id, None)


def learn(jobs: Sequence[Job], settings: External, limits: Limits, executor: Any) -> list[Learned]:
    """One step for every job, as `executor`, an `Outside`, tells of it."""
    outside: Outside = executor
    return [
        Learned(replace(job.learner, steps=job.learner.steps + 1) if job.train else job.learner, visits, cost)
        for job, (visits, cost) in zip(jobs, outside.play(jobs), strict=True)
    ]
