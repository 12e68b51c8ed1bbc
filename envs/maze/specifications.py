"""The maze's specification: how many cells a side may have grows by versions, 7, 9, 11, 13, 15, 21."""

from collections.abc import Callable
from functools import partial

from ..random import generator
from ..specifications import Specification
from .change import solvable
from .draws import SIDE, WALLS, scattered
from .maze import SMALLEST, Maze

SIDES = (7, 9, 11, 13, 15, 21)
"""Most cells a side, by versions."""


def at_most(side: int, maze: Maze) -> bool:
    """Whether the maze has at most so many cells a side."""
    return maze.size <= side


def within(side: int, key: int) -> Maze:
    """A maze of 5, 7, ... `side` cells a side, each as likely, with walls in random cells: each number as likely, from
    none to as large a share of the cells as ACCEL's 60 are of a maze of 15 cells a side.
    """
    stream = generator(key)
    size = int(stream.choice(range(SMALLEST, side + 1, 2)))
    most = WALLS * (size - 2) ** 2 // (SIDE - 2) ** 2
    return scattered(size, int(stream.integers(most + 1)), key + (1 << 64))


def empty(side: int, key: int) -> Maze:
    """An empty room of that many cells a side, but no larger than those where ACCEL begins."""
    return scattered(min(side, SIDE), 0, key)


def within_solvable(side: int, key: int) -> Maze:
    """The same, drawn until there is a way to the goal."""
    return solvable(partial(within, side), key)


def versions(draw: Callable[[int, int], Maze]) -> tuple[Specification, ...]:
    """All versions; `draw` gives a maze of at most so many cells a side, a function of that number and the key."""
    return tuple(
        Specification(f"{side} cells", partial(at_most, side), random=partial(draw, side), easy=partial(empty, side))
        for side in SIDES
    )
