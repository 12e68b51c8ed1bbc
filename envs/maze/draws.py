"""Mazes drawn at random: empty rooms, scattered walls, spanning trees; and ranges that grow.

Sources: Dennis et al. (2020), Emergent Complexity via Unsupervised Environment Design (PAIRED), and Parker-Holder et
al. (2022), Evolving Curricula with Regret-Based Environment Design (ACCEL), for mazes of 15 cells a side with walls in
random cells. Whether there is a way to the goal is left to chance, as in these papers.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..random import generator
from ..ranges import Ranges
from .maze import LARGEST, SMALLEST, Cell, Maze, maze

SIDE = 15
"""Cells a side of the mazes that curricula train on."""
WALLS = 60
"""Most walls of a random one (ACCEL)."""
DENSEST = 0.6
"""Most walls of a maze whose walls grow with a level, as a share of the cells within its border."""


def first() -> Maze:
    """The simplest maze: the smallest room, the goal straight ahead."""
    return maze(np.zeros((SMALLEST, SMALLEST), np.bool_), (1, 2), (3, 2))


def scattered(size: int, walls: int, key: int) -> Maze:
    """A maze with so many walls in random cells; start, goal and direction are random, too."""
    stream = generator(key)
    inner = size - 2
    order = stream.permutation(inner * inner)
    grid = np.zeros((size, size), np.bool_)
    grid[1 + order[2 : walls + 2] // inner, 1 + order[2 : walls + 2] % inner] = True
    start, goal = ((int(place) % inner + 1, int(place) // inner + 1) for place in order[:2])
    return maze(grid, start, goal, int(stream.integers(4)))


def easy(key: int) -> Maze:
    """An empty room of 15 cells a side, where ACCEL begins."""
    return scattered(SIDE, 0, key)


def random(key: int) -> Maze:
    """15 cells a side with 0 to 60 walls, each number as likely (ACCEL)."""
    return scattered(SIDE, int(generator(key).integers(WALLS + 1)), key)


def spanning_tree(size: int, key: int) -> Maze:
    """A perfect maze: exactly one way between any two cells, and start and goal in two different corners.

    The cells with odd coordinates are the nodes of a lattice, joined by a random spanning tree that grows from the last
    node with a free neighbour (depth first).

    Raises:
        ValueError: an even size, which has no such lattice.
    """
    if size % 2 == 0:
        raise ValueError(f"a perfect maze was asked for with {size} cells a side; their number must be odd")
    stream = generator(key)
    grid = np.ones((size, size), np.bool_)
    x, y = (int(value) * 2 + 1 for value in stream.integers((size - 1) // 2, size=2))
    grid[y, x] = False
    way = [(x, y)]
    while way:
        x, y = way[-1]
        free = [(a, b) for a, b in ((2, 0), (0, 2), (-2, 0), (0, -2)) if _is_untouched(grid, x + a, y + b)]
        if not free:
            way.pop()
            continue
        a, b = free[int(stream.integers(len(free)))]
        grid[y + b // 2, x + a // 2] = grid[y + b, x + a] = False
        way.append((x + a, y + b))
    corners: list[Cell] = [(1, 1), (size - 2, 1), (1, size - 2), (size - 2, size - 2)]
    start, goal = (corners[place] for place in stream.permutation(4)[:2].tolist())
    return maze(grid, start, goal, int(stream.integers(4)))


def _is_untouched(grid: NDArray[np.bool_], x: int, y: int) -> bool:
    return 0 < x < len(grid) and 0 < y < len(grid) and bool(grid[y, x])


def grown(levels: Sequence[float], key: int, alone: int | None = None) -> Maze:
    """A maze at or below the levels that an agent has reached: cells a side, and walls.

    Half the time each is at its level, otherwise uniform below. With `alone` it is only that kind, at its level, in the
    other's simplest form: an empty room of that size, or so many walls in a room of 15 cells a side.
    """
    stream = generator(key)
    side, walls = (int(level) for level in levels)
    if alone is None:
        side = side if stream.random() < 0.5 else int(stream.integers(SMALLEST, side + 1))
        walls = walls if stream.random() < 0.5 else int(stream.integers(walls + 1))
    elif alone == 0:
        walls = 0
    else:
        side = SIDE
    return scattered(side, min(walls, int(DENSEST * (side - 2) * (side - 2))), key)


RANGES = Ranges(
    names=("side", "walls"),
    first=(float(SMALLEST), 1.0),
    full=(float(LARGEST), float(WALLS)),
    draw=grown,
    edge=lambda levels, kind, key: grown(levels, key, kind),
)
