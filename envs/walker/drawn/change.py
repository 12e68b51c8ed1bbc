"""How drawn courses change by themselves: bumps of the ground, obstacles that come, go, move and grow.

Obstacles begin as small as in POET's lattice and grow by its steps (`courses.task`), rounded to centimetres. What
stairs lift or lower behind them goes along when they change, so that they always lead on to the ground.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ...random import generator
from ..courses import draws
from ..courses.course import GROUND_POINTS, START_PAD
from ..courses.course import course as generated
from ..courses.task import MAX_STAIR_STEPS
from .geometry import drawn
from .task import HIGHEST, LAST, POINTS, SIZES, STRONGEST, Drawn, Obstacle

FIRST = {"stump": 19, "pit": 37, "up": 19, "down": 19}
STEP = {"stump": 9, "pit": 19, "up": 9, "down": 9}
"""cm."""
WIDTHS = (1, 2, 3, 5, 8, 13, 21)
"""Half the width of a bump, in tiles: from one uneven point to a hill."""
TALLEST = 30
"""Of a bump (cm)."""
ROW = 3
"""Most bumps or obstacles that come at once."""
FARTHEST = 4
"""How far an obstacle moves at most, in tiles."""
MOST_CHANGES = 3
"""Of a mutation."""
EDITS = 3
"""Changes of an edit, as of ACCEL's walker."""


def mutate(task: Drawn, key: int) -> Drawn:
    """A child with one to three changes and a new push."""
    stream = generator(key)
    return _changed(task, int(stream.integers(1, MOST_CHANGES + 1)), stream)


def edit(task: Drawn, key: int) -> Drawn:
    """A course with three changes and a new push (ACCEL)."""
    return _changed(task, EDITS, generator(key))


def reseed(task: Drawn, key: int) -> Drawn:
    """The same course with another push, all that there is of chance in it."""
    return replace(task, push=push(generator(key)))


def random(key: int) -> Drawn:
    """A course drawn from the whole family of `walker-v1`."""
    return drawn(generated(draws.random(key)))


def easy(key: int) -> Drawn:
    """One of the ranges that ACCEL starts from."""
    return drawn(generated(draws.easy(key)))


def below(levels: Sequence[float], key: int) -> Drawn:
    """A course at or below levels, one for each kind of obstacle (see `RANGES`)."""
    return drawn(generated(draws.RANGES.draw(levels, key)))


def edge(levels: Sequence[float], kind: int, key: int) -> Drawn:
    """A course of one kind of obstacle alone, all of it at its level."""
    return drawn(generated(draws.RANGES.edge(levels, kind, key)))


RANGES = replace(draws.RANGES, draw=below, edge=edge)
"""The levels of `walker-v1`, whose courses are drawn point by point."""


def bump(task: Drawn, stream: np.random.Generator) -> Drawn:
    """Up to three bumps: the ground around a point higher or lower by a (1 - (d / w)^2)^2 at a distance d below w."""
    ground = list(task.ground)
    for centre in stream.integers(POINTS, size=stream.integers(1, ROW + 1)).tolist():
        wide, tall = WIDTHS[stream.integers(len(WIDTHS))], stream.uniform(-TALLEST, TALLEST)
        for point in range(max(centre - wide + 1, 0), min(centre + wide, POINTS)):
            share = (point - centre) / wide
            ground[point] = _within(ground[point] + round(tall * (1 - share * share) * (1 - share * share)))
    return replace(task, ground=tuple(ground))


def add(task: Drawn, stream: np.random.Generator) -> Drawn:
    """Up to three obstacles of one kind wherever there is room: like one that is there, or small."""
    kind, obstacles = list(SIZES)[stream.integers(len(SIZES))], list(task.obstacles)
    stairs = kind in ("up", "down")
    alike = [each for each in obstacles if each.kind == kind]
    model = alike[stream.integers(len(alike))] if alike else Obstacle(kind, LAST, FIRST[kind], 3 if stairs else 1)
    for place in stream.integers(START_PAD, LAST + 1, size=stream.integers(1, ROW + 1)).tolist():
        new = replace(model, place=place)
        if all(new.end < other.place or other.end < new.place for other in obstacles):
            obstacles.append(new)
    return _with(task, obstacles)


def remove(task: Drawn, stream: np.random.Generator) -> Drawn:
    """One obstacle less."""
    place = int(stream.integers(len(task.obstacles)))
    return _with(task, [*task.obstacles[:place], *task.obstacles[place + 1 :]])


def move(task: Drawn, stream: np.random.Generator) -> Drawn:
    """An obstacle to the left or right."""
    place, far = int(stream.integers(len(task.obstacles))), _either_way(stream, FARTHEST)
    moved = list(task.obstacles)
    moved[place] = replace(moved[place], place=moved[place].place + far)
    return _with(task, moved)


def resize(task: Drawn, stream: np.random.Generator) -> Drawn:
    """An obstacle, or all of its kind, higher or wider by a step, or the reverse; stairs may get longer or shorter."""
    one = task.obstacles[stream.integers(len(task.obstacles))]
    all_alike, by, longer = stream.random() < 0.5, _either_way(stream, 1), stream.random() < 0.5

    def sized(old: Obstacle) -> Obstacle:
        if old != one and not (all_alike and old.kind == one.kind):
            return old
        if longer and old.kind in ("up", "down"):
            return replace(old, steps=min(max(old.steps + by, 1), MAX_STAIR_STEPS))
        return replace(old, size=min(max(old.size + by * STEP[old.kind], 1), SIZES[old.kind]))

    return _with(task, [sized(old) for old in task.obstacles])


CHANGES: tuple[Callable[[Drawn, np.random.Generator], Drawn], ...] = (
    bump,
    add,
    bump,
    resize,
    resize,
    resize,
    move,
    remove,
)
"""Drawn from with equal chances; while there are no obstacles, from the first three."""


def _changed(task: Drawn, changes: int, stream: np.random.Generator) -> Drawn:
    child, made = task, 0
    while made < changes or (child.ground == task.ground and child.obstacles == task.obstacles):
        change = CHANGES[stream.integers(len(CHANGES) if child.obstacles else 3)]
        try:
            child = change(child, stream)
        except ValueError:  # obstacles that overlap, leave the course or are too many
            continue
        made += 1
    return replace(child, push=push(stream))


def _with(task: Drawn, obstacles: Sequence[Obstacle]) -> Drawn:
    """The task with other obstacles, the ground behind stairs lifted or lowered by what they add."""
    ordered = sorted(obstacles, key=lambda each: each.place)
    shifts = [new - old for new, old in zip(_lifted(ordered), _lifted(task.obstacles), strict=True)]
    ground = tuple(_within(height + shift) for height, shift in zip(task.ground, shifts, strict=True))
    return replace(task, ground=ground, obstacles=tuple(ordered))


def _lifted(obstacles: Sequence[Obstacle]) -> list[int]:
    """How much all stairs before it lift each ground point that can be drawn (cm)."""
    return [
        sum(obstacle.lift for obstacle in obstacles if obstacle.end < point)
        for point in range(START_PAD, GROUND_POINTS)
    ]


def _either_way(stream: np.random.Generator, most: int) -> int:
    return int(stream.integers(1, most + 1)) * (1 if stream.random() < 0.5 else -1)


def _within(height: int) -> int:
    return min(max(height, -HIGHEST), HIGHEST)


def push(stream: np.random.Generator) -> int:
    """A push drawn at random."""
    return int(stream.integers(-STRONGEST, STRONGEST + 1))
