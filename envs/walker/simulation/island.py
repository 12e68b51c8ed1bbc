"""One step of the walker's bodies, joints and contacts, all worlds side by side (b2World::Solve, b2Island::Solve).

The five bodies hang together and their motors wake them, so every step has one island with all of them. Box2D's order
of the joints is 3, 2, 0, 1 and then the contacts; a contact touches one body only, so each body's contacts may follow
as soon as no later joint of the round moves that body, with the same bits and shorter chains.
"""

from ...box2d import contact, joint
from ...box2d.constants import (
    ANGULAR_SLEEP_TOLERANCE_SQUARED,
    LINEAR_SLEEP_TOLERANCE_SQUARED,
    MAX_FLOAT,
    MAX_ROTATION,
    MAX_ROTATION_SQUARED,
    MAX_TRANSLATION,
    MAX_TRANSLATION_SQUARED,
    TIME_TO_SLEEP,
    ZERO,
)
from ...simd.compiled import inlined, kernel
from ...simd.number import (
    absolute,
    align_stack,
    any_of,
    load,
    load_mask,
    minimum,
    negate,
    select,
    splat,
    sqrt,
    store,
    store_mask,
)
from ...simd.sine import sine_cosine
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
    GRAVITY,
    I0,
    I1,
    I2,
    I3,
    I4,
    INVERSE_MASS,
    J0,
    J1,
    J2,
    J3,
    M0,
    M1,
    M2,
    M3,
    M4,
    TIME_STEP,
    VELOCITY_ITERATIONS,
)
from .world import (
    ANGLE,
    ANGLE0,
    BODY_ROWS,
    C0X,
    C0Y,
    COSINE,
    CX,
    CY,
    SINE,
    SLEEP_TIME,
    SLOTS,
    SPIN,
    VX,
    VY,
    Worlds,
    X,
    Y,
)


@inlined
def prepare_contacts(bodies, slots, slot_masks, count, body, vx, vy, spin, m, i, like):
    """Set up and warm start the contacts of a body; returns its velocity."""
    base = body * BODY_ROWS
    transform = (
        load(bodies, base + X, like), load(bodies, base + Y, like),
        load(bodies, base + SINE, like), load(bodies, base + COSINE, like),
    )  # fmt: skip
    center = (load(bodies, base + CX, like), load(bodies, base + CY, like))
    for slot in range(body * SLOTS, body * SLOTS + count):
        rows, masks = slot * contact.ROWS, slot * contact.MASKS
        contact.prepare(slots, slot_masks, rows, masks, transform, center, m, i, like)
        vx, vy, spin = contact.warm_start(slots, slot_masks, rows, masks, (vx, vy, spin, m, i), like)
    return vx, vy, spin


@inlined
def solve_contacts(slots, slot_masks, count, body, vx, vy, spin, m, i, like):
    """One velocity iteration of the contacts of a body; returns its velocity."""
    for slot in range(body * SLOTS, body * SLOTS + count):
        vx, vy, spin = contact.solve_velocity(
            slots, slot_masks, slot * contact.ROWS, slot * contact.MASKS, (vx, vy, spin, m, i), like
        )
    return vx, vy, spin


@inlined
def accelerated(bodies, push, body, like):
    """Velocity after gravity and, on the hull, the push; the sweep starts here."""
    base = body * BODY_ROWS
    store(bodies, base + C0X, load(bodies, base + CX, like))
    store(bodies, base + C0Y, load(bodies, base + CY, like))
    store(bodies, base + ANGLE0, load(bodies, base + ANGLE, like))
    force = load(push, 0, like) if body == 0 else splat(like, ZERO)
    vx = load(bodies, base + VX, like) + TIME_STEP * (ZERO + INVERSE_MASS[body] * force)
    vy = load(bodies, base + VY, like) + TIME_STEP * (GRAVITY + INVERSE_MASS[body] * ZERO)
    return vx, vy, load(bodies, base + SPIN, like) + ZERO


@inlined
def turn(bodies, body, like):
    """Sine and cosine of a body's angle."""
    return load(bodies, body * BODY_ROWS + SINE, like), load(bodies, body * BODY_ROWS + COSINE, like)


@kernel
def solve_velocities(w: Worlds, like):
    """Integrate the velocities and satisfy joints and contacts with them: warm start, then 180 rounds.

    A round is joints 3, 2, 0, 1, each body's contacts as soon as no joint moves it any more. Joint 3 of the next round
    shares no body with joint 1 of this one, so it stands before that: the processor works on both at once.
    """
    align_stack(like)
    bodies, joints, slots, masks = w.bodies, w.joints, w.slots, w.slot_masks
    n0, n1, n2, n3, n4 = w.slot_counts[0], w.slot_counts[1], w.slot_counts[2], w.slot_counts[3], w.slot_counts[4]
    x0, y0, w0 = accelerated(bodies, w.push, B0, like)
    x1, y1, w1 = accelerated(bodies, w.push, B1, like)
    x2, y2, w2 = accelerated(bodies, w.push, B2, like)
    x3, y3, w3 = accelerated(bodies, w.push, B3, like)
    x4, y4, w4 = accelerated(bodies, w.push, B4, like)
    x0, y0, w0 = prepare_contacts(bodies, slots, masks, n0, B0, x0, y0, w0, M0, I0, like)
    x1, y1, w1 = prepare_contacts(bodies, slots, masks, n1, B1, x1, y1, w1, M1, I1, like)
    x2, y2, w2 = prepare_contacts(bodies, slots, masks, n2, B2, x2, y2, w2, M2, I2, like)
    x3, y3, w3 = prepare_contacts(bodies, slots, masks, n3, B3, x3, y3, w3, M3, I3, like)
    x4, y4, w4 = prepare_contacts(bodies, slots, masks, n4, B4, x4, y4, w4, M4, I4, like)
    a0, a1 = load(bodies, ANGLE, like), load(bodies, BODY_ROWS + ANGLE, like)
    a2, a3 = load(bodies, 2 * BODY_ROWS + ANGLE, like), load(bodies, 3 * BODY_ROWS + ANGLE, like)
    a4 = load(bodies, 4 * BODY_ROWS + ANGLE, like)
    t0, t1, t2, t3, t4 = (
        turn(bodies, B0, like),
        turn(bodies, B1, like),
        turn(bodies, B2, like),
        turn(bodies, B3, like),
        turn(bodies, B4, like),
    )
    x3, y3, w3, x4, y4, w4 = joint.prepare(
        joints, J3, D3, a3, t3, (x3, y3, w3, M3, I3), a4, t4, (x4, y4, w4, M4, I4), like
    )
    x0, y0, w0, x3, y3, w3 = joint.prepare(
        joints, J2, D2, a0, t0, (x0, y0, w0, M0, I0), a3, t3, (x3, y3, w3, M3, I3), like
    )
    x0, y0, w0, x1, y1, w1 = joint.prepare(
        joints, J0, D0, a0, t0, (x0, y0, w0, M0, I0), a1, t1, (x1, y1, w1, M1, I1), like
    )
    x1, y1, w1, x2, y2, w2 = joint.prepare(
        joints, J1, D1, a1, t1, (x1, y1, w1, M1, I1), a2, t2, (x2, y2, w2, M2, I2), like
    )
    limited0, limited1 = joint.at_a_limit(joints, J0, like), joint.at_a_limit(joints, J1, like)
    limited2, limited3 = joint.at_a_limit(joints, J2, like), joint.at_a_limit(joints, J3, like)

    x3, y3, w3, x4, y4, w4 = joint.solve_velocity(
        joints, J3, limited3, (x3, y3, w3, M3, I3), (x4, y4, w4, M4, I4), like
    )
    for done in range(VELOCITY_ITERATIONS):
        x4, y4, w4 = solve_contacts(slots, masks, n4, B4, x4, y4, w4, M4, I4, like)
        x0, y0, w0, x3, y3, w3 = joint.solve_velocity(
            joints, J2, limited2, (x0, y0, w0, M0, I0), (x3, y3, w3, M3, I3), like
        )
        x3, y3, w3 = solve_contacts(slots, masks, n3, B3, x3, y3, w3, M3, I3, like)
        x0, y0, w0, x1, y1, w1 = joint.solve_velocity(
            joints, J0, limited0, (x0, y0, w0, M0, I0), (x1, y1, w1, M1, I1), like
        )
        x0, y0, w0 = solve_contacts(slots, masks, n0, B0, x0, y0, w0, M0, I0, like)
        if done < VELOCITY_ITERATIONS - 1:
            x3, y3, w3, x4, y4, w4 = joint.solve_velocity(
                joints, J3, limited3, (x3, y3, w3, M3, I3), (x4, y4, w4, M4, I4), like
            )
        x1, y1, w1, x2, y2, w2 = joint.solve_velocity(
            joints, J1, limited1, (x1, y1, w1, M1, I1), (x2, y2, w2, M2, I2), like
        )
        x1, y1, w1 = solve_contacts(slots, masks, n1, B1, x1, y1, w1, M1, I1, like)
        x2, y2, w2 = solve_contacts(slots, masks, n2, B2, x2, y2, w2, M2, I2, like)

    integrate(bodies, B0, x0, y0, w0, like)
    integrate(bodies, B1, x1, y1, w1, like)
    integrate(bodies, B2, x2, y2, w2, like)
    integrate(bodies, B3, x3, y3, w3, like)
    integrate(bodies, B4, x4, y4, w4, like)


@inlined
def limited_motion(vx, vy, spin, step):
    """Velocities cut to Box2D's largest translation (2 m) and rotation (pi / 2) in a time `step`."""
    tx, ty = step * vx, step * vy
    squared = tx * tx + ty * ty
    fast = squared > MAX_TRANSLATION_SQUARED
    ratio = MAX_TRANSLATION / sqrt(squared)
    rotation = step * spin
    quick = rotation * rotation > MAX_ROTATION_SQUARED
    return (
        select(fast, vx * ratio, vx),
        select(fast, vy * ratio, vy),
        select(quick, spin * (MAX_ROTATION / absolute(rotation)), spin),
    )


@inlined
def integrate(bodies, body, vx, vy, spin, like):
    """Move the body by its velocity."""
    base = body * BODY_ROWS
    vx, vy, spin = limited_motion(vx, vy, spin, TIME_STEP)
    store(bodies, base + VX, vx)
    store(bodies, base + VY, vy)
    store(bodies, base + SPIN, spin)
    store(bodies, base + CX, load(bodies, base + CX, like) + TIME_STEP * vx)
    store(bodies, base + CY, load(bodies, base + CY, like) + TIME_STEP * vy)
    store(bodies, base + ANGLE, load(bodies, base + ANGLE, like) + TIME_STEP * spin)


@inlined
def place(bodies, body, like):
    """The transform that belongs to a body's centre and angle (b2Body::SynchronizeTransform)."""
    base = body * BODY_ROWS
    sine, cosine = sine_cosine(load(bodies, base + ANGLE, like), like)
    lx, ly = CENTERS[body, 0], CENTERS[body, 1]
    store(bodies, base + SINE, sine)
    store(bodies, base + COSINE, cosine)
    store(bodies, base + X, load(bodies, base + CX, like) - (cosine * lx - sine * ly))
    store(bodies, base + Y, load(bodies, base + CY, like) - (sine * lx + cosine * ly))


@inlined
def doze(w, like):
    """Let a walker sleep whose bodies have all rested for half a second, with nothing left to correct."""
    shortest = splat(like, MAX_FLOAT)
    for body in range(BODIES):
        base = body * BODY_ROWS
        vx, vy = load(w.bodies, base + VX, like), load(w.bodies, base + VY, like)
        spin = load(w.bodies, base + SPIN, like)
        moving = (spin * spin > ANGULAR_SLEEP_TOLERANCE_SQUARED) | (vx * vx + vy * vy > LINEAR_SLEEP_TOLERANCE_SQUARED)
        rested = select(moving, ZERO, load(w.bodies, base + SLEEP_TIME, like) + TIME_STEP)
        store(w.bodies, base + SLEEP_TIME, rested)
        shortest = minimum(shortest, rested)
    asleep = (shortest >= TIME_TO_SLEEP) & negate(load_mask(w.unsolved, 0, like))
    if any_of(asleep):
        for body in range(BODIES):
            base = body * BODY_ROWS
            for row in (SLEEP_TIME, VX, VY, SPIN):
                store(w.bodies, base + row, select(asleep, ZERO, load(w.bodies, base + row, like)))
            store_mask(w.awake, body, negate(asleep) & load_mask(w.awake, body, like))


@kernel
def settle(w: Worlds, like):
    """Take the positions as they are: transforms, sleep, the push is over."""
    for body in range(BODIES):
        place(w.bodies, body, like)
    doze(w, like)
    store(w.push, 0, splat(like, ZERO))
