"""The walker's positions corrected until joints and contacts hold, all worlds side by side (b2Island::Solve)."""

from ..physics import contact, joint
from ..physics.compiled import inlined, kernel
from ..physics.constants import BAUMGARTE, LINEAR_SLOP, ZERO, F
from ..physics.number import all_of, load, load_mask, negate, select, splat, store
from .robot import (
    B0,
    B1,
    B2,
    B3,
    B4,
    CENTERS,
    D0,
    D1,
    D2,
    D3,
    I0,
    I1,
    I2,
    I3,
    I4,
    J0,
    J1,
    J2,
    J3,
    M0,
    M1,
    M2,
    M3,
    M4,
    POSITION_ITERATIONS,
)
from .world import ANGLE, BODY_ROWS, CX, CY, SLOTS, Worlds

MINIMUM_SEPARATION = F(-3.0) * LINEAR_SLOP


@inlined
def solve_contact_positions(slots, slot_masks, count, body, x, y, angle, m, i, deepest, like):
    """One position iteration of the contacts of a body; returns its position and the smallest separation so far."""
    center = (CENTERS[body, 0], CENTERS[body, 1])
    for slot in range(body * SLOTS, body * SLOTS + count):
        x, y, angle, deepest = contact.solve_position(
            slots, slot_masks, slot * contact.ROWS, slot * contact.MASKS, (x, y, angle, m, i), center, deepest,
            BAUMGARTE, like,
        )  # fmt: skip
    return x, y, angle, deepest


@inlined
def position(bodies, body, like):
    base = body * BODY_ROWS
    return (
        load(bodies, base + CX, like),
        load(bodies, base + CY, like),
        load(bodies, base + ANGLE, like),
    )


@inlined
def keep_position(bodies, body, x, y, angle, done, like):
    """Write a position back, except in worlds that are done."""
    base = body * BODY_ROWS
    store(bodies, base + CX, select(done, load(bodies, base + CX, like), x))
    store(bodies, base + CY, select(done, load(bodies, base + CY, like), y))
    store(bodies, base + ANGLE, select(done, load(bodies, base + ANGLE, like), angle))


@kernel
def solve_positions(w: Worlds, live, like):
    """Correct the positions until all errors are small, at most 60 rounds; returns the mask of worlds that got there.

    `live` uint8[1, width]; a world that is done keeps its position while others go on.
    """
    bodies, joints, slots, masks = w.bodies, w.joints, w.slots, w.slot_masks
    n0, n1, n2, n3, n4 = w.slot_counts[0], w.slot_counts[1], w.slot_counts[2], w.slot_counts[3], w.slot_counts[4]
    done = negate(load_mask(live, 0, like))
    for _ in range(POSITION_ITERATIONS):
        x0, y0, a0 = position(bodies, B0, like)
        x1, y1, a1 = position(bodies, B1, like)
        x2, y2, a2 = position(bodies, B2, like)
        x3, y3, a3 = position(bodies, B3, like)
        x4, y4, a4 = position(bodies, B4, like)
        deepest = splat(like, ZERO)
        x0, y0, a0, deepest = solve_contact_positions(slots, masks, n0, B0, x0, y0, a0, M0, I0, deepest, like)
        x1, y1, a1, deepest = solve_contact_positions(slots, masks, n1, B1, x1, y1, a1, M1, I1, deepest, like)
        x2, y2, a2, deepest = solve_contact_positions(slots, masks, n2, B2, x2, y2, a2, M2, I2, deepest, like)
        x3, y3, a3, deepest = solve_contact_positions(slots, masks, n3, B3, x3, y3, a3, M3, I3, deepest, like)
        x4, y4, a4, deepest = solve_contact_positions(slots, masks, n4, B4, x4, y4, a4, M4, I4, deepest, like)
        x3, y3, a3, x4, y4, a4, ok3 = joint.solve_position(
            joints, J3, D3, (x3, y3, a3, M3, I3), (x4, y4, a4, M4, I4), like
        )
        x0, y0, a0, x3, y3, a3, ok2 = joint.solve_position(
            joints, J2, D2, (x0, y0, a0, M0, I0), (x3, y3, a3, M3, I3), like
        )
        x0, y0, a0, x1, y1, a1, ok0 = joint.solve_position(
            joints, J0, D0, (x0, y0, a0, M0, I0), (x1, y1, a1, M1, I1), like
        )
        x1, y1, a1, x2, y2, a2, ok1 = joint.solve_position(
            joints, J1, D1, (x1, y1, a1, M1, I1), (x2, y2, a2, M2, I2), like
        )
        keep_position(bodies, B0, x0, y0, a0, done, like)
        keep_position(bodies, B1, x1, y1, a1, done, like)
        keep_position(bodies, B2, x2, y2, a2, done, like)
        keep_position(bodies, B3, x3, y3, a3, done, like)
        keep_position(bodies, B4, x4, y4, a4, done, like)
        done = done | ((deepest >= MINIMUM_SEPARATION) & ok0 & ok1 & ok2 & ok3)
        if all_of(done):
            break
    return done
