"""The moving part of `width` worlds side by side, and how a world begins.

What the solver reads in lanes are rows of float32[rows, width] arrays, one column a world. What is handled world by
world (contacts come and go differently in each) is contiguous per world. With width 1 this is the scalar simulator.
"""

import numpy as np

from ...box2d import contact, joint, manifold
from ...box2d.constants import AABB_EXTENSION, POLYGON_RADIUS, ZERO
from ...box2d.transforms import placed
from ...records import Fields, records
from ...simd.compiled import kernel
from ...simd.number import maximum, minimum
from ...simd.sine import sine_cosine
from ..courses.course import MAX_BOXES
from .ground import EDGES, Grounds
from .robot import BODIES, CENTERS, COUNTS, JOINTS, RAYS, START, VERTICES

CX, CY, ANGLE, C0X, C0Y, ANGLE0, VX, VY, SPIN = range(9)
X, Y, SINE, COSINE = 9, 10, 11, 12
LOW_X, LOW_Y, HIGH_X, HIGH_Y = 13, 14, 15, 16
"""The fat bounding box."""
ALPHA0, SLEEP_TIME = 17, 18
BODY_ROWS = 19

SLOTS = 40
"""Most contacts of a body. Its fat bounding box spans at most 7.6 m: the body 1.5, a step's motion 2 (Box2D's limit),
the predicted motion 4, the fat 0.2 twice over. That is 17 tiles with the margin of a tile on either side: 21 edges,
and by the argument of course.MAX_BOXES at most 9 boxes (a stair's end, 2 pits) on them."""


Worlds = np.record
"""`width` worlds: one record, so that a kernel is handed one pointer, and shapes are known when it is compiled.

Fields:
    bodies: float32[5 * BODY_ROWS, width].
    joints: float32[4 * joint.ROWS, width].
    slots: float32[5 * SLOTS * contact.ROWS, width], the touching contacts for the solver, body by body.
    slot_masks: uint8[5 * SLOTS * contact.MASKS, width]; slot_counts: int64[5], slots in use in any world.
    awake: uint8[5, width]; moved: uint8[5, width], whose bounding box was renewed in this step.
    push: float32[1, width], force on the hull, for one step.
    course: int64[width], which ground; first: uint8[width], no step has been made yet.
    reals, integers: the contacts (see physics.manifold), row (world * 5 + body) * SLOTS + k, oldest first.
    order: int64[width, 5, SLOTS], row of the body's k-th contact; counts: int64[width, 5].
    serial: int64[width], contacts made so far.
    unsolved: uint8[1, width], the last step left overlaps or open joints; circling: uint8[1, width] and earlier:
        float32[15, width], see `positions.begin_positions`.
    impact: uint8[width], continuous collision has something to do in this step.
    alpha0: float32[width, MAX_BOXES + EDGES], the time to which continuous collision has advanced a ground object.
    fallen: uint8[width], the hull has touched the ground; feet: uint8[2, width], ground contact of the lower legs.
    rays: float32[3 * groups, width], the lidar's rays (dx, dy, fraction), `width` at a time.
    left: int64[5], work: float32[96], cache: int32[7], simplex: float32[3, 7], support: int32[3, 2]: scratch.
    toi_slots: float32[SLOTS * contact.ROWS, 1]; toi_masks: uint8[SLOTS * contact.MASKS, 1]; impulses:
        float32[SLOTS, 4]: scratch.
"""


def groups(count: int, width: int) -> np.recarray:
    """Room for `count` times `width` worlds, an array of `Worlds`."""
    contacts = width * BODIES * SLOTS
    fields: Fields = {
        "bodies": (np.float32, (BODIES * BODY_ROWS, width)),
        "joints": (np.float32, (JOINTS * joint.ROWS, width)),
        "slots": (np.float32, (BODIES * SLOTS * contact.ROWS, width)),
        "slot_masks": (np.uint8, (BODIES * SLOTS * contact.MASKS, width)),
        "slot_counts": (np.int64, (BODIES,)),
        "awake": (np.uint8, (BODIES, width)),
        "moved": (np.uint8, (BODIES, width)),
        "push": (np.float32, (1, width)),
        "course": (np.int64, (width,)),
        "first": (np.uint8, (width,)),
        "reals": (np.float32, (contacts, manifold.REALS)),
        "integers": (np.int32, (contacts, manifold.INTEGERS)),
        "order": (np.int64, (width, BODIES, SLOTS)),
        "counts": (np.int64, (width, BODIES)),
        "serial": (np.int64, (width,)),
        "unsolved": (np.uint8, (1, width)),
        "circling": (np.uint8, (1, width)),
        "earlier": (np.float32, (3 * BODIES, width)),
        "impact": (np.uint8, (width,)),
        "alpha0": (np.float32, (width, MAX_BOXES + EDGES)),
        "fallen": (np.uint8, (width,)),
        "feet": (np.uint8, (2, width)),
        "rays": (np.float32, (3 * -(-RAYS // width), width)),
        "left": (np.int64, (BODIES,)),
        "work": (np.float32, (96,)),
        "cache": (np.int32, (7,)),
        "simplex": (np.float32, (3, 7)),
        "support": (np.int32, (3, 2)),
        "toi_slots": (np.float32, (SLOTS * contact.ROWS, 1)),
        "toi_masks": (np.uint8, (SLOTS * contact.MASKS, 1)),
        "impulses": (np.float32, (SLOTS, 4)),
    }
    made = records(count, fields)
    made.awake = 1
    made.first = 1
    made.order = np.arange(contacts).reshape(width, BODIES, SLOTS)
    return made


def worlds(width: int) -> Worlds:
    """Room for `width` worlds."""
    made: Worlds = groups(1, width)[0]
    return made


@kernel
def begin(w: Worlds, g: Grounds, lane, course):
    """Put the walker at the start of a course, at rest, as Gymnasium's reset creates it (before its first step)."""
    w.course[lane] = course
    w.first[lane] = 1
    w.push[0, lane] = g.pushes[course]
    w.serial[lane] = 0
    w.fallen[lane] = 0
    w.feet[0, lane] = 0
    w.feet[1, lane] = 0
    for i in range(w.alpha0.shape[1]):
        w.alpha0[lane, i] = ZERO
    for row in range(len(w.joints)):
        w.joints[row, lane] = ZERO
    for b in range(BODIES):
        w.counts[lane, b] = 0
        w.awake[b, lane] = 1
        base = b * BODY_ROWS
        for row in range(base, base + BODY_ROWS):
            w.bodies[row, lane] = ZERO
        x, y, angle = START[b, 0], START[b, 1], START[b, 2]
        sine, cosine = sine_cosine(angle, ZERO)
        transform = (x, y, sine, cosine)
        cx, cy = placed(transform, CENTERS[b, 0], CENTERS[b, 1])
        w.bodies[base + CX, lane] = cx
        w.bodies[base + CY, lane] = cy
        w.bodies[base + C0X, lane] = cx
        w.bodies[base + C0Y, lane] = cy
        w.bodies[base + ANGLE, lane] = angle
        w.bodies[base + ANGLE0, lane] = angle
        w.bodies[base + X, lane] = x
        w.bodies[base + Y, lane] = y
        w.bodies[base + SINE, lane] = sine
        w.bodies[base + COSINE, lane] = cosine
        low_x, low_y = placed(transform, VERTICES[b, 0, 0], VERTICES[b, 0, 1])
        high_x, high_y = low_x, low_y
        for i in range(1, COUNTS[b]):
            px, py = placed(transform, VERTICES[b, i, 0], VERTICES[b, i, 1])
            low_x, low_y = minimum(low_x, px), minimum(low_y, py)
            high_x, high_y = maximum(high_x, px), maximum(high_y, py)
        w.bodies[base + LOW_X, lane] = (low_x - POLYGON_RADIUS) - AABB_EXTENSION
        w.bodies[base + LOW_Y, lane] = (low_y - POLYGON_RADIUS) - AABB_EXTENSION
        w.bodies[base + HIGH_X, lane] = (high_x + POLYGON_RADIUS) + AABB_EXTENSION
        w.bodies[base + HIGH_Y, lane] = (high_y + POLYGON_RADIUS) + AABB_EXTENSION
