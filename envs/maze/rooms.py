"""Mazes by rule: rooms, crossings, corridors, labyrinths.

Every rule is written here from what the literature says of its mazes: sizes, numbers of walls, lengths of the shortest
ways (Dennis et al. 2020; Jiang et al. 2021; Parker-Holder et al. 2022; Chevalier-Boisvert et al. 2023). Where doors are
drawn at random, they need not be where the literature's are.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..random import generator
from .maze import RIGHT, Cell, Maze, maze

Grid = NDArray[np.bool_]


def rooms(lines: Sequence[int], doors: int, key: int, direction: int) -> Maze:
    """15 cells a side, cut into rooms by a wall at each of these columns and rows, with a door of one cell in each of
    `doors` walls between two rooms.

    The key draws which walls have a door, so that all rooms hang together, and where it is. Start and goal are in the
    middle of the upper left and lower right room.
    """
    stream, size = generator(key), 15
    grid = bordered(size)
    grid[list(lines), :] = grid[:, list(lines)] = True
    spans = [range(low + 1, high) for low, high in pairwise((0, *lines, size - 1))]
    count = len(spans)
    between = [(room, room + step) for room in range(count * count) for step in (1, count) if _next(room, step, count)]
    joined, open_walls = list(range(count * count)), []
    order = [between[place] for place in stream.permutation(len(between)).tolist()]
    for one, other in order:  # a random spanning tree, then as many others as are wanted
        if joined[one] != joined[other]:
            old, new = joined[one], joined[other]
            joined = [new if name == old else name for name in joined]
            open_walls.append((one, other))
    open_walls += [wall for wall in order if wall not in open_walls][: doors - len(open_walls)]
    for one, other in sorted(open_walls):
        row, column = divmod(one, count)
        if other == one + 1:
            grid[_one_of(spans[row], stream), lines[column]] = False
        else:
            grid[lines[row], _one_of(spans[column], stream)] = False
    start, goal = (span[len(span) // 2] for span in (spans[0], spans[-1]))
    return maze(grid, (start, start), (goal, goal), direction, 2 * size * size)


def _next(room: int, step: int, count: int) -> bool:
    """Whether there is a room beside or below."""
    return room % count + 1 < count if step == 1 else room + step < count * count


def _one_of(span: range, stream: np.random.Generator) -> int:
    return span[int(stream.integers(len(span)))]


def four_rooms(key: int) -> Maze:
    """MiniGrid's FourRooms: 19 cells a side in four rooms, each wall with a door at a random place; start, goal and
    direction are random. 100 steps.
    """
    stream, size, middle = generator(key), 19, 9
    grid = bordered(size)
    grid[middle, :] = grid[:, middle] = True
    for span in (range(1, middle), range(middle + 1, size - 1)):
        grid[middle, _one_of(span, stream)] = grid[_one_of(span, stream), middle] = False
    free = np.argwhere(~grid)
    (start_y, start_x), (y, x) = free[stream.choice(len(free), 2, replace=False)].tolist()
    return maze(grid, (start_x, start_y), (x, y), int(stream.integers(4)), 100)


def crossing(key: int) -> Maze:
    """MiniGrid's SimpleCrossingS11N5: 11 cells a side, five walls from border to border at even rows or columns, with
    openings along a random way from the upper left corner to the lower right one. 484 steps.
    """
    stream, size, count = generator(key), 11, 5
    grid = bordered(size)
    even = list(range(2, size - 2, 2))
    places = [(across, place) for across in (True, False) for place in even]
    chosen = [places[place] for place in sorted(stream.choice(len(places), count, replace=False).tolist())]
    rows, columns = ([place for across, place in chosen if across == wanted] for wanted in (True, False))
    grid[rows, :] = grid[:, columns] = True
    row_spans, column_spans = (
        [range(low + 1, high) for low, high in pairwise((0, *walls, size - 1))] for walls in (rows, columns)
    )
    down = stream.permutation([True] * len(rows) + [False] * len(columns)).tolist()
    row = column = 0
    for through_row in down:  # a door from the room reached so far to the one below it, or to the right of it
        if through_row:
            grid[rows[row], _one_of(column_spans[column], stream)] = False
            row += 1
        else:
            grid[_one_of(row_spans[row], stream), columns[column]] = False
            column += 1
    return maze(grid, (1, 1), (size - 2, size - 2), RIGHT, 4 * size * size)


def corridor(size: int, pocket: int, direction: int) -> Maze:
    """A passage along the border, and blind pockets that go from its upper and lower side nearly to the middle, at
    every other column. The goal is at the end of one, counted from the left, the upper of two first; the start is in
    the middle of the left side.
    """
    middle = size // 2
    grid = bordered(size)
    grid[2 : size - 2, 2 : size - 2] = True
    grid[2:middle, 3 : size - 2 : 2] = grid[middle + 1 : size - 2, 3 : size - 2 : 2] = False
    column = 3 + pocket // 2 * 2
    return maze(grid, (1, middle), (column, middle - 1 if pocket % 2 == 0 else middle + 1), direction, 2 * size * size)


def labyrinth(direction: int) -> Maze:
    """One long passage around and around inwards, without a branch, that ends after a bend: 96 moves, 17 turns."""
    return passage([*INWARDS, (5, 9), (5, 5), (9, 5), (9, 7), (7, 7), (7, 9), (9, 9)], direction)


def mirrored_labyrinth(direction: int) -> Maze:
    """The same passage mirrored from left to right, but that it ends in the middle: 96 moves, 16 turns."""
    corners = [*INWARDS, (5, 9), (5, 5), (9, 5), (9, 9), (7, 9), (7, 7)]
    return passage([(14 - x, y) for x, y in corners], direction)


OUTER: list[Cell] = [(1, 5), (1, 1), (13, 1), (13, 13), (1, 13), (1, 7)]
INNER: list[Cell] = [(3, 7), (3, 3), (11, 3), (11, 11), (3, 11), (3, 9)]
INWARDS = OUTER + INNER
"""The corners of two rounds along the border and within, each ended by a wall that leaves a door inwards."""


def passage(corners: Sequence[Cell], direction: int) -> Maze:
    """15 cells a side, all walls but for a passage from corner to corner."""
    size = 15
    grid = np.ones((size, size), np.bool_)
    for (x, y), (to_x, to_y) in pairwise(corners):
        grid[min(y, to_y) : max(y, to_y) + 1, min(x, to_x) : max(x, to_x) + 1] = False
    return maze(grid, corners[0], corners[-1], direction, 2 * size * size)


def bordered(size: int) -> Grid:
    """A room without walls but for its border."""
    grid = np.ones((size, size), np.bool_)
    grid[1:-1, 1:-1] = False
    return grid
