"""The kernel of k-means: the nearest centre of every point, with the same bits on every CPU.

Distances are sums over the axes in their order, in double precision; the first of equally near centres wins. Points are
the lanes, centres pass by, so no sum depends on how many points are looked at together.
"""

import numpy as np

from .compiled import kernel

BLOCK = 512
"""Points looked at together; their distances stay in the fastest cache."""


@kernel
def nearest(points, centres, room, which, distance):
    """Write the index of the nearest centre, int64[n], and its squared distance, float64[n].

    points: float64[m, n], one row per axis; centres: float64[k, m]; room: float64[BLOCK] of work space.
    """
    axes, count = points.shape
    for first in range(0, count, BLOCK):
        size = min(BLOCK, count - first)
        best, index = distance[first : first + size], which[first : first + size]
        for j in range(size):
            best[j] = np.inf
            index[j] = 0
        for k in range(centres.shape[0]):
            for j in range(size):
                room[j] = 0.0
            for axis in range(axes):
                row, place = points[axis, first : first + size], centres[k, axis]
                for j in range(size):
                    room[j] += (row[j] - place) * (row[j] - place)
            for j in range(size):
                closer = room[j] < best[j]
                best[j] = room[j] if closer else best[j]
                index[j] = k if closer else index[j]


@kernel
def add_up(points, which, sums, counts):
    """Add every point to the sum of its cluster, float64[k, m], in the order of points, and count it, int64[k]."""
    axes, count = points.shape
    for i in range(count):
        cluster = which[i]
        counts[cluster] += 1
        for axis in range(axes):
            sums[cluster, axis] += points[axis, i]
