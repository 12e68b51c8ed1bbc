"""Labelled examples: what a learner needs that is told the right answers."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Labelled(NamedTuple):
    """Examples, each a few rows in the order of time, one behind the other.

    Attributes:
        observations: float32[rows, o], what an agent sees.
        labels: float32[rows, a], what it should do there; of a choice its index, float32[rows, 1].
        weights: float32[rows], from 0, how much a row counts; 0: it is only seen.
        lengths: int64[n], rows of each example. A policy with memory begins each with an empty one.
    """

    observations: NDArray[np.float32]
    labels: NDArray[np.float32]
    weights: NDArray[np.float32]
    lengths: NDArray[np.int64]
