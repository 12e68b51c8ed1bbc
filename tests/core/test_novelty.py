import math

import numpy as np
import pytest

from openended.core.novelty import distances, nearest, novelty, scaled
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
    assert distances(np.zeros(2), POINTS).tolist() == [5.0, 1.0, 10.0, 2.0]
    assert nearest(np.array([5.0, 1.0, 10.0, 2.0]), 3).tolist() == [1, 3, 0]
    assert nearest(np.ones(3), 2).tolist() == [0, 1]
    assert nearest(np.ones(3), 9).tolist() == [0, 1, 2]


def test_descriptors_are_scaled_by_their_axes():
    assert scaled([(4.0, 0.6), (8.0, 0.0)], POINT.axes).tolist() == [[0.5, 1.0], [1.0, 0.0]]
    assert scaled([], POINT.axes).shape == (0, 2)


def test_neighbours_leave_the_task_itself_out():
    tasks = {i: task(i, (float(x), 0.0), genome=Errand(float(x))) for i, x in enumerate([4, 1, 5, 2])}
    four = archive([pair(i) for i in range(4)], tasks)
    assert four.neighbours(tasks[0], 2) == [2, 3]
    assert four.neighbours(task(9, (0.0, 0.0)), 9) == [1, 3, 0, 2]
    assert archive([pair(0)], tasks).neighbours(tasks[0], 2) == []
