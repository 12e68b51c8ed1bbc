"""Novelty: how far a task lies from those that are known, and which of them lie nearest.

Source: Lehman and Stanley (2011), Abandoning Objectives: Evolution Through the Search for Novelty Alone; POET chooses
among children by it.
"""

from collections.abc import Sequence
from math import fsum

import numpy as np
from numpy.typing import NDArray

from openended.envs.api import Axis


def scaled(descriptors: Sequence[Sequence[float]], axes: Sequence[Axis]) -> NDArray[np.float64]:
    """Descriptors, float64[n, m], in units of their axes' ranges, so that no axis outweighs the others."""
    points = np.asarray(descriptors, np.float64).reshape(-1, len(axes))
    low, high = np.array([axis.low for axis in axes]), np.array([axis.high for axis in axes])
    return np.asarray((points - low) / (high - low))


def novelty(point: NDArray[np.float64], others: NDArray[np.float64], k: int) -> float:
    """Mean Euclidean distance from a point, float64[m], to its k nearest of the others, float64[n, m].

    With fewer than k others it is the mean over all of them; with none it is infinite.
    """
    if not len(others):
        return float("inf")
    away = distances(point, others)
    return fsum(away[nearest(away, k)]) / min(k, len(others))


def distances(point: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Euclidean distances from a point, float64[m], to the others, float64[n, m]: float64[n]."""
    squares = np.zeros(len(others))
    for column, value in zip(others.T, point, strict=True):
        squares += (column - value) ** 2
    return np.sqrt(squares)


def nearest(away: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    """Indices of the k smallest of the distances, float64[n], smallest first, ties to the lower index."""
    if k >= len(away):
        return np.argsort(away, kind="stable")
    close = np.flatnonzero(away <= np.partition(away, k - 1)[k - 1])
    return np.asarray(close[np.argsort(away[close], kind="stable")][:k])
