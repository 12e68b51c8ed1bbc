"""Mazes as vectors: walls, side, start and goal, and back."""

import numpy as np
from numpy.typing import NDArray

from ..random import generator
from ..vectors import Vectors
from .maze import SMALLEST, Maze, grid, maze
from .paths import reachable

SIDE = 21
"""Cells a side of the largest maze that has a vector."""
INNER = SIDE - 2
WEIGHT = 4.0
"""Of a side or a place, so that among hundreds of walls they count: a whole side is as much as 16 walls."""


def of(task: Maze) -> NDArray[np.float64] | None:
    """Walls from the upper left corner, 1 or 0, beyond the maze 1/2; then the side, start and goal in units of SIDE,
    times WEIGHT: float64[INNER^2 + 5]. None of a maze with more than SIDE cells a side.
    """
    if task.size > SIDE:
        return None
    walls = np.full((INNER, INNER), 0.5)
    walls[: task.size - 2, : task.size - 2] = grid(task)[1:-1, 1:-1]
    places = np.array([task.size, *task.start, *task.goal]) / SIDE * WEIGHT
    return np.concatenate([walls.ravel(), places])


def genome(vector: NDArray[np.float64], key: int) -> Maze:
    """The maze of a vector: a wall where the number exceeds 1/2; start and goal are cleared; the direction comes from
    the key. Raises ValueError if start and goal are the same cell.
    """
    size, *places = np.rint(vector[INNER * INNER :] / WEIGHT * SIDE)
    side = int(min(max(size, SMALLEST), SIDE))
    x, y, goal_x, goal_y = (int(min(max(place, 1), side - 2)) for place in places)
    walls = np.ones((side, side), np.bool_)
    walls[1:-1, 1:-1] = vector[: INNER * INNER].reshape(INNER, INNER)[: side - 2, : side - 2] > 0.5
    walls[y, x] = walls[goal_y, goal_x] = False
    return maze(walls, (x, y), (goal_x, goal_y), int(generator(key).integers(4)))


def solvable(vector: NDArray[np.float64], key: int) -> Maze:
    """The maze of a vector. Raises ValueError also if there is no way to its goal."""
    made = genome(vector, key)
    if not reachable(made):
        raise ValueError("there is no way to the goal")
    return made


VECTORS = Vectors(INNER * INNER + 5, of, genome)
SOLVABLE = Vectors(INNER * INNER + 5, of, solvable)
