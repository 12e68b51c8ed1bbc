"""The walker's tasks: obstacle parameters and a terrain seed, their JSON form, and POET's mutation of them.

Parameters, first values, steps and limits are those of Wang et al., Paired Open-Ended Trailblazer, 2019 (GECCO), table
of environmental parameters, with the reference code's limit of 8 tiles for gaps. Stairs, which that code can draw but
does not enable, are enabled. Lengths are in tiles of 14/30 m, the distance of neighbouring ground points.
"""

import json
import math
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...random import generator

Interval = tuple[float, float]

SEEDS = 1_000_000
MAX_ROUGHNESS = 10.0
ROUGHNESS_CHANGE = 0.6
MAX_STAIR_STEPS = 9


class Lattice(NamedTuple):
    """How an interval of obstacle sizes mutates: its first value, its step, and the limit of both ends."""

    first: Interval
    step: float
    limit: float


LATTICES = {
    "pit_gap": Lattice((0.0, 0.8), 0.4, 8.0),
    "stump_height": Lattice((0.0, 0.4), 0.2, 5.0),
    "stair_height": Lattice((0.0, 0.4), 0.2, 5.0),
}
FIELD_OF = {"roughness": "roughness", "pit": "pit_gap", "stump": "stump_height", "stairs": "stair_height"}
CATEGORIES = tuple(FIELD_OF)


@dataclass(frozen=True)
class WalkerTask:
    """One obstacle course; an obstacle whose interval is None does not occur.

    Attributes:
        roughness: 0 (flat) .. 10; 1 is Gymnasium's normal walker.
        pit_gap: interval of the clear widths of pits, within 0 .. 8 tiles.
        stump_height: interval of the heights of stumps, within 0 .. 5 tiles.
        stair_height: interval of the heights of a stair's steps, within 0 .. 5 tiles.
        stair_steps: steps of each stair, 1 .. 9; 1 where there are no stairs.
        terrain_seed: 0 .. 999,999.

    Raises:
        ValueError: a value is of the wrong kind or out of range; names the field and what is allowed.
    """

    roughness: float = 0.0
    pit_gap: Interval | None = None
    stump_height: Interval | None = None
    stair_height: Interval | None = None
    stair_steps: int = 1
    terrain_seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "roughness", _number(self.roughness, "roughness", MAX_ROUGHNESS))
        for name, lattice in LATTICES.items():
            object.__setattr__(self, name, _interval(getattr(self, name), name, lattice.limit))
        most = 1 if self.stair_height is None else MAX_STAIR_STEPS
        object.__setattr__(self, "stair_steps", _integer(self.stair_steps, "stair_steps", 1, most))
        object.__setattr__(self, "terrain_seed", _integer(self.terrain_seed, "terrain_seed", 0, SEEDS - 1))


@dataclass(frozen=True)
class Mutation:
    """Which parameters a child changes: each of the categories with this probability, at least one in every child.

    POET: probability 1, categories roughness, pit and stump. The gentler default is that of the walker-v1 domain.
    """

    probability: float = 0.5
    categories: tuple[str, ...] = CATEGORIES

    def __post_init__(self) -> None:
        if not 0 < self.probability <= 1:
            raise ValueError(f"mutation probability is {self.probability}; it must be above 0 and at most 1")
        unknown = [name for name in self.categories if name not in CATEGORIES]
        if unknown or not self.categories or len(set(self.categories)) < len(self.categories):
            raise ValueError(f"mutation categories are {self.categories}; name one or more of {CATEGORIES}, each once")


DEFAULT_MUTATION = Mutation()


def first_task() -> WalkerTask:
    """Flat ground without obstacles."""
    return WalkerTask()


def mutate(task: WalkerTask, key: int, mutation: Mutation = DEFAULT_MUTATION) -> WalkerTask:
    """A child of `task` with a new terrain seed and at least one changed parameter.

    Roughness moves by up to 0.6 either way, rounded to 0.1. An obstacle that is absent appears with its first value;
    later one end of its interval or both move by a step. A stair gains a step, loses one or keeps their number.
    """
    random = generator(key)
    while True:
        genome: dict[str, Any] = {field.name: getattr(task, field.name) for field in fields(task)}
        for category in mutation.categories:
            if random.random() >= mutation.probability:
                continue
            name = FIELD_OF[category]
            if name == "roughness":
                rougher = round(task.roughness + random.uniform(-ROUGHNESS_CHANGE, ROUGHNESS_CHANGE), 1)
                genome[name] = min(max(rougher, 0.0), MAX_ROUGHNESS)
                continue
            genome[name] = _mutated_interval(getattr(task, name), LATTICES[name], random)
            if category == "stairs" and task.stair_height is not None:
                genome["stair_steps"] = min(max(task.stair_steps + int(random.integers(-1, 2)), 1), MAX_STAIR_STEPS)
        if genome != asdict(task):
            return WalkerTask(**genome | {"terrain_seed": int(random.integers(SEEDS))})


def _mutated_interval(interval: Interval | None, lattice: Lattice, random: np.random.Generator) -> Interval:
    """POET's lattice: move one end or both by a step, never below the first value or above the limit, low <= high."""
    if interval is None or interval[1] < lattice.first[1]:
        return lattice.first
    changes = (lattice.step, 0.0, -lattice.step)
    moved = [(round(interval[0] + a, 1), round(interval[1] + b, 1)) for a in changes for b in changes if a or b]
    choices = [
        (low, high)
        for low, high in moved
        if low >= lattice.first[0] and high >= lattice.first[1] and low <= high <= lattice.limit
    ]
    return choices[random.integers(len(choices))]


def features(task: WalkerTask) -> NDArray[np.float64]:
    """What mutation changes, float64[8]: roughness, pit gap, stump height, stair height (low, high), stair steps.

    The first five are those of POET's code; an obstacle that does not occur has 0, 0. The terrain seed is left out.
    """
    intervals = [getattr(task, name) or (0.0, 0.0) for name in LATTICES]
    return np.array([task.roughness, *(end for interval in intervals for end in interval), task.stair_steps])


def toward(task: WalkerTask, target: WalkerTask) -> WalkerTask:
    """The task one step nearer to `target`: every parameter moves by at most its mutation step, rounded to 0.1.

    The terrain seed is the target's at once. Repeated, it ends at the target.
    """
    genome = asdict(target)
    genome["roughness"] = _nearer(task.roughness, target.roughness, ROUGHNESS_CHANGE)
    for name, lattice in LATTICES.items():
        wanted = getattr(target, name)
        if wanted is not None:
            ends = zip(getattr(task, name) or (0.0, 0.0), wanted, strict=True)
            genome[name] = tuple(_nearer(end, goal, lattice.step) for end, goal in ends)
    genome["stair_steps"] = min(task.stair_steps + 1, target.stair_steps)
    return WalkerTask(**genome)


def _nearer(value: float, goal: float, step: float) -> float:
    return goal if abs(goal - value) <= step else round(value + math.copysign(step, goal - value), 1)


def encode(task: WalkerTask) -> str:
    """Canonical JSON: keys sorted, no spaces, shortest numbers, null for an absent obstacle."""
    return json.dumps(asdict(task), sort_keys=True, separators=(",", ":"), allow_nan=False)


def decode(text: str) -> WalkerTask:
    """The task of a canonical text.

    Raises:
        ValueError: not JSON, a field missing, unknown or out of range, or not in canonical form.
    """
    task = read(text)
    if encode(task) != text:
        raise ValueError(f"walker task is not in canonical form; write {encode(task)}")
    return task


def read(text: str) -> WalkerTask:
    """The same of a text that need not be canonical."""
    try:
        genome = json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"walker task is not JSON ({error})") from None
    names = {field.name for field in fields(WalkerTask)}
    if not isinstance(genome, dict) or genome.keys() != names:
        given = sorted(genome) if isinstance(genome, dict) else type(genome).__name__
        raise ValueError(f"walker task must be an object with exactly the keys {sorted(names)}, not {given}")
    return WalkerTask(**{name: tuple(value) if isinstance(value, list) else value for name, value in genome.items()})


def _number(value: Any, place: str, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, float | int | np.floating) or not 0 <= value <= high:
        raise ValueError(f"{place} is {value!r}; it must be a number within 0 .. {high:g}")
    return math.fabs(value)


def _integer(value: Any, place: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
        reason = " without stair_height" if place == "stair_steps" and high == 1 else ""
        raise ValueError(f"{place} is {value!r}; it must be an integer within {low} .. {high}{reason}")
    return int(value)


def _interval(value: Any, place: str, limit: float) -> Interval | None:
    if value is None:
        return None
    if not isinstance(value, tuple) or len(value) != 2:
        raise ValueError(f"{place} is {value!r}; it must be a pair low, high within 0 .. {limit:g}, or absent")
    low, high = (_number(end, f"{place} {name}", limit) for end, name in zip(value, ("low", "high"), strict=True))
    if low > high:
        raise ValueError(f"{place} is {value!r}; low must not exceed high")
    return low, high
