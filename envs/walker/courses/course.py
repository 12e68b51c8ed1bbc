"""Obstacle courses: a walker task turned into the line of the ground and the solid boxes on it.

The rules are those of POET's reference code (uber-research/poet, bipedal_walker_custom.py, after OpenAI Gym's
BipedalWalkerHardcore): grass of 5 to 9 points alternates with a stump, a stair or a pit. Arithmetic is float64 in the
reference's order, rounded to float32 at the end, where Box2D receives it. Random numbers are our own: each is named by
the ground point and what it is for, so two courses with one seed share the unevenness wherever both have grass.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...random import between, uniform
from ...simd.compiled import inlined, maker
from .task import WalkerTask

SCALE = 30.0
TILE = 14 / SCALE
"""Distance of neighbouring ground points (m)."""
GROUND_POINTS = 200
GROUND_HEIGHT = 400 / SCALE / 4
"""Height of the ground at the start (m)."""
START_PAD = 20
"""Ground points before the first obstacle and the first unevenness."""
SHORTEST_GRASS, LONGEST_GRASS = 5, 9
PIT_DEPTH = 4
STAIR_WIDTH = 4
PUSH = 5.0
"""Largest random force on the hull in the first step (N)."""
THINNEST = 0.001
"""Boxes thinner than this (m) are left out: Box2D refuses polygons without area."""

MAX_BOXES = 53
"""Most boxes of a course.

Obstacles start at ground point 20 at the earliest and take up, with the grass behind them, at least 6 points (stump,
1 box), 8 points (pit, 2 boxes) or 4 n + 6 points (stair of n steps, n boxes). No obstacle has more boxes per point than
the pit's 1/4, but the last may reach beyond point 199: 22 pits on points 20 .. 195, then a stair of 9 steps, make 53.
Gymnasium's obstacles are fewer: at most 17 pits of 10 points and a stair of 4 steps, 38 boxes.
"""

GRASS, STUMP, STAIRS, PIT = range(4)

_UNEVENNESS, _KIND, _GRASS_LENGTH, _SIZE, _DIRECTION, _PURPOSES = range(6)


class Course(NamedTuple):
    """One course.

    Attributes:
        points: float32[200, 2], the ground line (m); edge e joins points e and e + 1. The x grow, but not evenly: the
            point behind a pit lies up to a tile before its grid place.
        boxes: float32[53, 4, 2], vertices of the solid boxes (m) in the order of their making; zeros beyond box_count.
        kinds: uint8[53], STUMP, STAIRS or PIT for each box.
        box_count: how many boxes there are.
        push: force on the hull in the first step (N).
    """

    points: NDArray[np.float32]
    boxes: NDArray[np.float32]
    kinds: NDArray[np.uint8]
    box_count: int
    push: np.float32


class Courses(NamedTuple):
    """Courses stacked for the simulator: points float32[n, 200, 2], boxes float32[n, 53, 4, 2], box_counts int32[n],
    pushes float32[n].
    """

    points: NDArray[np.float32]
    boxes: NDArray[np.float32]
    box_counts: NDArray[np.int32]
    pushes: NDArray[np.float32]


def course(task: WalkerTask) -> Course:
    """The course of a task."""
    absent = (-1.0, -1.0)
    sizes = np.array([task.stump_height or absent, task.stair_height or absent, task.pit_gap or absent])
    return Course(*generate(task.roughness, sizes, task.stair_steps, task.terrain_seed))


def courses(tasks: Sequence[WalkerTask]) -> Courses:
    """The courses of several tasks, stacked."""
    return stack([course(task) for task in tasks])


def stack(several: Sequence[Course]) -> Courses:
    """Single courses as one value for the simulator."""
    return Courses(
        points=np.array([each.points for each in several], np.float32).reshape(-1, GROUND_POINTS, 2),
        boxes=np.array([each.boxes for each in several], np.float32).reshape(-1, MAX_BOXES, 4, 2),
        box_counts=np.array([each.box_count for each in several], np.int32),
        pushes=np.array([each.push for each in several], np.float32),
    )


@inlined
def put_box(boxes, kinds, count, kind, left, right, first, second):
    """Write box `count` from `left` to `right`: first the vertices at height `first`, then those at height `second`.

    Returns the new count.
    """
    boxes[count, 0, 0], boxes[count, 0, 1] = left, first
    boxes[count, 1, 0], boxes[count, 1, 1] = right, first
    boxes[count, 2, 0], boxes[count, 2, 1] = right, second
    boxes[count, 3, 0], boxes[count, 3, 1] = left, second
    kinds[count] = kind
    return count + 1


@maker
def generate(roughness, sizes, stair_steps, seed):
    """A course as the fields of `Course`.

    `sizes` float64[3, 2]: intervals of the sizes of stumps, stairs and pits (tiles), negative where they do not occur.
    """
    points = np.zeros((GROUND_POINTS, 2), np.float32)
    boxes = np.zeros((MAX_BOXES, 4, 2), np.float32)
    kinds = np.zeros(MAX_BOXES, np.uint8)
    present = np.zeros(3, np.int64)
    variety = 0
    for kind in range(STUMP, PIT + 1):
        if sizes[kind - 1, 1] >= 0.0:
            present[variety] = kind
            variety += 1
    state, one_shot, counter, count = GRASS, False, START_PAD, 0
    y, velocity, before, shift, size, direction = GROUND_HEIGHT, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(GROUND_POINTS):
        x = i * TILE
        if one_shot and state != GRASS:
            low, high = sizes[state - 1, 0], sizes[state - 1, 1]
            size = low + (high - low) * uniform(seed, _PURPOSES * i + _SIZE)
            before = y
        if state == GRASS and not one_shot:
            velocity = 0.8 * velocity + 0.01 * np.sign(GROUND_HEIGHT - y)
            if i > START_PAD:
                velocity += (2.0 * uniform(seed, _PURPOSES * i + _UNEVENNESS) - 1.0) / SCALE
            y += roughness * velocity
        elif state == STUMP:
            counter = 1
            if size * TILE >= THINNEST:
                count = put_box(boxes, kinds, count, STUMP, x, x + TILE, y, y + size * TILE)
        elif state == STAIRS and one_shot:
            direction = 1.0 if uniform(seed, _PURPOSES * i + _DIRECTION) > 0.5 else -1.0
            if size * TILE >= THINNEST:
                for s in range(stair_steps):
                    left, right = x + (s * STAIR_WIDTH) * TILE, x + ((1 + s) * STAIR_WIDTH) * TILE
                    top = y + (s * size * direction) * TILE
                    bottom = y + (-size + s * size * direction) * TILE
                    count = put_box(boxes, kinds, count, STAIRS, left, right, top, bottom)
            counter = stair_steps * STAIR_WIDTH + 1
        elif state == STAIRS:
            level = (stair_steps * STAIR_WIDTH - counter) // STAIR_WIDTH
            y = before + (level * size * direction) * TILE - (size if direction < 0 else 0.0) * TILE
        elif state == PIT and one_shot:
            gap = 1.0 + size
            bottom = y - PIT_DEPTH * TILE
            count = put_box(boxes, kinds, count, PIT, x, x + TILE, y, bottom)
            count = put_box(boxes, kinds, count, PIT, x + TILE * gap, x + TILE + TILE * gap, y, bottom)
            counter = np.int64(math.ceil(gap)) + 2
            shift = math.ceil(gap) - gap
        elif state == PIT:
            y = before
            if counter > 1:
                y -= PIT_DEPTH * TILE
            else:
                x -= shift * TILE
        one_shot = False
        points[i, 0], points[i, 1] = x, y
        counter -= 1
        if counter == 0:
            counter = between(seed, _PURPOSES * i + _GRASS_LENGTH, SHORTEST_GRASS, LONGEST_GRASS + 1)
            one_shot = True
            if state == GRASS and variety > 0:
                state = present[between(seed, _PURPOSES * i + _KIND, 0, variety)]
            else:
                state = GRASS
    push = np.float32(PUSH * (2.0 * uniform(seed, _PURPOSES * GROUND_POINTS) - 1.0))
    return points, boxes, kinds, count, push
