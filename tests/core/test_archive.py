import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openended.core.archive import Params, add, build, check, empty, holders, niche_of, niches, spread, statistics
from openended.core.types import Counters, State
from openended.envs.policy import Mlp
from tests.support.altered import altered
from tests.support.handmade import pair, task
from tests.support.point import POINT

DOMAIN, GRID = altered(POINT, policies={"default": Mlp((1, 2))}), Params(cells=(4, 3))
"""Point with agents of four parameters."""
CVT = Params(kind="cvt", cells=(7,), samples=300)
rows = st.lists(
    st.tuples(st.floats(-1, 9), st.floats(-0.1, 0.7), st.sampled_from([-50.0, 0.0, 10.0, 10.5, 200.0])), max_size=12
)


def made(rows):
    tasks = {i: task(i, (x, y)) for i, (x, y, _) in enumerate(rows)}
    return tasks, [pair(i, fitness) for i, (*_, fitness) in enumerate(rows)]


def filled(pairs, tasks, params=GRID, centroids=None):
    archive = empty(params, DOMAIN, centroids)
    add(archive, pairs, tasks, DOMAIN.axes)
    return archive


def contents(archive):
    data = archive.data(["index", "objective", "task"])
    return {int(row[0]): (float(row[1]), int(row[2])) for row in zip(*data.values(), strict=True)}


def box(x, y):
    """The niche of a descriptor in the 4 x 3 grid over 0 .. 8 m and 0 .. 0.6 m, worked out by hand."""
    return min(max(math.floor(x / 2 + 1e-6), 0), 3) * 3 + min(max(math.floor(y / 0.2 + 1e-6), 0), 2)


@settings(max_examples=60)
@given(rows)
def test_every_niche_is_held_by_the_fittest_and_the_first_among_equals(rows):
    tasks, pairs = made(rows)
    expected = {}
    for row in pairs:
        niche = box(*tasks[row.task].descriptor)
        if niche not in expected or row.best_fitness > expected[niche][0]:
            expected[niche] = (row.best_fitness, row.task)
    archive = filled(pairs, tasks)
    assert contents(archive) == expected
    assert holders(archive) == {niche: task for niche, (_, task) in sorted(expected.items())}
    found = statistics(archive, -100.0)
    values = [fitness for fitness, _ in expected.values()]
    assert (found.elites, found.coverage) == (len(expected), len(expected) / 12)
    assert found.qd_score == math.fsum(value + 100 for value in values)
    assert found.best == max(values, default=None)


@settings(max_examples=40)
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_adding_does_not_matter_up_to_ties(rows, random):
    tasks, pairs = made(rows)
    shuffled = random.sample(pairs, len(pairs))
    assert contents(filled(shuffled, tasks)) == contents(filled(pairs, tasks))
    one_by_one = empty(GRID, DOMAIN, None)
    for row in shuffled:
        add(one_by_one, [row], tasks, DOMAIN.axes)
    fitness = {niche: value for niche, (value, _) in contents(filled(pairs, tasks)).items()}
    assert {niche: value for niche, (value, _) in contents(one_by_one).items()} == fitness
    assert statistics(one_by_one, 0.0) == statistics(filled(pairs, tasks), 0.0)


@settings(max_examples=40)
@given(rows)
def test_fitness_of_a_niche_never_falls_and_adding_again_changes_nothing(rows):
    tasks, pairs = made(rows)
    archive, before = empty(GRID, DOMAIN, None), {}
    for row in pairs:
        add(archive, [row], tasks, DOMAIN.axes)
        now = contents(archive)
        assert all(now[niche][0] >= value for niche, (value, _) in before.items())
        before = now
    add(archive, pairs, tasks, DOMAIN.axes)
    assert contents(archive) == before


def test_many_rows_at_once_give_what_one_by_one_gives():
    stream = np.random.default_rng(1)
    tasks, pairs = made(np.column_stack([stream.random(80) * 8, stream.random(80) * 0.6, stream.integers(0, 9, 80)]))
    at_once, one_by_one = filled(pairs, tasks), empty(GRID, DOMAIN, None)
    for row in pairs:
        add(one_by_one, [row], tasks, DOMAIN.axes)
    assert contents(at_once) == contents(one_by_one)


def test_an_elite_keeps_its_agent_to_the_bit():
    agent = np.array([0.1, -0.0, 1e-30, 3.0], np.float32)
    archive = filled([replace(pair(0, 5.0), best_agent=agent)], {0: task(0, (1.0, 0.1))})
    assert archive.data("solution").tobytes() == agent.tobytes()


@pytest.mark.parametrize(
    ("bad", "descriptor"),
    [
        (pair(1, math.nan), (1.0, 0.1)),
        (pair(1, math.inf), (1.0, 0.1)),
        (pair(1, 5.0), (math.nan, 0.1)),
        (pair(1, 5.0, parameters=3), (1.0, 0.1)),
    ],
)
def test_a_bad_row_is_refused_by_name_and_leaves_the_archive_as_it_was(bad, descriptor):
    tasks = {0: task(0, (1.0, 0.1)), 1: task(1, descriptor)}
    archive = empty(GRID, DOMAIN, None)
    with pytest.raises(ValueError, match="task 1 "):
        add(archive, [pair(0, 5.0), bad], tasks, DOMAIN.axes)
    assert contents(archive) == {}


def test_an_archive_is_built_from_a_state():
    tasks, pairs = made([(1.0, 0.1, 5.0), (7.0, 0.5, 9.0)])
    state = State(3, tasks, {row.task: row for row in pairs}, Counters())
    assert contents(build(GRID, DOMAIN, state)) == {0: (5.0, 0), 11: (9.0, 1)}


def test_an_empty_archive_has_neither_best_nor_mean():
    found = statistics(empty(GRID, DOMAIN, None), -100.0)
    assert (found.elites, found.coverage, found.qd_score, found.best, found.mean_fitness) == (0, 0.0, 0.0, None, None)
    assert type(found.coverage) is float


def test_centroids_are_spread_the_same_way_every_time_and_decide_the_niche():
    centroids = spread(CVT, DOMAIN.axes, key=2**64 - 1)
    assert centroids.shape == (7, 2)
    assert ((centroids > 0) & (centroids < 1)).all()
    assert centroids.tobytes() == spread(CVT, DOMAIN.axes, key=2**64 - 1).tobytes()
    assert centroids.tobytes() != spread(CVT, DOMAIN.axes, key=1).tobytes()
    locate = niche_of(empty(CVT, DOMAIN, centroids), DOMAIN.axes)
    for x, y in np.random.default_rng(1).random((50, 2)):
        nearest = int(np.argmin(np.hypot(*(centroids - (x, y)).T)))
        assert locate((8 * x, 0.6 * y)) == nearest


def test_a_grid_needs_no_centroids_and_a_cvt_archive_does():
    assert spread(GRID, DOMAIN.axes, 1) is None
    with pytest.raises(ValueError, match="needs the centroids"):
        empty(CVT, DOMAIN, None)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        (Params(cells=(3, 3, 3)), "3 numbers, point-v1 has 2 descriptors"),
        (Params(kind="cvt", cells=(3, 3)), "kind `cvt` takes one"),
        (Params(kind="cvt", cells=(30,), samples=20), "fewer than the 30 cells"),
        (Params(cells=(100_000,)), "give fewer cells"),
    ],
)
def test_params_that_do_not_fit_the_domain_are_refused(params, words):
    with pytest.raises(ValueError, match=words):
        check(params, DOMAIN)


def test_one_number_of_cells_counts_for_every_axis():
    check(Params(cells=(5,)), DOMAIN)
    assert niches(Params(cells=(5,)), 2) == 25
    assert niches(Params(cells=(5, 3)), 2) == 15
    assert niches(CVT, 2) == 7
