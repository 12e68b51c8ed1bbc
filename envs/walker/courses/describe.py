"""What a course demands of a walker, measured on its geometry: the descriptor of a task.

Only what lies before the finish, tile 190, counts, for no agent comes to the rest. The ranges cover all heights and
widths that mutation can reach (stumps and steps of 5 tiles are 2.33 m high, pits of 8 tiles 3.73 m wide) and the
roughness that walkers can cope with: roughness 1 makes an unevenness of 0.02 to 0.04 m, roughness 10 ten times as much,
and up to three times that beside tall stairs, where the ground drifts back to its level.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ...api import Axis
from ...simd.compiled import inlined, maker
from .course import GROUND_POINTS, PIT, START_PAD, TILE, Course

FINISH = (GROUND_POINTS - 10) * TILE
"""Where the hull has to come (m)."""

CLOSE = 0.001
"""Sides of boxes and ground points nearer than this (m) are the same but for rounding."""

AXES = (
    Axis("obstacle height", 0.0, 2.4, "m"),
    Axis("gap width", 0.0, 4.0, "m"),
    Axis("ground roughness", 0.0, 0.3, "m"),
)


def describe(course: Course) -> NDArray[np.float64]:
    """Descriptor of a course, float64[3], in metres.

    Obstacle height: the largest wall, up or down, at either side of a stump or a stair's step, where a wall is the
    difference between the box's top and the surface next to it. Gap width: the largest clear distance between the two
    sides of a pit. Ground roughness: root mean square of the height differences of neighbouring ground points
    (14/30 m apart), from the start pad's end on, where there is no obstacle.
    """
    return _measure(course.points, course.boxes, course.kinds, course.box_count)


@inlined
def _surface(points, boxes, kinds, count, box, x):
    """Height of the ground line at x, or of the top of another stump or step that has a side there, if higher."""
    e = 0
    while e < GROUND_POINTS - 2 and points[e + 1, 0] < x:
        e += 1
    rise = (points[e + 1, 1] - points[e, 1]) / (points[e + 1, 0] - points[e, 0])
    height = points[e, 1] + rise * min(x - points[e, 0], points[e + 1, 0] - points[e, 0])
    for other in (box - 1, box + 1):
        if (
            0 <= other < count
            and kinds[other] != PIT
            and min(abs(boxes[other, 0, 0] - x), abs(boxes[other, 1, 0] - x)) < CLOSE
        ):
            height = max(height, boxes[other, 0, 1], boxes[other, 2, 1])
    return height


@inlined
def _cover(points, covered, left, right):
    """Mark the edges whose middle lies between `left` and `right` as covered by an obstacle."""
    for e in range(GROUND_POINTS - 1):
        if left <= (points[e, 0] + points[e + 1, 0]) / 2 <= right:
            covered[e] = True


@maker
def _measure(points, boxes, kinds, count):
    highest, widest, box = 0.0, 0.0, 0
    covered = np.zeros(GROUND_POINTS - 1, np.bool_)
    while box < count and boxes[box, 0, 0] < FINISH - CLOSE:
        left, right = boxes[box, 0, 0], boxes[box, 1, 0]
        if kinds[box] == PIT:
            widest = max(widest, np.float64(boxes[box + 1, 0, 0] - right))
            _cover(points, covered, left, boxes[box + 1, 1, 0])
            box += 2
            continue
        top = max(boxes[box, 0, 1], boxes[box, 2, 1])
        for side in (left, right):
            wall = abs(top - _surface(points, boxes, kinds, count, box, side))
            highest = max(highest, np.float64(wall))
        _cover(points, covered, left, right)
        box += 1
    squares, edges = 0.0, 0
    for e in range(START_PAD, GROUND_POINTS - 1):
        if points[e, 0] < FINISH - CLOSE and not covered[e]:
            squares += np.float64(points[e + 1, 1] - points[e, 1]) ** 2
            edges += 1
    return np.array([highest, widest, math.sqrt(squares / max(edges, 1))])
