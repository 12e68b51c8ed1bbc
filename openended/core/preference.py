"""Which tasks people find more interesting: a model of their answers to "which of these two?".

Source: Davidson (1970), On Extending the Bradley-Terry Model to Accommodate Ties in Paired Comparison Experiments. With
the utilities u of two tasks, the chances of the answers left, right and equal are in proportion to exp(d / 2),
exp(-d / 2) and exp(t), d = u(left) - u(right). Utilities are linear in what is known of a task. All weights, and t, are
N(0, 1) beforehand; the fit is the most likely value afterwards, by Newton's method on a concave function.

The model may steer a run, so it is part of its digest: sums have a fixed order, the exponential is our own, and nothing
calls LAPACK, BLAS or libm, whose last bits depend on the machine.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .exponential import exponential, tangent

MOST_COLUMNS = 12
"""Of what is known of a task."""
STEPS, HALVINGS = 25, 10
"""Newton steps at most, and how often each is halved at most."""
RISE = 1e-22
"""Of the log of the posterior, below which a step changes nothing that matters."""
UNIFORM = 0.25
"""Share of parents that are drawn uniformly, whatever people prefer: stepping stones need not please."""
LEFT, RIGHT, EQUAL = range(3)
"""Answers."""

Rows = NDArray[np.float64]


@dataclass(frozen=True)
class Preference:
    """A fitted model.

    Attributes:
        middle, spread: float64[k], what is taken from the columns, and what they are divided by.
        weights: float64[k].
        tie: the t of the model.
        root: float64[k + 1, k + 1], lower triangle whose product with its transpose is the precision of weights and t.
    """

    middle: Rows
    spread: Rows
    weights: Rows
    tie: float
    root: Rows

    def utility(self, tasks: Rows) -> Rows:
        """Utilities of tasks, float64[n, k] to float64[n]; 0 is that of a task in the middle."""
        return _product((tasks - self.middle) / self.spread, self.weights)

    def chances(self, left: Rows, right: Rows) -> Rows:
        """Of the answers left, right, equal on pairs of tasks, both float64[n, k]; float64[n, 3]."""
        return _chances(_product((left - right) / self.spread, self.weights), self.tie)

    def doubt(self, left: Rows, right: Rows) -> Rows:
        """Variance of the difference in utility of pairs of tasks, float64[n]."""
        apart = (left - right) / self.spread
        solved = _forward(self.root, np.concatenate((apart, np.zeros((len(apart), 1))), axis=1))
        return _product(solved, solved)


def columns(descriptors: Rows, features: Rows | None = None) -> Rows:
    """What a model knows of n tasks, float64[n, k], k <= 12: their descriptors in units of their axes' ranges,
    float64[n, m]; the squares of these, around the middle of the range; as many features as there is room for.
    """
    around = descriptors - 0.5
    parts = [around, around * around] + ([] if features is None else [features])
    return np.concatenate(parts, axis=1)[:, :MOST_COLUMNS]


def fit(tasks: Rows, pairs: NDArray[np.int64], answers: NDArray[np.int64]) -> Preference:
    """The model of some answers.

    Args:
        tasks: `columns` of tasks, float64[n, k].
        pairs: int64[v, 2], the rows of `tasks` that were left and right.
        answers: int64[v], `LEFT`, `RIGHT` or `EQUAL`.
    """
    middle, spread = _standard(tasks[np.unique(pairs)] if len(pairs) else tasks)
    apart = (tasks[pairs[:, 0]] - tasks[pairs[:, 1]]) / spread
    found = np.zeros(tasks.shape[1] + 1)
    slope, precision = _slope(apart, answers, found)
    for _ in range(STEPS):
        step = _solve(_cholesky(precision), slope)
        rise = _dot(slope, step)
        if rise <= RISE:
            break
        for _ in range(HALVINGS):
            if _dot(_slope(apart, answers, found + step)[0], step) >= -0.5 * rise:
                break  # not far beyond the top along this step, so higher than before
            step = step * 0.5
        found = found + step
        slope, precision = _slope(apart, answers, found)
    return Preference(middle, spread, found[:-1], float(found[-1]), _cholesky(precision))


def parent_weights(utilities: Rows, strength: float) -> Rows:
    """Weights by which parents are drawn, float64[n], summing to 1 but for rounding: 1 + tanh(strength u), and a
    quarter of all evenly. `strength` 0 .. 1.
    """
    preferred = 1.0 + tangent(strength * utilities)
    total = math.fsum(preferred)
    share = preferred / total if total > 0.0 else np.full(len(preferred), 1.0 / len(preferred))
    return np.asarray((1.0 - UNIFORM) * share + UNIFORM / len(preferred))


def novelty_factors(utilities: Rows, strength: float) -> Rows:
    """By what the novelty of tasks is multiplied: 1 + strength tanh(u) / 2, float64[n]. `strength` 0 .. 1."""
    return np.asarray(1.0 + strength * tangent(utilities) / 2.0)


def _standard(tasks: Rows) -> tuple[Rows, Rows]:
    """Mean and standard deviation of each column; 1 where all values are the same."""
    count = max(len(tasks), 1)
    middle = np.array([math.fsum(column) / count for column in tasks.T])
    squares = [math.fsum(column * column) / count for column in (tasks - middle).T]
    spread = np.sqrt(np.array(squares))
    return middle, np.where(spread > 1e-9, spread, 1.0)


def _chances(apart: Rows, tie: float) -> Rows:
    """float64[n, 3], of differences in utility, float64[n]."""
    powers = np.stack((apart * 0.5, apart * -0.5, np.full(len(apart), tie)), axis=1)
    highest = np.maximum(np.maximum(powers[:, 0], powers[:, 1]), powers[:, 2])
    shares = exponential(powers - highest[:, None])
    return np.asarray(shares / (shares[:, 0] + shares[:, 1] + shares[:, 2])[:, None])


def _slope(apart: Rows, answers: NDArray[np.int64], found: Rows) -> tuple[Rows, Rows]:
    """Slope of the log of the posterior at weights and t, float64[k + 1], and its negative curvature, a matrix."""
    size = len(found)
    chances = _chances(_product(apart, found[:-1]), float(found[-1]))
    lean, equal = chances[:, LEFT] - chances[:, RIGHT], chances[:, EQUAL]
    said = np.where(answers == LEFT, 1.0, np.where(answers == RIGHT, -1.0, 0.0))
    half = np.concatenate((apart * 0.5, np.ones((len(apart), 1))), axis=1)
    errors = np.stack([said - lean] * (size - 1) + [(answers == EQUAL) - equal], axis=1)
    slope = _sum(half * errors) - found
    bends = np.empty((len(apart), size, size))
    bends[:] = (1.0 - equal - lean * lean)[:, None, None]
    bends[:, -1, :] = bends[:, :, -1] = (-lean * equal)[:, None]
    bends[:, -1, -1] = equal * (1.0 - equal)
    precision = _sum(half[:, :, None] * half[:, None, :] * bends)
    precision[np.arange(size), np.arange(size)] += 1.0
    return slope, precision


def _sum(values: Rows) -> Rows:
    """Sum over the first axis, from the first to the last."""
    return np.asarray(np.cumsum(values, axis=0)[-1]) if len(values) else np.zeros(values.shape[1:])


def _product(rows: Rows, weights: Rows) -> Rows:
    """Sum of row times weight, from the first column to the last; float64[n, k] and float64[k] or [n, k]."""
    return _sum((rows * weights).T) if rows.shape[1] else np.zeros(len(rows))


def _dot(one: Rows, other: Rows) -> float:
    return float(_sum(one * other))


def _cholesky(matrix: Rows) -> Rows:
    """Lower triangle whose product with its transpose is the matrix."""
    root = np.zeros_like(matrix)
    for i in range(len(matrix)):
        for j in range(i + 1):
            rest = float(matrix[i, j])
            for k in range(j):
                rest -= float(root[i, k]) * float(root[j, k])
            root[i, j] = math.sqrt(rest) if i == j else rest / float(root[j, j])
    return root


def _forward(root: Rows, rows: Rows) -> Rows:
    """Solutions y of root y = row, float64[n, k]."""
    solved = np.zeros_like(rows)
    for i in range(len(root)):
        rest = rows[:, i]
        for k in range(i):
            rest = rest - root[i, k] * solved[:, k]
        solved[:, i] = rest / root[i, i]
    return solved


def _solve(root: Rows, row: Rows) -> Rows:
    """Solution of root root' x = row."""
    solved = _forward(root, row[None])[0]
    found: Rows = np.zeros_like(solved)
    for i in reversed(range(len(root))):
        rest = float(solved[i])
        for k in range(i + 1, len(root)):
            rest -= float(root[k, i]) * float(found[k])
        found[i] = rest / float(root[i, i])
    return found
