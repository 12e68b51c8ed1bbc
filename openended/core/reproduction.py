"""Reproduction: child tasks are made by mutating the tasks of eligible parents; the most novel of them are admitted.

Source: Wang et al. (2019), POET, section 3.2 and `poet_distributed/reproduce_ops.py` of its code.
"""

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge

from openended.envs.api import Domain

from .keys import key
from .potential import draw_one
from .types import Pair, Task


@dataclass(frozen=True)
class Params:
    """When and how child tasks are made.

    Attributes:
        every: generations from one reproduction to the next; 0 switches it off.
        threshold: best fitness that makes a pair eligible as a parent (POET: 200).
        parents: how they are drawn among the eligible: `uniform`, or `progress`, in proportion to learning progress.
        children: mutated tasks per reproduction (POET: 8).
        admitted: most of them that are admitted (POET: 1).
        neighbours: agents of so many nearest niches are tried on a child beside its parent's.
        novelty_neighbours: the k of novelty (POET: 5).

    """

    every: Annotated[int, Ge(0)] = 5
    threshold: float = 200.0
    parents: Literal["uniform", "progress"] = "uniform"
    children: Annotated[int, Ge(1)] = 8
    admitted: Annotated[int, Ge(1)] = 2
    neighbours: Annotated[int, Ge(0)] = 5
    novelty_neighbours: Annotated[int, Ge(1)] = 5


@dataclass(frozen=True)
class Candidate:
    """A child that may be admitted, the pair whose agent does best on it, and how novel it is."""

    task: Task
    source: Pair
    novelty: float


def draw_parents(pairs: Iterable[Pair], params: Params, stream: np.random.Generator) -> list[Pair]:
    """A parent for each child, drawn with replacement among the eligible; empty if there are none."""
    eligible = sorted((pair for pair in pairs if pair.best_fitness >= params.threshold), key=lambda pair: pair.task)
    weights = [pair.progress if params.parents == "progress" else 1.0 for pair in eligible]
    return [eligible[draw_one(weights, stream)] for _ in range(params.children if eligible else 0)]


def offspring(
    parents: Sequence[Task],
    domain: Domain,
    niche_of: Callable[[Sequence[float]], int],
    seed: int,
    generation: int,
    first: int,
) -> list[Task]:
    """One mutated task for each parent, with the ids `first`, `first` + 1, ..."""
    children = []
    for number, parent in enumerate(parents, first):
        genome = domain.tasks.mutate(parent.genome, key(seed, generation, "mutate", number))
        descriptor = tuple(map(float, domain.tasks.describe(genome)))
        niche = niche_of(descriptor)
        children.append(Task(number, genome, parent.id, generation, descriptor, niche, "not chosen", math.nan))
    return children


def sift(
    children: Iterable[Task], known: Iterable[Task], taken: Collection[int], identity: Callable[[Any], str]
) -> list[Task]:
    """The children; those that equal a known task or an earlier child are marked `duplicate`, others whose niche is
    among the taken `niche taken`.
    """
    seen = {identity(task.genome) for task in known}
    sifted = []
    for child in children:
        name = identity(child.genome)
        if name in seen:
            sifted.append(replace(child, outcome="duplicate"))
        elif child.niche in taken:
            sifted.append(replace(child, outcome="niche taken"))
        else:
            sifted.append(child)
        seen.add(name)
    return sifted


def digest(text: str) -> str:
    """The identity of a task: SHA-256 of its canonical text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def best_source(sources: Sequence[Pair], fitness: Sequence[float]) -> tuple[Pair, float]:
    """The pair whose agent did best, the lowest id among equals, and its fitness; NaN only if all are."""
    return min(
        zip(sources, fitness, strict=True),
        key=lambda row: (1, 0.0, row[0].task) if math.isnan(row[1]) else (0, -row[1], row[0].task),
    )


def select(candidates: Iterable[Candidate], limit: int) -> list[Candidate]:
    """The candidates from the most novel to the least (the lowest id first among equals), with what became of each:
    at most `limit` are `admitted`, one for each niche; their niche-mates are marked `niche taken`, the others stay
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
