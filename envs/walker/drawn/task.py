"""A course as it is drawn: the height of every ground point, and obstacles one by one; its text.

All numbers are whole: centimetres, tiles of 14/30 m, hundredths of a newton. So a browser writes a task exactly as
Python does, and what a person sees is what is run.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from ..courses.course import GROUND_POINTS, MAX_BOXES, STAIR_WIDTH, START_PAD
from ..courses.task import MAX_STAIR_STEPS

POINTS = GROUND_POINTS - START_PAD
"""Ground points that can be drawn: those behind the start pad."""
HIGHEST = 50_000
"""How far the ground may get from its level at the start (cm), as on hills."""
STRONGEST = 500
"""Of the push (hundredths of a newton)."""
SIZES = {"stump": 240, "pit": 400, "up": 240, "down": 240}
"""The kinds of obstacles, each with its largest size (cm): heights of stumps and of a stair's steps, up or down, clear
widths of pits."""
LAST = GROUND_POINTS - 2
"""The last point where an obstacle may begin."""


@dataclass(frozen=True)
class Obstacle:
    """An obstacle.

    Attributes:
        kind: a key of `SIZES`.
        place: the ground point where it begins, 20 .. 198.
        size: see `SIZES` (cm).
        steps: of a stair, 1 .. 9, each 4 tiles long; 1 for others.
    """

    kind: str
    place: int
    size: int
    steps: int = 1

    @property
    def end(self) -> int:
        """The last ground point that it takes up; it may lie beyond the course."""
        if self.kind == "stump":
            return self.place + 1
        if self.kind == "pit":
            return self.place + 2 + (3 * self.size + 139) // 140  # a tile is 140/3 cm
        return self.place + STAIR_WIDTH * self.steps

    @property
    def boxes(self) -> int:
        """Of how many boxes it is made."""
        return 2 if self.kind == "pit" else self.steps

    @property
    def lift(self) -> int:
        """How much higher than its beginning a stair ends (cm)."""
        return {"up": self.size * (self.steps - 1), "down": -self.size * self.steps}.get(self.kind, 0)


@dataclass(frozen=True)
class Drawn:
    """One course.

    Attributes:
        ground: heights of the ground points 20 .. 199 above the start (cm). Those within a pit or a stair wait unseen.
        obstacles: from left to right, each behind the end of the one before, of 53 boxes at most.
        push: force on the hull in the first step (hundredths of a newton), within +-500.

    Raises:
        ValueError: a value is of the wrong kind or out of range; names the place and what is allowed.
    """

    ground: tuple[int, ...] = (0,) * POINTS
    obstacles: tuple[Obstacle, ...] = ()
    push: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.ground, tuple) or len(self.ground) != POINTS:
            raise ValueError(f"ground is {self.ground!r:.80}; it must be a list of {POINTS} heights")
        for point, height in enumerate(self.ground, START_PAD):
            _require_whole(height, f"the height of ground point {point}", -HIGHEST, HIGHEST)
        before, boxes = START_PAD - 1, 0
        for number, obstacle in enumerate(self.obstacles):
            _require_obstacle(obstacle, f"obstacle {number}")
            if obstacle.place <= before:
                raise ValueError(
                    f"obstacle {number}, a {obstacle.kind}, begins at ground point {obstacle.place}; "
                    f"the one before it ends at {before}, so {before + 1} is the first that is free"
                )
            before, boxes = obstacle.end, boxes + obstacle.boxes
        if boxes > MAX_BOXES:
            raise ValueError(f"the obstacles are made of {boxes} boxes; a course has {MAX_BOXES} at most")
        _require_whole(self.push, "push", -STRONGEST, STRONGEST)


def encode(task: Drawn) -> str:
    """Canonical JSON: keys sorted, no spaces, an object for each obstacle."""
    return json.dumps(asdict(task), sort_keys=True, separators=(",", ":"))


def decode(text: str) -> Drawn:
    """The task of a canonical text.

    Raises:
        ValueError: not JSON, a field missing, unknown or out of range, or not in canonical form.
    """
    task = read(text)
    if encode(task) != text:
        raise ValueError(f"the drawn course is not in canonical form; write {encode(task):.300}")
    return task


def read(text: str) -> Drawn:
    """The same of a text that need not be canonical, its obstacles in any order."""
    try:
        genome = json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"drawn course is not JSON ({error})") from None
    names = {"ground", "obstacles", "push"}
    if not isinstance(genome, dict) or genome.keys() != names or not isinstance(genome["obstacles"], list):
        raise ValueError(f"a drawn course must be an object with {', '.join(sorted(names))}; it is {text:.100}")
    properties = {"kind", "place", "size", "steps"}
    for number, thing in enumerate(genome["obstacles"]):
        if not isinstance(thing, dict) or thing.keys() != properties:
            raise ValueError(f"obstacle {number} is {thing!r:.100}; it must have {', '.join(sorted(properties))}")
        _require_obstacle(Obstacle(**thing), f"obstacle {number}")
    obstacles = sorted((Obstacle(**thing) for thing in genome["obstacles"]), key=lambda each: each.place)
    ground = genome["ground"]
    return Drawn(tuple(ground) if isinstance(ground, list) else ground, tuple(obstacles), genome["push"])


def _require_obstacle(obstacle: Obstacle, place: str) -> None:
    if not isinstance(obstacle.kind, str) or obstacle.kind not in SIZES:
        raise ValueError(f"{place} is a {obstacle.kind!r:.50}; choose one of {', '.join(SIZES)}")
    place = f"{place}, a {obstacle.kind}: its"
    _require_whole(obstacle.place, f"{place} place", START_PAD, LAST)
    _require_whole(obstacle.size, f"{place} size", 1, SIZES[obstacle.kind])
    _require_whole(obstacle.steps, f"{place} steps", 1, MAX_STAIR_STEPS if obstacle.kind in ("up", "down") else 1)


def _require_whole(value: Any, place: str, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{place} is {value!r:.50}; it must be a whole number within {low} .. {high}")
