"""Principal components of tasks' vectors (Pearson 1901; Hotelling 1933), the same on every CPU.

A point of the latent space holds the coordinates along the components in units of the tasks' standard deviations there.
"""

from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import NDArray

from ..types import Arrays
from .jacobi import Matrix, first_eigenvectors, times

NOTHING = 1e-12
"""A variance below this share of the largest counts as none."""


@dataclass(frozen=True)
class Components:
    """A fitted model.

    Attributes:
        mean: of the vectors, float64[d].
        axes: orthonormal, float64[k, d], the number of largest magnitude in each positive; zero where the tasks do not
            vary any more.
        deviations: of the tasks along them, float64[k], the largest first.

    """

    mean: NDArray[np.float64]
    axes: Matrix
    deviations: NDArray[np.float64]

    @property
    def arrays(self) -> Arrays:
        """What the run file keeps."""
        return {"mean": self.mean, "axes": self.axes, "deviations": self.deviations}

    def encode(self, vectors: Matrix) -> Matrix:
        """The points float64[n, k] of vectors float64[n, d]."""
        varies = self.deviations > 0.0
        along = times(vectors - self.mean, np.ascontiguousarray(self.axes.T))
        return np.where(varies, along / np.where(varies, self.deviations, 1.0), 0.0)

    def decode(self, points: Matrix) -> Matrix:
        """The vectors float64[n, d] of points float64[n, k]."""
        return self.mean + times(points * self.deviations, self.axes)


def fit(vectors: Matrix, dimensions: int) -> Components:
    """The first components of vectors float64[n, d], n >= 2, by the smaller of their two matrices of products."""
    count, size = vectors.shape
    mean = np.array([fsum(column) / count for column in vectors.T])
    centred = vectors - mean
    turned, found = np.ascontiguousarray(centred.T), min(dimensions, count, size)
    if size <= count:
        values, axes = first_eigenvectors(times(turned, centred), found)
    else:
        values, axes = first_eigenvectors(times(centred, turned), found)
        axes = times(axes, centred)
    varies = values > NOTHING * max(float(values[0]), 0.0)
    lengths = np.sqrt(np.array([fsum(axis * axis) for axis in axes]))
    axes = np.where(varies[:, None], axes / np.where(varies, lengths, 1.0)[:, None], 0.0)
    largest = axes[np.arange(found), np.abs(axes).argmax(axis=1)]
    axes = axes * np.where(largest < 0.0, -1.0, 1.0)[:, None]
    deviations = np.sqrt(np.where(varies, values, 0.0) / (count - 1))
    return Components(mean, axes, deviations)


def restored(arrays: Arrays) -> Components:
    """The model of what a run file keeps."""
    return Components(arrays["mean"], arrays["axes"], arrays["deviations"])
