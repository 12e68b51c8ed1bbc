"""The motorised, limited revolute joint, written over the number type (b2RevoluteJoint; Catto, GDC 2009 and 2011).

A joint is `ROWS` consecutive rows of an array float32[rows, width]; `base` is its first row. Bodies A and B enter with
their velocity (vx, vy, w) or position (x, y, angle), inverse mass and inverse inertia; results are returned, so that
the solver can keep velocities in registers. The masks at_lower and at_upper say which limit holds during this step.
"""

from ..simd.compiled import inlined
from ..simd.number import any_of, load, maximum, minimum, negate, select, splat, sqrt, store
from ..simd.sine import sine_cosine
from .constants import ANGULAR_SLOP, LINEAR_SLOP, MAX_ANGULAR_CORRECTION, ONE, ZERO

IMPULSE_X, IMPULSE_Y, IMPULSE_Z, MOTOR_IMPULSE = 0, 1, 2, 3
LIMIT_STATE = 4
"""0 within the limits, -1 at the lower, +1 at the upper."""
MOTOR_SPEED, MAX_IMPULSE = 5, 6
"""rad/s, and the most that the motor may give in a step (N m s)."""
RAX, RAY, RBX, RBY = 7, 8, 9, 10
EXX, EXY, EXZ, EYY, EYZ = 11, 12, 13, 14, 15
CROSS_X, CROSS_Y, CROSS_Z, DET33, DET22 = 16, 17, 18, 19, 20
ROWS = 21


@inlined
def clamp(a, low, high):
    """b2Clamp."""
    return maximum(low, minimum(a, high))


@inlined
def reciprocal(determinant):
    """1 / determinant, or the determinant itself where it is zero."""
    return select(determinant != ZERO, ONE / determinant, determinant)


@inlined
def prepare(joints, base, definition, angle_a, turn_a, body_a, angle_b, turn_b, body_b, like):
    """Set up the constraint and warm start it (InitVelocityConstraints).

    `definition` is (anchor in A relative to A's centre x, y, same in B x, y, reference angle, lower, upper limit);
    `turn` is (sine, cosine); `body` is (vx, vy, w, inverse mass, inverse inertia). Returns both velocities.
    """
    ax, ay, bx, by, reference, lower, upper = definition
    sa, ca = turn_a
    sb, cb = turn_b
    vax, vay, wa, ma, ia = body_a
    vbx, vby, wb, mb, ib = body_b
    rax, ray = ca * ax - sa * ay, sa * ax + ca * ay
    rbx, rby = cb * bx - sb * by, sb * bx + cb * by

    m = ma + mb
    exx = m + ray * ray * ia + rby * rby * ib
    exy = -ray * rax * ia - rby * rbx * ib
    exz = -ray * ia - rby * ib
    eyy = m + rax * rax * ia + rbx * rbx * ib
    eyz = rax * ia + rbx * ib
    ezz = splat(like, ia + ib)
    cross_x, cross_y, cross_z = eyy * ezz - eyz * eyz, eyz * exz - exy * ezz, exy * eyz - eyy * exz
    det33 = exx * cross_x + exy * cross_y + exz * cross_z
    det22 = exx * eyy - exy * exy

    angle = angle_b - angle_a - reference
    at_lower = angle <= lower
    at_upper = (angle >= upper) & negate(at_lower)
    state = select(at_lower, splat(like, -ONE), select(at_upper, splat(like, ONE), splat(like, ZERO)))
    kept = (state == load(joints, base + LIMIT_STATE, like)) & (at_lower | at_upper)
    iz = select(kept, load(joints, base + IMPULSE_Z, like), splat(like, ZERO))
    ix, iy = load(joints, base + IMPULSE_X, like), load(joints, base + IMPULSE_Y, like)
    motor = load(joints, base + MOTOR_IMPULSE, like)

    store(joints, base + LIMIT_STATE, state)
    store(joints, base + IMPULSE_Z, iz)
    store(joints, base + RAX, rax)
    store(joints, base + RAY, ray)
    store(joints, base + RBX, rbx)
    store(joints, base + RBY, rby)
    store(joints, base + EXX, exx)
    store(joints, base + EXY, exy)
    store(joints, base + EXZ, exz)
    store(joints, base + EYY, eyy)
    store(joints, base + EYZ, eyz)
    store(joints, base + CROSS_X, cross_x)
    store(joints, base + CROSS_Y, cross_y)
    store(joints, base + CROSS_Z, cross_z)
    store(joints, base + DET33, reciprocal(det33))
    store(joints, base + DET22, reciprocal(det22))

    return (
        vax - ma * ix,
        vay - ma * iy,
        wa - ia * ((rax * iy - ray * ix) + motor + iz),
        vbx + mb * ix,
        vby + mb * iy,
        wb + ib * ((rbx * iy - rby * ix) + motor + iz),
    )


@inlined
def solve_velocity(joints, base, limited, body_a, body_b, like):
    """One iteration on the velocities: the motor, then the limit with the point, or the point alone.

    `limited` is false if no lane is at a limit, which saves the limit's part.
    """
    vax, vay, wa, ma, ia = body_a
    vbx, vby, wb, mb, ib = body_b
    motor_mass = ONE / (ia + ib)
    old = load(joints, base + MOTOR_IMPULSE, like)
    most = load(joints, base + MAX_IMPULSE, like)
    motor = clamp(old + -motor_mass * (wb - wa - load(joints, base + MOTOR_SPEED, like)), -most, most)
    store(joints, base + MOTOR_IMPULSE, motor)
    impulse = motor - old
    wa = wa - ia * impulse
    wb = wb + ib * impulse

    rax, ray = load(joints, base + RAX, like), load(joints, base + RAY, like)
    rbx, rby = load(joints, base + RBX, like), load(joints, base + RBY, like)
    exx, exy, eyy = load(joints, base + EXX, like), load(joints, base + EXY, like), load(joints, base + EYY, like)
    det22 = load(joints, base + DET22, like)
    ix, iy = load(joints, base + IMPULSE_X, like), load(joints, base + IMPULSE_Y, like)
    cx = vbx + -wb * rby - vax - -wa * ray
    cy = vby + wb * rbx - vay - wa * rax
    px = det22 * (eyy * -cx - exy * -cy)
    py = det22 * (exx * -cy - exy * -cx)
    nix, niy = ix + px, iy + py
    ta = rax * py - ray * px
    tb = rbx * py - rby * px
    if limited:
        state = load(joints, base + LIMIT_STATE, like)
        iz = load(joints, base + IMPULSE_Z, like)
        exz, eyz = load(joints, base + EXZ, like), load(joints, base + EYZ, like)
        ezz = ia + ib
        cz = wb - wa
        det33 = load(joints, base + DET33, like)
        sx = -(
            det33
            * (
                cx * load(joints, base + CROSS_X, like)
                + cy * load(joints, base + CROSS_Y, like)
                + cz * load(joints, base + CROSS_Z, like)
            )
        )
        sy = -(det33 * (exx * (cy * ezz - cz * eyz) + exy * (cz * exz - cx * ezz) + exz * (cx * eyz - cy * exz)))
        sz = -(det33 * (exx * (eyy * cz - eyz * cy) + exy * (eyz * cx - exy * cz) + exz * (exy * cy - eyy * cx)))
        new = iz + sz
        released = ((state < ZERO) & (new < ZERO)) | ((state > ZERO) & (new > ZERO))
        rx, ry = -cx + iz * exz, -cy + iz * eyz
        ux = select(released, det22 * (eyy * rx - exy * ry), sx)
        uy = select(released, det22 * (exx * ry - exy * rx), sy)
        uz = select(released, -iz, sz)
        at_limit = state != ZERO
        store(joints, base + IMPULSE_Z, select(at_limit, select(released, splat(like, ZERO), new), iz))
        nix, niy = select(at_limit, ix + ux, nix), select(at_limit, iy + uy, niy)
        ta = select(at_limit, (rax * uy - ray * ux) + uz, ta)
        tb = select(at_limit, (rbx * uy - rby * ux) + uz, tb)
        px, py = select(at_limit, ux, px), select(at_limit, uy, py)
    store(joints, base + IMPULSE_X, nix)
    store(joints, base + IMPULSE_Y, niy)
    return vax - ma * px, vay - ma * py, wa - ia * ta, vbx + mb * px, vby + mb * py, wb + ib * tb


@inlined
def at_a_limit(joints, base, like):
    """True if the joint is at a limit in some lane."""
    return any_of(load(joints, base + LIMIT_STATE, like) != ZERO)


@inlined
def solve_position(joints, base, definition, body_a, body_b, like):
    """One iteration on the positions (SolvePositionConstraints); `body` is (x, y, angle, inverse mass, inertia).

    Returns both positions and the mask of lanes in which the joint holds well enough.
    """
    ax, ay, bx, by, reference, lower, upper = definition
    xa, ya, aa, ma, ia = body_a
    xb, yb, ab, mb, ib = body_b
    motor_mass = ONE / (ia + ib)
    state = load(joints, base + LIMIT_STATE, like)
    at_lower, at_upper = state < ZERO, state > ZERO
    angle = ab - aa - reference
    low, high = angle - lower, angle - upper
    error = select(at_lower, -low, select(at_upper, high, splat(like, ZERO)))
    c_low = clamp(low + ANGULAR_SLOP, splat(like, -MAX_ANGULAR_CORRECTION), splat(like, ZERO))
    c_high = clamp(high - ANGULAR_SLOP, splat(like, ZERO), splat(like, MAX_ANGULAR_CORRECTION))
    impulse = -motor_mass * select(at_lower, c_low, c_high)
    at_limit = at_lower | at_upper
    aa = select(at_limit, aa - ia * impulse, aa)
    ab = select(at_limit, ab + ib * impulse, ab)

    sa, ca = sine_cosine(aa, like)
    sb, cb = sine_cosine(ab, like)
    rax, ray = ca * ax - sa * ay, sa * ax + ca * ay
    rbx, rby = cb * bx - sb * by, sb * bx + cb * by
    cx, cy = xb + rbx - xa - rax, yb + rby - ya - ray
    length = sqrt(cx * cx + cy * cy)
    m = ma + mb
    kxx = m + ia * ray * ray + ib * rby * rby
    kxy = -ia * rax * ray - ib * rbx * rby
    kyy = m + ia * rax * rax + ib * rbx * rbx
    det = reciprocal(kxx * kyy - kxy * kxy)
    px = -(det * (kyy * cx - kxy * cy))
    py = -(det * (kxx * cy - kxy * cx))
    return (
        xa - ma * px,
        ya - ma * py,
        aa - ia * (rax * py - ray * px),
        xb + mb * px,
        yb + mb * py,
        ab + ib * (rbx * py - rby * px),
        (length <= LINEAR_SLOP) & (error <= ANGULAR_SLOP),
    )
