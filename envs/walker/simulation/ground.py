"""The fixed part of the worlds: edges and boxes of each course, ready for collision, rays and the broad phase.

A ground object is named by one number: boxes come first, then the edges, in the order in which POET and Gymnasium
create them, because Box2D's broad phase sorts by it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...box2d.constants import AABB_EXTENSION, POLYGON_RADIUS
from ...box2d.shapes import normalized, wrap
from ...simd.compiled import inlined, kernel
from ...simd.number import maximum, minimum
from ..courses.course import GROUND_POINTS, TILE, Courses

EDGES = GROUND_POINTS - 1


class Grounds(NamedTuple):
    """The grounds of n courses.

    Attributes:
        edges: float32[n, 199, 7]: both ends, the right-hand unit normal, and the squared length.
        edge_ends: float32[n, 199, 2, 2], the ends alone, as a polygon of two vertices.
        edge_reach: float32[n, 199, 4], fat bounding boxes (low x, low y, high x, high y).
        boxes, box_normals: float32[n, b, 4, 2]; box_centroids: float32[n, b, 2]; box_counts: int32[n].
        box_corners: int32[n, b], vertices of each box.
        box_reach: float32[n, b, 4], fat bounding boxes.
        pushes: float32[n], force on the hull in the first step (N).
    """

    edges: NDArray[np.float32]
    edge_ends: NDArray[np.float32]
    edge_reach: NDArray[np.float32]
    boxes: NDArray[np.float32]
    box_normals: NDArray[np.float32]
    box_centroids: NDArray[np.float32]
    box_corners: NDArray[np.int32]
    box_reach: NDArray[np.float32]
    box_counts: NDArray[np.int32]
    pushes: NDArray[np.float32]


def grounds(courses: Courses) -> Grounds:
    """Prepare the courses for the simulator."""
    n, b = courses.boxes.shape[:2]
    made = Grounds(
        np.zeros((n, EDGES, 7), np.float32),
        np.zeros((n, EDGES, 2, 2), np.float32),
        np.zeros((n, EDGES, 4), np.float32),
        np.zeros((n, b, 4, 2), np.float32),
        np.zeros((n, b, 4, 2), np.float32),
        np.zeros((n, b, 2), np.float32),
        np.zeros((n, b), np.int32),
        np.zeros((n, b, 4), np.float32),
        courses.box_counts,
        courses.pushes,
    )
    fill(courses.points, courses.boxes, made)
    return made


@kernel
def fill(points, boxes, made):
    """Fill the edges and boxes of `made`."""
    for n in range(len(points)):
        for e in range(EDGES):
            x1, y1, x2, y2 = points[n, e, 0], points[n, e, 1], points[n, e + 1, 0], points[n, e + 1, 1]
            ex, ey = x2 - x1, y2 - y1
            ux, uy = normalized(ex, ey)
            edge = made.edges[n, e]
            edge[0], edge[1], edge[2], edge[3] = x1, y1, x2, y2
            edge[4], edge[5], edge[6] = uy, -ux, ex * ex + ey * ey
            ends = made.edge_ends[n, e]
            ends[0, 0], ends[0, 1], ends[1, 0], ends[1, 1] = x1, y1, x2, y2
            set_reach(made.edge_reach[n, e], ends, 2)
        for b in range(made.box_counts[n]):
            corners = wrap(boxes[n, b], 4, made.boxes[n, b], made.box_normals[n, b], made.box_centroids[n, b])
            made.box_corners[n, b] = corners
            set_reach(made.box_reach[n, b], made.boxes[n, b], corners)


@kernel
def set_reach(reach, vertices, count):
    """The fat bounding box of a ground object (ComputeAABB, b2DynamicTree::CreateProxy)."""
    low_x, low_y, high_x, high_y = vertices[0, 0], vertices[0, 1], vertices[0, 0], vertices[0, 1]
    for i in range(1, count):
        low_x, low_y = minimum(low_x, vertices[i, 0]), minimum(low_y, vertices[i, 1])
        high_x, high_y = maximum(high_x, vertices[i, 0]), maximum(high_y, vertices[i, 1])
    reach[0] = (low_x - POLYGON_RADIUS) - AABB_EXTENSION
    reach[1] = (low_y - POLYGON_RADIUS) - AABB_EXTENSION
    reach[2] = (high_x + POLYGON_RADIUS) + AABB_EXTENSION
    reach[3] = (high_y + POLYGON_RADIUS) + AABB_EXTENSION


@inlined
def edges_between(low, high):
    """First and last edge (inclusive) that may lie within x in [low, high] (m), with margin.

    Point i stands at x in (TILE (i - 1), TILE i]: only the point behind a pit leaves its place, to the left and by less
    than a tile. So edge e lies within [TILE (e - 1), TILE (e + 1)], and its fat bounding box 0.11 m further.
    """
    first = int(low / TILE) - 2
    last = int(high / TILE) + 2
    return max(0, first), min(EDGES - 1, last)
