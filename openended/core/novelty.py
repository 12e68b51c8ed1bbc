"""Novelty: how far a task lies from those that are known, and which of them lie nearest.

Source: Lehman and Stanley (2011), Abandoning Objectives: Evolution Through the Search for Novelty Alone; POET chooses
among children by it.
"""

from collections.abc import Sequence
from math import fsum

import numpy as np
from numpy.typing import NDArray

from openended.envs.api import Axis

SOME = 64
"""Points among which a bound is looked for, for each of the nearest that are asked for."""
ROUNDING = 1 + 2.0**-50
"""Squares that differ by no more than this may have equal roots."""


def scaled(descriptors: Sequence[Sequence[float]], axes: Sequence[Axis]) -> NDArray[np.float64]:
    """Descriptors, float64[n, m], in units of their axes' ranges, so that no axis outweighs the others."""
    points = np.asarray(descriptors, np.float64).reshape(-1, len(axes))
    low, high = np.array([axis.low for axis in axes]), np.array([axis.high for axis in axes])
    return np.asarray((points - low) / (high - low))


def novelty(point: NDArray[np.float64], others: NDArray[np.float64], k: int) -> float:
    """Mean Euclidean distance from a point, float64[m], to its k nearest of the others, float64[n, m].

    With fewer than k others it is the mean over all of them; with none it is infinite.
    """
    return mean_distance(nearest(point, others, k)[1])


def mean_distance(away: NDArray[np.float64]) -> float:
    """The mean of distances; infinite where there are none."""
    return fsum(away) / len(away) if len(away) else float("inf")


def nearest(
    point: NDArray[np.float64], others: NDArray[np.float64], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Indices of the k others, float64[n, m], nearest to a point, float64[m], and their Euclidean distances.

    The nearest comes first, ties go to the lower index. The k nearest of some others lie no nearer than the k nearest
    of all, so a few of them tell which need not be looked at; that makes the search quick among many.
    """
    squares = np.zeros(len(others))
    for column, value in zip(others.T, point, strict=True):
        offset = column - value
        offset *= offset
        squares += offset
    some = squares[:: max(1, len(squares) // (SOME * k))]
    bound = np.partition(some, k - 1)[k - 1] * ROUNDING if k < len(some) else np.inf
    close = np.flatnonzero(squares <= bound)
    away = np.sqrt(squares[close])
    order = np.argsort(away, kind="stable")[:k]
    return close[order], away[order]
