"""Which bodies would pass into the ground within this step? The first half of continuous collision (b2World::SolveTOI).

World by world and in scalars. Almost every contact is ruled out by `stays_clear`, without a search for its time of
impact.
"""

from ...box2d.constants import MAX_SUBSTEPS, ONE, ZERO, F
from ...box2d.impact import TOUCHING, time_of_impact
from ...box2d.manifold import ENABLED, GROUND, TOI, TOI_COUNT, TOI_KNOWN
from ...box2d.transforms import placed
from ...simd.compiled import inlined, kernel
from .broad import start_of_sweep
from .ground import Grounds
from .robot import BODIES, CENTERS, COUNTS, VERTICES
from .world import ALPHA0, ANGLE, ANGLE0, BODY_ROWS, C0X, C0Y, COSINE, CX, CY, SINE, Worlds, X, Y

CLEARANCE = F(0.009)
"""m. Impact means closer than 1.25 LINEAR_SLOP = 0.00625 m, so a gap of CLEARANCE at both ends of the sweep leaves
0.00275 m."""
STEADY = F(0.1)
"""rad. A vertex at most 1.3 m from the centre leaves the chord of its path by at most 1.3 (1 - cos(STEADY / 2)) =
0.0017 m when the body turns by STEADY; the rest of CLEARANCE covers float32 at 90 m (some 1e-5 m)."""
FAT = F(0.11) - CLEARANCE
"""m. The reach of a ground object is 0.11 m fatter than the object; less CLEARANCE, it is what a sweep must stay out
of."""


@inlined
def trace_sweep(w, lane, body, corners):
    """Write the polygon's corners at the start and the end of the sweep to `corners` (x, y by turns) and bound them."""
    base = body * BODY_ROWS
    bodies = w.bodies
    before = start_of_sweep(body, bodies[base + C0X, lane], bodies[base + C0Y, lane], bodies[base + ANGLE0, lane], ZERO)
    after = (bodies[base + X, lane], bodies[base + Y, lane], bodies[base + SINE, lane], bodies[base + COSINE, lane])
    low_x, low_y, high_x, high_y = F(1e9), F(1e9), F(-1e9), F(-1e9)
    for i in range(COUNTS[body]):
        x0, y0 = placed(before, VERTICES[body, i, 0], VERTICES[body, i, 1])
        x1, y1 = placed(after, VERTICES[body, i, 0], VERTICES[body, i, 1])
        corners[4 * i], corners[4 * i + 1], corners[4 * i + 2], corners[4 * i + 3] = x0, y0, x1, y1
        low_x, low_y = min(low_x, x0, x1), min(low_y, y0, y1)
        high_x, high_y = max(high_x, x0, x1), max(high_y, y0, y1)
    return low_x, low_y, high_x, high_y


@inlined
def outside(bounds, reach, course, which):
    """True if an axis separates the sweep's bounds from the ground object by more than CLEARANCE."""
    low_x, low_y, high_x, high_y = bounds
    return (
        low_x > reach[course, which, 2] - FAT
        or low_y > reach[course, which, 3] - FAT
        or high_x < reach[course, which, 0] + FAT
        or high_y < reach[course, which, 1] + FAT
    )


@inlined
def stays_clear(g, course, ground, corners, count, bounds):
    """True if the sweep of a steady body provably keeps out of reach of the ground object.

    Looks for one fixed direction (an axis, or the edge's normal) along which all corners are farther than CLEARANCE
    from it at both ends of the sweep, on the same side. In between, the centre moves on a straight line and corners
    leave their chords by less than the margin (see STEADY), so the gap stays.
    """
    boxes = g.box_counts[course]
    if ground < boxes:
        return outside(bounds, g.box_reach, course, ground)
    e = ground - boxes
    if outside(bounds, g.edge_reach, course, e):
        return True
    x, y, nx, ny = g.edges[course, e, 0], g.edges[course, e, 1], g.edges[course, e, 4], g.edges[course, e, 5]
    low, high = F(1e9), F(-1e9)
    for i in range(2 * count):
        n = nx * (corners[2 * i] - x) + ny * (corners[2 * i + 1] - y)
        low, high = min(low, n), max(high, n)
    return low > CLEARANCE or high < -CLEARANCE


@inlined
def sweep_of(w, lane, body):
    """The body's sweep as `impact` takes it."""
    base = body * BODY_ROWS
    bodies = w.bodies
    return (
        bodies[base + C0X, lane],
        bodies[base + C0Y, lane],
        bodies[base + ANGLE0, lane],
        bodies[base + CX, lane],
        bodies[base + CY, lane],
        bodies[base + ANGLE, lane],
        CENTERS[body, 0],
        CENTERS[body, 1],
    )


@inlined
def advance_sweep(w, lane, body, alpha):
    """Start the body's sweep at the time `alpha` of the step (b2Sweep::Advance)."""
    base = body * BODY_ROWS
    bodies = w.bodies
    alpha0 = bodies[base + ALPHA0, lane]
    beta = (alpha - alpha0) / (ONE - alpha0)
    rest = ONE - beta
    bodies[base + C0X, lane] = rest * bodies[base + C0X, lane] + beta * bodies[base + CX, lane]
    bodies[base + C0Y, lane] = rest * bodies[base + C0Y, lane] + beta * bodies[base + CY, lane]
    bodies[base + ANGLE0, lane] = rest * bodies[base + ANGLE0, lane] + beta * bodies[base + ANGLE, lane]
    bodies[base + ALPHA0, lane] = alpha


@kernel
def impact_of(w: Worlds, g: Grounds, lane, body, row):
    """When in this step, 0 to 1, the contact's shapes meet; 1 if they do not."""
    if w.integers[row, TOI_KNOWN]:
        return w.reals[row, TOI]
    ground = w.integers[row, GROUND]
    base = body * BODY_ROWS
    alpha0 = w.alpha0[lane, ground]
    own = w.bodies[base + ALPHA0, lane]
    if alpha0 < own:
        alpha0 = own
        w.alpha0[lane, ground] = alpha0
    elif own < alpha0:
        advance_sweep(w, lane, body, alpha0)
    course = w.course[lane]
    boxes = g.box_counts[course]
    if ground >= boxes:
        vertices, count = g.edge_ends[course, ground - boxes], 2
    else:
        vertices, count = g.boxes[course, ground], g.box_corners[course, ground]
    still = (ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO)
    state, beta = time_of_impact(
        vertices, count, still, VERTICES[body], COUNTS[body], sweep_of(w, lane, body), w.cache, w.simplex, w.support
    )
    alpha = ONE
    if state == TOUCHING:
        alpha = min(alpha0 + (ONE - alpha0) * beta, ONE)
    w.reals[row, TOI] = alpha
    w.integers[row, TOI_KNOWN] = 1
    return alpha


@inlined
def may_hit(w, lane, body, row):
    """True if the contact takes part in continuous collision now."""
    return w.awake[body, lane] and w.integers[row, ENABLED] and w.integers[row, TOI_COUNT] <= MAX_SUBSTEPS


@kernel
def find_impacts(w: Worlds, g: Grounds, live):
    """Mark in `impact` the worlds in which some contact has an impact in this step.

    Nothing has been advanced yet, so contacts do not influence each other and their order does not matter.
    """
    for lane in range(live.shape[1]):
        w.impact[lane] = 0
        if live[0, lane] == 0:
            continue
        for body in range(BODIES):
            base = body * BODY_ROWS
            w.bodies[base + ALPHA0, lane] = ZERO
            if w.counts[lane, body] == 0:
                continue
            bounds = trace_sweep(w, lane, body, w.work)
            steady = abs(w.bodies[base + ANGLE, lane] - w.bodies[base + ANGLE0, lane]) <= STEADY
            for k in range(w.counts[lane, body]):
                row = w.order[lane, body, k]
                w.integers[row, TOI_KNOWN] = 0
                w.integers[row, TOI_COUNT] = 0
                if not may_hit(w, lane, body, row):
                    continue
                if steady and stays_clear(g, w.course[lane], w.integers[row, GROUND], w.work, COUNTS[body], bounds):
                    w.reals[row, TOI] = ONE
                    w.integers[row, TOI_KNOWN] = 1
                elif impact_of(w, g, lane, body, row) < ONE:
                    w.impact[lane] = 1
