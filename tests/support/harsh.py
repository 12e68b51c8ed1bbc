"""Courses for tests of the physics: tasks of any difficulty, and obstacles right at the walker's feet."""

import numpy as np

from openended.envs.walker.courses.course import GROUND_POINTS, TILE, Course
from openended.envs.walker.courses.task import Interval, WalkerTask

NEAREST = 8
"""Tiles by which a course can come closer: its first obstacle then begins at tile 12, before the walker's hull."""


def any_task(key: int) -> WalkerTask:
    """A task from the whole range of the walker's, smooth or as rough as can be, with any obstacles."""
    random = np.random.default_rng(key)

    def interval(largest: float) -> Interval:
        low, high = np.sort(random.uniform(0, largest, 2).round(1)).tolist()
        return low, high

    stairs = random.random() < 0.5
    return WalkerTask(
        roughness=float(random.choice([0.0, 0.5, 1.0, 3.0, 10.0])),
        pit_gap=interval(8.0) if random.random() < 0.5 else None,
        stump_height=interval(random.choice([0.4, 1.0, 5.0])) if random.random() < 0.5 else None,
        stair_height=interval(random.choice([0.4, 1.0, 5.0])) if stairs else None,
        stair_steps=int(random.integers(1, 10)) if stairs else 1,
        terrain_seed=int(random.integers(1_000_000)),
    )


def closer(course: Course, tiles: int) -> Course:
    """The course moved to the left, so that obstacles come sooner; its right end goes on level."""
    shift = np.float32(tiles * TILE)
    points = np.empty_like(course.points)
    points[:, 0] = np.arange(GROUND_POINTS) * TILE
    points[:, 1] = course.points[-1, 1]
    points[: GROUND_POINTS - tiles] = course.points[tiles:]
    points[: GROUND_POINTS - tiles, 0] -= shift
    boxes = course.boxes.copy()
    boxes[: course.box_count, :, 0] -= shift
    return course._replace(points=points, boxes=boxes)
