"""Time of impact of two moving convex polygons, by conservative advancement on separating axes (b2TimeOfImpact).

A sweep is (c0x, c0y, a0, cx, cy, a, local centre x, y): centre of mass and angle at the start and end of the interval.
"""

import numpy as np

from ..simd.compiled import inlined, kernel
from ..simd.sine import sine_cosine
from .constants import HALF, LINEAR_SLOP, MAX_POLYGON_VERTICES, ONE, TOTAL_RADIUS, TWO_PI, ZERO, F
from .distance import distance, farthest
from .shapes import normalized
from .transforms import placed, turned, turned_back

TARGET = max(LINEAR_SLOP, TOTAL_RADIUS - F(3.0) * LINEAR_SLOP)
TOLERANCE = F(0.25) * LINEAR_SLOP
ON_POINTS, ON_FACE_A, ON_FACE_B = 0, 1, 2
TOUCHING, OTHERWISE = 1, 0


@inlined
def at(sweep, beta):
    """The transform after the share `beta` of the interval (b2Sweep::GetTransform)."""
    c0x, c0y, a0, cx, cy, a, lx, ly = sweep
    rest = ONE - beta
    sine, cosine = sine_cosine(rest * a0 + beta * a, ZERO)
    x = (rest * c0x + beta * cx) - (cosine * lx - sine * ly)
    y = (rest * c0y + beta * cy) - (sine * lx + cosine * ly)
    return x, y, sine, cosine


@inlined
def normalized_sweep(sweep):
    """The sweep with its starting angle in [0, 2 pi) (b2Sweep::Normalize)."""
    c0x, c0y, a0, cx, cy, a, lx, ly = sweep
    turns = TWO_PI * np.floor(a0 / TWO_PI)
    return c0x, c0y, a0 - turns, cx, cy, a - turns, lx, ly


@kernel
def separating_axis(cache, vertices_a, sweep_a, vertices_b, sweep_b, t):
    """The axis that the simplex suggests: kind, direction and local point (b2SeparationFunction::Initialize)."""
    transform_a = at(sweep_a, t)
    transform_b = at(sweep_b, t)
    a0, a1, b0, b1 = cache[1], cache[2], cache[4], cache[5]
    if cache[0] == 1:
        pax, pay = placed(transform_a, vertices_a[a0, 0], vertices_a[a0, 1])
        pbx, pby = placed(transform_b, vertices_b[b0, 0], vertices_b[b0, 1])
        ux, uy = normalized(pbx - pax, pby - pay)
        return ON_POINTS, ux, uy, ZERO, ZERO
    if a0 == a1:
        p1x, p1y, p2x, p2y = vertices_b[b0, 0], vertices_b[b0, 1], vertices_b[b1, 0], vertices_b[b1, 1]
        ux, uy = normalized(ONE * (p2y - p1y), -ONE * (p2x - p1x))
        nx, ny = turned(transform_b, ux, uy)
        lx, ly = HALF * (p1x + p2x), HALF * (p1y + p2y)
        pbx, pby = placed(transform_b, lx, ly)
        pax, pay = placed(transform_a, vertices_a[a0, 0], vertices_a[a0, 1])
        if (pax - pbx) * nx + (pay - pby) * ny < ZERO:
            ux, uy = -ux, -uy
        return ON_FACE_B, ux, uy, lx, ly
    p1x, p1y, p2x, p2y = vertices_a[a0, 0], vertices_a[a0, 1], vertices_a[a1, 0], vertices_a[a1, 1]
    ux, uy = normalized(ONE * (p2y - p1y), -ONE * (p2x - p1x))
    nx, ny = turned(transform_a, ux, uy)
    lx, ly = HALF * (p1x + p2x), HALF * (p1y + p2y)
    pax, pay = placed(transform_a, lx, ly)
    pbx, pby = placed(transform_b, vertices_b[b0, 0], vertices_b[b0, 1])
    if (pbx - pax) * nx + (pby - pay) * ny < ZERO:
        ux, uy = -ux, -uy
    return ON_FACE_A, ux, uy, lx, ly


@kernel
def deepest(axis, vertices_a, count_a, sweep_a, vertices_b, count_b, sweep_b, t):
    """Smallest separation along the axis at time t and its vertices (FindMinSeparation); -1: the face itself."""
    kind, ux, uy, _, _ = axis
    if kind == ON_POINTS:
        ax, ay = turned_back(at(sweep_a, t), ux, uy)
        bx, by = turned_back(at(sweep_b, t), -ux, -uy)
        a = farthest(vertices_a, count_a, ax, ay)
        b = farthest(vertices_b, count_b, bx, by)
    elif kind == ON_FACE_A:
        nx, ny = turned(at(sweep_a, t), ux, uy)
        bx, by = turned_back(at(sweep_b, t), -nx, -ny)
        a = -1
        b = farthest(vertices_b, count_b, bx, by)
    else:
        nx, ny = turned(at(sweep_b, t), ux, uy)
        ax, ay = turned_back(at(sweep_a, t), -nx, -ny)
        a = farthest(vertices_a, count_a, ax, ay)
        b = -1
    return separation(axis, a, b, vertices_a, sweep_a, vertices_b, sweep_b, t), a, b


@kernel
def separation(axis, a, b, vertices_a, sweep_a, vertices_b, sweep_b, t):
    """Separation of the vertices a and b along the axis at time t (b2SeparationFunction::Evaluate)."""
    kind, ux, uy, lx, ly = axis
    transform_a = at(sweep_a, t)
    transform_b = at(sweep_b, t)
    if kind == ON_POINTS:
        pax, pay = placed(transform_a, vertices_a[a, 0], vertices_a[a, 1])
        pbx, pby = placed(transform_b, vertices_b[b, 0], vertices_b[b, 1])
        return (pbx - pax) * ux + (pby - pay) * uy
    if kind == ON_FACE_A:
        nx, ny = turned(transform_a, ux, uy)
        pax, pay = placed(transform_a, lx, ly)
        pbx, pby = placed(transform_b, vertices_b[b, 0], vertices_b[b, 1])
        return (pbx - pax) * nx + (pby - pay) * ny
    nx, ny = turned(transform_b, ux, uy)
    pbx, pby = placed(transform_b, lx, ly)
    pax, pay = placed(transform_a, vertices_a[a, 0], vertices_a[a, 1])
    return (pax - pbx) * nx + (pay - pby) * ny


@kernel
def time_of_impact(vertices_a, count_a, sweep_a, vertices_b, count_b, sweep_b, cache, simplex, support):
    """When the polygons first come within reach of each other.

    Returns (TOUCHING, t) with t in [0, 1], or OTHERWISE where they stay apart, overlap from the start or the search
    fails; `cache` int32[7], `simplex` float32[3, 7] and `support` int32[3, 2] are scratch.
    """
    sweep_a = normalized_sweep(sweep_a)
    sweep_b = normalized_sweep(sweep_b)
    t1 = ZERO
    cache[0] = 0
    metric = ZERO
    for _ in range(20):
        apart, metric = distance(
            vertices_a, count_a, at(sweep_a, t1), vertices_b, count_b, at(sweep_b, t1), cache, metric, simplex, support
        )
        if apart <= ZERO:
            return OTHERWISE, ZERO
        if apart < TARGET + TOLERANCE:
            return TOUCHING, t1
        axis = separating_axis(cache, vertices_a, sweep_a, vertices_b, sweep_b, t1)
        t2 = ONE
        for _ in range(MAX_POLYGON_VERTICES):
            s2, a, b = deepest(axis, vertices_a, count_a, sweep_a, vertices_b, count_b, sweep_b, t2)
            if s2 > TARGET + TOLERANCE:
                return OTHERWISE, ONE
            if s2 > TARGET - TOLERANCE:
                t1 = t2
                break
            s1 = separation(axis, a, b, vertices_a, sweep_a, vertices_b, sweep_b, t1)
            if s1 < TARGET - TOLERANCE:
                return OTHERWISE, t1
            if s1 <= TARGET + TOLERANCE:
                return TOUCHING, t1
            low, high = t1, t2
            for iteration in range(50):
                if iteration & 1:
                    t = low + (TARGET - s1) * (high - low) / (s2 - s1)
                else:
                    t = HALF * (low + high)
                s = separation(axis, a, b, vertices_a, sweep_a, vertices_b, sweep_b, t)
                if abs(s - TARGET) < TOLERANCE:
                    t2 = t
                    break
                if s > TARGET:
                    low, s1 = t, s
                else:
                    high, s2 = t, s
    return OTHERWISE, t1
