"""Pictures of the walker: a frame with a camera that follows the hull, the whole course as a strip, a thumbnail."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...api import Trace
from ...sketch import Sketch
from ..courses.course import Course
from ..simulation.robot import BODIES
from . import paint
from .paint import Camera
from .sketch import HORIZON, SKY, VIEW, land, sketch

STEP_SECONDS = 1 / 50
PATH = (224, 122, 110)
"""Colour of the hull's path in a strip."""
SMOOTHING = 12
"""The camera's height is averaged over this many steps before and after."""
GHOSTS, APART = 3.2, 62
"""Least distance between the poses of a strip, in metres and in pixels."""
STILL = Sketch(np.zeros((1, 0, 3), np.float32), (), 0, VIEW, (SKY, HORIZON))
"""What nothing moves in."""


def follow(trace: Trace, step: int, width: int, height: int) -> Camera:
    """The camera of a frame: hull at a third of the width, `VIEW` metres wide, its height smoothed over time."""
    hull = trace.scene["position"][:, 0]
    scale = width / VIEW
    level = hull[max(0, step - SMOOTHING) : step + SMOOTHING + 1, 1].mean()
    return Camera(float(hull[step, 0]) - VIEW / 3, float(level) - 0.55 * height / scale, (scale, scale), height)


def draw(course: Course, trace: Trace, step: int, width: int, height: int) -> NDArray[np.uint8]:
    """The scene before action `step`, uint8[height, width, 3]."""
    camera = follow(trace, step, width, height)
    image, pen, fine = paint.canvas(camera, width)
    paint.hills(pen, fine, image.width)
    scene = sketch(course, trace)
    paint.shapes(pen, fine, scene, scene.shapes, step, image.width)
    image, pen = paint.shrunk(image)
    paint.ticks(pen, camera, course, width, every=1, label=5)
    x = float(trace.scene["position"][step, 0, 0])
    told = f"{x:.1f} m   {step * STEP_SECONDS:.1f} s"
    pen.text((width - 10, 8), told, paint.INK, paint.font(13), anchor="ra", stroke_width=2, stroke_fill=HORIZON)
    return np.asarray(image)


def strip(course: Course, trace: Trace, width: int, height: int) -> NDArray[np.uint8]:
    """The whole course with the robot's poses at regular distances and its hull's path, uint8[height, width, 3]."""
    from PIL import Image

    camera = overview(course, trace, width, height)
    image, pen, fine = paint.canvas(camera, width)
    scene = sketch(course, trace)
    paint.shapes(pen, fine, scene, [shape for shape in scene.shapes if shape.body < 0], 0, image.width)
    robot = [shape for shape in scene.shapes if 0 <= shape.body < BODIES and shape.towards < 0]
    hull = trace.scene["position"][:, 0]
    pen.line(paint.flat(fine.project(hull)), PATH, paint.FINE)
    ghosts = image.copy()
    *before, last = passes(hull[:, 0], max(GHOSTS, APART / camera.scale[0]))
    for step in before:
        paint.shapes(paint.pencil(ghosts), fine, scene, robot, step, image.width)
    image = Image.blend(image, ghosts, 0.72)
    paint.shapes(paint.pencil(image), fine, scene, robot, last, image.width)
    image, pen = paint.shrunk(image)
    paint.ticks(pen, camera, course, width, every=5, label=10)
    return np.asarray(image)


def profile(course: Course, width: int, height: int) -> NDArray[np.uint8]:
    """A thumbnail of the course, its heights drawn up to four times too large, uint8[height, width, 3]."""
    low, high = span(course)
    across = width / float(course.points[-1, 0])
    up = min(4 * across, 0.8 * height / max(high - low, 1e-6))
    bottom = (low + high) / 2 - height / up / 2
    image, pen, fine = paint.canvas(Camera(0.0, bottom, (across, up), height), width)
    paint.shapes(pen, fine, STILL, land(course), 0, image.width)
    return np.asarray(paint.shrunk(image)[0])


def overview(course: Course, trace: Trace, width: int, height: int) -> Camera:
    """The camera that shows the whole course and every pose, with equal scales both ways."""
    low, high = span(course)
    high = max(high, float(trace.scene["position"][:, 0, 1].max()) + 0.6)
    length = float(course.points[-1, 0])
    needed = high - low + 1.8
    scale = min(width / length, height / needed)
    bottom = low - 1.2 - (height / scale - needed) / 3
    return Camera((length - width / scale) / 2, bottom, (scale, scale), height)


def span(course: Course) -> tuple[float, float]:
    """Lowest and highest point of the course, in metres."""
    heights = np.concatenate((course.points[:, 1], course.boxes[: course.box_count, :, 1].ravel()))
    return float(heights.min()), float(heights.max())


def passes(x: NDArray[Any], distance: float) -> list[int]:
    """The steps at which the hull first gets another `distance` metres further; the last step always."""
    reached = np.floor((np.maximum.accumulate(x) - x[0]) / distance)
    first = [0, *(np.flatnonzero(np.diff(reached) > 0) + 1).tolist()]
    last = len(x) - 1
    return [*(step for step in first if abs(x[step] - x[last]) > distance / 2), last]
