"""How the walker's world is painted: from metres to pixels, sky, ground, boxes, flags, the robot.

Everything is painted `FINE` times larger with Pillow and then averaged down, which smooths the edges. Shapes and
lengths are those of Gymnasium's BipedalWalker (m; y upwards), colours ours. Pillow is imported only to make a picture.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..api import Trace
from .course import TILE, Course

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

START, FINISH = 3 * TILE, 190 * TILE
HULL = np.array([(-30, 9), (6, 9), (34, 1), (34, -8), (-30, -8)]) / 30
UPPER = np.array([(-4, -17), (4, -17), (4, 17), (-4, 17)]) / 30
LOWER = np.array([(-3.2, -17), (3.2, -17), (3.2, 17), (-3.2, 17)]) / 30
HIP, KNEE, FOOT = np.array([(0, -8)]) / 30, np.array([(0, 17)]) / 30, np.array([(0, -17)]) / 30

FINE = 2
"""Supersampling: pixels drawn per pixel shown, each way."""

SKY, HORIZON, HILLS = (203, 221, 235), (247, 246, 240), (214, 222, 218)
EARTH, GRASS, STONE, STONE_EDGE = (150, 136, 117), (104, 140, 84), (92, 97, 108), (133, 139, 151)
INK, PALE_INK, RAY, TOUCH = (58, 62, 72), (238, 232, 220), (224, 122, 110), (250, 205, 90)
POLE, START_FLAG, FINISH_FLAG = (84, 84, 90), (126, 134, 146), (196, 60, 52)
NEAR, FAR = (62, 84, 158), (139, 152, 198)
BODY, BODY_EDGE = (45, 62, 124), (30, 41, 84)


@dataclass(frozen=True)
class Camera:
    """From metres to pixels: `left`, `bottom` (m) are what the lower left corner of the picture shows.

    `scale` gives the pixels per metre to the right and upwards; `height` the picture's height in pixels.
    """

    left: float
    bottom: float
    scale: tuple[float, float]
    height: int

    def project(self, points: NDArray[Any]) -> NDArray[np.float64]:
        """Pixels float64[..., 2] (x to the right, y downwards from the top) of points in metres."""
        right = (points[..., 0] - self.left) * self.scale[0]
        down = self.height - (points[..., 1] - self.bottom) * self.scale[1]
        return np.stack((right, down), axis=-1)

    def finer(self, factor: int) -> "Camera":
        """The same view on a picture `factor` times as large."""
        return Camera(self.left, self.bottom, (self.scale[0] * factor, self.scale[1] * factor), self.height * factor)


def placed(shape: NDArray[np.float64], position: NDArray[Any], angle: float) -> NDArray[np.float64]:
    """A body's outline [k, 2], given around its origin, in world coordinates."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(shape @ np.array([(cos, sin), (-sin, cos)]) + position)


def canvas(camera: Camera, width: int) -> tuple["Image.Image", "ImageDraw.ImageDraw", Camera]:
    """A supersampled picture of the sky, its pen, and the camera for it."""
    image = sky(width * FINE, camera.height * FINE).copy()
    return image, pencil(image), camera.finer(FINE)


@lru_cache(maxsize=8)
def sky(width: int, height: int) -> "Image.Image":
    """The sky, from `SKY` at the top to `HORIZON` at the bottom."""
    from PIL import Image

    share = np.linspace(0, 1, height)[:, None] ** 0.8
    column = np.asarray(SKY) * (1 - share) + np.asarray(HORIZON) * share
    return Image.fromarray(np.broadcast_to(np.rint(column).astype(np.uint8)[:, None], (height, width, 3)).copy())


def pencil(image: "Image.Image") -> "ImageDraw.ImageDraw":
    from PIL import ImageDraw

    return ImageDraw.Draw(image)


@lru_cache(maxsize=8)
def font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size=size)


def shrunk(image: "Image.Image") -> tuple["Image.Image", "ImageDraw.ImageDraw"]:
    """The picture at its final size, and a pen for it."""
    small = image.reduce(FINE)
    return small, pencil(small)


def flat(points: NDArray[np.float64]) -> list[float]:
    return points.ravel().tolist()


def hills(pen: "ImageDraw.ImageDraw", camera: Camera, width: int) -> None:
    """A quiet skyline far away, which moves at an eighth of the camera's speed."""
    columns = np.linspace(0, width, 80)
    far = columns / camera.scale[0] + camera.left / 8
    crest = 1.9 + 0.7 * np.sin(far / 1.7) + 0.35 * np.sin(far / 0.67 + 1) + 0.5 * np.sin(far / 4.1 + 2)
    line = np.stack((columns, 0.62 * camera.height - crest * camera.scale[0] / 2), axis=-1)
    pen.polygon([*flat(line), width, camera.height, 0, camera.height], HILLS)


def land(pen: "ImageDraw.ImageDraw", camera: Camera, course: Course, width: int, edge: int = 3 * FINE) -> None:
    """Ground, grass line (`edge` pixels thick) and solid boxes, as far as the picture (`width` pixels) shows them."""
    xs = course.points[:, 0]
    right = camera.left + width / camera.scale[0]
    first = max(0, int(np.searchsorted(xs, camera.left)) - 2)
    last = int(np.searchsorted(xs, right)) + 2
    line = course.points[first:last].astype(np.float64)
    if len(line) == 0:
        line = course.points[-1:].astype(np.float64)
    ends = [(min(camera.left, line[0, 0]) - 1, line[0, 1])], [(max(right, line[-1, 0]) + 1, line[-1, 1])]
    line = camera.project(np.concatenate((ends[0], line, ends[1])))
    floor = camera.height + 10
    pen.polygon([*flat(line), float(line[-1, 0]), floor, float(line[0, 0]), floor], EARTH)
    pen.line(flat(line), GRASS, edge, joint="curve")
    boxes = course.boxes[: course.box_count]
    near = (boxes[:, :, 0].max(axis=1) > camera.left) & (boxes[:, :, 0].min(axis=1) < right)
    for box in camera.project(boxes[near]):
        pen.polygon(flat(box), STONE)
        (x0, y0), (x1, _) = box.min(axis=0), box.max(axis=0)
        pen.rectangle((x0, y0, x1, y0 + edge * 0.8), STONE_EDGE)


def surface(course: Course, x: float) -> float:
    """Height of the ground line at `x`, in metres."""
    return float(np.interp(x, course.points[:, 0], course.points[:, 1]))


def flags(pen: "ImageDraw.ImageDraw", camera: Camera, course: Course) -> None:
    """A grey flag at the start, a red one at the finish."""
    for x, colour in ((START, START_FLAG), (FINISH, FINISH_FLAG)):
        y = surface(course, x)
        pole = camera.project(np.array([(x, y), (x, y + 1.7)]))
        cloth = camera.project(np.array([(x, y + 1.7), (x + 0.75, y + 1.45), (x, y + 1.2)]))
        pen.polygon(flat(cloth), colour)
        pen.line(flat(pole), POLE, max(FINE, round(0.06 * camera.scale[0])))


def lidar(pen: "ImageDraw.ImageDraw", camera: Camera, trace: Trace, step: int) -> None:
    """One of the ten rays per frame, in turn, as Gymnasium draws them."""
    ends = trace.scene["lidar"][step]
    ray = np.stack((trace.scene["position"][step, 0], ends[step % len(ends)]))
    line = camera.project(ray)
    pen.line(flat(line), RAY, FINE)
    disc(pen, line[1], 1.5 * FINE, RAY)


def robot(pen: "ImageDraw.ImageDraw", camera: Camera, trace: Trace, step: int) -> None:
    """The far leg, the hull, the near leg; a foot that touches the ground is marked."""
    position, angle = trace.scene["position"][step], trace.scene["angle"][step]
    contact = trace.scene["contact"][step]

    def part(body: int, shape: NDArray[np.float64], colour: tuple[int, int, int]) -> None:
        outline = flat(camera.project(placed(shape, position[body], angle[body])))
        pen.polygon(outline, colour, BODY_EDGE, max(1, round(0.02 * camera.scale[0])))

    def dot(body: int, where: NDArray[np.float64], radius: float, colour: tuple[int, int, int]) -> None:
        disc(pen, camera.project(placed(where, position[body], angle[body]))[0], radius * camera.scale[0], colour)

    for side, colour in ((0, FAR), (1, NEAR)):
        if side == 1:
            part(0, HULL, BODY)
        upper, lower = 1 + 2 * side, 2 + 2 * side
        part(lower, LOWER, colour)
        part(upper, UPPER, colour)
        dot(lower, KNEE, 0.05, BODY_EDGE)
        if side == 1:
            dot(0, HIP, 0.06, PALE_INK)
        if contact[side]:
            dot(lower, FOOT, 0.09, TOUCH)


def disc(pen: "ImageDraw.ImageDraw", centre: NDArray[np.float64], radius: float, colour: tuple[int, int, int]) -> None:
    x, y = centre.tolist()
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), colour)


def ticks(pen: "ImageDraw.ImageDraw", camera: Camera, course: Course, width: int, every: int, label: int) -> None:
    """Marks every `every` metres below the ground line, with their distance written every `label` metres."""
    right = min(camera.left + width / camera.scale[0], float(course.points[-1, 0]))
    for metre in range(max(0, int(np.ceil(camera.left / every)) * every), int(right) + 1, every):
        x, y = camera.project(np.array((metre, surface(course, metre)))).tolist()
        named = metre % label == 0
        pen.line((x, y + 4, x, y + (10 if named else 7)), PALE_INK, 1)
        if named and 16 < x < width - 16:
            pen.text((x, y + 12), f"{metre} m", PALE_INK, font(11), anchor="ma")
