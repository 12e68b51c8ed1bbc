import numpy as np
import pytest

from openended.core.niches import Niches, check, count, empty, spread
from tests.support.point import POINT

GRID, CVT = Niches(cells=(4, 3)), Niches(kind="cvt", cells=(7,), samples=300)


def made(settings, centroids=None):
    return empty(settings, POINT.axes, centroids, 1, np.int64, -100.0)


def test_centroids_are_spread_the_same_way_every_time_and_decide_the_niche():
    centroids = spread(CVT, 2, key=2**64 - 1)
    assert (centroids.shape, centroids.dtype) == ((7, 2), np.float64)
    assert ((centroids > 0) & (centroids < 1)).all()
    assert centroids.tobytes() == spread(CVT, 2, key=2**64 - 1).tobytes()
    assert centroids.tobytes() != spread(CVT, 2, key=1).tobytes()
    archive = made(CVT, centroids)
    for point in np.random.default_rng(1).random((50, 2)):
        assert archive.index_of_single(point) == int(np.argmin(np.hypot(*(centroids - point).T)))


def test_a_cvt_archive_needs_its_centroids():
    with pytest.raises(ValueError, match="needs the centroids"):
        made(CVT)


def test_an_archive_has_the_cells_that_were_asked_for_and_takes_extra_fields():
    assert (made(GRID).cells, made(Niches(cells=(5,))).cells, made(CVT, spread(CVT, 2, 1)).cells) == (12, 25, 7)
    archive = empty(GRID, POINT.axes, None, 4, np.float32, -100.0, task=((), np.int64))
    archive.add_single(np.ones(4, np.float32), 5.0, [0.1, 0.1], task=3)
    assert archive.data("task").tolist() == [3]
    assert archive.data("solution").dtype == np.float32


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Niches(cells=(3, 3, 3)), "3 numbers, point-v1 has 2 descriptors"),
        (Niches(kind="cvt", cells=(3, 3)), "kind `cvt` takes one"),
        (Niches(kind="cvt", cells=(30,), samples=20), "fewer than the 30 cells"),
        (Niches(cells=(100_000,)), "give fewer cells"),
    ],
)
def test_settings_that_do_not_fit_the_domain_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        check(settings, POINT)


def test_one_number_of_cells_counts_for_every_axis():
    check(Niches(cells=(5,)), POINT)
    assert count(Niches(cells=(5,)), 2) == 25
    assert count(Niches(cells=(5, 3)), 2) == 15
    assert count(CVT, 2) == 7
