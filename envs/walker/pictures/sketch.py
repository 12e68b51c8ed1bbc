"""What there is to see of a walker's episode, as shapes: ground, boxes, flags, lidar, robot, contacts.

Shapes and lengths are those of Gymnasium's BipedalWalker (m; y upwards), colours ours.
"""

import numpy as np
from numpy.typing import NDArray

from ...api import Trace
from ...sketch import Colour, Shape, Sketch
from ..courses.course import TILE, Course
from ..simulation.robot import BODIES, RAYS

START, FINISH = 3 * TILE, 190 * TILE
HULL = np.array([(-30, 9), (6, 9), (34, 1), (34, -8), (-30, -8)], np.float32) / 30
UPPER = np.array([(-4, -17), (4, -17), (4, 17), (-4, 17)], np.float32) / 30
LOWER = np.array([(-3.2, -17), (3.2, -17), (3.2, 17), (-3.2, 17)], np.float32) / 30
ORIGIN = np.zeros((1, 2), np.float32)
HIP, KNEE, FOOT = (np.array([(0, y)], np.float32) / 30 for y in (-8, 17, -17))
VIEW = 13.0
"""How much a camera shows (m)."""
BEYOND, BELOW = 60.0, 60.0
"""How far the ground goes on at both ends and downwards (m), farther than any camera sees."""

SKY, HORIZON = (203, 221, 235), (247, 246, 240)
EARTH, GRASS, STONE, STONE_EDGE = (150, 136, 117), (104, 140, 84), (92, 97, 108), (133, 139, 151)
RAY, RAY_END, TOUCH, PALE = (238, 178, 166), (214, 92, 80), (250, 205, 90), (238, 232, 220)
POLE, START_FLAG, FINISH_FLAG = (84, 84, 90), (126, 134, 146), (196, 60, 52)
NEAR, FAR = (62, 84, 158), (139, 152, 198)
BODY, BODY_EDGE = (45, 62, 124), (30, 41, 84)


def sketch(course: Course, trace: Trace) -> Sketch:
    """An episode on a course. Bodies: hull, far leg, near leg, then the ends of the lidar's rays."""
    scene = trace.scene
    poses = np.zeros((len(scene["position"]), BODIES + RAYS, 3), np.float32)
    poses[:, :BODIES, :2], poses[:, :BODIES, 2] = scene["position"], scene["angle"]
    poses[:, BODIES:, :2] = scene["lidar"]
    return Sketch(poses, (*land(course), *flags(course), *lidar(), *robot(scene["contact"])), 0, VIEW, (SKY, HORIZON))


def still(course: Course) -> Sketch:
    """A course alone. The only body is its middle."""
    low, high = course.points[:, 1].min(), course.points[:, 1].max()
    length = float(course.points[-1, 0])
    middle = np.array([[[length / 2, (low + high) / 2, 0.0]]], np.float32)
    return Sketch(middle, (*land(course), *flags(course)), 0, length, (SKY, HORIZON))


def land(course: Course) -> list[Shape]:
    """Ground, grass line and solid boxes."""
    ends = course.points[[0, -1]] + np.array([(-BEYOND, 0), (BEYOND, 0)], np.float32)
    line = np.concatenate((ends[:1], course.points, ends[1:]))
    floor = np.array([(line[-1, 0], -BELOW), (line[0, 0], -BELOW)], np.float32)
    shapes = [Shape("area", np.concatenate((line, floor)), EARTH), Shape("line", line, GRASS, size=0.065)]
    boxes = course.boxes[: course.box_count]
    (left, low), (right, high) = boxes.min(axis=1).T, boxes.max(axis=1).T
    under = np.maximum(low, high - 0.06)
    bands = np.stack((left, high, right, high, right, under, left, under), axis=1).reshape(-1, 4, 2)
    for box, band in zip(boxes, bands, strict=True):
        shapes += [Shape("area", box, STONE), Shape("area", band, STONE_EDGE)]
    return shapes


def surface(course: Course, x: float) -> float:
    """Height of the ground line at `x`, in metres."""
    return float(np.interp(x, course.points[:, 0], course.points[:, 1]))


def flags(course: Course) -> list[Shape]:
    """A grey flag at the start, a red one at the finish."""
    shapes = []
    for x, colour in ((START, START_FLAG), (FINISH, FINISH_FLAG)):
        y = surface(course, x)
        cloth = np.array([(x, y + 1.7), (x + 0.75, y + 1.45), (x, y + 1.2)], np.float32)
        pole = np.array([(x, y), (x, y + 1.7)], np.float32)
        shapes += [Shape("area", cloth, colour), Shape("line", pole, POLE, size=0.06)]
    return shapes


def lidar() -> list[Shape]:
    """The ten rays from the hull, and what they meet."""
    rays = range(BODIES, BODIES + RAYS)
    lines = [Shape("line", ORIGIN, RAY, body=0, size=0.012, towards=ray) for ray in rays]
    return lines + [Shape("dot", ORIGIN, RAY_END, body=ray, size=0.035) for ray in rays]


def robot(contact: NDArray[np.bool_]) -> list[Shape]:
    """The far leg, the hull, the near leg; a foot that touches the ground (`contact` bool[t + 1, 2]) is marked."""

    def part(body: int, outline: NDArray[np.float32], colour: Colour) -> Shape:
        return Shape("area", outline, colour, body, 0.02, BODY_EDGE)

    def leg(side: int, colour: Colour) -> list[Shape]:
        upper, lower = 1 + 2 * side, 2 + 2 * side
        knee = Shape("dot", KNEE, BODY_EDGE, lower, 0.05)
        return [part(lower, LOWER, colour), part(upper, UPPER, colour), knee]

    def touch(side: int) -> Shape:
        return Shape("dot", FOOT, TOUCH, 2 + 2 * side, 0.09, shown=contact[:, side])

    hip = Shape("dot", HIP, PALE, 0, 0.06)
    return [*leg(0, FAR), touch(0), part(0, HULL, BODY), *leg(1, NEAR), hip, touch(1)]
