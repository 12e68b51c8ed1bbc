"""Fat bounding boxes that follow the bodies (b2Fixture::Synchronize, b2DynamicTree::MoveProxy)."""

from ...box2d.constants import AABB_EXTENSION, AABB_MULTIPLIER, POLYGON_RADIUS, ZERO
from ...box2d.transforms import placed
from ...simd.compiled import inlined, kernel
from ...simd.number import any_of, load, maximum, minimum, negate, select, store, store_mask
from ...simd.sine import sine_cosine
from .robot import BODIES, CENTERS, COUNTS, VERTICES
from .world import ANGLE0, BODY_ROWS, C0X, C0Y, COSINE, HIGH_X, HIGH_Y, LOW_X, LOW_Y, SINE, Worlds, X, Y


@inlined
def extent(body, transform):
    """Bounding box of the body's polygon with its skin (b2PolygonShape::ComputeAABB)."""
    low_x, low_y = placed(transform, VERTICES[body, 0, 0], VERTICES[body, 0, 1])
    high_x, high_y = low_x, low_y
    for i in range(1, COUNTS[body]):
        x, y = placed(transform, VERTICES[body, i, 0], VERTICES[body, i, 1])
        low_x, low_y = minimum(low_x, x), minimum(low_y, y)
        high_x, high_y = maximum(high_x, x), maximum(high_y, y)
    return low_x - POLYGON_RADIUS, low_y - POLYGON_RADIUS, high_x + POLYGON_RADIUS, high_y + POLYGON_RADIUS


@inlined
def start_of_sweep(body, c0x, c0y, angle0, like):
    """The transform at the start of the sweep."""
    sine, cosine = sine_cosine(angle0, like)
    lx, ly = CENTERS[body, 0], CENTERS[body, 1]
    return c0x - (cosine * lx - sine * ly), c0y - (sine * lx + cosine * ly), sine, cosine


@inlined
def refit(body, before, after, fat):
    """The fat bounding box that covers the sweep from `before` to `after`: the old one, `fat`, if it still does.

    Returns the mask of worlds in which it had to be renewed, and the box.
    """
    low_x, low_y, high_x, high_y = extent(body, before)
    low_x2, low_y2, high_x2, high_y2 = extent(body, after)
    low_x, low_y = minimum(low_x, low_x2), minimum(low_y, low_y2)
    high_x, high_y = maximum(high_x, high_x2), maximum(high_y, high_y2)
    fat_low_x, fat_low_y, fat_high_x, fat_high_y = fat
    moved = negate((fat_low_x <= low_x) & (fat_low_y <= low_y) & (high_x <= fat_high_x) & (high_y <= fat_high_y))
    dx, dy = AABB_MULTIPLIER * (after[0] - before[0]), AABB_MULTIPLIER * (after[1] - before[1])
    low_x, low_y = low_x - AABB_EXTENSION, low_y - AABB_EXTENSION
    high_x, high_y = high_x + AABB_EXTENSION, high_y + AABB_EXTENSION
    low_x, high_x = select(dx < ZERO, low_x + dx, low_x), select(dx < ZERO, high_x, high_x + dx)
    low_y, high_y = select(dy < ZERO, low_y + dy, low_y), select(dy < ZERO, high_y, high_y + dy)
    return moved, low_x, low_y, high_x, high_y


@kernel
def synchronize(w: Worlds, like):
    """Refit the boxes of all bodies in all worlds and mark in `moved` those that were renewed."""
    for body in range(BODIES):
        base = body * BODY_ROWS
        before = start_of_sweep(
            body,
            load(w.bodies, base + C0X, like),
            load(w.bodies, base + C0Y, like),
            load(w.bodies, base + ANGLE0, like),
            like,
        )
        after = (
            load(w.bodies, base + X, like),
            load(w.bodies, base + Y, like),
            load(w.bodies, base + SINE, like),
            load(w.bodies, base + COSINE, like),
        )
        fat = (
            load(w.bodies, base + LOW_X, like),
            load(w.bodies, base + LOW_Y, like),
            load(w.bodies, base + HIGH_X, like),
            load(w.bodies, base + HIGH_Y, like),
        )
        moved, low_x, low_y, high_x, high_y = refit(body, before, after, fat)
        store_mask(w.moved, body, moved)
        if any_of(moved):
            store(w.bodies, base + LOW_X, select(moved, low_x, fat[0]))
            store(w.bodies, base + LOW_Y, select(moved, low_y, fat[1]))
            store(w.bodies, base + HIGH_X, select(moved, high_x, fat[2]))
            store(w.bodies, base + HIGH_Y, select(moved, high_y, fat[3]))


@kernel
def synchronize_one(w: Worlds, lane, body):
    """The same for one body of one world, in continuous collision; no other body counts as moved."""
    base = body * BODY_ROWS
    bodies = w.bodies
    before = start_of_sweep(body, bodies[base + C0X, lane], bodies[base + C0Y, lane], bodies[base + ANGLE0, lane], ZERO)
    after = (bodies[base + X, lane], bodies[base + Y, lane], bodies[base + SINE, lane], bodies[base + COSINE, lane])
    fat = (
        bodies[base + LOW_X, lane],
        bodies[base + LOW_Y, lane],
        bodies[base + HIGH_X, lane],
        bodies[base + HIGH_Y, lane],
    )
    moved, low_x, low_y, high_x, high_y = refit(body, before, after, fat)
    for other in range(BODIES):
        w.moved[other, lane] = 0
    if moved:
        w.moved[body, lane] = 1
        bodies[base + LOW_X, lane] = low_x
        bodies[base + LOW_Y, lane] = low_y
        bodies[base + HIGH_X, lane] = high_x
        bodies[base + HIGH_Y, lane] = high_y
