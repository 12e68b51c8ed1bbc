"""The walker's positions corrected until joints and contacts hold, all worlds side by side (b2Island::Solve)."""

from ...box2d import contact, joint
from ...box2d.constants import BAUMGARTE, LINEAR_SLOP, ZERO, F
from ...simd.compiled import inlined, kernel
from ...simd.number import align_stack, all_of, load, load_mask, negate, select, splat, store, store_mask, width_of
from .robot import (
    B0,
    B1,
    B2,
    B3,
    B4,
    BODIES,
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
    JOINTS,
    M0,
    M1,
    M2,
    M3,
    M4,
    POSITION_ITERATIONS,
)
from .world import ANGLE, BODY_ROWS, CX, CY, SLOTS, Worlds

MINIMUM_SEPARATION = F(-3.0) * LINEAR_SLOP
FIRST_ROUNDS = 4
"""Rounds after which the worlds not solved yet are packed together. Even, as `POSITION_ITERATIONS` is."""


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
def solve_positions(w: Worlds, rounds, like):
    """Correct the positions of the unsolved worlds until all errors are small, in at most `rounds` rounds.

    A solved world keeps its position while the others continue, and loses its mark in `unsolved`.
    """
    align_stack(like)
    bodies, joints, slots, masks = w.bodies, w.joints, w.slots, w.slot_masks
    n0, n1, n2, n3, n4 = w.slot_counts[0], w.slot_counts[1], w.slot_counts[2], w.slot_counts[3], w.slot_counts[4]
    done = negate(load_mask(w.unsolved, 0, like))
    for _ in range(rounds):
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
    store_mask(w.unsolved, 0, negate(done))


@kernel
def begin_positions(w: Worlds, like):
    """The first `FIRST_ROUNDS` rounds; marks in `circling` the unsolved worlds that gain nothing by the others.

    If two rounds change no bit of a position, no even number of further rounds does. This is common for jammed walkers.
    (A position of zero counts as changed, because its sign might have.)
    """
    solve_positions(w, FIRST_ROUNDS - 2, like)
    for body in range(BODIES):
        for at, row in enumerate((CX, CY, ANGLE)):
            store(w.earlier, 3 * body + at, load(w.bodies, body * BODY_ROWS + row, like))
    solve_positions(w, 2, like)
    circling = load_mask(w.unsolved, 0, like)
    for body in range(BODIES):
        for at, row in enumerate((CX, CY, ANGLE)):
            now = load(w.bodies, body * BODY_ROWS + row, like)
            circling = circling & (now == load(w.earlier, 3 * body + at, like)) & (now != ZERO)
    store_mask(w.circling, 0, circling)


@inlined
def copy_columns(source, i, target, j, first, last):
    """Copy the rows first .. last - 1 of column i to column j."""
    for row in range(first, last):
        target[row, j] = source[row, i]


@inlined
def take_in(ward, j, w, lane):
    """Copy what `solve_positions` reads of a world into world j of the ward."""
    ward.unsolved[0, j] = 1
    for body in range(BODIES):
        copy_columns(w.bodies, lane, ward.bodies, j, body * BODY_ROWS + CX, body * BODY_ROWS + ANGLE + 1)
        for slot in range(body * SLOTS, (body + 1) * SLOTS):
            mask = slot * contact.MASKS
            if w.slot_masks[mask + contact.IN_USE, lane] == 0 and ward.slot_masks[mask + contact.IN_USE, j] == 0:
                break
            copy_columns(w.slot_masks, lane, ward.slot_masks, j, mask, mask + contact.MASKS)
            if w.slot_masks[mask + contact.IN_USE, lane]:
                rows = slot * contact.ROWS
                copy_columns(w.slots, lane, ward.slots, j, rows, rows + contact.NORMAL1)
                ward.slot_counts[body] = max(ward.slot_counts[body], slot + 1 - body * SLOTS)
    for at in range(JOINTS):
        state = at * joint.ROWS + joint.LIMIT_STATE
        ward.joints[state, j] = w.joints[state, lane]


@inlined
def treat(worlds, ward, homes, count, like):
    """Go on with the first `count` worlds of the ward and bring their positions home."""
    width = width_of(like)
    for j in range(count, width):
        ward.unsolved[0, j] = 0
    solve_positions(ward, POSITION_ITERATIONS - FIRST_ROUNDS, like)
    for j in range(count):
        w, lane = worlds[homes[j] // width], homes[j] % width
        w.unsolved[0, lane] = ward.unsolved[0, j]
        for body in range(BODIES):
            copy_columns(ward.bodies, j, w.bodies, lane, body * BODY_ROWS + CX, body * BODY_ROWS + ANGLE + 1)
    ward.slot_counts[:] = 0


@kernel
def solve_together(worlds, busy, ward: Worlds, homes, like):
    """The other rounds of the first `busy` groups: their unsolved worlds, packed side by side in the ward.

    Two thirds of the worlds are solved in a few rounds; the others mostly need all, and few groups have none of them.
    `homes` int64[width] is room to note where they came from.
    """
    width = width_of(like)
    count = 0
    for group in range(busy):
        w = worlds[group]
        for lane in range(width):
            if w.unsolved[0, lane] and not w.circling[0, lane]:
                take_in(ward, count, w, lane)
                homes[count] = group * width + lane
                count += 1
                if count == width:
                    treat(worlds, ward, homes, count, like)
                    count = 0
    if count:
        treat(worlds, ward, homes, count, like)
