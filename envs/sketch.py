"""Sketches: an episode as shapes that move, so that anything that draws polygons can play it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]
"""Red, green, blue, 0 .. 255."""


@dataclass(frozen=True)
class Shape:
    """Something to be seen in an episode.

    Attributes:
        kind: "area" (a polygon), "line" (through all points) or "dot" (a disc around the only point).
        points: float32[k, 2], around the origin of its body (m; x to the right, y upwards).
        colour: of an area's inside, of a line or dot.
        body: column of `Sketch.poses` that it moves with; -1: it stands still, in the coordinates of the world.
        size: width of a line or of an area's edge, radius of a dot (m).
        edge: colour of an area's edge; None: it has none.
        towards: column of `Sketch.poses` where a line ends, behind its points; -1: at its last point.
        shown: bool[t + 1], when it is seen; None: always.
    """

    kind: str
    points: NDArray[np.float32]
    colour: Colour
    body: int = -1
    size: float = 0.0
    edge: Colour | None = None
    towards: int = -1
    shown: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Sketch:
    """All that there is to see of an episode, so that anything that draws polygons can play it.

    Attributes:
        poses: float32[t + 1, b, 3], x (m), y (m) and angle (rad, counter-clockwise) of every body before every step.
        shapes: what is drawn, the farthest first.
        centre: the body that a camera follows.
        width: how much a camera shows (m).
        sky: colours behind it all, at the top and at the bottom.
    """

    poses: NDArray[np.float32]
    shapes: tuple[Shape, ...]
    centre: int
    width: float
    sky: tuple[Colour, Colour]
