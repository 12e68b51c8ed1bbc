"""Which pairs are trained in a generation: newcomers, then niches where learning progresses, some at random."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Ge, Gt, Le
from numpy.typing import NDArray

from .drawing import draw


@dataclass(frozen=True)
class Population:
    """How many pairs are trained.

    Attributes:
        count: most active pairs; in POET the oldest retire beyond it.

    """

    count: Annotated[int, Ge(1)] = 20


@dataclass(frozen=True)
class Selection(Population):
    """How many pairs are trained in a generation, which, and how far.

    Attributes:
        count: most active pairs.
        es_steps: training steps for each of them per generation.
        newcomers: generations for which a newly admitted pair comes before all others.
        uniform: share of the other places that is drawn uniformly; the rest by learning progress.
        memory: weight of the newest gain in learning progress, a moving average; 1: only the newest counts.

    """

    count: Annotated[int, Ge(1)] = 16
    es_steps: Annotated[int, Ge(1)] = 1
    newcomers: Annotated[int, Ge(1)] = 5
    uniform: Annotated[float, Ge(0), Le(1)] = 0.25
    memory: Annotated[float, Gt(0), Le(1)] = 0.1


def choose(pairs: NDArray[np.void], settings: Selection, high: float, stream: np.random.Generator) -> list[int]:
    """Ids of the tasks whose pairs are trained, in ascending order; `pairs` are `archive.Archive.rows`.

    Pairs whose best fitness lies above `high` rest, unless all do. Newcomers are taken in the order of their visits,
    then of their ids.
    """
    open_ones = np.flatnonzero(pairs["best_fitness"] <= high)
    candidates = open_ones if len(open_ones) else np.arange(len(pairs))
    visits = pairs["visits"][candidates]
    new = visits < settings.newcomers
    newcomers = candidates[new][np.argsort(visits[new], kind="stable")][: settings.count]
    others, places = candidates[~new], settings.count - len(newcomers)
    by_chance = int(np.sum(stream.random(places) < settings.uniform))
    by_progress = draw(pairs["potential"][others], places - by_chance, stream)
    rest = np.delete(others, by_progress)
    at_random = rest[draw(np.ones(len(rest)), by_chance, stream)]
    chosen = np.concatenate([newcomers, others[by_progress], at_random])
    return sorted(pairs["task"][chosen].tolist())
