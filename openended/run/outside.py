"""The executor of a learner elsewhere: it answers with what that learner has told, and asks for what it has not.

A generation is a function of what it is told. It is computed from its beginning each time that more has been told: the
first question without an answer interrupts it, and its tasks are handed out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from openended.core import learners
from openended.core.work import Batch, Cost, Job, Learned, Limits, Outcome, Visit

Use = Literal["train", "look", "trial"]
"""What a task is for: to be trained on; to be played as in training, but without learning; to try the agent as it acts
when it is evaluated, without the noise of training.
"""


@dataclass(frozen=True)
class Told:
    """What the learner told of a task.

    Attributes:
        returns: float64[n], n >= 1, of its episodes.
        steps: of them all; 0: not told.
        scores: what else it knows, by name (`core.work.Visit`).

    """

    returns: NDArray[np.float64]
    steps: int = 0
    scores: Mapping[str, float] = field(default_factory=dict)


class Asked(Exception):
    """Tasks have to be played first: `genomes`, all for the same `use`."""

    def __init__(self, genomes: tuple[Any, ...], use: Use):
        super().__init__(f"{len(genomes)} tasks to {use}")
        self.genomes, self.use = genomes, use


class Answers:
    """`core.work.Executor`, and `learners.external.Outside`."""

    def __init__(self) -> None:
        self._given: Sequence[list[Told]] = ()
        self._next = 0

    def begin(self, given: Sequence[list[Told]]) -> None:
        """A generation is computed from its beginning, with these answers to its first questions: what was told of
        each task, in the order in which they were asked for.
        """
        self._given, self._next = given, 0

    def evaluate(self, batch: Batch) -> Outcome:
        """Fitness told as the mean over the episodes on a task. Raises Asked."""
        told = self._answer(tuple(batch.genomes), "trial")
        places = batch.which[:, 0]
        steps = np.array([each.steps for each in told], np.int32)[places]
        return Outcome(np.array([fsum(each.returns) / len(each.returns) for each in told])[places], steps, {})

    def learn(self, jobs: Sequence[Job], settings: Any, limits: Limits) -> list[Learned]:
        """See `core.work.Executor.learn`. Raises Asked."""
        return list(learners.kind(settings).learn(jobs, settings, limits, self))

    def play(self, jobs: Sequence[Job]) -> list[tuple[tuple[Visit, ...], Cost]]:
        """See `learners.external.Outside.play`. Raises Asked."""
        told = iter(self._answer(tuple(genome for job in jobs for genome in job.genomes), use_of(jobs)))
        return [visits([next(told) for _ in job.genomes]) for job in jobs]

    def _answer(self, genomes: tuple[Any, ...], use: Use) -> list[Told]:
        if self._next == len(self._given):
            raise Asked(genomes, use)
        self._next += 1
        return self._given[self._next - 1]


def use_of(jobs: Sequence[Job]) -> Use:
    """What the tasks of jobs are for."""
    return "train" if jobs[0].train else "look"


def visits(told: Sequence[Told]) -> tuple[tuple[Visit, ...], Cost]:
    """What was told of a job's tasks as its visits and its cost."""
    seen = tuple(
        Visit(place, each.returns, {}, {**each.scores, **({"steps": float(each.steps)} if each.steps else {})})
        for place, each in enumerate(told)
    )
    return seen, Cost(sum(len(each.returns) for each in told), sum(each.steps for each in told))
