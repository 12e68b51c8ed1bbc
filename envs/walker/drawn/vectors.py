"""Drawn courses as vectors: the heights of their ground, and back."""

import numpy as np
from numpy.typing import NDArray

from ...random import generator
from ...vectors import Vectors
from .change import push
from .task import POINTS, Drawn

CENTIMETRES = 100.0


def of(task: Drawn) -> NDArray[np.float64] | None:
    """The heights of the ground points above the start (m), float64[POINTS]; None of a course with obstacles."""
    return None if task.obstacles else np.array(task.ground, np.float64) / CENTIMETRES


def genome(vector: NDArray[np.float64], key: int) -> Drawn:
    """The course without obstacles whose ground has these heights, to the centimetre, with a push of the key.

    Raises ValueError for a height beyond the largest.
    """
    return Drawn(tuple(np.rint(vector * CENTIMETRES).astype(np.int64).tolist()), push=push(generator(key)))


VECTORS = Vectors(POINTS, of, genome)
