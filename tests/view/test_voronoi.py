import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openended.view.voronoi import voronoi

LOW, HIGH = (0.0, -1.0), (3.0, 1.0)


def area(corners):
    x, y = corners.T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


def inside(corners, point):
    edges = np.roll(corners, -1, axis=0) - corners
    offset = point - corners
    cross = edges[:, 0] * offset[:, 1] - edges[:, 1] * offset[:, 0]
    return bool((cross >= -1e-9).all())


def test_two_points_halve_the_rectangle():
    left, right = voronoi(np.array([(1.0, 0.0), (2.0, 0.0)]), LOW, HIGH)
    assert left[:, 0].max() == pytest.approx(1.5)
    assert right[:, 0].min() == pytest.approx(1.5)


def test_one_point_takes_everything():
    assert area(voronoi(np.array([(0.1, 0.1)]), LOW, HIGH)[0]) == pytest.approx(6)


@settings(max_examples=40)
@given(st.integers(2, 40), st.integers(0, 2**32 - 1))
def test_every_place_lies_in_the_cell_of_its_nearest_point_and_the_cells_fill_the_rectangle(count, seed):
    random = np.random.default_rng(seed)
    points = random.uniform(LOW, HIGH, (count, 2))
    cells = voronoi(points, LOW, HIGH)
    assert sum(map(area, cells)) == pytest.approx(6)
    for place in random.uniform(LOW, HIGH, (20, 2)):
        nearest = int(np.argmin(((points - place) ** 2).sum(axis=1)))
        assert inside(cells[nearest], place)
