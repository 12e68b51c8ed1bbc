"""Contacts between the ground and a moving body, written over the number type (b2ContactSolver; Catto, GDC 2006).

A contact is `ROWS` consecutive rows of an array float32[rows, width], `base` its first row; the lanes that use it are
in the masks IN_USE and TWO_POINTS of uint8[rows, width]. The first rows are the manifold, as collision left it;
`prepare` fills the rest. The ground has no velocity, and restitution is 0 throughout. Two points are solved together
(the block solver) unless their matrix is ill-conditioned; then the velocity solver uses the first alone.
"""

from ..simd.compiled import inlined
from ..simd.number import any_of, load, load_mask, maximum, negate, select, splat, store, store_mask
from ..simd.sine import sine_cosine
from .constants import HALF, LINEAR_SLOP, MAX_LINEAR_CORRECTION, ONE, POLYGON_RADIUS, ZERO, F
from .joint import clamp, reciprocal
from .transforms import placed, turned

LOCAL_NORMAL_X, LOCAL_NORMAL_Y, FACE_X, FACE_Y = 0, 1, 2, 3
POINT1_X, POINT1_Y, POINT2_X, POINT2_Y = 4, 5, 6, 7
NORMAL1, NORMAL2, TANGENT1, TANGENT2 = 8, 9, 10, 11
"""Impulses (N s)."""
FRICTION = 12
NX, NY, R1X, R1Y, R2X, R2Y = 13, 14, 15, 16, 17, 18
MASS1, MASS2, TANGENT_MASS1, TANGENT_MASS2 = 19, 20, 21, 22
K11, K12, K22, INVERSE11, INVERSE12, INVERSE22 = 23, 24, 25, 26, 27, 28
ROWS = 29

IN_USE, TWO_POINTS, ON_BODY, BLOCK = 0, 1, 2, 3
MASKS = 4
MAX_CONDITION = F(1000.0)


@inlined
def on_ground(x, y):
    """A direction given on the ground, seen in the world: Box2D turns it by the ground's rotation, the identity."""
    return x - ZERO * y, ZERO * x + y


@inlined
def world_normal(rows, base, on_body, transform, like):
    """Normal of the reference face in the world, outwards of its owner, and a point of the face."""
    lx, ly = load(rows, base + LOCAL_NORMAL_X, like), load(rows, base + LOCAL_NORMAL_Y, like)
    fx, fy = load(rows, base + FACE_X, like), load(rows, base + FACE_Y, like)
    gx, gy = on_ground(lx, ly)
    bx, by = turned(transform, lx, ly)
    px, py = placed(transform, fx, fy)
    return (
        select(on_body, bx, gx),
        select(on_body, by, gy),
        select(on_body, px, fx + ZERO),
        select(on_body, py, fy + ZERO),
    )


@inlined
def world_point(rows, base, point, on_body, transform, like):
    """A clipped point in the world; it belongs to the shape that does not own the face."""
    x, y = load(rows, base + point, like), load(rows, base + point + 1, like)
    px, py = placed(transform, x, y)
    return select(on_body, x + ZERO, px), select(on_body, y + ZERO, py)


@inlined
def middle(x, y, nx, ny, fx, fy):
    """The point halfway between the two skins (b2WorldManifold)."""
    depth = POLYGON_RADIUS - ((x - fx) * nx + (y - fy) * ny)
    return (
        HALF * ((x + depth * nx) + (x - POLYGON_RADIUS * nx)),
        HALF * ((y + depth * ny) + (y - POLYGON_RADIUS * ny)),
    )


@inlined
def prepare(rows, masks, base, mask_base, transform, center, inverse_mass, inverse_inertia, like):
    """Fill the solver's rows from the manifold (InitializeVelocityConstraints)."""
    on_body = load_mask(masks, mask_base + ON_BODY, like)
    two = load_mask(masks, mask_base + TWO_POINTS, like)
    cx, cy = center
    nx, ny, fx, fy = world_normal(rows, base, on_body, transform, like)
    x1, y1 = world_point(rows, base, POINT1_X, on_body, transform, like)
    x2, y2 = world_point(rows, base, POINT2_X, on_body, transform, like)
    x1, y1 = middle(x1, y1, nx, ny, fx, fy)
    x2, y2 = middle(x2, y2, nx, ny, fx, fy)
    nx, ny = select(on_body, -nx, nx), select(on_body, -ny, ny)
    r1x, r1y, r2x, r2y = x1 - cx, y1 - cy, x2 - cx, y2 - cy
    tx, ty = ny, -nx
    rn1, rn2 = r1x * ny - r1y * nx, r2x * ny - r2y * nx
    rt1, rt2 = r1x * ty - r1y * tx, r2x * ty - r2y * tx
    k11 = inverse_mass + inverse_inertia * rn1 * rn1
    k22 = inverse_mass + inverse_inertia * rn2 * rn2
    k12 = inverse_mass + inverse_inertia * rn1 * rn2
    determinant = k11 * k22 - k12 * k12
    block = two & (k11 * k11 < MAX_CONDITION * determinant)
    det = reciprocal(determinant)
    store(rows, base + NX, nx)
    store(rows, base + NY, ny)
    store(rows, base + R1X, r1x)
    store(rows, base + R1Y, r1y)
    store(rows, base + R2X, r2x)
    store(rows, base + R2Y, r2y)
    store(rows, base + MASS1, ONE / k11)
    store(rows, base + MASS2, ONE / k22)
    store(rows, base + TANGENT_MASS1, ONE / (inverse_mass + inverse_inertia * rt1 * rt1))
    store(rows, base + TANGENT_MASS2, ONE / (inverse_mass + inverse_inertia * rt2 * rt2))
    store(rows, base + K11, k11)
    store(rows, base + K12, k12)
    store(rows, base + K22, k22)
    store(rows, base + INVERSE11, det * k22)
    store(rows, base + INVERSE12, -det * k12)
    store(rows, base + INVERSE22, det * k11)
    store_mask(masks, mask_base + BLOCK, block)


@inlined
def warm_start(rows, masks, base, mask_base, body, like):
    """Apply the impulses of the last step; `body` is (vx, vy, w, inverse mass, inverse inertia)."""
    vx, vy, w, m, i = body
    used = load_mask(masks, mask_base + IN_USE, like)
    block = load_mask(masks, mask_base + BLOCK, like)
    nx, ny = load(rows, base + NX, like), load(rows, base + NY, like)
    tx, ty = ny, -nx
    normal, tangent = load(rows, base + NORMAL1, like), load(rows, base + TANGENT1, like)
    px, py = normal * nx + tangent * tx, normal * ny + tangent * ty
    w = select(used, w + i * (load(rows, base + R1X, like) * py - load(rows, base + R1Y, like) * px), w)
    vx, vy = select(used, vx + m * px, vx), select(used, vy + m * py, vy)
    normal, tangent = load(rows, base + NORMAL2, like), load(rows, base + TANGENT2, like)
    px, py = normal * nx + tangent * tx, normal * ny + tangent * ty
    w = select(block, w + i * (load(rows, base + R2X, like) * py - load(rows, base + R2Y, like) * px), w)
    return select(block, vx + m * px, vx), select(block, vy + m * py, vy), w


@inlined
def rub(rows, base, point, rx, ry, mass_row, nx, ny, used, body, like):
    """Friction at one point: its velocity along the tangent, within the cone; `point` 0 or 1."""
    vx, vy, w, m, i = body
    tx, ty = ny, -nx
    speed = (vx + -w * ry) * tx + (vy + w * rx) * ty
    old = load(rows, base + TANGENT1 + point, like)
    most = load(rows, base + FRICTION, like) * load(rows, base + NORMAL1 + point, like)
    new = clamp(old + load(rows, base + mass_row, like) * -speed, -most, most)
    store(rows, base + TANGENT1 + point, select(used, new, old))
    px, py = (new - old) * tx, (new - old) * ty
    return (
        select(used, vx + m * px, vx),
        select(used, vy + m * py, vy),
        select(used, w + i * (rx * py - ry * px), w),
    )


@inlined
def solve_velocity(rows, masks, base, mask_base, body, like):
    """One iteration on the velocity of the body: friction first, then the normal impulses."""
    vx, vy, w, m, i = body
    used = load_mask(masks, mask_base + IN_USE, like)
    block = load_mask(masks, mask_base + BLOCK, like)
    nx, ny = load(rows, base + NX, like), load(rows, base + NY, like)
    r1x, r1y = load(rows, base + R1X, like), load(rows, base + R1Y, like)
    vx, vy, w = rub(rows, base, 0, r1x, r1y, TANGENT_MASS1, nx, ny, used, (vx, vy, w, m, i), like)
    a1 = load(rows, base + NORMAL1, like)
    mass1 = load(rows, base + MASS1, like)
    if not any_of(block):
        new = maximum(a1 + -mass1 * ((vx + -w * r1y) * nx + (vy + w * r1x) * ny), splat(like, ZERO))
        store(rows, base + NORMAL1, select(used, new, a1))
        px, py = (new - a1) * nx, (new - a1) * ny
        return (
            select(used, vx + m * px, vx),
            select(used, vy + m * py, vy),
            select(used, w + i * (r1x * py - r1y * px), w),
        )

    r2x, r2y = load(rows, base + R2X, like), load(rows, base + R2Y, like)
    vx, vy, w = rub(rows, base, 1, r2x, r2y, TANGENT_MASS2, nx, ny, block, (vx, vy, w, m, i), like)
    a2 = load(rows, base + NORMAL2, like)
    mass2 = load(rows, base + MASS2, like)
    k12 = load(rows, base + K12, like)
    speed1 = (vx + -w * r1y) * nx + (vy + w * r1x) * ny
    speed2 = (vx + -w * r2y) * nx + (vy + w * r2x) * ny
    alone = maximum(a1 + -mass1 * speed1, splat(like, ZERO))

    b1 = speed1 - (load(rows, base + K11, like) * a1 + k12 * a2)
    b2 = speed2 - (k12 * a1 + load(rows, base + K22, like) * a2)
    i12 = load(rows, base + INVERSE12, like)
    x1 = -(load(rows, base + INVERSE11, like) * b1 + i12 * b2)
    x2 = -(i12 * b1 + load(rows, base + INVERSE22, like) * b2)
    nothing = splat(like, ZERO)
    both = (x1 >= ZERO) & (x2 >= ZERO)
    only1 = -mass1 * b1
    first = (only1 >= ZERO) & (k12 * only1 + b2 >= ZERO)
    only2 = -mass2 * b2
    second = (only2 >= ZERO) & (k12 * only2 + b1 >= ZERO)
    neither = (b1 >= ZERO) & (b2 >= ZERO)
    solved = both | first | second | neither
    n1 = select(both, x1, select(first, only1, nothing))
    n2 = select(both, x2, select(first, nothing, select(second, only2, nothing)))
    n1 = select(block, select(solved, n1, a1), alone)
    n2 = select(block & solved, n2, a2)
    moved = used & (negate(block) | solved)
    store(rows, base + NORMAL1, select(used, n1, a1))
    store(rows, base + NORMAL2, n2)
    d1, d2 = n1 - a1, n2 - a2
    p1x, p1y, p2x, p2y = d1 * nx, d1 * ny, d2 * nx, d2 * ny
    t1, t2 = r1x * p1y - r1y * p1x, r2x * p2y - r2y * p2x
    return (
        select(moved, vx + m * select(block, p1x + p2x, p1x), vx),
        select(moved, vy + m * select(block, p1y + p2y, p1y), vy),
        select(moved, w + i * select(block, t1 + t2, t1), w),
    )


@inlined
def push_out(rows, base, point, on_body, used, body, local_center, baumgarte, like):
    """One point of the position solver: returns the position and the separation before it was moved."""
    x, y, a, m, i = body
    lx, ly = local_center
    sine, cosine = sine_cosine(a, like)
    transform = (x - (cosine * lx - sine * ly), y - (sine * lx + cosine * ly), sine, cosine)
    nx, ny, fx, fy = world_normal(rows, base, on_body, transform, like)
    px, py = world_point(rows, base, point, on_body, transform, like)
    separation = ((px - fx) * nx + (py - fy) * ny) - POLYGON_RADIUS - POLYGON_RADIUS
    nx, ny = select(on_body, -nx, nx), select(on_body, -ny, ny)
    rx, ry = px - x, py - y
    depth = clamp(baumgarte * (separation + LINEAR_SLOP), splat(like, -MAX_LINEAR_CORRECTION), splat(like, ZERO))
    rn = rx * ny - ry * nx
    impulse = -depth / (m + i * rn * rn)
    ix, iy = impulse * nx, impulse * ny
    return (
        select(used, x + m * ix, x),
        select(used, y + m * iy, y),
        select(used, a + i * (rx * iy - ry * ix), a),
        separation,
    )


@inlined
def solve_position(rows, masks, base, mask_base, body, local_center, deepest, baumgarte, like):
    """One iteration on the position (x, y, angle) of the body; returns it and the smallest separation seen so far.

    `baumgarte` is the share of the overlap that is removed: BAUMGARTE, or TOI_BAUMGARTE in continuous collision.
    """
    x, y, a, m, i = body
    used = load_mask(masks, mask_base + IN_USE, like)
    two = load_mask(masks, mask_base + TWO_POINTS, like)
    on_body = load_mask(masks, mask_base + ON_BODY, like)
    x, y, a, separation = push_out(rows, base, POINT1_X, on_body, used, (x, y, a, m, i), local_center, baumgarte, like)
    deepest = select(used & (separation < deepest), separation, deepest)
    if any_of(two):
        x, y, a, separation = push_out(
            rows, base, POINT2_X, on_body, two, (x, y, a, m, i), local_center, baumgarte, like
        )
        deepest = select(two & (separation < deepest), separation, deepest)
    return x, y, a, deepest
