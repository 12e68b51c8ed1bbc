"""The archive that follows a run: against a second implementation, examples by hand, and itself made anew."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openended.core.archive import FEW, Archive
from openended.core.criterion import Bounds
from openended.core.niches import Niches
from openended.core.types import Score
from tests.support.altered import altered
from tests.support.handmade import archive, pair, state, task
from tests.support.point import POINT, Errand

GRID = Niches(cells=(4, 3))
BANDED = altered(
    POINT, metrics={"band": lambda errand: round(errand.wind * 20), "reach": lambda errand: errand.x + 0.5}
)
rows = st.lists(
    st.tuples(st.floats(-1, 9), st.floats(-0.1, 0.7), st.sampled_from([-50.0, 0.0, 10.0, 10.5, 200.0])), max_size=12
)


def made(rows):
    """Pairs and their tasks, whose niches are those of the grid."""
    tasks = {i: task(i, (x, y), box(x, y), genome=Errand(round(x, 2))) for i, (x, y, _) in enumerate(rows)}
    return [pair(i, fitness, niche=tasks[i].niche) for i, (*_, fitness) in enumerate(rows)], tasks


def box(x, y):
    """The niche of a descriptor in the 4 x 3 grid over 0 .. 8 m and 0 .. 0.6 m, worked out by hand."""
    return min(max(math.floor(x / 2 + 1e-6), 0), 3) * 3 + min(max(math.floor(y / 0.2 + 1e-6), 0), 2)


def filled(pairs, tasks):
    return archive(pairs, tasks, GRID)


def holders(archive):
    """Fitness and task that hold each niche."""
    data = archive.holders.data(["index", "objective", "solution"])
    return {int(row[0]): (float(row[1]), int(row[2][0])) for row in zip(*data.values(), strict=True)}


def content(archive):
    """All that an archive holds and says, but for who of equals holds a niche."""
    niches = {niche: fitness for niche, (fitness, _) in holders(archive).items()}
    return archive.rows.tobytes(), archive.points.tobytes(), archive.owners, archive.names, niches, archive.statistics()


@settings(max_examples=60)
@given(rows)
def test_every_niche_is_held_by_the_fittest_and_the_first_among_equals(rows):
    pairs, tasks = made(rows)
    expected, owners = {}, {}
    for row in pairs:
        owners.setdefault(row.niche, row.task)
        if row.niche not in expected or row.best_fitness > expected[row.niche][0]:
            expected[row.niche] = (row.best_fitness, row.task)
    found = filled(pairs, tasks)
    assert holders(found) == expected
    assert found.owners == owners
    assert all(found.niche_of(each.descriptor) == each.niche for each in tasks.values())
    values, statistics = [fitness for fitness, _ in expected.values()], found.statistics()
    assert (statistics.elites, statistics.coverage) == (len(expected), len(expected) / 12)
    assert statistics.qd_score == math.fsum(value + 100 for value in values)
    assert statistics.best == max(values, default=None)


@settings(max_examples=40)
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_placing_does_not_matter_up_to_ties(rows, random):
    pairs, tasks = made(rows)
    one_by_one = filled([], {})
    for row in pairs:
        one_by_one.enter(row, tasks[row.task])
    for row in random.sample(pairs, len(pairs)):
        one_by_one.place([row])
    assert content(one_by_one) == content(filled(pairs, tasks))


@settings(max_examples=40)
@given(rows)
def test_fitness_of_a_niche_never_falls_and_placing_again_changes_nothing(rows):
    pairs, tasks = made(rows)
    found, before = filled([], {}), {}
    for row in pairs:
        found.enter(row, tasks[row.task])
        found.place([row])
        now = holders(found)
        assert all(now[niche][0] >= value for niche, (value, _) in before.items())
        before = now
    found.place(pairs)
    assert holders(found) == before


def test_many_pairs_at_once_hold_the_niches_that_they_hold_one_by_one():
    stream, fine = np.random.default_rng(1), Niches(cells=(40,))
    rows, tasks = made(np.column_stack([stream.random(99) * 8, stream.random(99) * 0.6, stream.integers(0, 9, 99)]))
    one_by_one = archive([], {}, fine)
    pairs = [replace(row, niche=one_by_one.niche_of(tasks[row.task].descriptor)) for row in rows]
    for row in pairs:
        one_by_one.enter(row, tasks[row.task])
        one_by_one.place([row])
    at_once = archive(pairs, tasks, fine)
    assert FEW < len(holders(at_once)) < len(pairs)
    assert holders(at_once) == holders(one_by_one)


def test_columns_by_hand():
    tasks = {
        0: task(0, (4.0, 0.3), genome=Errand(4.0, 0.0, 0.3), parent=-1),
        3: task(3, (2.0, 0.0), genome=Errand(2.0), parent=0, generation=6),
    }
    one = pair(0, 7.0, fitness=math.nan, potential=2.0, visits=4, active=False, retired=5)
    found = archive([one, pair(3, 9.0)], tasks, GRID, BANDED)
    assert found.points.tolist() == [[0.5, 0.5], [0.25, 0.0]]
    columns = {name: found.rows[name].tolist() for name in found.rows.dtype.names}
    assert math.isnan(columns["fitness"].pop(0))
    assert all(map(math.isnan, columns.pop("earlier")))
    assert columns == {
        "task": [0, 3],
        "niche": [0, 3],
        "learner": [0, 3],
        "visits": [4, 0],
        "seen": [-1, -1],
        "retired": [5, -1],
        "made": [0, 6],
        "fitness": [9.0],
        "best_fitness": [7.0, 9.0],
        "potential": [2.0, 0.0],
        "active": [False, True],
        "child": [False, True],
        "metrics": [[6.0, 4.5], [0.0, 2.5]],
    }


def test_rows_are_found_by_their_task_however_many_there_are():
    ids = list(range(0, 600, 3))
    found = archive([pair(id) for id in ids])
    assert [found.row(id) for id in ids] == list(range(200))
    for missing in (1, 599, 600, -1):
        with pytest.raises(KeyError):
            found.row(missing)


@pytest.mark.parametrize("features", [None, lambda errand: np.array([errand.x, errand.y, 2.0])])
def test_features_are_kept_as_they_are_and_are_the_points_where_there_are_none(features):
    tasks = {i: task(i, (i / 25, 0.3), genome=Errand(float(i))) for i in range(200)}
    found = archive([pair(i) for i in tasks], tasks, GRID, altered(POINT, tasks={"features": features}))
    points = [[i / 25 / 8, 0.5] for i in tasks]
    assert found.points == pytest.approx(np.array(points), abs=1e-15)
    assert found.features.tolist() == ([[i, 0.0, 2.0] for i in tasks] if features else found.points.tolist())
    assert all(found.features_of(each).tolist() == found.features[id].tolist() for id, each in tasks.items())


def test_pairs_enter_in_the_order_of_their_tasks():
    found = archive([pair(5)])
    with pytest.raises(ValueError, match="task 5 is not newer than task 5"):
        found.enter(pair(5), task(5, genome=Errand()))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_fitness_that_is_not_finite_is_refused_by_name_and_leaves_the_niches_as_they_were(bad):
    pairs, tasks = made([(1.0, 0.1, 5.0), (7.0, 0.1, 6.0)])
    found = filled(pairs, tasks)
    before = holders(found)
    with pytest.raises(ValueError, match="task 1 has fitness"):
        found.place([replace(pairs[0], best_fitness=50.0), replace(pairs[1], best_fitness=bad)])
    assert holders(found) == before


def test_scores_count_from_agents_that_had_retired_before_the_task_was_made():
    tasks = {i: task(i, genome=Errand(float(i)), generation=3 * i) for i in range(4)}
    pairs = [pair(0, retired=5), pair(1, retired=6), pair(2), pair(3)]
    found = archive(pairs, tasks)
    found.score([Score(9, 0, 2, 10.0), Score(9, 1, 2, 99.0), Score(9, 0, 3, 1.0), Score(9, 1, 3, 4.0)])
    found.score([Score(9, 0, 0, 50.0), Score(9, 0, 3, 2.0), Score(9, 1, 3, math.nan)])
    earlier = found.rows["earlier"].tolist()
    assert all(map(math.isnan, earlier[:2]))
    assert earlier[2:] == [10.0, 4.0]


def test_scores_that_are_not_numbers_give_way():
    tasks = {i: task(i, genome=Errand(float(i)), generation=3 * i) for i in range(3)}
    found = archive([pair(0, retired=1), pair(1, retired=4), pair(2)], tasks)
    found.score([Score(9, 0, 2, math.nan)])
    assert math.isnan(found.rows["earlier"][2])
    found.score([Score(9, 1, 2, -7.0)])
    assert found.rows["earlier"][2] == -7.0


def test_an_archive_mirrors_one_state_until_something_is_altered():
    pairs, tasks = made([(1.0, 0.1, 5.0), (7.0, 0.5, 9.0)])
    one, other = state(tasks, {0: pairs[0]}), state(tasks, dict(enumerate(pairs)))
    found = Archive(GRID, POINT)
    assert holders(found.at(other)) == {0: (5.0, 0), 11: (9.0, 1)}
    rows = found.rows
    assert found.at(other).rows.base is rows.base  # not built again
    assert holders(found.at(one)) == {0: (5.0, 0)}
    found.alter(replace(pairs[0], fitness=77.0))
    assert found.rows["fitness"].tolist() == [77.0]
    assert found.at(one).rows["fitness"].tolist() == [5.0]


def test_an_empty_archive_has_neither_best_nor_mean():
    found = filled([], {}).statistics()
    assert (found.elites, found.coverage, found.qd_score, found.best, found.mean_fitness) == (0, 0.0, 0.0, None, None)
    assert type(found.coverage) is float


def test_the_domains_own_metrics_are_the_largest_among_solved_tasks():
    tasks = {i: task(i, genome=Errand(float(i), 0.0, 0.05 * i)) for i in range(4)}
    found = archive([pair(i, fitness) for i, fitness in enumerate([240.0, 230.0, 229.9, 300.0])], tasks, GRID, BANDED)
    assert found.hardest(Bounds(solved=230)) == {"band": 3, "reach": 3.5}
    assert found.hardest(Bounds(high=900, solved=400)) == {"band": 0, "reach": 0}
    assert type(found.hardest(Bounds(solved=230))["band"]) is int
    assert filled([], {}).hardest(Bounds()) == {}
