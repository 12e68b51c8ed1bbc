"""Continuous collision: bodies that would pass into the ground within a step are stopped at it (b2World::SolveTOI).

World by world and in scalars: an impact is rare, and each changes which contacts exist.
"""

from ...box2d import contact
from ...box2d.constants import EPSILON, LINEAR_SLOP, MAX_TOI_CONTACTS, ONE, TOI_BAUMGARTE, ZERO, F
from ...box2d.manifold import ENABLED, GROUND, SERIAL, TOI_COUNT, TOI_KNOWN, TOUCHING
from ...simd.compiled import inlined, kernel
from ...simd.sine import sine_cosine
from .broad import start_of_sweep, synchronize_one
from .ground import Grounds
from .impacts import advance_sweep, impact_of, may_hit
from .island import limited_motion
from .robot import (
    BODIES,
    CENTERS,
    FRICTION,
    INVERSE_INERTIA,
    INVERSE_MASS,
    TIME_STEP,
    TOI_POSITION_ITERATIONS,
    VELOCITY_ITERATIONS,
)
from .slots import fill_slot
from .touch import find_new_contacts, update_contact, wake
from .world import ALPHA0, ANGLE, ANGLE0, BODY_ROWS, C0X, C0Y, COSINE, CX, CY, SINE, SPIN, VX, VY, Worlds, X, Y

MINIMUM_SEPARATION = F(-1.5) * LINEAR_SLOP
LAST_ALPHA = ONE - F(10.0) * EPSILON


@inlined
def place_one(w, lane, body):
    """The transform that belongs to the body's centre and angle."""
    base = body * BODY_ROWS
    bodies = w.bodies
    x, y, sine, cosine = start_of_sweep(
        body, bodies[base + CX, lane], bodies[base + CY, lane], bodies[base + ANGLE, lane], ZERO
    )
    bodies[base + X, lane], bodies[base + Y, lane] = x, y
    bodies[base + SINE, lane], bodies[base + COSINE, lane] = sine, cosine


@kernel
def first_impact(w: Worlds, g: Grounds, lane):
    """The earliest impact among all contacts, newest first: its time, body and contact row (-1: none)."""
    earliest, which, whose = ONE, -1, -1
    left = w.left
    for b in range(BODIES):
        left[b] = w.counts[lane, b]
    while True:
        body, newest = -1, -1
        for b in range(BODIES):
            if left[b] > 0:
                serial = w.integers[w.order[lane, b, left[b] - 1], SERIAL]
                if serial > newest:
                    body, newest = b, serial
        if body < 0:
            return earliest, whose, which
        left[body] -= 1
        row = w.order[lane, body, left[body]]
        if may_hit(w, lane, body, row):
            alpha = impact_of(w, g, lane, body, row)
            if alpha < earliest:
                earliest, whose, which = alpha, body, row


@kernel
def island_of_impact(w: Worlds, g: Grounds, lane, body, row, alpha):
    """Gather the contact and the body's other touching contacts in the scratch slots; returns their number."""
    fill_slot(w.toi_slots, w.toi_masks, 0, 0, w.reals, w.integers, row, FRICTION[body])
    used = 1
    for k in range(w.counts[lane, body] - 1, -1, -1):
        other = w.order[lane, body, k]
        if used == MAX_TOI_CONTACTS:
            break
        if other == row:
            continue
        update_contact(w, g, lane, body, other)
        if w.integers[other, TOUCHING] == 0:
            continue
        w.alpha0[lane, w.integers[other, GROUND]] = alpha
        fill_slot(w.toi_slots, w.toi_masks, used, 0, w.reals, w.integers, other, FRICTION[body])
        used += 1
    for slot in range(used):
        for impulse in range(contact.NORMAL1, contact.TANGENT2 + 1):
            w.toi_slots[slot * contact.ROWS + impulse, 0] = ZERO
    return used


@inlined
def impulses_changed(slots, kept, used):
    """True if an impulse differs from that of the last round, in `kept` float32[slots, 4]; keeps the new ones."""
    changed = False
    for slot in range(used):
        for k in range(4):
            impulse = slots[slot * contact.ROWS + contact.NORMAL1 + k, 0]
            changed = changed or impulse != kept[slot, k]
            kept[slot, k] = impulse
    return changed


@kernel
def solve_impact(w: Worlds, lane, body, used, step):
    """Push the body out of the ground, then let it move for the rest of the step (b2Island::SolveTOI).

    A round that changes neither velocity nor impulse would be repeated to the end, so the loop ends with it.
    """
    base = body * BODY_ROWS
    bodies, slots, masks = w.bodies, w.toi_slots, w.toi_masks
    m, i = INVERSE_MASS[body], INVERSE_INERTIA[body]
    center = (CENTERS[body, 0], CENTERS[body, 1])
    x, y, angle = bodies[base + CX, lane], bodies[base + CY, lane], bodies[base + ANGLE, lane]
    for _ in range(TOI_POSITION_ITERATIONS):
        deepest = ZERO
        for slot in range(used):
            x, y, angle, deepest = contact.solve_position(
                slots, masks, slot * contact.ROWS, slot * contact.MASKS, (x, y, angle, m, i), center, deepest,
                TOI_BAUMGARTE, ZERO,
            )  # fmt: skip
        if deepest >= MINIMUM_SEPARATION:
            break
    bodies[base + C0X, lane], bodies[base + C0Y, lane], bodies[base + ANGLE0, lane] = x, y, angle
    sine, cosine = sine_cosine(angle, ZERO)
    lx, ly = center
    transform = (x - (cosine * lx - sine * ly), y - (sine * lx + cosine * ly), sine, cosine)
    for slot in range(used):
        contact.prepare(slots, masks, slot * contact.ROWS, slot * contact.MASKS, transform, (x, y), m, i, ZERO)
    vx, vy, spin = bodies[base + VX, lane], bodies[base + VY, lane], bodies[base + SPIN, lane]
    impulses_changed(slots, w.impulses, used)
    for _ in range(VELOCITY_ITERATIONS):
        before = (vx, vy, spin)
        for slot in range(used):
            vx, vy, spin = contact.solve_velocity(
                slots, masks, slot * contact.ROWS, slot * contact.MASKS, (vx, vy, spin, m, i), ZERO
            )
        if not impulses_changed(slots, w.impulses, used) and before == (vx, vy, spin):
            break
    vx, vy, spin = limited_motion(vx, vy, spin, step)
    bodies[base + CX, lane], bodies[base + CY, lane] = x + step * vx, y + step * vy
    bodies[base + ANGLE, lane] = angle + step * spin
    bodies[base + VX, lane], bodies[base + VY, lane], bodies[base + SPIN, lane] = vx, vy, spin
    place_one(w, lane, body)


@kernel
def solve_impacts(w: Worlds, g: Grounds, lane):
    """Resolve the impacts of one world, earliest first, until none is left; `find_impacts` has seen one."""
    while True:
        alpha, body, row = first_impact(w, g, lane)
        if row < 0 or alpha > LAST_ALPHA:
            break
        base = body * BODY_ROWS
        ground = w.integers[row, GROUND]
        ground_alpha0 = w.alpha0[lane, ground]
        backup = (
            w.bodies[base + C0X, lane], w.bodies[base + C0Y, lane], w.bodies[base + ANGLE0, lane],
            w.bodies[base + CX, lane], w.bodies[base + CY, lane], w.bodies[base + ANGLE, lane],
            w.bodies[base + ALPHA0, lane],
        )  # fmt: skip
        w.alpha0[lane, ground] = alpha
        advance_sweep(w, lane, body, alpha)
        w.bodies[base + CX, lane] = w.bodies[base + C0X, lane]
        w.bodies[base + CY, lane] = w.bodies[base + C0Y, lane]
        w.bodies[base + ANGLE, lane] = w.bodies[base + ANGLE0, lane]
        place_one(w, lane, body)
        update_contact(w, g, lane, body, row)
        w.integers[row, TOI_KNOWN] = 0
        w.integers[row, TOI_COUNT] += 1
        if w.integers[row, TOUCHING] == 0:
            w.integers[row, ENABLED] = 0
            w.alpha0[lane, ground] = ground_alpha0
            w.bodies[base + C0X, lane], w.bodies[base + C0Y, lane], w.bodies[base + ANGLE0, lane] = backup[:3]
            w.bodies[base + CX, lane], w.bodies[base + CY, lane], w.bodies[base + ANGLE, lane] = backup[3:6]
            w.bodies[base + ALPHA0, lane] = backup[6]
            place_one(w, lane, body)
            continue
        wake(w, lane, body)
        used = island_of_impact(w, g, lane, body, row, alpha)
        solve_impact(w, lane, body, used, (ONE - alpha) * TIME_STEP)
        synchronize_one(w, lane, body)
        for k in range(w.counts[lane, body]):
            w.integers[w.order[lane, body, k], TOI_KNOWN] = 0
        find_new_contacts(w, g, lane)
    for i in range(w.alpha0.shape[1]):
        w.alpha0[lane, i] = ZERO
