"""Centroids: as evenly spread as scikit-learn's, fixed by the key, in a fixed order of sums."""

import numpy as np
import pytest

from openended.core.centroids import centroids
from openended.core.keys import generator
from openended.envs.simd.clusters import BLOCK, add_up, nearest


def assigned(points, centres):
    """Index of the nearest centre and squared distance of points float64[n, m], by the kernel."""
    which, distance = np.empty(len(points), np.int64), np.empty(len(points))
    nearest(np.ascontiguousarray(points.T), centres, np.empty(BLOCK), which, distance)
    return which, distance


@pytest.mark.parametrize(("cells", "axes", "samples"), [(50, 2, 5000), (100, 5, 4000), (1, 3, 100), (30, 1, 3000)])
def test_they_are_spread_as_evenly_as_scikit_learns(cells, axes, samples):
    from sklearn.cluster import k_means

    points = generator(3).random((axes, samples)).T.copy()
    ours = centroids(cells, axes, samples, 3)
    best = min(k_means(points, cells, n_init=1, init="random", random_state=seed)[2] for seed in range(3))
    assert ours.shape == (cells, axes)
    assert ours.min() > 0
    assert ours.max() < 1
    assert np.sum(assigned(points, ours)[1]) < 1.04 * best


def test_every_centroid_is_near_the_mean_of_its_points():
    points, ours = generator(8).random((2, 5000)).T, centroids(40, 2, 5000, 8)
    which, _ = assigned(points, ours)
    means = np.array([points[which == cell].mean(axis=0) for cell in range(40)])
    assert np.sum((means - ours) ** 2) < 1e-4 / 12


def test_the_key_fixes_every_bit():
    assert centroids(20, 3, 1000, 5).tobytes() == centroids(20, 3, 1000, 5).tobytes()
    assert centroids(20, 3, 1000, 5).tobytes() != centroids(20, 3, 1000, 6).tobytes()


def test_as_many_cells_as_samples():
    ours = centroids(12, 2, 12, 1)
    assert sorted(map(tuple, ours)) == sorted(map(tuple, generator(1).random((2, 12)).T))


def test_the_first_of_equally_near_centres_wins():
    centres = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    which, distance = assigned(np.array([[0.5, 0.0], [0.0, 0.1], [0.9, 0.0]]), centres)
    assert which.tolist() == [0, 0, 1]
    assert distance.tolist() == [0.25, 0.1 * 0.1, (0.9 - 1.0) ** 2]


def test_the_nearest_of_many_points_in_blocks_is_numpys():
    points, centres = generator(2).random((2 * BLOCK + 77, 4)), generator(4).random((33, 4))
    squares = np.zeros((len(points), len(centres)))
    for axis in range(4):
        squares += (points[:, None, axis] - centres[None, :, axis]) ** 2
    which, distance = assigned(points, centres)
    assert which.tolist() == np.argmin(squares, axis=1).tolist()
    assert distance.tolist() == np.min(squares, axis=1).tolist()


def test_points_are_added_in_their_order():
    points, which = np.array([[1e16, 1.0, -1e16, 5.0]]), np.array([0, 0, 0, 1])
    sums, counts = np.zeros((2, 1)), np.zeros(2, np.int64)
    add_up(points, which, sums, counts)
    assert sums.ravel().tolist() == [(1e16 + 1.0) - 1e16, 5.0]
    assert counts.tolist() == [3, 1]
