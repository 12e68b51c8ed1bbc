"""Random mazes, edits, mutations, growth."""

from collections import Counter
from functools import partial

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openended import envs
from openended.envs.maze import draws
from openended.envs.maze.change import edit, mutate, solvable
from openended.envs.maze.maze import LARGEST, grid
from openended.envs.maze.paths import reachable, shortest, walls
from tests.support.mazes import KEYS, mazes


def different_cells(one, other):
    """How many cells hold something else."""
    cells = [grid(made).astype(int) for made in (one, other)]
    for made, rows in zip((one, other), cells, strict=True):
        rows[made.start[::-1]], rows[made.goal[::-1]] = 2, 3
    return int((cells[0] != cells[1]).sum())


@given(mazes(), KEYS, st.integers(1, 8))
def test_an_edit_changes_few_cells_and_neither_size_nor_cap(made, key, edits):
    child = edit(made, key, edits)
    assert (child.size, child.cap, child.direction) == (made.size, made.cap, made.direction)
    assert different_cells(made, child) <= edits + 4  # start and goal leave a cell and come to another
    assert child == edit(made, key, edits)


def test_an_edit_draws_wall_nothing_start_and_goal_alike():
    room = draws.scattered(15, 0, 1)
    kinds = Counter()
    for key in range(2000):
        child = edit(room, key, 1)
        kinds["wall"] += walls(child) == 1 and (child.start, child.goal) == (room.start, room.goal)
        kinds["nothing"] += child == room
        kinds["start"] += child.start != room.start and walls(child) == 0
        kinds["goal"] += child.goal != room.goal and walls(child) == 0
    assert all(0.22 < kinds[kind] / 2000 < 0.28 for kind in kinds)


@given(mazes(largest=51), KEYS)
def test_a_mutant_is_another_maze_and_grows_by_two_at_most(made, key):
    child = mutate(made, key)
    assert child != made
    assert child == mutate(made, key)
    assert child.size in (made.size, made.size + 2)
    assert child.size <= LARGEST
    assert child.cap >= made.cap


def test_mutants_grow_and_become_harder():
    made, sizes, hardest = draws.first(), [], 0
    for key in range(400):
        made = mutate(made, key)
        sizes.append(made.size)
        hardest = max(hardest, shortest(made))
    assert sizes == sorted(sizes)
    assert sizes[-1] == LARGEST
    assert hardest > 40
    share = sum(mutate(draws.first(), key).size == 7 for key in range(1000)) / 1000
    assert 0.35 < share < 0.55  # some draws that change nothing are repeated


def test_random_mazes_have_any_number_of_walls_and_half_of_them_a_way():
    drawn = [draws.random(key) for key in range(1000)]
    counts = [walls(made) for made in drawn]
    assert (min(counts), max(counts)) == (0, 60)
    assert 28 < np.mean(counts) < 32
    assert {made.size for made in drawn} == {15}
    assert {made.direction for made in drawn} == {0, 1, 2, 3}
    assert 0.6 < np.mean([reachable(made) for made in drawn]) < 0.95
    assert all(walls(draws.easy(key)) == 0 for key in range(20))


def test_the_solvable_domain_has_only_mazes_with_a_way():
    tasks = envs.domain("maze-solvable-v1").tasks
    made = tasks.first()
    for key in range(100):
        made = tasks.edit(tasks.mutate(made, key), key)
        assert reachable(made)
        assert reachable(tasks.random(key))
        assert reachable(tasks.ranges.draw((15.0, 60.0), key))
        assert reachable(tasks.ranges.edge((15.0, 60.0), 1, key))
    with_a_way = next(key for key in range(100) if reachable(draws.random(key)))
    without = next(key for key in range(1000) if not reachable(draws.random(key)))
    assert tasks.random(with_a_way) == draws.random(with_a_way)
    assert solvable(partial(draws.scattered, 15, 90), without) == solvable(partial(draws.scattered, 15, 90), without)


@given(st.floats(5, 51), st.floats(0, 60), KEYS)
def test_draws_stay_below_their_levels(side, count, key):
    made = draws.RANGES.draw((side, count), key)
    assert made.size <= side
    assert walls(made) <= count
    assert walls(draws.RANGES.edge((side, count), 0, key)) == 0
    assert draws.RANGES.edge((side, count), 0, key).size == int(side)
    assert walls(draws.RANGES.edge((side, count), 1, key)) == int(count)
