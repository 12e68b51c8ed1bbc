"""Which potentials tell where an agent will improve: rank correlations with what happened on the same tasks later.

The improvement after a visit is how far the mean return moved by a later one. From a visit to the next, it shares the
visit's episodes with the potential: a lucky mean return makes most potentials small and is followed by a worse one
(regression to the mean), so the correlation is too large for those that fall with the mean return. From the next visit
to the one after it shares no episode with the potential, but the training in between has gone on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..keys import generator
from ..ranks import centred_ranks
from .potentials import Potentials
from .statistics import CONFIDENCE, RESAMPLES, Estimate

TINY = 1e-12
"""Variances of ranks whose product is below it are rounding errors."""


@dataclass(frozen=True)
class Followed:
    """Visits of tasks that were visited again.

    Attributes:
        generation: of each, int64[n].
        group: the task of each as a number, int64[n].
        potentials: by name, float64[n], NaN where there is none.
        next: improvement from this visit to the next, float64[n].
        after: improvement from the next to the one after that, float64[n]; NaN where there was none.

    """

    generation: NDArray[np.int64]
    group: NDArray[np.int64]
    potentials: dict[str, NDArray[np.float64]]
    next: NDArray[np.float64]
    after: NDArray[np.float64]


def followed(runs: Sequence[Iterable[Potentials]]) -> Followed:
    """The visits of one or more runs, each in its order, that trained the learner and that another one followed. Visits
    in which no episode ended do not count.
    """
    visits: dict[tuple[int, int], list[Potentials]] = {}
    for run, told in enumerate(runs):
        for each in told:
            if np.isfinite(each.mean_return):
                visits.setdefault((run, each.task), []).append(each)
    rows: list[tuple[Potentials, int, float, float]] = []
    for group, several in enumerate(visits.values()):
        moves = [later.mean_return - earlier.mean_return for earlier, later in pairwise(several)]
        for visit, move, after in zip(several, moves, [*moves[1:], np.nan], strict=False):
            if visit.trained:
                rows.append((visit, group, move, after))
    names = sorted({name for visit, *_ in rows for name in visit.by_name})
    return Followed(
        generation=np.array([visit.generation for visit, *_ in rows], np.int64),
        group=np.array([group for _, group, *_ in rows], np.int64),
        potentials={name: np.array([visit.by_name.get(name, np.nan) for visit, *_ in rows]) for name in names},
        next=np.array([move for _, _, move, _ in rows]),
        after=np.array([after for *_, after in rows]),
    )


def rank_correlation(
    one: NDArray[np.float64], other: NDArray[np.float64], group: NDArray[np.int64], key: int, resamples: int = RESAMPLES
) -> Estimate | None:
    """Spearman's rank correlation of two samples, float64[n], with its bootstrap interval; ties share their mean rank.

    Pairs with a number that is not finite are left out. Whole groups are drawn, as the visits of a task belong
    together, and ranks stay those of the whole sample. None where it is not defined: fewer than three pairs or two
    groups, or a sample whose values are all equal.
    """
    known = np.isfinite(one) & np.isfinite(other)
    if known.sum() < 3:
        return None
    x, y = centred_ranks(one[known]), centred_ranks(other[known])
    groups, place = np.unique(group[known], return_inverse=True)
    if not x.any() or not y.any() or len(groups) < 2:
        return None
    moments = np.stack([np.bincount(place, each) for each in (np.ones(len(x)), x, y, x * x, y * y, x * y)], axis=1)
    chances = np.full(len(groups), 1 / len(groups))
    drawn = generator(key).multinomial(len(groups), chances, size=resamples).astype(np.float64) @ moments
    found = correlations(drawn)
    found = found[np.isfinite(found)]
    if not len(found):
        return None
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(found, [tail, 100 - tail])
    return Estimate(float(correlations(moments.sum(axis=0)[None])[0]), float(low), float(high))


def correlations(moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pearson's correlation, float64[m], from counts and the sums of x, y, x^2, y^2, x y, float64[m, 6]; NaN where x or
    y is constant.
    """
    count, x, y, xx, yy, xy = moments.T
    spread = (count * xx - x * x) * (count * yy - y * y)
    varies = spread > TINY * count**4
    root = np.sqrt(np.where(varies, spread, 1.0))
    return np.where(varies, np.clip((count * xy - x * y) / root, -1.0, 1.0), np.nan)
