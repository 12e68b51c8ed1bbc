"""The mazes of the suite have the literature's sizes, walls, ways and caps."""

import pytest

from openended import envs
from openended.envs.maze import paths
from openended.envs.maze.draws import spanning_tree

SUITE = envs.domain("maze-v1").suite("maze-suite")
PUBLISHED = {
    "SixteenRooms": (15, 46, (20, 20), (25, 27), 450),
    "SixteenRoomsFewerDoors": (15, 53, (22, 22), (28, 30), 450),
    "NineRooms": (15, 36, (20, 20), (23, 25), 450),
    "NineRoomsFewerDoors": (15, 39, (34, 34), (41, 43), 450),
    "SmallCorridor": (15, 71, (13, 21), (15, 25), 450),
    "LargeCorridor": (21, 161, (19, 33), (21, 37), 882),
    "Labyrinth": (15, 72, (96, 96), (113, 115), 450),
    "Labyrinth2": (15, 72, (96, 96), (112, 114), 450),
}
"""Size, walls, moves, actions, cap: measured on the mazes of the literature's code."""
SIZES = {"FourRooms": (19, 100), "SimpleCrossing": (11, 484)} | {
    f"PerfectMaze{n}": (n, 2 * n * n) for n in (11, 21, 51)
}


def test_there_are_a_hundred_of_each():
    assert set(SUITE) == PUBLISHED.keys() | SIZES.keys()
    assert {len(mazes) for mazes in SUITE.values()} == {100}


@pytest.mark.parametrize("name", PUBLISHED)
def test_fixed_mazes_have_the_published_numbers(name):
    mazes = SUITE[name]
    moves, actions = ([measure(maze) for maze in mazes] for measure in (paths.shortest, paths.actions))
    sizes, walls, caps = (
        {measure(maze) for maze in mazes} for measure in (lambda m: m.size, paths.walls, lambda m: m.cap)
    )
    size, count, *ranges, cap = PUBLISHED[name]
    assert (sizes, walls, caps) == ({size}, {count}, {cap})
    assert [(min(found), max(found)) for found in (moves, actions)] == ranges
    assert {maze.direction for maze in mazes} == {0, 1, 2, 3}


@pytest.mark.parametrize("name", SIZES)
def test_drawn_mazes_have_the_published_sizes_and_a_way(name):
    assert {(maze.size, maze.cap) for maze in SUITE[name]} == {SIZES[name]}
    assert all(map(paths.reachable, SUITE[name]))
    assert len(set(SUITE[name])) > 95


def test_a_labyrinth_has_one_way_only():
    for name in ("Labyrinth", "Labyrinth2"):
        maze = SUITE[name][0]
        assert paths.dead_ends(maze) == 2
        assert paths.crossings(maze) == 0
        assert paths.reached_set(maze).bit_count() == 97


def test_pockets_are_all_visited():
    assert len({maze.goal for maze in SUITE["SmallCorridor"]}) == 10
    assert len({maze.goal for maze in SUITE["LargeCorridor"]}) == 16


def test_perfect_mazes_of_even_sizes_are_refused():
    with pytest.raises(ValueError, match="12 cells a side; their number must be odd"):
        spanning_tree(12, 1)
