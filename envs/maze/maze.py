"""Mazes: a grid with walls, a start and a goal; their canonical JSON, and their picture in letters.

The grid is a square of 5 to 51 cells a side. Its outermost cells are always walls and are not written down. Cells are
(x, y), x to the right, y downwards, (0, 0) the upper left corner of the border, as in MiniGrid (Chevalier-Boisvert et
al. 2023), whose rules the domain follows.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Cell = tuple[int, int]

SMALLEST, LARGEST = 5, 51
"""Cells a side, border included."""
MOST_STEPS = 100_000
RIGHT, DOWN, LEFT, UP = range(4)
"""Directions, as in MiniGrid."""
ARROWS = ">v<^"
WALL, FREE, GOAL = "#", ".", "G"


def usual_cap(size: int) -> int:
    """Most steps of an episode where nothing else is said: 250, as the curricula's papers train on 15 cells a side;
    above that size twice the number of cells, as they evaluate.
    """
    return 250 if size <= 15 else 2 * size * size


@dataclass(frozen=True)
class Maze:
    """One maze.

    Attributes:
        size: cells a side, border included, 5 .. 51.
        walls: a number for each row within the border, from the top; its bit c is the wall of the c-th cell from the
            left.
        start, goal: cells within the border, free and distinct.
        direction: where the agent looks at the start: 0 right, 1 down, 2 left, 3 up.
        cap: most steps of an episode, and the T of its reward 1 - 0.9 t / T.

    Raises:
        ValueError: a value is of the wrong kind or out of range; names the field and what is allowed.
    """

    size: int
    walls: tuple[int, ...]
    start: Cell
    direction: int
    goal: Cell
    cap: int

    def __post_init__(self) -> None:
        for name, low, high in (("size", SMALLEST, LARGEST), ("direction", 0, 3), ("cap", 1, MOST_STEPS)):
            object.__setattr__(self, name, _integer(getattr(self, name), name, low, high))
        inner = self.size - 2
        if not isinstance(self.walls, tuple) or len(self.walls) != inner:
            raise ValueError(f"walls are {self.walls!r:.80}; a maze of size {self.size} has {inner} rows of them")
        full = (1 << inner) - 1
        walls = tuple(_integer(row, f"row {y} of the walls", 0, full) for y, row in enumerate(self.walls, 1))
        object.__setattr__(self, "walls", walls)
        for name in ("start", "goal"):
            cell = getattr(self, name)
            if not isinstance(cell, tuple) or len(cell) != 2:
                raise ValueError(f"{name} is {cell!r:.50}; it must be a cell [x, y] within the border")
            x, y = (_integer(value, name, 1, inner) for value in cell)
            object.__setattr__(self, name, (x, y))
            if walls[y - 1] >> (x - 1) & 1:
                raise ValueError(f"{name} is on a wall, [{x}, {y}]; it must be a free cell")
        if self.goal == self.start:
            raise ValueError(f"goal and start are both {list(self.goal)}; they must be distinct cells")


def maze(
    grid: NDArray[np.bool_] | NDArray[np.uint8], start: Cell, goal: Cell, direction: int = RIGHT, cap: int | None = None
) -> Maze:
    """The maze of a grid [size, size] (row, column), true where there is a wall; its border counts as walls anyway."""
    inside = np.asarray(grid, np.bool_)[1:-1, 1:-1]
    rows = tuple(int(sum(1 << c for c in np.flatnonzero(row).tolist())) for row in inside)
    return Maze(len(grid), rows, start, direction, goal, usual_cap(len(grid)) if cap is None else cap)


def grid(maze: Maze) -> NDArray[np.bool_]:
    """Where walls are, bool[size, size] (row, column), border included."""
    found = np.ones((maze.size, maze.size), np.bool_)
    columns = np.arange(maze.size - 2)
    found[1:-1, 1:-1] = np.array(maze.walls, np.int64)[:, None] >> columns & 1
    return found


def encode(maze: Maze) -> str:
    """Canonical JSON: keys sorted, no spaces, the rows of walls as hexadecimal numbers in one text."""
    written = asdict(maze) | {"walls": " ".join(f"{row:x}" for row in maze.walls)}
    return json.dumps(written, sort_keys=True, separators=(",", ":"))


def decode(text: str) -> Maze:
    """The maze of a canonical text.

    Raises:
        ValueError: not JSON, a field missing, unknown or out of range, or not in canonical form.
    """
    try:
        given = json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"maze is not JSON ({error})") from None
    names = {field.name for field in fields(Maze)}
    if not isinstance(given, dict) or given.keys() != names:
        keys = sorted(given) if isinstance(given, dict) else type(given).__name__
        raise ValueError(f"maze must be an object with exactly the keys {sorted(names)}, not {keys}")
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    made = Maze(**values | {"walls": _rows(given["walls"])})
    if encode(made) != text:
        raise ValueError(f"maze is not in canonical form; write {encode(made)}")
    return made


def to_text(maze: Maze, position: Cell | None = None, direction: int | None = None) -> str:
    """A picture in letters, a line for each row: # wall, . free, G goal, > v < ^ the agent (None: at its start)."""
    rows = [[WALL if wall else FREE for wall in row] for row in grid(maze).tolist()]
    for (x, y), letter in (
        (maze.goal, GOAL),
        (position or maze.start, ARROWS[maze.direction if direction is None else direction]),
    ):
        rows[y][x] = letter
    return "\n".join("".join(row) for row in rows)


def from_text(text: str, cap: int | None = None) -> Maze:
    """The maze of such a picture, border included. Raises ValueError: lines or letters that are none of a maze."""
    lines = text.split()
    if len({len(lines), *map(len, lines)}) > 1 or not SMALLEST <= len(lines) <= LARGEST:
        raise ValueError(f"a maze has {SMALLEST} to {LARGEST} lines of as many letters; {len(lines)} lines were given")
    letters = np.array([list(line) for line in lines])
    wrong = set("".join(lines)) - {WALL, FREE, GOAL, *ARROWS}
    agents, goals = np.argwhere(np.isin(letters, list(ARROWS))), np.argwhere(letters == GOAL)
    if wrong or len(agents) != 1 or len(goals) != 1:
        raise ValueError(f"a maze is drawn with #, ., one G and one of {' '.join(ARROWS)}; this one: {text!r:.80}")
    (y, x), (goal_y, goal_x) = agents[0].tolist(), goals[0].tolist()
    return maze(letters == WALL, (x, y), (goal_x, goal_y), ARROWS.index(str(letters[y, x])), cap)


def _rows(text: Any) -> tuple[int, ...]:
    """Rows of walls, as `encode` writes them. Raises ValueError: they are none."""
    words: Sequence[str] = text.split(" ") if isinstance(text, str) else [""]
    if not all(word and set(word) <= set("0123456789abcdef") for word in words):
        raise ValueError(f"walls are {text!r:.80}; write a hexadecimal number for each row, with spaces between them")
    return tuple(int(word[:16], 16) for word in words)


def _integer(value: Any, place: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
        raise ValueError(f"{place} is {value!r:.50}; it must be an integer within {low} .. {high}")
    return int(value)
