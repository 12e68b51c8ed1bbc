"""What learners with populations share: who plays which task, how members are ranked, what a step saw."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..evaluation import cost
from ..keys import generator
from ..ranks import centred_ranks
from ..types import Learner
from ..work import Batch, Job, Learned, Limits, Outcome, Visit

Population = NDArray[np.float32]
"""float32[members, parameters]; members 2 i and 2 i + 1 belong together."""


def tasks(job: Job, members: int) -> NDArray[np.int64]:
    """Which of the job's tasks each member plays, int64[members]: pairs of members take turns, both play the same."""
    return np.arange(members) // 2 % len(job.genomes)


def episode_keys(job: Job, members: int) -> NDArray[np.uint64]:
    """The random stream of each member's episode, uint64[members]."""
    return generator(job.key).integers(2**64, size=members, dtype=np.uint64)


def play(
    jobs: Sequence[Job],
    members: int,
    fill: Callable[[Job, Population], None],
    limits: Limits,
    evaluate: Callable[[Batch], Outcome],
) -> list[tuple[Population, Outcome]]:
    """The population of every job, which `fill` writes, and what it did.

    The episodes of all jobs form one batch, so that they share one queue.
    """
    parts = [slice(i * members, (i + 1) * members) for i in range(len(jobs))]
    agents = np.empty((members * len(jobs), len(jobs[0].learner.agent)), np.float32)
    for job, part in zip(jobs, parts, strict=True):
        fill(job, agents[part])
    keys = np.concatenate([episode_keys(job, members) for job in jobs])
    first = np.cumsum([0, *(len(job.genomes) for job in jobs)])
    which = np.empty((len(agents), 2), np.int32)
    which[:, 0] = np.concatenate([first[i] + tasks(job, members) for i, job in enumerate(jobs)])
    which[:, 1] = np.arange(len(which))
    genomes = [genome for job in jobs for genome in job.genomes]
    outcome = evaluate(Batch(genomes, agents, which, keys, limits))
    return [(agents[part], _part(outcome, part)) for part in parts]


def ranks(job: Job, outcome: Outcome) -> NDArray[np.float64]:
    """Centred ranks of the members, float64[members], each among those that played the same task, so that no task's
    returns outweigh another's.
    """
    played, ranked = tasks(job, len(outcome.returns)), np.empty(len(outcome.returns))
    for task in range(len(job.genomes)):
        ranked[played == task] = centred_ranks(outcome.returns[played == task])
    return ranked


def learned(job: Job, outcome: Outcome, degenerate: bool, agent: Any, memory: dict[str, NDArray[Any]]) -> Learned:
    """The learner one step on, or as it is if the job only looks, with what it saw of each task and what it cost."""
    played, visits = tasks(job, len(outcome.returns)), []
    for task in range(len(job.genomes)):
        part = _part(outcome, played == task)
        visits.append(Visit(task, part.returns, part.facts))
    after = Learner(job.learner.id, agent, memory, job.learner.steps + 1)
    spent = replace(cost(outcome), degenerate=int(degenerate))
    return Learned(after if job.train else job.learner, tuple(visits), spent)


def _part(outcome: Outcome, rows: Any) -> Outcome:
    """The outcome of some of the episodes."""
    facts = {name: fact[rows] for name, fact in outcome.facts.items()}
    return Outcome(outcome.returns[rows], outcome.steps[rows], facts)
