"""What an algorithm asks of those who run episodes and train learners, and what they answer.

A piece of work is complete in itself: what comes of it depends on neither who does it nor when, so it can be shipped
anywhere and repeated with the same bits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from openended.envs.policy import Policy

from .types import Arrays, Learner


@dataclass(frozen=True)
class Limits:
    """How long episodes last: at most `cap` steps, and at most `stall` steps without progress (0: no such rule)."""

    cap: int
    stall: int = 0


@dataclass(frozen=True)
class Batch:
    """Episodes to run, complete in themselves: the tasks; agents float32[a, parameters], of `policy` (None: of that of
    the executor); which int32[n, 2], the (task, agent) of each episode; keys uint64[n], the random stream of each; the
    limits of all.
    """

    genomes: Sequence[Any]
    agents: NDArray[np.float32]
    which: NDArray[np.int32]
    keys: NDArray[np.uint64]
    limits: Limits
    policy: Policy | None = None


@dataclass(frozen=True)
class Outcome:
    """What a batch of n episodes gave: returns float64[n], steps int32[n], and the domain's facts, arrays by name."""

    returns: NDArray[np.float64]
    steps: NDArray[np.int32]
    facts: dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Cost:
    """Episodes run, their steps, how many of their returns were not finite, and training steps without a direction."""

    evaluations: int = 0
    env_steps: int = 0
    nonfinite: int = 0
    degenerate: int = 0


@dataclass(frozen=True)
class Job:
    """One training step of a learner on tasks, complete in itself: it can be shipped anywhere and repeated with the
    same bits. A `plain` step follows the gradient without the optimiser's memory. Without `train` the tasks are played
    and looked at as for a step, but the learner stays as it is. `appraise`: visits have the scores that cost more.
    """

    genomes: tuple[Any, ...]
    learner: Learner
    key: int
    plain: bool = False
    train: bool = True
    appraise: bool = False


@dataclass(frozen=True)
class Visit:
    """What a training step saw of one task.

    Attributes:
        task: its place in the job.
        returns: float64[n], of the episodes that ended.
        facts: the domain's, of the same episodes, by name.
        scores: what the learner knows beside, by name (`ppo`: see `learners.visits`).

    """

    task: int
    returns: NDArray[np.float64]
    facts: Arrays
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Learned:
    """What a training step gave: the learner after it, what it saw of each task, and what it cost."""

    learner: Learner
    visits: tuple[Visit, ...]
    cost: Cost


class Executor(Protocol):
    """Who runs episodes: threads, or the workers of a cluster. The results never depend on who, how many, or when."""

    def evaluate(self, batch: Batch) -> Outcome:
        """Run the episodes of a batch. Raises Stopped on a request to stop."""

    def learn(self, jobs: Sequence[Job], settings: Any, limits: Limits) -> list[Learned]:
        """One training step for every job (there is at least one), in the order given, by a kind of learner with its
        `settings` (`core.learners`). Raises Stopped on a request to stop.
        """


class Stopped(Exception):
    """The run was asked to stop; the generation in flight is dropped."""
