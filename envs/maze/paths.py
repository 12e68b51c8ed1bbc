"""What is to be known of a maze without running it: ways by breadth-first search, dead ends, crossings, descriptors.

Sets of cells are integers with bit y * size + x, so that one operation treats all cells at once; the border of walls
keeps a shifted set within its rows.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..api import Axis
from .maze import Cell, Maze

AXES = (
    Axis("shortest path", 0.0, 80.0, "moves"),
    Axis("wall density", 0.0, 0.6, "1"),
    Axis("dead ends", 0.0, 0.15, "1"),
)
"""The longest path of a maze of 15 cells a side with walls at every other cell has 96 moves; few are above 80."""


def describe(maze: Maze) -> NDArray[np.float64]:
    """Moves of the shortest path (0: there is none), share of walls within the border, dead ends per reachable cell."""
    inner = (maze.size - 2) * (maze.size - 2)
    return np.array([shortest(maze), walls(maze) / inner, dead_ends(maze) / reached_set(maze).bit_count()])


def shortest(maze: Maze) -> int:
    """Moves of the shortest path from start to goal, turns not counted; 0 if there is none."""
    goal = _bit(maze.goal, maze.size)
    for moves, front in enumerate(_fronts(maze)):
        if front & goal:
            return moves
    return 0


def actions(maze: Maze) -> int:
    """Fewest actions (turns and moves) from the start and its direction to the goal; 0 if it cannot be reached."""
    return max(len(_turning_fronts(maze)) - 1, 0)


def route(maze: Maze) -> list[int]:
    """Such actions (0: turn left, 1: turn right, 2: move forward); none if the goal cannot be reached.

    Always the same ones where several are as few.
    """
    fronts, size = _turning_fronts(maze), maze.size
    if not fronts:
        return []
    cell = _bit(maze.goal, size)
    way = next(way for way in range(4) if fronts[-1][way] & cell)
    taken = []
    for before in reversed(fronts[:-1]):
        behind = (cell >> 1, cell >> size, cell << 1, cell << size)[way]
        if before[way] & behind:
            cell, action = behind, 2
        elif before[(way + 1) % 4] & cell:
            way, action = (way + 1) % 4, 0
        else:
            way, action = (way + 3) % 4, 1
        taken.append(action)
    return taken[::-1]


def _turning_fronts(maze: Maze) -> list[list[int]]:
    """For 0, 1, ... actions and each direction the cells that are reached in that direction by so many and not by
    fewer, up to the number that reaches the goal; empty if none does.
    """
    size, free, goal = maze.size, _free(maze), _bit(maze.goal, maze.size)
    fronts = [_bit(maze.start, size) if way == maze.direction else 0 for way in range(4)]
    seen, found = list(fronts), [fronts]
    while not any(front & goal for front in fronts):
        moved = (fronts[0] << 1, fronts[1] << size, fronts[2] >> 1, fronts[3] >> size)
        fronts = [(moved[way] & free | fronts[way - 1] | fronts[(way + 1) % 4]) & ~seen[way] for way in range(4)]
        if not any(fronts):
            return []
        seen = [old | new for old, new in zip(seen, fronts, strict=True)]
        found.append(fronts)
    return found


def reachable(maze: Maze) -> bool:
    """Whether there is a way from start to goal."""
    return shortest(maze) > 0


def walls(maze: Maze) -> int:
    """How many walls there are, those of the border not counted."""
    return sum(row.bit_count() for row in maze.walls)


def reached_set(maze: Maze) -> int:
    """All cells that can be reached from the start, which is one of them."""
    seen = 0
    for front in _fronts(maze):
        seen |= front
    return seen


def farthest(maze: Maze) -> Cell:
    """The cell with the longest way from the start, the first of several, row by row."""
    *_, last = _fronts(maze)
    place = (last & -last).bit_length() - 1
    return place % maze.size, place // maze.size


def dead_ends(maze: Maze) -> int:
    """Reachable cells with one free neighbour only."""
    one, two, _ = _neighbours(maze)
    return (one & ~two & reached_set(maze)).bit_count()


def crossings(maze: Maze) -> int:
    """Reachable cells with three or four free neighbours."""
    _, _, three = _neighbours(maze)
    return (three & reached_set(maze)).bit_count()


def _fronts(maze: Maze) -> Iterator[int]:
    """The cells at distance 0, 1, 2, ... from the start, as long as there are any."""
    size, free = maze.size, _free(maze)
    front = seen = _bit(maze.start, size)
    while front:
        yield front
        front = (front << 1 | front >> 1 | front << size | front >> size) & free & ~seen
        seen |= front


def _neighbours(maze: Maze) -> tuple[int, int, int]:
    """The cells with at least one, two and three free neighbours."""
    size, free = maze.size, _free(maze)
    one = two = three = 0
    for side in (free << 1, free >> 1, free << size, free >> size):
        three |= two & side
        two |= one & side
        one |= side
    return one & free, two & free, three & free


def _free(maze: Maze) -> int:
    """The cells without a wall."""
    full = (1 << (maze.size - 2)) - 1
    free = 0
    for y, row in enumerate(maze.walls, 1):
        free |= (row ^ full) << (y * maze.size + 1)
    return free


def _bit(cell: Cell, size: int) -> int:
    return 1 << (cell[1] * size + cell[0])
