"""Fixed mazes to evaluate on, the same for everyone: each suite has a version, each maze a seed.

`maze-suite-v1` has the held-out mazes of the curriculum literature (Dennis et al. 2020, Jiang et al. 2021,
Parker-Holder et al. 2022) as far as a rule makes them: their sizes, walls, shortest ways and step caps are the
published ones. The three mazes drawn by hand (Maze, Maze2, Maze3) are other people's drawings and left out. That
literature's code also draws a new direction of the start for each episode; here the seeds 0 .. 99 take turns through
all four.


`KINDS` are the same rules with any key: mazes of these kinds that a run may be told to be interested in.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from .draws import spanning_tree
from .maze import Maze
from .rooms import corridor, crossing, four_rooms, labyrinth, mirrored_labyrinth, rooms

COUNT = 100
"""Mazes of each name."""
THIRDS, QUARTERS = (5, 9), (4, 7, 10)
"""Columns and rows of the walls between nine and sixteen rooms."""
SIXTEEN, SIXTEEN_FEWER, NINE, NINE_FEWER = 16, 10, 191, 1369
"""The first keys whose rooms have the literature's shortest ways: 20, 22, 20 and 34 moves."""


def suite() -> dict[str, list[Maze]]:
    """The mazes of `maze-suite-v1`, by name."""
    seeds = range(COUNT)
    return {
        "SixteenRooms": [rooms(QUARTERS, 23, SIXTEEN, seed % 4) for seed in seeds],
        "SixteenRoomsFewerDoors": [rooms(QUARTERS, 16, SIXTEEN_FEWER, seed % 4) for seed in seeds],
        "NineRooms": [rooms(THIRDS, 12, NINE, seed % 4) for seed in seeds],
        "NineRoomsFewerDoors": [rooms(THIRDS, 9, NINE_FEWER, seed % 4) for seed in seeds],
        "FourRooms": [four_rooms(seed) for seed in seeds],
        "SimpleCrossing": [crossing(seed) for seed in seeds],
        "SmallCorridor": [corridor(15, seed % 10, seed // 10 % 4) for seed in seeds],
        "LargeCorridor": [corridor(21, seed % 16, seed // 16 % 4) for seed in seeds],
        "Labyrinth": [labyrinth(seed % 4) for seed in seeds],
        "Labyrinth2": [mirrored_labyrinth(seed % 4) for seed in seeds],
    } | {f"PerfectMaze{size}": [perfect(size, seed) for seed in seeds] for size in (11, 21, 51)}


def perfect(size: int, seed: int) -> Maze:
    """A perfect maze with the literature's cap, twice the number of cells."""
    return replace(spanning_tree(size, seed), cap=2 * size * size)


KINDS: Mapping[str, Callable[[int], Maze]] = {
    "SixteenRooms": lambda key: rooms(QUARTERS, 23, key, key % 4),
    "SixteenRoomsFewerDoors": lambda key: rooms(QUARTERS, 16, key, key % 4),
    "NineRooms": lambda key: rooms(THIRDS, 12, key, key % 4),
    "NineRoomsFewerDoors": lambda key: rooms(THIRDS, 9, key, key % 4),
    "FourRooms": four_rooms,
    "SimpleCrossing": crossing,
    "PerfectMaze11": partial(perfect, 11),
    "PerfectMaze21": partial(perfect, 21),
}
