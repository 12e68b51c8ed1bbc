"""Tasks as vectors of numbers, and back: what a model of tasks is fitted to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Vectors:
    """Tasks as points of a space in which means and directions of change make sense.

    `genome(of(task), key)` has the same vector as the task, whatever the key.

    Attributes:
        size: numbers in a vector.
        of: the vector of a genome, float64[size], each number of the order of 1; None of one that has none, such as a
            maze that is too large.
        genome: the genome of any vector, float64[size], a function of vector and key; what the vector does not say,
            such as a terrain seed, comes from the key. Raises ValueError, saying why, if there is none.
    """

    size: int
    of: Callable[[Any], NDArray[np.float64] | None]
    genome: Callable[[NDArray[np.float64], int], Any]
