"""What people can do with mazes: paint them, and walk through them by the arrow keys."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..controls import Choice, Control, Mark, Number, Tiles
from ..people import Key, Keys, People
from ..sketch import Shape, Sketch
from .maze import MOST_STEPS, Maze, maze
from .paths import actions, route
from .pictures import AGENT, AGENT_EDGE, ARROW, PAPER, still
from .simulation import FORWARD, TURN_LEFT, TURN_RIGHT

DIRECTIONS = ((0, "right"), (1, "down"), (2, "left"), (3, "up"))
SIDES = (7, 9, 11, 13, 15, 21, 31)
"""Cells a side of the empty rooms that a drawing can begin from."""
KEYS = Keys(
    (
        Key("ArrowUp", "move forward", FORWARD),
        Key("ArrowLeft", "turn left", TURN_LEFT),
        Key("ArrowRight", "turn right", TURN_RIGHT),
    ),
    waits=True,
)


def controls(maze: Maze) -> tuple[Control, ...]:
    """Walls to be painted, start and goal to be dragged, the first direction, the cap."""
    inner = maze.size - 2
    marks = (Mark(path=("start",), label="start"), Mark(path=("goal",), label="goal"))
    return (
        Tiles(
            path=("walls",),
            label="walls",
            width=inner,
            height=inner,
            palette=("free", "wall"),
            marks=marks,
            corner=(1, 1),
        ),
        Choice(path=("direction",), label="looks at first", options=DIRECTIONS),
        Number(path=("cap",), label="most steps", low=1, high=MOST_STEPS),
    )


def drawn(maze: Maze) -> Sketch:
    """The maze, with the agent at its start; the only body is its middle."""
    size, (x, y) = maze.size, maze.start
    middle = np.array([[[size / 2, size / 2, 0.0]]], np.float32)
    across, down = ((1, 0), (0, 1), (-1, 0), (0, -1))[maze.direction]
    turned = ARROW @ np.array([(across, -down), (down, across)], np.float32)
    agent = Shape("area", turned + np.array([(x + 0.5, size - y - 0.5)], np.float32), AGENT, size=0.03, edge=AGENT_EDGE)
    floor, *others = still(maze)
    return Sketch(middle, (floor, *others, agent), 0, float(size), (PAPER, PAPER))


def objection(maze: Maze) -> str:
    """Why nobody can solve it."""
    fewest = actions(maze)
    if not fewest:
        return "there is no way from the start to the goal"
    return f"the goal is {fewest} steps away, but an episode has only {maze.cap}" if fewest > maze.cap else ""


def witness(maze: Maze) -> NDArray[np.int64] | None:
    """Fewest actions to the goal; None if it cannot be reached in time."""
    found = route(maze)
    return np.array(found, np.int64) if found and len(found) <= maze.cap else None


def empty(size: int) -> Maze:
    """An empty room, the start in a corner, the goal in the opposite one."""
    return maze(np.zeros((size, size), np.bool_), (1, 1), (size - 2, size - 2))


PEOPLE = People(
    controls=controls,
    drawn=drawn,
    blanks={f"empty, {size} cells a side": partial(empty, size) for size in SIDES},
    objection=objection,
    keys=KEYS,
    witness=witness,
)
