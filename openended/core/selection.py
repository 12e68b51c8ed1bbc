"""Which pairs are optimised in a generation: newcomers, then niches where learning progresses, some at random."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Ge, Gt, Le

from .potential import draw
from .types import Pair


@dataclass(frozen=True)
class Params:
    """How many pairs are optimised in a generation, which, and how far.

    Attributes:
        count: most active pairs.
        es_steps: steps of the evolution strategy for each of them per generation.
        newcomers: for so many generations a newly admitted pair comes before all others.
        uniform: share of the other places that is drawn uniformly; the rest by learning progress.
        memory: weight of the newest gain in learning progress, a moving average; 1: only the newest counts.

    """

    count: Annotated[int, Ge(1)] = 16
    es_steps: Annotated[int, Ge(1)] = 1
    newcomers: Annotated[int, Ge(1)] = 5
    uniform: Annotated[float, Ge(0), Le(1)] = 0.25
    memory: Annotated[float, Gt(0), Le(1)] = 0.1


def choose(pairs: Iterable[Pair], params: Params, high: float, stream: np.random.Generator) -> list[int]:
    """Ids of the pairs to optimise, in ascending order.

    Pairs whose best fitness lies above `high` rest, unless all do. Newcomers are taken in the order of their visits,
    then of their ids.
    """
    everyone = sorted(pairs, key=lambda pair: pair.task)
    candidates = [pair for pair in everyone if pair.best_fitness <= high] or everyone
    new = [pair for pair in candidates if pair.visits < params.newcomers]
    chosen = [pair.task for pair in sorted(new, key=lambda pair: pair.visits)[: params.count]]
    others = [pair for pair in candidates if pair.visits >= params.newcomers]
    places = params.count - len(chosen)
    by_chance = int(np.sum(stream.random(places) < params.uniform))
    by_progress = draw([pair.progress for pair in others], places - by_chance, stream)
    chosen += [others[index].task for index in by_progress]
    rest = [pair.task for index, pair in enumerate(others) if index not in by_progress]
    chosen += [rest[index] for index in draw([1.0] * len(rest), by_chance, stream)]
    return sorted(chosen)
