"""Controls: what a person can change of a task by hand, each a place in the task's JSON.

A page holds a task as the JSON value that `tasks.encode` writes. A control names a place in it and what may be written
there. The page writes, and `envs.read_task` alone judges what came of it: a control is help, no promise that every
combination is a task. Controls are plain data, the same for every domain, so that one page serves them all.
"""

from dataclasses import dataclass, fields, is_dataclass
from typing import Any, ClassVar

Path = tuple[str | int, ...]
"""Keys and indices that lead to a place in a JSON value."""


@dataclass(frozen=True, kw_only=True)
class Control:
    """A place in a task's JSON that a person can change.

    Attributes:
        kind: which control it is, in JSON.
        path: where it writes.
        label: what a person reads.
    """

    kind: ClassVar[str]
    path: Path
    label: str

    def as_json(self) -> dict[str, Any]:
        """The control as JSON values, with its kind."""
        written: dict[str, Any] = plain(self)
        return written


@dataclass(frozen=True, kw_only=True)
class Number(Control):
    """A number.

    Attributes:
        low, high: its bounds, both possible.
        step: all other values are multiples of it, written with as many decimals.
        unit: such as "m"; "": it has none.
        drag: what dragging it does to a thing (`Things`): "place" moves it to the right, "width" its right side,
            "height" its top; "": it is no matter of dragging.
        scale: metres in a unit of its value, for dragging.
    """

    kind = "number"
    low: float
    high: float
    step: float = 1
    unit: str = ""
    drag: str = ""
    scale: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Interval(Control):
    """A list [low, high] of two numbers in order, or null where there is none.

    Attributes:
        low, high, step, unit: of both, as in `Number`.
        optional: whether null may be written.
        without: what else must be written with null: (path, value).
        first: what to begin with instead of null.
    """

    kind = "interval"
    low: float
    high: float
    step: float = 1
    unit: str = ""
    optional: bool = False
    without: tuple[tuple[Path, Any], ...] = ()
    first: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, kw_only=True)
class Choice(Control):
    """One of several JSON values. `options`: each value with what a person reads."""

    kind = "choice"
    options: tuple[tuple[Any, str], ...]


@dataclass(frozen=True, kw_only=True)
class Seed(Control):
    """A whole number 0 .. count - 1 that means nothing but chance: a die to be thrown."""

    kind = "seed"
    count: int


@dataclass(frozen=True, kw_only=True)
class Line(Control):
    """A list of whole numbers: the heights of a line at evenly spaced places.

    Attributes:
        low, high: bounds of the numbers.
        origin, scale: a number v is the height origin + scale v (m).
        start, spacing: number i stands at x = start + spacing i (m).
    """

    kind = "line"
    low: int
    high: int
    origin: float
    scale: float
    start: float
    spacing: float


@dataclass(frozen=True, kw_only=True)
class Sort:
    """A sort of thing.

    Attributes:
        name: what stands under "kind" in its JSON object.
        label: what a person reads.
        new: the JSON object of a new one, to be put anywhere.
        controls: of its properties, their paths within its object.
    """

    name: str
    label: str
    new: dict[str, Any]
    controls: tuple[Number, ...]


@dataclass(frozen=True, kw_only=True)
class Things(Control):
    """A list of things that stand on the ground, each a JSON object, in any order.

    Attributes:
        sorts: what there can be.
        most: how many at once.
        start: where the place 0 of `Number.drag` "place" is (m).
    """

    kind = "things"
    sorts: tuple[Sort, ...]
    most: int
    start: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Something of which a grid has one: its path leads to the cell [x, y], which must not be a tile of value 1."""

    path: Path
    label: str


@dataclass(frozen=True, kw_only=True)
class Tiles(Control):
    """A grid to be painted: a text with a hexadecimal number for each row from the top, with spaces between them, whose
    bit c is the tile c from the left.

    Attributes:
        width, height: how many tiles.
        palette: what the values 0 and 1 are.
        marks: what can be dragged from tile to tile.
        corner: the cell [x, y] of the first tile; y grows downwards.
    """

    kind = "tiles"
    width: int
    height: int
    palette: tuple[str, str]
    marks: tuple[Mark, ...] = ()
    corner: tuple[int, int] = (0, 0)


def plain(value: Any) -> Any:
    """Dataclasses as JSON objects, a control's with its kind, tuples as lists."""
    if is_dataclass(value):
        kind = {"kind": value.kind} if isinstance(value, Control) else {}
        return kind | {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return {key: plain(each) for key, each in value.items()} if isinstance(value, dict) else value
