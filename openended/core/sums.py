"""Sums that are exact, so that they depend neither on the order of their terms nor on what was taken out again."""

import math

import numpy as np
from numpy.typing import NDArray

SCALE = 1 << 1074
"""Every finite float is a whole multiple of 1 / SCALE, the smallest of them."""


class ExactSum:
    """The sum of floats that were added and taken out, rounded once, as `math.fsum` of those left."""

    def __init__(self) -> None:
        self._total = 0

    def add(self, value: float) -> None:
        """Count a finite number in."""
        self._total += _multiple(value)

    def remove(self, value: float) -> None:
        """Take out a number that was added."""
        self._total -= _multiple(value)

    def __float__(self) -> float:
        return self._total / SCALE


def _multiple(value: float) -> int:
    numerator, denominator = value.as_integer_ratio()
    return numerator * (SCALE // denominator)


def mean(values: NDArray[np.float64]) -> float:
    """The mean of numbers from their exact sum; NaN of nothing, and if one is not finite."""
    return math.fsum(values) / len(values) if len(values) and np.isfinite(values).all() else math.nan
