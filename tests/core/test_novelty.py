import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openended.core.novelty import nearest, novelty, scaled
from tests.support.handmade import archive, pair, task
from tests.support.point import POINT, Errand

POINTS = np.array([[3.0, 4.0], [0.0, 1.0], [6.0, 8.0], [0.0, 2.0]])
"""At distances 5, 1, 10, 2 from the origin."""


@pytest.mark.parametrize(("k", "expected"), [(1, 1.0), (2, 1.5), (3, 8 / 3), (4, 4.5), (9, 4.5)])
def test_novelty_is_the_mean_distance_to_the_nearest(k, expected):
    assert novelty(np.zeros(2), POINTS, k) == pytest.approx(expected, abs=1e-15)


def test_novelty_among_nothing_is_infinite():
    assert novelty(np.zeros(2), np.empty((0, 2)), 5) == math.inf


def test_the_nearest_come_in_order_and_ties_go_to_the_lower_index():
    assert [found.tolist() for found in nearest(np.zeros(2), POINTS, 3)] == [[1, 3, 0], [1.0, 2.0, 5.0]]
    assert nearest(np.zeros(2), np.array([[0.0, 1.0], [1.0, 0.0], [0.0, -1.0]]), 2)[0].tolist() == [0, 1]
    assert nearest(np.zeros(1), np.ones((3, 1)), 9)[0].tolist() == [0, 1, 2]


@given(st.integers(1, 9), st.integers(1, 3), st.sampled_from([3, 10, 1000]), st.integers(0, 2**32))
def test_the_nearest_among_many_are_those_of_a_full_sort(k, axes, values, seed):
    """Coordinates take a few values, so that many distances are equal, also those whose squares differ in rounding."""
    random = np.random.default_rng(seed)
    others = random.integers(0, values, (2000, axes)) / values
    point = random.integers(0, values, axes) / values
    squares = sum((others[:, axis] - point[axis]) ** 2 for axis in range(axes))
    expected = np.argsort(np.sqrt(squares), kind="stable")[:k]
    found, away = nearest(point, others, k)
    assert found.tolist() == expected.tolist()
    assert away.tolist() == np.sqrt(squares)[expected].tolist()
    assert novelty(point, others, k) == math.fsum(away) / k


def test_descriptors_are_scaled_by_their_axes():
    assert scaled([(4.0, 0.6), (8.0, 0.0)], POINT.axes).tolist() == [[0.5, 1.0], [1.0, 0.0]]
    assert scaled([], POINT.axes).shape == (0, 2)


def test_neighbours_leave_the_task_itself_out():
    tasks = {i: task(i, (float(x), 0.0), genome=Errand(float(x))) for i, x in enumerate([4, 1, 5, 2])}
    four = archive([pair(i) for i in range(4)], tasks)
    assert four.neighbours(tasks[0], 2) == [2, 3]
    assert four.neighbours(task(9, (0.0, 0.0)), 9) == [1, 3, 0, 2]
    assert archive([pair(0)], tasks).neighbours(tasks[0], 2) == []
