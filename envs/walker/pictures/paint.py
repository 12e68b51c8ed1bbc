"""How a sketch is painted: from metres to pixels, sky, hills, shapes, marks of the distance.

Everything is painted `FINE` times larger with Pillow and then averaged down, which smooths the edges. Pillow is
imported only to make a picture.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...sketch import Colour, Shape, Sketch
from ..courses.course import Course
from .sketch import HORIZON, SKY, surface

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

FINE = 2
"""Supersampling: pixels drawn per pixel shown, each way."""
THINNEST = 1.5
"""Pixels shown; what stands still and is thinner gets at least so thick."""
HILLS, INK, PALE_INK = (214, 222, 218), (58, 62, 72), (238, 232, 220)


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


def shapes(
    pen: "ImageDraw.ImageDraw", camera: Camera, sketch: Sketch, wanted: Iterable[Shape], step: int, width: int
) -> None:
    """Those of `wanted`, shapes of the sketch, that are seen before action `step` on a picture `width` pixels wide."""
    left, right = camera.left, camera.left + width / camera.scale[0]
    for shape in wanted:
        if shape.shown is not None and not shape.shown[step]:
            continue
        points = shape.points
        if shape.body >= 0:
            points = placed(points, sketch.poses[step, shape.body, :2], float(sketch.poses[step, shape.body, 2]))
        elif points[:, 0].max() < left or points[:, 0].min() > right:
            continue
        if shape.towards >= 0:
            points = np.concatenate((points, sketch.poses[step, shape.towards, None, :2]))
        put(pen, camera, shape, camera.project(points))


def put(pen: "ImageDraw.ImageDraw", camera: Camera, shape: Shape, points: NDArray[np.float64]) -> None:
    """One shape whose points are given in pixels."""
    size = shape.size * camera.scale[0]
    if shape.kind == "dot":
        disc(pen, points[0], size, shape.colour)
    elif shape.kind == "line":
        thinnest = THINNEST * FINE if shape.body < 0 else 1
        pen.line(flat(points), shape.colour, max(round(thinnest), round(size)), joint="curve")
    else:
        pen.polygon(flat(points), shape.colour, shape.edge, max(1, round(size)))


def disc(pen: "ImageDraw.ImageDraw", centre: NDArray[np.float64], radius: float, colour: Colour) -> None:
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
