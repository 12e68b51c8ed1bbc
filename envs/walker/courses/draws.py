"""Courses drawn at random, edited, and drawn from ranges that grow: what curricula make walker tasks with.

Sources: Parker-Holder et al. (2022), Evolving Curricula with Regret-Based Environment Design (ACCEL), whose walker has
eight parameters (facebookresearch/dcd, `bipedalwalker/adversarial.py`): the full ranges, the easy ranges that ACCEL
starts from, and its edits. Akkaya et al. (2019), Solving Rubik's Cube with a Robot Hand: ranges that widen with
success. Pits end at 8 tiles here, as in POET's code, where ACCEL's end at 10. Every draw comes from a key.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ...random import generator
from ...ranges import Ranges
from .task import CATEGORIES, FIELD_OF, LATTICES, MAX_ROUGHNESS, MAX_STAIR_STEPS, ROUGHNESS_CHANGE, SEEDS, WalkerTask

EASY = {"roughness": 0.6, "pit": 0.8, "stump": 0.4, "stairs": 0.4}
"""Upper ends of the ranges that ACCEL starts from."""
FULL = {"roughness": MAX_ROUGHNESS} | {name: LATTICES[FIELD_OF[name]].limit for name in CATEGORIES[1:]}
"""Upper ends of the full ranges: roughness, and sizes in tiles."""
SMALLEST = {"roughness": 0.0, "pit": 0.8, "stump": 0.2, "stairs": 0.2}
"""An obstacle whose largest size is below this does not occur (dcd)."""
EDITS = 3
"""Parameters that an edit draws, with replacement (ACCEL's walker)."""

Levels = Mapping[str, float]
"""Upper ends by category (`CATEGORIES`): roughness, and sizes in tiles."""


def random(key: int, ranges: Levels = FULL) -> WalkerTask:
    """A course whose parameters are uniform in the ranges, ends of an interval in order; a stair has 1 .. 9 steps where
    the range of stairs is the full one, and one step otherwise.
    """
    stream = generator(key)
    genome: dict[str, Any] = {"roughness": _tenth(stream.uniform(0.0, ranges["roughness"]))}
    for name in CATEGORIES[1:]:
        low, high = sorted(_tenth(stream.uniform(0.0, ranges[name])) for _ in range(2))
        genome[FIELD_OF[name]] = _interval(name, low, high)
    steps = int(stream.integers(1, MAX_STAIR_STEPS + 1))
    return _task(genome, steps if ranges["stairs"] == FULL["stairs"] else 1, stream)


def easy(key: int) -> WalkerTask:
    """A course of the ranges that ACCEL starts from."""
    return random(key, EASY)


def edit(task: WalkerTask, key: int, edits: int = EDITS) -> WalkerTask:
    """A course with `edits` of the eight parameters changed, each drawn with replacement, and a new terrain seed.

    Each change is -1, 0 or 1 step: up to 0.6 of roughness, 0.4 of a pit's, 0.2 of a stump's or stair's ends, one stair.
    """
    stream = generator(key)
    ends = {name: list(getattr(task, FIELD_OF[name]) or (0.0, 0.0)) for name in CATEGORIES[1:]}
    roughness, steps = task.roughness, task.stair_steps
    for parameter in stream.integers(8, size=edits).tolist():
        direction = int(stream.integers(-1, 2))
        if parameter == 0:
            roughness = min(
                max(_tenth(roughness + direction * stream.uniform(0.0, ROUGHNESS_CHANGE)), 0.0), MAX_ROUGHNESS
            )
        elif parameter == 7:
            steps = min(max(steps + direction, 1), MAX_STAIR_STEPS)
        else:
            name, end = CATEGORIES[1 + (parameter - 1) // 2], (parameter - 1) % 2
            moved = ends[name][end] + direction * LATTICES[FIELD_OF[name]].step
            ends[name][end] = min(max(_tenth(moved), 0.0), FULL[name])
    genome = {"roughness": roughness} | {FIELD_OF[name]: _interval(name, *sorted(pair)) for name, pair in ends.items()}
    return _task(genome, steps, stream)


def reseed(task: WalkerTask, key: int) -> WalkerTask:
    """A course with the same parameters and another terrain seed."""
    return replace(task, terrain_seed=int(generator(key).integers(SEEDS)))


def grown(levels: Levels, key: int, alone: str = "") -> WalkerTask:
    """A course at or below the levels that an agent has reached.

    Half the time there is one kind of obstacle alone, otherwise each with probability 0.6. Its largest size is the
    level half the time, otherwise uniform below; its smallest equals the largest with probability 0.4, otherwise it is
    uniform below. With `alone` it is that kind alone, all obstacles of the very size of the level.
    """
    stream = generator(key)
    if alone:
        kinds = {alone}
    elif stream.random() < 0.5:
        kinds = {CATEGORIES[stream.integers(len(CATEGORIES))]}
    else:
        kinds = {name for name in CATEGORIES if stream.random() < 0.6}
    genome: dict[str, Any] = {"roughness": 0.0}
    steps = 1
    for name in CATEGORIES:
        if name not in kinds:
            continue
        size = levels[name] if alone or stream.random() < 0.5 else stream.uniform(0.0, levels[name])
        if name == "roughness":
            genome["roughness"] = _tenth(size)
            continue
        low = size if alone or stream.random() < 0.4 else stream.uniform(0.0, size)
        genome[FIELD_OF[name]] = _interval(name, _tenth(low), _tenth(size))
        if name == "stairs":
            share = min(1.0, 2.0 * levels[name] / FULL[name])
            steps = 1 + round(float(stream.integers(MAX_STAIR_STEPS)) * share)
    return _task(genome, steps, stream)


def _task(genome: dict[str, Any], steps: int, stream: np.random.Generator) -> WalkerTask:
    most = MAX_STAIR_STEPS if genome.get("stair_height") else 1
    return WalkerTask(**genome, stair_steps=min(steps, most), terrain_seed=int(stream.integers(SEEDS)))


def _interval(name: str, low: float, high: float) -> tuple[float, float] | None:
    return (low, high) if high >= SMALLEST[name] else None


def _tenth(value: float) -> float:
    return round(float(value), 1)


RANGES = Ranges(
    names=CATEGORIES,
    first=(0.5, 0.8, 0.3, 0.3),
    full=tuple(FULL[name] for name in CATEGORIES),
    draw=lambda levels, key: grown(dict(zip(CATEGORIES, levels, strict=True)), key),
    edge=lambda levels, kind, key: grown(dict(zip(CATEGORIES, levels, strict=True)), key, CATEGORIES[kind]),
)
"""Levels begin where an obstacle is just large enough to occur."""
