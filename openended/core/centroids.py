"""Centroids of a Voronoi archive: k-means over random points, with the same bits on every CPU.

Sources: Lloyd (1982), Least Squares Quantization in PCM; Vassiliades, Chatzilygeroudis, Mouret (2018), Using Centroidal
Voronoi Tessellations to Scale Up MAP-Elites. The usual libraries sum by BLAS and by threads, so their bits differ from
machine to machine.
"""

from math import fsum

import numpy as np
from numpy.typing import NDArray

from .keys import generator

MOST_ROUNDS = 300
TOLERANCE = 1e-4
"""Ends the rounds: the summed squared shift of all centroids, in units of the samples' mean variance."""


def centroids(cells: int, axes: int, samples: int, key: int) -> NDArray[np.float64]:
    """Centroids float64[cells, axes] of `samples` points drawn evenly from the unit cube; they start at the first ones.

    The variance of the uniform distribution, 1 / 12, scales the tolerance. A centroid that loses all its points stays.
    """
    from openended.envs.simd.clusters import BLOCK, add_up, nearest

    points = generator(key).random((axes, samples))
    centres = np.ascontiguousarray(points[:, :cells].T)
    which, distance, room = np.empty(samples, np.int64), np.empty(samples), np.empty(BLOCK)
    for _ in range(MOST_ROUNDS):
        nearest(points, centres, room, which, distance)
        sums, counts = np.zeros_like(centres), np.zeros(cells, np.int64)
        add_up(points, which, sums, counts)
        means = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], centres)
        shift = fsum(np.square(means - centres).ravel())
        centres = means
        if shift <= TOLERANCE / 12:
            break
    return centres
