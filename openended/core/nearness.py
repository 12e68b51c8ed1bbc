"""How near tasks are to those of interest, and what that does to their priority in a curriculum.

    priority(c) = L(c) N(c)^lambda,    N(c) = max over tasks of interest t of L(t) s(c, t) / max L

L is the potential that decides in the run. Where no task of interest has any, because all or none are solved, all count
alike. s(c, t) is Spearman's rank correlation of the columns c and t in the table of scores, agents by tasks, where both
have enough rows in common and vary in them; it is 0 where they run against each other. Elsewhere s is
1 / (1 + (d / reach)^2) by the distance d of the descriptors. The agents of the table are the shared agent at different
times: every so many generations a row is written of what it reached on each task of the buffer, the mean over its last
visits there. N is at least 1/64, so that no task is lost from sight.

Source of the product: Tzannetos et al. (2024), Proximal Curriculum with Task Correlations for Deep Reinforcement
Learning (ProCuRL-Target), where s is a product of the tasks' features; the rank correlation is this project's.
"""

from math import fsum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .generation import Generation
from .interest import Interest
from .lifecycle import due
from .replay import powers
from .types import Task

WANTED = "interest"
"""The array of the tasks of interest, ids, int64[m]."""
SCORES = "interest_scores_"
"""The arrays of the rows of the table, numbered: float64[n, 2], task ids and scores."""
ROWS = 16
"""The newest rows count."""
FEWEST = 6
"""Rows in common from which a correlation counts as known."""
VISITS = 8
"""Of a task, the last, whose mean is a score."""
LEAST = 1 / 64
"""Of nearness."""

Floats = NDArray[np.float64]


class Nearness:
    """The tasks of interest as a generation sees them. Without any, every task counts as it is.

    Attributes:
        wanted: their ids, int64[m].

    """

    def __init__(self, generation: Generation[Any]):
        self.generation = generation
        arrays = generation.arrays if generation.number == 0 else generation.before.arrays
        self.wanted: NDArray[np.int64] = arrays.get(WANTED, np.zeros(0, np.int64))

    @property
    def settings(self) -> Interest:
        settings: Interest = self.generation.means.params.interest
        return settings

    def lasting(self, tasks: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of some tasks, int64[n], are of interest, and so never leave the buffer."""
        return np.isin(tasks, self.wanted)

    def factors(self, tasks: NDArray[np.int64]) -> Floats:
        """N^lambda of tasks with a pair, ids int64[n]; float64[n]."""
        if not len(self.wanted):
            return np.ones(len(tasks))
        likeness = self._by_descriptor(self.generation.archive.points[self._rows(tasks)])
        if self.settings.nearness != "descriptor":
            known = correlations(self._table(tasks), self._table(self.wanted))
            likeness = np.where(np.isnan(known), likeness, np.maximum(known, 0.0))
        found = self._raised(likeness)
        if self.settings.nearness == "shuffled":
            return np.asarray(self.generation.stream("shuffled").permutation(found))
        return found

    def factor(self, task: Task, others: Floats) -> float:
        """N^lambda of a task without a pair, by descriptor; where nearness is shuffled, one of those of `others`."""
        if not len(self.wanted):
            return 1.0
        if self.settings.nearness == "shuffled" and len(others):
            return float(others[self.generation.stream("shuffled", task.id).integers(len(others))])
        return float(self._raised(self._by_descriptor(self.generation.archive.point(task)[None]))[0])

    def _raised(self, likeness: Floats) -> Floats:
        """N^lambda of tasks, float64[n], from s, float64[n, m]."""
        worth = np.maximum(self.generation.rows["potential"][self._rows(self.wanted)], 0.0)
        worth = worth / worth.max() if worth.any() else np.ones(len(worth))
        nearness = np.maximum((likeness * worth).max(axis=1), LEAST)
        return 1.0 / powers(nearness, self.settings.weight)

    def _by_descriptor(self, points: Floats) -> Floats:
        """S of points, float64[n, k], to the tasks of interest, float64[n, m]."""
        squares = np.zeros((len(points), len(self.wanted)))
        for one, other in zip(points.T, self.generation.archive.points[self._rows(self.wanted)].T, strict=True):
            offset = (one[:, None] - other) / self.settings.reach
            squares += offset * offset
        return 1.0 / (1.0 + squares)

    def _table(self, tasks: NDArray[np.int64]) -> Floats:
        """The newest rows of scores, float64[rows, n]; NaN where a task had none."""
        arrays = self.generation.before.arrays
        rows = [arrays[name] for name in (f"{SCORES}{number}" for number in range(ROWS)) if name in arrays]
        table = np.full((len(rows), len(tasks)), np.nan)
        for scores, row in zip(rows, table, strict=True):
            known = dict(scores.tolist())
            row[:] = [known.get(task, np.nan) for task in tasks.tolist()]
        return table

    def _rows(self, tasks: NDArray[np.int64]) -> list[int]:
        return [self.generation.archive.row(task) for task in tasks.tolist()]


def observe(generation: Generation[Any]) -> None:
    """Write a row of scores where one is due: the task and the mean of its last visits for each task of the buffer that
    was visited since the last row.
    """
    settings: Interest = generation.means.params.interest
    if WANTED not in generation.before.arrays or not due(generation, settings.every):
        return
    rows = generation.rows
    seen = rows["task"][rows["active"] & (rows["seen"] > generation.number - settings.every)]
    pairs = [generation.pair(task) for task in seen.tolist()]
    scores = [(float(pair.task), fsum(pair.recent) / len(pair.recent)) for pair in pairs if pair.recent]
    name = f"{SCORES}{generation.number // settings.every % ROWS}"
    generation.arrays[name] = np.array(scores, np.float64).reshape(-1, 2)


def correlations(tasks: Floats, wanted: Floats) -> Floats:
    """Spearman's rank correlations of columns of two tables with the same rows, float64[rows, n] and [rows, m].

    Args:
        tasks: scores of the tasks; NaN: none.
        wanted: those of the tasks of interest.

    Returns:
        float64[n, m]; NaN where fewer than `FEWEST` rows have both, or where one does not vary in them. Ranks, doubled
        so that ties have whole ones, and their sums are whole numbers, so no order of summing alters a bit.

    """
    found = np.full((tasks.shape[1], wanted.shape[1]), np.nan)
    known = ~np.isnan(tasks)
    able = np.flatnonzero(known.sum(axis=0) >= FEWEST)
    beats, theirs = _beats(tasks[:, able]), _beats(wanted)
    for place, column in enumerate(wanted.T):
        both = (known[:, able] & ~np.isnan(column)[:, None]).astype(np.int64)
        one = np.einsum("ijn,jn->in", beats, both) * both
        other = np.einsum("ij,jn->in", theirs[:, :, place], both) * both
        count = both.sum(axis=0)
        together, first, second = (
            count * (left * right).sum(axis=0) - left.sum(axis=0) * right.sum(axis=0)
            for left, right in ((one, other), (one, one), (other, other))
        )
        sure = (count >= FEWEST) & (first > 0) & (second > 0)
        found[able[sure], place] = together[sure] / np.sqrt((first * second)[sure].astype(np.float64))
    return found


def _beats(columns: Floats) -> NDArray[np.int64]:
    """int64[rows, rows, n]: 2 where the second row is below the first, 1 where they are equal, else 0."""
    below = columns[None] < columns[:, None]
    return np.asarray(2 * below.astype(np.int64) + (columns[None] == columns[:, None]))
