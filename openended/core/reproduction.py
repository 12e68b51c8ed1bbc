"""Reproduction: child tasks are made by mutating the tasks of eligible parents; the most novel of them are admitted.

Source: Wang et al. (2019), POET, section 3.2 and `poet_distributed/reproduce_ops.py` of its code.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge
from numpy.typing import ArrayLike

from .criterion import Bounds, judge
from .drawing import draw_with_replacement
from .generation import Generation
from .generators import Proposal
from .types import Pair, Task


@dataclass(frozen=True)
class Reproduction:
    """When and how child tasks are made; the defaults are POET's.

    Attributes:
        every: generations from one reproduction to the next; 0 switches it off.
        threshold: fitness that makes a pair eligible as a parent.
        children: mutated tasks per reproduction.
        admitted: most of them that are admitted.
        novelty_neighbours: the k of novelty.

    """

    every: Annotated[int, Ge(0)] = 200
    threshold: float = 200.0
    children: Annotated[int, Ge(1)] = 8
    admitted: Annotated[int, Ge(1)] = 1
    novelty_neighbours: Annotated[int, Ge(1)] = 5


@dataclass(frozen=True)
class Making(Reproduction):
    """When and how child tasks are made in an archive.

    Attributes:
        every: generations from one reproduction to the next; 0 switches it off.
        threshold: best fitness that makes a pair eligible as a parent (POET: 200).
        parents: how they are drawn among the eligible: `uniform`, or `progress`, in proportion to learning progress.
        children: mutated tasks per reproduction (POET: 8).
        admitted: most of them that are admitted (POET: 1).
        neighbours: nearest niches whose agents are tried on a child beside its parent's.
        novelty_neighbours: the k of novelty (POET: 5).

    """

    every: Annotated[int, Ge(0)] = 5
    admitted: Annotated[int, Ge(1)] = 2
    parents: Literal["uniform", "progress"] = "uniform"
    neighbours: Annotated[int, Ge(0)] = 5


@dataclass(frozen=True)
class Candidate:
    """A child that was tried, the pair whose agent does best on it, and how novel it is."""

    task: Task
    source: Pair
    novelty: float


def offspring(generation: Generation[Any], eligible: ArrayLike, weights: ArrayLike, count: int) -> list[Task]:
    """`count` mutated tasks, each of a parent drawn with replacement in proportion to the weights of those eligible
    (tasks' ids in ascending order); none if nobody is eligible. Their ids count on from the last task's.
    """
    able = np.asarray(eligible, np.int64)
    if not len(able):
        return []
    tasks, stream = generation.family, generation.stream("parents")
    parents = able[draw_with_replacement(weights, count, stream)].tolist()
    children = []
    for id, parent in enumerate(parents, generation.counters.tasks_created):
        genome = tasks.mutate(generation.task(parent).genome, generation.key("mutate", id))
        descriptor = tuple(map(float, tasks.describe(genome)))
        niche = generation.archive.niche_of(descriptor)
        made = Task(id, genome, parent, generation.number, descriptor, niche, "not chosen", math.nan, "mutation")
        children.append(made)
    return children


def entered(generation: Generation[Any], proposed: Sequence[Proposal], before: int) -> list[Task]:
    """The tasks of a generator's proposals, behind `before` other new ones, whose ids count on from the last task's."""
    tasks, archive = [], generation.archive
    for id, each in enumerate(proposed, generation.counters.tasks_created + before):
        descriptor = tuple(map(float, generation.means.domain.tasks.describe(each.genome)))
        niche = archive.niche_of(descriptor)
        tasks.append(
            Task(id, each.genome, each.parent, generation.number, descriptor, niche, "not chosen", math.nan, each.maker)
        )
    return tasks


def sift(generation: Generation[Any], children: Sequence[Task]) -> list[Task]:
    """The children; those that equal a task with a pair or an earlier child are marked `duplicate`, others whose niche
    is held `niche taken`.
    """
    archive, seen, sifted = generation.archive, set[str](), []
    for child in children:
        name = archive.name(child.genome)
        if name in archive.names or name in seen:
            sifted.append(replace(child, outcome="duplicate"))
        elif child.niche in archive.owners:
            sifted.append(replace(child, outcome="niche taken"))
        else:
            sifted.append(child)
        seen.add(name)
    return sifted


def judged(child: Task, score: float, bounds: Bounds) -> Task:
    """The child with its score and what the minimal criterion says of it."""
    verdict = judge(score, bounds)
    return replace(child, score=score, outcome=child.outcome if verdict == "ok" else verdict)


def best_source(sources: Sequence[Pair], fitness: Sequence[float]) -> tuple[Pair, float]:
    """The pair whose agent did best, ties to the lowest id, and its fitness; NaN only if all are."""
    return min(
        zip(sources, fitness, strict=True),
        key=lambda row: (1, 0.0, row[0].task) if math.isnan(row[1]) else (0, -row[1], row[0].task),
    )


def select(candidates: Sequence[Candidate], limit: int) -> list[Candidate]:
    """The candidates from the most novel to the least, ties to the lowest id, with what became of each.

    At most `limit` are `admitted`, one for each niche; their niche-mates are marked `niche taken`, the others stay
    `not chosen`.
    """
    selected: list[Candidate] = []
    niches: set[int] = set()
    for candidate in sorted(candidates, key=lambda candidate: (-candidate.novelty, candidate.task.id)):
        outcome = candidate.task.outcome
        if candidate.task.niche in niches:
            outcome = "niche taken"
        elif len(niches) < limit:
            outcome = "admitted"
            niches.add(candidate.task.niche)
        selected.append(replace(candidate, task=replace(candidate.task, outcome=outcome)))
    return selected
