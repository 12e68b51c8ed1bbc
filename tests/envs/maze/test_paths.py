"""Ways, dead ends and crossings, against a second implementation, cell by cell."""

import numpy as np
from hypothesis import given

from openended.envs.maze import paths
from openended.envs.maze.draws import easy, first, spanning_tree
from openended.envs.maze.maze import from_text
from tests.support.mazes import actions_to, free_neighbours, mazes, moves_to


@given(mazes())
def test_paths_are_those_of_another_search(made):
    moves, taken = moves_to(made), actions_to(made)
    assert paths.shortest(made) == moves.get(made.goal, 0)
    assert paths.reachable(made) == (made.goal in moves)
    assert paths.actions(made) == min(taken.get((made.goal, way), 0) for way in range(4))
    assert paths.reached_set(made) == sum(1 << (y * made.size + x) for x, y in moves)


@given(mazes())
def test_dead_ends_and_crossings_are_counted(made):
    counts = list(free_neighbours(made).values())
    assert paths.dead_ends(made) == counts.count(1)
    assert paths.crossings(made) == sum(count >= 3 for count in counts)


def test_a_maze_is_described_by_its_path_its_walls_and_its_dead_ends():
    made = from_text("#######\n#>#..G#\n#.#.###\n#...#.#\n###...#\n#.....#\n#######")
    np.testing.assert_array_equal(paths.describe(made), [8, 7 / 25, 4 / 18])
    np.testing.assert_array_equal(paths.describe(first()), [2, 0, 0])


def test_a_maze_without_a_way_is_said_to_have_none():
    made = from_text("#####\n#>#G#\n#.#.#\n#.#.#\n#####")
    assert not paths.reachable(made)
    assert (paths.shortest(made), paths.actions(made)) == (0, 0)
    assert paths.describe(made).tolist() == [0, 1 / 3, 2 / 3]


def test_a_perfect_maze_has_one_way_and_no_room_has_a_dead_end():
    for size in (5, 11, 21, 51):
        made = spanning_tree(size, size)
        nodes = ((size - 1) // 2) ** 2
        assert paths.reached_set(made).bit_count() == 2 * nodes - 1
        assert (size - 2) ** 2 - paths.walls(made) == 2 * nodes - 1
    assert paths.dead_ends(easy(1)) == 0
