"""From a drawn task to its course, and back from any course of walker tasks or hills, to the nearest whole numbers.

Obstacles are built as `courses.course.generate` builds them, but for two liberties that a drawn ground takes: a stump
reaches down to the lower of the two ground points below it, and the sides of a pit may be of different height.
"""

import numpy as np

from ..courses.course import (
    GROUND_HEIGHT,
    GROUND_POINTS,
    MAX_BOXES,
    PIT,
    PIT_DEPTH,
    STAIR_WIDTH,
    STAIRS,
    START_PAD,
    STUMP,
    TILE,
    Course,
)
from .task import HIGHEST, SIZES, STRONGEST, Drawn, Obstacle

DEPTH = PIT_DEPTH * TILE
CLOSE = 0.001
"""m. Sides of boxes nearer than this are the same but for rounding."""
Box = tuple[int, float, float, float, float]
"""Kind, left, right, height of the first two vertices, height of the others (m)."""


def course(task: Drawn) -> Course:
    """The course of a task."""
    heights = [GROUND_HEIGHT] * START_PAD + [GROUND_HEIGHT + height / 100 for height in task.ground]
    xs, boxes = [point * TILE for point in range(GROUND_POINTS)], list[Box]()
    for obstacle in task.obstacles:
        boxes += _BUILDERS[obstacle.kind](obstacle, xs, heights)
    vertices, kinds = np.zeros((MAX_BOXES, 4, 2), np.float32), np.zeros(MAX_BOXES, np.uint8)
    for place, (kind, left, right, first, second) in enumerate(boxes):
        vertices[place] = [(left, first), (right, first), (right, second), (left, second)]
        kinds[place] = kind
    points = np.array(list(zip(xs, heights, strict=True)), np.float32)
    return Course(points, vertices, kinds, len(boxes), np.float32(task.push / 100))


def _stump(stump: Obstacle, xs: list[float], heights: list[float]) -> list[Box]:
    left, y = xs[stump.place], heights[stump.place]
    return [(STUMP, left, left + TILE, min(y, heights[stump.place + 1]), y + stump.size / 100)]


def _pit(pit: Obstacle, xs: list[float], heights: list[float]) -> list[Box]:
    """The ground between its sides is moved down, the point behind it to the end of its far side."""
    left, y, gap = xs[pit.place], heights[pit.place], pit.size / 100
    beyond = heights[pit.end] if pit.end < GROUND_POINTS else y
    bottom = min(y, beyond) - DEPTH
    for point in range(pit.place + 1, min(pit.end, GROUND_POINTS)):
        heights[point] = bottom
    if pit.end < GROUND_POINTS:
        xs[pit.end] = left + 2 * TILE + gap
    far = left + TILE + gap
    return [(PIT, left, left + TILE, y, bottom), (PIT, far, far + TILE, beyond, bottom)]


def _stairs(stairs: Obstacle, xs: list[float], heights: list[float]) -> list[Box]:
    """The ground is moved to the top of each step that leads up, to the foot of each that leads down."""
    left, y, size = xs[stairs.place], heights[stairs.place], stairs.size / 100
    up, boxes = stairs.kind == "up", list[Box]()
    for step in range(stairs.steps):
        begin = left + step * STAIR_WIDTH * TILE
        top = y + (step if up else -step) * size
        boxes.append((STAIRS, begin, begin + STAIR_WIDTH * TILE, top, top - size))
        first = stairs.place + 1 + step * STAIR_WIDTH
        for point in range(first, min(first + STAIR_WIDTH, GROUND_POINTS)):
            heights[point] = top if up else top - size
    return boxes


_BUILDERS = {"stump": _stump, "pit": _pit, "up": _stairs, "down": _stairs}


def drawn(course: Course) -> Drawn:
    """The task whose course is the nearest to one of `WalkerTask` or `Hills`; obstacles lower or narrower than half a
    centimetre are left out.

    Raises:
        ValueError: a stump that is not one tile wide, as on Gymnasium's courses.
    """
    levels = course.points[:, 1].astype(np.float64).tolist()
    ground = [min(max(round(100 * (level - GROUND_HEIGHT)), -HIGHEST), HIGHEST) for level in levels]
    obstacles, box = list[Obstacle](), 0
    while box < course.box_count and _place(course, box) < GROUND_POINTS - 1:
        obstacle, count = _obstacle(course, box)
        box += count
        if obstacle.size:
            obstacles.append(obstacle)
        for point in within(obstacle):
            ground[point] = min(max(ground[obstacle.place] + _level(obstacle, point), -HIGHEST), HIGHEST)
    push = min(max(round(100 * float(course.push)), -STRONGEST), STRONGEST)
    return Drawn(tuple(ground[START_PAD:]), tuple(obstacles), push)


def within(obstacle: Obstacle) -> range:
    """The ground points whose heights are the obstacle's, not the ground's."""
    end = {"stump": obstacle.place + 1, "pit": obstacle.end}.get(obstacle.kind, obstacle.end + 1)
    return range(obstacle.place + 1, min(end, GROUND_POINTS))


def _level(obstacle: Obstacle, point: int) -> int:
    """How high a ground point within an obstacle lies above its beginning (cm), pits filled."""
    step = (point - obstacle.place - 1) // STAIR_WIDTH
    return {"up": step * obstacle.size, "down": -(step + 1) * obstacle.size}.get(obstacle.kind, 0)


def _place(course: Course, box: int) -> int:
    return round(float(course.boxes[box, 0, 0]) / TILE)


def _obstacle(course: Course, box: int) -> tuple[Obstacle, int]:
    """The obstacle that begins with a box, and of how many boxes it is made."""
    boxes, place = course.boxes.astype(np.float64), _place(course, box)
    kind, height = course.kinds[box], abs(boxes[box, 2, 1] - boxes[box, 1, 1])
    if kind == STUMP:
        wide = boxes[box, 1, 0] - boxes[box, 0, 0]
        if abs(wide - TILE) > CLOSE:
            raise ValueError(f"a stump is {wide:.2f} m wide; one that can be drawn is {TILE:.2f} m wide")
        return Obstacle("stump", place, _size("stump", height)), 1
    if kind == PIT:
        return _pit_of(course, place, boxes[box + 1, 0, 0] - boxes[box, 1, 0]), 2
    steps = 1
    while (
        box + steps < course.box_count
        and course.kinds[box + steps] == STAIRS
        and abs(boxes[box + steps, 0, 0] - boxes[box + steps - 1, 1, 0]) < CLOSE
    ):
        steps += 1
    way = "up" if course.points[place + 1, 1] > boxes[box, 0, 1] - height / 2 else "down"
    return Obstacle(way, place, _size(way, height), steps), steps


def _pit_of(course: Course, place: int, wide: float) -> Obstacle:
    """A pit of this clear width (m), rounded so that it takes up as many ground points as in the course."""
    points, lower = course.points[:, 1], course.points[place, 1] - DEPTH / 2
    end = place + 1
    while end < GROUND_POINTS and points[end] < lower:
        end += 1
    size, tiles = _size("pit", wide), end - place - 2
    if end < GROUND_POINTS:
        size = min(max(size, 140 * (tiles - 1) // 3 + 1), 140 * tiles // 3)
    return Obstacle("pit", place, size)


def _size(kind: str, metres: float) -> int:
    return min(max(round(100 * metres), 0), SIZES[kind])
