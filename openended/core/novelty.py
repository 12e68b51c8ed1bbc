"""Novelty: how far a task lies from those that are known, and which of them lie nearest.

Source: Lehman and Stanley (2011), Abandoning Objectives: Evolution Through the Search for Novelty Alone; POET chooses
among children by it.
"""

from collections.abc import Iterable, Sequence
from math import fsum

import numpy as np
from numpy.typing import NDArray

from openended.envs.api import Axis

from .types import Pair, Task


def scaled(descriptors: Sequence[Sequence[float]], axes: Sequence[Axis]) -> NDArray[np.float64]:
    """Descriptors, float64[n, m], in units of their axes' ranges, so that no axis outweighs the others."""
    points = np.asarray(descriptors, np.float64).reshape(-1, len(axes))
    low, high = (np.array([getattr(axis, end) for axis in axes]) for end in ("low", "high"))
    return np.asarray((points - low) / (high - low))


def novelty(point: NDArray[np.float64], others: NDArray[np.float64], k: int) -> float:
    """Mean Euclidean distance from a point, float64[m], to its k nearest of the others, float64[n, m].

    With fewer than k others it is the mean over all of them; with none it is infinite.
    """
    if not len(others):
        return float("inf")
    return fsum(np.sort(_distances(point, others))[:k]) / min(k, len(others))


def nearest(point: NDArray[np.float64], others: NDArray[np.float64], k: int) -> list[int]:
    """Indices of the k nearest of the others, nearest first; of equally near ones the lower index first."""
    return [int(index) for index in np.argsort(_distances(point, others), kind="stable")[:k]]


def neighbours(task: Task, pairs: Iterable[Pair], tasks: dict[int, Task], axes: Sequence[Axis], k: int) -> list[Pair]:
    """The k pairs whose tasks lie nearest to `task`, itself left out; nearest first, of equals the lower id."""
    others = sorted((pair for pair in pairs if pair.task != task.id), key=lambda pair: pair.task)
    point, *points = scaled([task.descriptor, *(tasks[pair.task].descriptor for pair in others)], axes)
    return [others[index] for index in nearest(point, np.reshape(points, (-1, len(axes))), k)]


def _distances(point: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    squares = np.zeros(len(others))
    for column, value in zip(others.T, point, strict=True):
        squares += (column - value) ** 2
    return np.sqrt(squares)
