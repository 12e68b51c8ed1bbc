"""How mazes change: edits of single cells, as curricula make them, and mutations, which can also grow the grid."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from ..random import generator
from .maze import LARGEST, Cell, Maze, grid, maze, usual_cap
from .paths import farthest, reachable

EDITS = 5
"""Cells that an edit draws (ACCEL's mazes)."""
MOST_CELLS = 4
"""Most walls that a mutation turns over, cell by cell."""
MOST_CHANGES = 3
"""Most changes of a mutation."""
GROWTH = 0.4
"""Probability that a mutation also grows the grid."""


@dataclass
class Draft:
    """A maze under change: walls within the border as bool[n, n] (row, column), start and goal as (row, column) there,
    None while there is none; and where chance comes from.
    """

    walls: NDArray[np.bool_]
    start: Cell | None
    goal: Cell | None
    stream: np.random.Generator

    def cell(self) -> Cell:
        """A cell within the border, each as likely."""
        row, column = self.stream.integers(len(self.walls), size=2).tolist()
        return row, column

    def free(self) -> Cell:
        """A free cell that is neither start nor goal, each as likely; a wall is taken away if there is none."""
        free = ~self.walls
        for cell in (self.start, self.goal):
            if cell:
                free[cell] = False
        places = np.argwhere(free)
        if not len(places):
            places = np.argwhere(self.walls)
        row, column = places[self.stream.integers(len(places))].tolist()
        self.walls[row, column] = False
        return row, column

    def clear(self, cell: Cell) -> None:
        """Take away what is in a cell."""
        self.walls[cell] = False
        self.start = None if cell == self.start else self.start
        self.goal = None if cell == self.goal else self.goal

    def finished(self, direction: int, cap: int) -> Maze:
        """The maze; a start or goal that is missing is put into a free cell."""
        self.start = self.start or self.free()
        self.goal = self.goal or self.free()
        (y, x), (goal_y, goal_x) = self.start, self.goal
        return maze(
            np.pad(self.walls, 1, constant_values=True), (x + 1, y + 1), (goal_x + 1, goal_y + 1), direction, cap
        )


def draft(before: Maze, key: int) -> Draft:
    """What can be changed of a maze."""
    (x, y), (goal_x, goal_y) = before.start, before.goal
    return Draft(grid(before)[1:-1, 1:-1], (y - 1, x - 1), (goal_y - 1, goal_x - 1), generator(key))


def edit(before: Maze, key: int, edits: int = EDITS) -> Maze:
    """The maze with `edits` cells, drawn with replacement, replaced each by a wall, nothing, the start or the goal.

    What an edit displaces of start and goal comes back at random. The size stays, and whether there is a way to the
    goal is left to chance. Source: Parker-Holder et al. (2022), ACCEL, and its code's description.
    """
    changed = draft(before, key)
    for _ in range(edits):
        cell, content = changed.cell(), int(changed.stream.integers(4))
        changed.clear(cell)
        if content == 0:
            changed.walls[cell] = True
        elif content == 2:
            changed.start = cell
        elif content == 3:
            changed.goal = cell
    return changed.finished(before.direction, before.cap)


def mutate(before: Maze, key: int) -> Maze:
    """A child for POET and MAP-Elites: walls change, or the goal or the start moves; it may grow by two cells a side.

    One to three of: up to four cells turn between wall and free; a straight line of cells becomes walls but for one
    gap; such a line becomes free; the goal moves; it moves as far from the start as can be; the start moves, with a new
    direction. In a grown maze everything lies where it was but for a shift, in the midst of new free cells, so that a
    way to the goal stays one.
    """
    child = before
    for number in range(64):  # some draws change nothing, such as a line of walls where there is one
        changed = draft(before, key + (number << 64))
        direction, cap, grows = before.direction, before.cap, changed.stream.random() < GROWTH
        if grows and before.size + 2 <= LARGEST:
            grow(changed)
            cap = max(cap, usual_cap(before.size + 2))
        for kind in changed.stream.integers(6, size=changed.stream.integers(1, MOST_CHANGES + 1)).tolist():
            if kind == 0:
                for _ in range(int(changed.stream.integers(1, MOST_CELLS + 1))):
                    turn_over(changed, changed.cell())
            elif kind in (1, 2):
                line(changed, wall=kind == 1)
            elif kind == 3:
                changed.goal = changed.free()
            elif kind == 4:
                changed.goal = farthest_from_start(changed)
            else:
                changed.start, direction = changed.free(), int(changed.stream.integers(4))
        child = changed.finished(direction, cap)
        if child != before:
            break
    return child


def grow(changed: Draft) -> None:
    """Two more rows and columns of free cells, around what is there or on one side of it."""
    above, left = changed.stream.integers(3, size=2).tolist()
    changed.walls = np.pad(changed.walls, ((above, 2 - above), (left, 2 - left)))
    changed.start, changed.goal = (
        (cell[0] + above, cell[1] + left) if cell else None for cell in (changed.start, changed.goal)
    )


def farthest_from_start(changed: Draft) -> Cell:
    """The first cell, row by row, with the longest way from the start; the goal's if the start is walled in."""
    made = changed.finished(0, 1)
    x, y = farthest(made)
    return (y - 1, x - 1) if (x, y) != made.start else (made.goal[1] - 1, made.goal[0] - 1)


def turn_over(changed: Draft, cell: Cell) -> None:
    """A wall becomes free and a free cell a wall, unless start or goal is there."""
    if cell not in (changed.start, changed.goal):
        changed.walls[cell] = not changed.walls[cell]


def line(changed: Draft, wall: bool) -> None:
    """A line of 2 cells to a full row or column becomes walls, but for one gap, start and goal; or free, all of it."""
    stream, inner = changed.stream, len(changed.walls)
    length = int(stream.integers(2, inner + 1))
    fixed, begin = int(stream.integers(inner)), int(stream.integers(inner - length + 1))
    gap, upright = begin + int(stream.integers(length)), bool(stream.integers(2))
    for place in range(begin, begin + length):
        cell = (place, fixed) if upright else (fixed, place)
        if cell not in (changed.start, changed.goal):
            changed.walls[cell] = wall and place != gap


def solvable(draw: Callable[[int], Maze], key: int) -> Maze:
    """The first maze with a way to its goal among those that `draw` gives for keys made of `key`."""
    return next(made for number in count() if reachable(made := draw(key + (number << 80))))
