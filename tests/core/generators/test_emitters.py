import numpy as np
import pytest

from openended.core.criterion import Bounds
from openended.core.generators.emitters import NEW, NOT_ADDED, WORST, Normals, Seeds, Space, cma_me, iso_line, quality
from openended.core.generators.settings import Latent
from openended.core.niches import Niches
from tests.support.point import POINT

SPACE = Space(Niches(cells=(4,)), POINT, None)
SEEDS = Seeds(np.array([[0.0, 0.0], [2.0, 4.0]]), np.array([-0.5, -0.1]), np.array([[0.1, 0.1], [0.9, 0.9]]))


def test_a_score_in_the_middle_of_the_criterion_is_the_best_and_none_is_the_worst():
    bounds = Bounds(low=0.0, high=200.0)
    assert [quality(score, bounds) for score in (100.0, 200.0, 0.0, 300.0)] == [0.0, -1.0, -1.0, -2.0]
    assert quality(float("nan"), bounds) == WORST
    assert quality(3.0, Bounds(low=1.0, high=1.0)) == -2.0


def test_iso_line_is_a_function_of_its_key_and_steps_as_its_paper_says():
    settings = Latent(iso=0.5, line=0.25)
    points = iso_line(SPACE, settings, SEEDS, 3, 4)
    assert points.tobytes() == iso_line(SPACE, settings, SEEDS, 3, 4).tobytes()
    assert points.tobytes() != iso_line(SPACE, settings, SEEDS, 4, 4).tobytes()
    drawn = Normals(3)  # what pyribs has drawn: a step in all directions, then one along the line
    steps, lines = drawn.normal(0.5, (4, 2)), drawn.normal(0.25, (4, 1))
    archive = SPACE.archive(2, 3)
    for row in zip(*vars(SEEDS).values(), strict=True):
        archive.add_single(*row)
    first, second = archive.sample_elites(8)["solution"].reshape(2, 4, 2)
    assert np.array_equal(points, first + steps + lines * (second - first))


def test_of_two_seeds_in_a_niche_the_better_one_holds_it():
    both = Seeds(SEEDS.points, SEEDS.qualities, np.array([[0.1, 0.1], [0.1, 0.1]]))
    points = iso_line(SPACE, Latent(iso=1e-9, line=0.5), both, 1, 8)
    assert np.allclose(points, [2.0, 4.0])


@pytest.mark.slow  # pyribs compiles
def test_cma_me_is_remade_from_what_it_was_told_and_moves_towards_what_was_new():
    settings, told = Latent(emitter="cma_me", iso=0.5), np.zeros((0, 4))
    for _ in range(6):
        asked = cma_me(SPACE, settings, SEEDS, told, 5, 6)
        right = asked[:, 0] > np.median(asked[:, 0])
        rows = np.column_stack([np.where(right, NEW, NOT_ADDED), asked[:, 0], np.full((6, 2), 0.5)])
        told = np.concatenate([told, rows])
    assert cma_me(SPACE, settings, SEEDS, told, 5, 6).tobytes() == cma_me(SPACE, settings, SEEDS, told, 5, 6).tobytes()
    assert cma_me(SPACE, settings, SEEDS, told, 5, 6)[:, 0].mean() > 1.0


@pytest.mark.parametrize("shape", [(3, 2), (4, 1)])
def test_normals_have_the_scale_asked_for(shape):
    one, two = Normals(9).normal(1.0, shape), Normals(9).normal(2.0, shape)
    assert one.shape == shape
    assert np.array_equal(2.0 * one, two)
