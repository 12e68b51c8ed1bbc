"""Contacts between the walker and its ground: found, updated and dropped (b2ContactManager, b2Contact::Update).

A contact's ground object is numbered as in `ground`: boxes first, then edges. Box2D keeps lists, newest first; here
each body has its own list, oldest first, read backwards. Contacts of different bodies never meet in a solver, and
`SERIAL` keeps the order of all contacts of a world for the one place where it matters (continuous collision).
"""

import numpy as np

from ...box2d.collide_edge import collide_edge
from ...box2d.collide_polygons import collide_polygons
from ...box2d.constants import ONE, ZERO
from ...box2d.manifold import (
    ENABLED,
    FEATURE,
    GROUND,
    NORMAL_IMPULSE,
    POINTS,
    SERIAL,
    TANGENT_IMPULSE,
    TOI_COUNT,
    TOI_KNOWN,
    TOUCHING,
)
from ...simd.compiled import inlined, kernel
from .ground import Grounds, edges_between
from .robot import BODIES, CENTROIDS, COUNTS, HULL, LEFT_LOWER, NORMALS, RIGHT_LOWER, VERTICES
from .world import BODY_ROWS, COSINE, HIGH_X, HIGH_Y, LOW_X, LOW_Y, SINE, SLEEP_TIME, SLOTS, Worlds, X, Y


@inlined
def overlaps(w, g, lane, body, ground):
    """True if the fat bounding boxes of the body and of a ground object overlap (b2TestOverlap)."""
    course = w.course[lane]
    boxes = g.box_counts[course]
    base = body * BODY_ROWS
    if ground >= boxes:
        return meets(w, lane, base, g.edge_reach, course, ground - boxes)
    return meets(w, lane, base, g.box_reach, course, ground)


@inlined
def meets(w, lane, base, reach, course, which):
    """True if neither axis separates the box of the body at row `base` from `reach[course, which]`."""
    return not (
        reach[course, which, 0] - w.bodies[base + HIGH_X, lane] > ZERO
        or reach[course, which, 1] - w.bodies[base + HIGH_Y, lane] > ZERO
        or w.bodies[base + LOW_X, lane] - reach[course, which, 2] > ZERO
        or w.bodies[base + LOW_Y, lane] - reach[course, which, 3] > ZERO
    )


@inlined
def wake(w, lane, body):
    """Wake the body (b2Body::SetAwake)."""
    if w.awake[body, lane] == 0:
        w.awake[body, lane] = 1
        w.bodies[body * BODY_ROWS + SLEEP_TIME, lane] = ZERO


@inlined
def report_touch(w, lane, body, touching):
    """Gymnasium's contact listener: the hull's touch ends the episode; a foot remembers its last event."""
    if body == HULL:
        if touching:
            w.fallen[lane] = 1
    elif body == LEFT_LOWER:
        w.feet[0, lane] = touching
    elif body == RIGHT_LOWER:
        w.feet[1, lane] = touching


@inlined
def refresh(w, g, lane, body, row):
    """Compute the manifold where the bodies are now, keep the impulses of points that stayed, report changes."""
    integers, reals = w.integers, w.reals
    before = integers[row, POINTS]
    key0, key1 = integers[row, FEATURE], integers[row, FEATURE + 1]
    normal0, normal1 = reals[row, NORMAL_IMPULSE], reals[row, NORMAL_IMPULSE + 1]
    tangent0, tangent1 = reals[row, TANGENT_IMPULSE], reals[row, TANGENT_IMPULSE + 1]
    integers[row, ENABLED] = 1

    base = body * BODY_ROWS
    transform = (
        w.bodies[base + X, lane], w.bodies[base + Y, lane],
        w.bodies[base + SINE, lane], w.bodies[base + COSINE, lane],
    )  # fmt: skip
    course = w.course[lane]
    boxes = g.box_counts[course]
    ground = integers[row, GROUND]
    if ground >= boxes:
        e = ground - boxes
        edge = (
            g.edges[course, e, 0], g.edges[course, e, 1], g.edges[course, e, 2],
            g.edges[course, e, 3], g.edges[course, e, 4], g.edges[course, e, 5],
        )  # fmt: skip
        collide_edge(
            reals, integers, row, edge, VERTICES, NORMALS, body, COUNTS[body], CENTROIDS[body, 0], CENTROIDS[body, 1],
            transform, w.work,
        )  # fmt: skip
    else:
        collide_polygons(
            reals, integers, row, g.boxes[course, ground], g.box_normals[course, ground],
            g.box_corners[course, ground], g.box_centroids[course, ground], (ZERO, ZERO, ZERO, ONE),
            VERTICES[body], NORMALS[body], COUNTS[body], CENTROIDS[body], transform,
        )  # fmt: skip

    for k in range(integers[row, POINTS]):
        key = integers[row, FEATURE + k]
        if before > 0 and key == key0:
            reals[row, NORMAL_IMPULSE + k], reals[row, TANGENT_IMPULSE + k] = normal0, tangent0
        elif before > 1 and key == key1:
            reals[row, NORMAL_IMPULSE + k], reals[row, TANGENT_IMPULSE + k] = normal1, tangent1
        else:
            reals[row, NORMAL_IMPULSE + k], reals[row, TANGENT_IMPULSE + k] = ZERO, ZERO

    was = integers[row, TOUCHING]
    touching = np.int32(integers[row, POINTS] > 0)
    integers[row, TOUCHING] = touching
    if touching != was:
        wake(w, lane, body)
        report_touch(w, lane, body, touching)


@kernel
def update_contact(w: Worlds, g: Grounds, lane, body, row):
    """`refresh`, compiled by itself for where it is rare."""
    refresh(w, g, lane, body, row)


@kernel
def collide(w: Worlds, g: Grounds, live):
    """Drop contacts whose bounding boxes parted, update the others (b2ContactManager::Collide)."""
    for lane in range(live.shape[1]):
        if live[0, lane] == 0:
            continue
        for body in range(BODIES):
            for k in range(w.counts[lane, body] - 1, -1, -1):
                row = w.order[lane, body, k]
                if overlaps(w, g, lane, body, w.integers[row, GROUND]):
                    refresh(w, g, lane, body, row)
                    continue
                if w.integers[row, TOUCHING]:
                    report_touch(w, lane, body, 0)
                last = w.counts[lane, body] - 1
                for i in range(k, last):
                    w.order[lane, body, i] = w.order[lane, body, i + 1]
                w.order[lane, body, last] = row
                w.counts[lane, body] = last


@inlined
def add_contact(w, lane, body, ground):
    """A contact of the body with a ground object, unless it has one (b2ContactManager::AddPair)."""
    count = w.counts[lane, body]
    for k in range(count):
        if w.integers[w.order[lane, body, k], GROUND] == ground:
            return
    if count == SLOTS:
        raise RuntimeError("a body touches more ground objects than the course's rules allow")
    row = w.order[lane, body, count]
    w.counts[lane, body] = count + 1
    w.integers[row, POINTS] = 0
    w.integers[row, TOUCHING] = 0
    w.integers[row, ENABLED] = 1
    w.integers[row, TOI_KNOWN] = 0
    w.integers[row, TOI_COUNT] = 0
    w.integers[row, GROUND] = ground
    w.integers[row, SERIAL] = w.serial[lane]
    w.serial[lane] += 1
    wake(w, lane, body)


@inlined
def any_moved(w, lane):
    """True if some body of this world has a new fat bounding box."""
    moved = w.moved[0, lane]
    for body in range(1, BODIES):
        moved |= w.moved[body, lane]
    return moved != 0


@kernel
def find_new_contacts(w: Worlds, g: Grounds, lane):
    """Contacts for the bodies whose bounding box moved, in the broad phase's order (b2BroadPhase::UpdatePairs)."""
    low, high = np.float32(1e9), np.float32(-1e9)
    for body in range(BODIES):
        if w.moved[body, lane]:
            low = min(low, w.bodies[body * BODY_ROWS + LOW_X, lane])
            high = max(high, w.bodies[body * BODY_ROWS + HIGH_X, lane])
    course = w.course[lane]
    boxes = g.box_counts[course]
    for b in range(boxes):
        if g.box_reach[course, b, 0] > high or g.box_reach[course, b, 2] < low:
            continue
        for body in range(BODIES):
            if w.moved[body, lane] and meets(w, lane, body * BODY_ROWS, g.box_reach, course, b):
                add_contact(w, lane, body, b)
    first, last = edges_between(low, high)
    for e in range(first, last + 1):
        for body in range(BODIES):
            if w.moved[body, lane] and meets(w, lane, body * BODY_ROWS, g.edge_reach, course, e):
                add_contact(w, lane, body, boxes + e)
