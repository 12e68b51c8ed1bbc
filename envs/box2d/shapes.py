"""Convex polygons: hull, normals, centroid and mass, as Box2D's b2PolygonShape computes them.

Vertices run counter-clockwise. Everything is float32; `wrap` is compiled because courses build their boxes with it.
"""

from typing import NamedTuple

import numpy as np

from ..simd.compiled import kernel
from .constants import EPSILON, HALF, ONE, ZERO, F

THIRD = ONE / F(3.0)


@kernel
def normalized(x, y):
    """(x, y) scaled to unit length, unchanged where it is shorter than epsilon (b2Vec2::Normalize)."""
    length = np.sqrt(x * x + y * y)
    if length < EPSILON:
        return x, y
    inverse = ONE / length
    return x * inverse, y * inverse


@kernel
def wrap(points, count, vertices, normals, centroid):
    """Gift-wrap `points[:count]` float32[count, 2] into a counter-clockwise hull (b2PolygonShape::Set).

    Starts at the right-most, then lowest point. Fills `vertices`, `normals` float32[>= count, 2] and `centroid`
    float32[2]; returns the number of hull vertices.
    """
    start = 0
    for i in range(1, count):
        x = points[i, 0]
        if x > points[start, 0] or (x == points[start, 0] and points[i, 1] < points[start, 1]):
            start = i
    found = 0
    here = start
    while True:
        hx, hy = points[here, 0], points[here, 1]
        vertices[found, 0] = hx
        vertices[found, 1] = hy
        found += 1
        end = 0
        for j in range(1, count):
            if end == here:
                end = j
                continue
            rx, ry = points[end, 0] - hx, points[end, 1] - hy
            vx, vy = points[j, 0] - hx, points[j, 1] - hy
            turn = rx * vy - ry * vx
            if turn < ZERO or (turn == ZERO and vx * vx + vy * vy > rx * rx + ry * ry):
                end = j
        here = end
        if here == start or found == count:
            break
    area = ZERO
    cx = ZERO
    cy = ZERO
    for i in range(found):
        k = i + 1 if i + 1 < found else 0
        x1, y1 = vertices[i, 0], vertices[i, 1]
        x2, y2 = vertices[k, 0], vertices[k, 1]
        ex, ey = x2 - x1, y2 - y1
        normals[i, 0], normals[i, 1] = normalized(ONE * ey, -ONE * ex)
        triangle = HALF * (x1 * y2 - y1 * x2)
        area += triangle
        cx += triangle * THIRD * (x1 + x2)
        cy += triangle * THIRD * (y1 + y2)
    centroid[0] = cx * (ONE / area)
    centroid[1] = cy * (ONE / area)
    return found


class Polygon(NamedTuple):
    """A convex polygon: vertices and outward normals float32[count, 2], and its centroid float32[2] (metres)."""

    vertices: np.ndarray
    normals: np.ndarray
    centroid: np.ndarray


class Mass(NamedTuple):
    """Inverse mass (1/kg), inverse rotational inertia about the centre of mass (1/(kg m^2)), and that centre (m)."""

    inverse_mass: np.float32
    inverse_inertia: np.float32
    center: tuple[np.float32, np.float32]


def polygon(points: list[tuple[float, float]]) -> Polygon:
    """The hull of `points` (metres)."""
    given = np.array(points, np.float32)
    vertices, normals, centroid = np.zeros_like(given), np.zeros_like(given), np.zeros(2, np.float32)
    count = wrap.py_func(given, len(given), vertices, normals, centroid)
    return Polygon(vertices[:count], normals[:count], centroid)


def box(half_width: float, half_height: float) -> Polygon:
    """An axis-aligned box about the origin (b2PolygonShape::SetAsBox)."""
    w, h = F(half_width), F(half_height)
    vertices = np.array([(-w, -h), (w, -h), (w, h), (-w, h)], np.float32)
    normals = np.array([(0, -1), (1, 0), (0, 1), (-1, 0)], np.float32)
    return Polygon(vertices, normals, np.zeros(2, np.float32))


def mass(shape: Polygon, density: float) -> Mass:
    """Mass data of a body with this one fixture (b2PolygonShape::ComputeMass, b2Body::ResetMassData)."""
    vertices, count = shape.vertices, len(shape.vertices)
    sx, sy = ZERO, ZERO
    for x, y in vertices:
        sx, sy = sx + x, sy + y
    scale = ONE / F(count)
    sx, sy = sx * scale, sy * scale
    area, inertia, cx, cy = ZERO, ZERO, ZERO, ZERO
    for i in range(count):
        x1, y1 = vertices[i] - np.array([sx, sy])
        x2, y2 = vertices[(i + 1) % count] - np.array([sx, sy])
        cross = x1 * y2 - y1 * x2
        triangle = HALF * cross
        area = area + triangle
        cx, cy = cx + triangle * THIRD * (x1 + x2), cy + triangle * THIRD * (y1 + y2)
        squares = (x1 * x1 + x2 * x1 + x2 * x2) + (y1 * y1 + y2 * y1 + y2 * y2)
        inertia = inertia + (F(0.25) * THIRD * cross) * squares
    total = F(density) * area
    cx, cy = cx * (ONE / area), cy * (ONE / area)
    centerx, centery = cx + sx, cy + sy
    about_origin = F(density) * inertia + total * ((centerx * centerx + centery * centery) - (cx * cx + cy * cy))
    inverse_mass = ONE / total
    localx, localy = (total * centerx) * inverse_mass, (total * centery) * inverse_mass
    about_center = about_origin - total * (localx * localx + localy * localy)
    return Mass(inverse_mass, ONE / about_center, (localx, localy))
