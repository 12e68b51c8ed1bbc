"""Rays against the ground, several at once: numbers are rays here (b2EdgeShape::RayCast, b2PolygonShape::RayCast).

A ray runs from (px, py) over (dx, dy); the result is the fraction of it that is free, `nearest` where nothing is hit
closer. The ground stands in the world's frame. Box2D shortens the ray at every hit and so returns the nearest; so does
a minimum, whatever the order.
"""

from ..simd.compiled import inlined
from ..simd.number import negate, select, splat
from .constants import ONE, ZERO


@inlined
def meet_edge(px, py, dx, dy, edge, nearest, like):
    """Free fraction after an edge (x1, y1, x2, y2, nx, ny, squared length), float32 scalars."""
    x1, y1, x2, y2, nx, ny, squared = edge
    numerator = nx * (x1 - px) + ny * (y1 - py)
    denominator = nx * dx + ny * dy
    t = numerator / denominator
    along = ((px + t * dx) - x1) * (x2 - x1) + ((py + t * dy) - y1) * (y2 - y1)
    s = along / splat(like, squared)
    hit = (denominator != ZERO) & (t >= ZERO) & (t < nearest) & (s >= ZERO) & (s <= ONE)
    return select(hit, t, nearest)


@inlined
def meet_polygon(px, py, dx, dy, vertices, normals, count, nearest, like):
    """Free fraction after a convex polygon, vertices and normals float32[count, 2]; a ray from inside misses it."""
    lower = splat(like, ZERO)
    upper = splat(like, ONE)
    entered = lower > ONE
    missed = entered
    for i in range(count):
        nx, ny = normals[i, 0], normals[i, 1]
        numerator = nx * (vertices[i, 0] - px) + ny * (vertices[i, 1] - py)
        denominator = nx * dx + ny * dy
        share = numerator / denominator
        enters = (denominator < ZERO) & (numerator < lower * denominator)
        leaves = (denominator > ZERO) & (numerator < upper * denominator)
        missed = missed | ((denominator == ZERO) & (numerator < ZERO))
        lower = select(enters, share, lower)
        upper = select(leaves, share, upper)
        entered = entered | enters
        missed = missed | (upper < lower)
    return select(entered & negate(missed) & (lower < nearest), lower, nearest)
