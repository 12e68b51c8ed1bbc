"""Pictures of mazes: walls, goal, the agent with what it sees, its way so far."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..api import Pictures, Trace
from ..sketch import Shape, Sketch
from .maze import Maze, grid
from .simulation import DIRECTION, VIEW, X, Y

if TYPE_CHECKING:
    from PIL import Image

FINE = 3
"""Supersampling: pixels drawn per pixel shown, each way."""
PAPER, FLOOR, STONE = (250, 249, 246), (250, 249, 246), (92, 97, 108)
SEEN, GOAL, WAY, START = (253, 238, 200), (64, 152, 90), (70, 110, 190), (168, 176, 188)
AGENT, AGENT_EDGE = (196, 60, 52), (120, 30, 26)
ARROW = np.array([(0.36, 0.0), (-0.3, 0.3), (-0.16, 0.0), (-0.3, -0.3)], np.float32)
"""The agent, looking to the right, its cell one wide (y upwards)."""
STEPS_PER_SECOND = 10.0


def draw(maze: Maze, trace: Trace, step: int, width: int, height: int) -> NDArray[np.uint8]:
    """The maze before action `step`, as large as fits, uint8[height, width, 3]: the cells seen are bright, the way so
    far is a blue line.
    """
    from PIL import Image, ImageDraw

    side = min(width, height)
    scale = side * FINE / maze.size
    image = background(maze, side).copy()
    pen = ImageDraw.Draw(image)
    states = trace.scene["state"][: step + 1]
    x, y, direction = (int(states[-1, place]) for place in (X, Y, DIRECTION))
    walls = grid(maze)
    for row, column in view(maze, x, y, direction):
        if not walls[row, column]:
            pen.rectangle(square(column, row, scale), SEEN)
    gx, gy = maze.goal
    pen.rectangle(square(gx, gy, scale, 0.14), GOAL)
    centre = tuple((place + 0.5) * scale for place in maze.start)
    disc(pen, centre, 0.2 * scale, START)
    way = [((a + 0.5) * scale, (b + 0.5) * scale) for a, b in states[:, [X, Y]].tolist()]
    if len(way) > 1:
        pen.line(way, WAY, max(FINE, round(0.16 * scale)), joint="curve")
    pen.polygon(arrow(x, y, direction, scale), AGENT, AGENT_EDGE, max(1, round(0.03 * scale)))
    sheet = Image.new("RGB", (width, height), PAPER)
    sheet.paste(image.resize((side, side), Image.Resampling.BOX), ((width - side) // 2, (height - side) // 2))
    return np.asarray(sheet)


@lru_cache(maxsize=8)
def background(maze: Maze, side: int) -> "Image.Image":
    """Floor and walls, supersampled; without seams between neighbouring walls."""
    from PIL import Image

    cells = np.array((FLOOR, STONE), np.uint8)[grid(maze).astype(int)]
    edges = np.minimum(np.arange(side * FINE) * maze.size // (side * FINE), maze.size - 1)
    return Image.fromarray(np.ascontiguousarray(cells[edges][:, edges]))


def view(maze: Maze, x: int, y: int, direction: int) -> list[tuple[int, int]]:
    """The cells (row, column) within the grid that an agent sees."""
    ahead = ((1, 0), (0, 1), (-1, 0), (0, -1))[direction]
    cells = [
        (y + far * ahead[1] + side * ahead[0], x + far * ahead[0] - side * ahead[1])
        for far in range(VIEW)
        for side in range(-(VIEW // 2), VIEW // 2 + 1)
    ]
    return [cell for cell in cells if min(cell) >= 0 and max(cell) < maze.size]


def square(x: int, y: int, scale: float, margin: float = 0.0) -> tuple[float, float, float, float]:
    """The corners of a cell's picture, with a margin in cells."""
    return (x + margin) * scale, (y + margin) * scale, (x + 1 - margin) * scale - 1, (y + 1 - margin) * scale - 1


def arrow(x: int, y: int, direction: int, scale: float) -> list[tuple[float, float]]:
    """The agent's outline in pixels."""
    across, down = ((1, 0), (0, 1), (-1, 0), (0, -1))[direction]
    return [
        ((x + 0.5 + a * across - b * down) * scale, (y + 0.5 + a * down + b * across) * scale)
        for a, b in ARROW.tolist()
    ]


def disc(pen: Any, centre: tuple[float, ...], radius: float, colour: tuple[int, int, int]) -> None:
    x, y = centre
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), colour)


def sketch(maze: Maze, trace: Trace) -> Sketch:
    """An episode as shapes; a cell is 1 m wide, y upwards. Bodies: the agent, and the middle of the maze, which a
    camera shows.
    """
    states, size = trace.scene["state"], maze.size
    poses = np.zeros((len(states), 2, 3), np.float32)
    poses[:, 0, 0], poses[:, 0, 1] = states[:, X] + 0.5, size - states[:, Y] - 0.5
    poses[:, 0, 2] = -np.pi / 2 * states[:, DIRECTION]
    poses[:, 1, :2] = size / 2
    near, wide = -0.5, VIEW / 2
    seen = np.array([(near, -wide), (near + VIEW, -wide), (near + VIEW, wide), (near, wide)], np.float32)
    agent = Shape("area", ARROW, AGENT, 0, 0.03, AGENT_EDGE)
    floor, *others = still(maze)
    return Sketch(poses, (floor, Shape("area", seen, SEEN, 0), *others, agent), 1, float(size), (PAPER, PAPER))


def still(maze: Maze) -> list[Shape]:
    """What does not move: the floor, walls, goal and start."""
    size, (gx, gy), (x, y) = maze.size, maze.goal, maze.start
    return [
        Shape("area", corners(0, 0, size, size, size), FLOOR),
        *(Shape("area", corners(x, y, x + length, y + 1, size), STONE) for x, y, length in runs(grid(maze))),
        Shape("area", corners(gx + 0.14, gy + 0.14, gx + 0.86, gy + 0.86, size), GOAL),
        Shape("dot", np.array([(x + 0.5, size - y - 0.5)], np.float32), START, size=0.2),
    ]


def corners(left: float, top: float, right: float, bottom: float, size: int) -> NDArray[np.float32]:
    """A box of cells, y upwards."""
    return np.array(
        [(left, size - bottom), (right, size - bottom), (right, size - top), (left, size - top)], np.float32
    )


def runs(walls: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Walls side by side in a row: x and y of the first, and how many."""
    found = []
    for y, row in enumerate(walls):
        edges = np.flatnonzero(np.diff(np.concatenate(([False], row, [False])).astype(np.int8)))
        found += [(int(begin), y, int(end - begin)) for begin, end in edges.reshape(-1, 2).tolist()]
    return found


PICTURES = Pictures(draw=draw, sketch=sketch, steps_per_second=STEPS_PER_SECOND, aspect=1.0)
