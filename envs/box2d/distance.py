"""Distance between two convex polygons by GJK with a warm-started simplex (b2Distance; Ericson, Catto).

The simplex lives in scratch arrays: row i of `simplex` float32[3, 7] holds the support points on A and B, their
difference and the barycentric weight; row i of `support` int32[3, 2] the vertex indices. The cache between calls is
`cache` int32[7]: count, indices on A, indices on B; its metric is passed and returned.
"""

import numpy as np

from ..simd.compiled import inlined, kernel
from .constants import EPSILON, HALF, ONE, ZERO, F
from .transforms import placed, turned_back

AX, AY, BX, BY, WX, WY, WEIGHT = range(7)
MAX_ITERATIONS = 20


@inlined
def farthest(vertices, count, dx, dy):
    """Index of the vertex farthest along (dx, dy), the first on ties (b2DistanceProxy::GetSupport)."""
    best = 0
    highest = vertices[0, 0] * dx + vertices[0, 1] * dy
    for i in range(1, count):
        value = vertices[i, 0] * dx + vertices[i, 1] * dy
        if value > highest:
            best = i
            highest = value
    return best


@inlined
def set_vertex(simplex, support, i, a, b, vertices_a, transform_a, vertices_b, transform_b, weight):
    support[i, 0] = a
    support[i, 1] = b
    ax, ay = placed(transform_a, vertices_a[a, 0], vertices_a[a, 1])
    bx, by = placed(transform_b, vertices_b[b, 0], vertices_b[b, 1])
    simplex[i, AX], simplex[i, AY] = ax, ay
    simplex[i, BX], simplex[i, BY] = bx, by
    simplex[i, WX], simplex[i, WY] = bx - ax, by - ay
    simplex[i, WEIGHT] = weight


@inlined
def copy_vertex(simplex, support, to, origin):
    for k in range(7):
        simplex[to, k] = simplex[origin, k]
    support[to, 0] = support[origin, 0]
    support[to, 1] = support[origin, 1]


@kernel
def metric_of(simplex, count):
    """Length or doubled area of the simplex (b2Simplex::GetMetric)."""
    if count == 1:
        return ZERO
    ex, ey = simplex[1, WX] - simplex[0, WX], simplex[1, WY] - simplex[0, WY]
    if count == 2:
        dx, dy = simplex[0, WX] - simplex[1, WX], simplex[0, WY] - simplex[1, WY]
        return np.sqrt(dx * dx + dy * dy)
    fx, fy = simplex[2, WX] - simplex[0, WX], simplex[2, WY] - simplex[0, WY]
    return ex * fy - ey * fx


@kernel
def solve_segment(simplex, support):
    """Reduce a segment to its part nearest to the origin (b2Simplex::Solve2); returns the new count."""
    w1x, w1y, w2x, w2y = simplex[0, WX], simplex[0, WY], simplex[1, WX], simplex[1, WY]
    ex, ey = w2x - w1x, w2y - w1y
    second = -(w1x * ex + w1y * ey)
    if second <= ZERO:
        simplex[0, WEIGHT] = ONE
        return 1
    first = w2x * ex + w2y * ey
    if first <= ZERO:
        simplex[1, WEIGHT] = ONE
        copy_vertex(simplex, support, 0, 1)
        return 1
    inverse = ONE / (first + second)
    simplex[0, WEIGHT] = first * inverse
    simplex[1, WEIGHT] = second * inverse
    return 2


@kernel
def solve_triangle(simplex, support):
    """Reduce a triangle to its part nearest to the origin (b2Simplex::Solve3); returns the new count."""
    w1x, w1y, w2x, w2y = simplex[0, WX], simplex[0, WY], simplex[1, WX], simplex[1, WY]
    w3x, w3y = simplex[2, WX], simplex[2, WY]
    e12x, e12y = w2x - w1x, w2y - w1y
    d12_1 = w2x * e12x + w2y * e12y
    d12_2 = -(w1x * e12x + w1y * e12y)
    e13x, e13y = w3x - w1x, w3y - w1y
    d13_1 = w3x * e13x + w3y * e13y
    d13_2 = -(w1x * e13x + w1y * e13y)
    e23x, e23y = w3x - w2x, w3y - w2y
    d23_1 = w3x * e23x + w3y * e23y
    d23_2 = -(w2x * e23x + w2y * e23y)
    n = e12x * e13y - e12y * e13x
    d123_1 = n * (w2x * w3y - w2y * w3x)
    d123_2 = n * (w3x * w1y - w3y * w1x)
    d123_3 = n * (w1x * w2y - w1y * w2x)
    if d12_2 <= ZERO and d13_2 <= ZERO:
        simplex[0, WEIGHT] = ONE
        return 1
    if d12_1 > ZERO and d12_2 > ZERO and d123_3 <= ZERO:
        inverse = ONE / (d12_1 + d12_2)
        simplex[0, WEIGHT] = d12_1 * inverse
        simplex[1, WEIGHT] = d12_2 * inverse
        return 2
    if d13_1 > ZERO and d13_2 > ZERO and d123_2 <= ZERO:
        inverse = ONE / (d13_1 + d13_2)
        simplex[0, WEIGHT] = d13_1 * inverse
        simplex[2, WEIGHT] = d13_2 * inverse
        copy_vertex(simplex, support, 1, 2)
        return 2
    if d12_1 <= ZERO and d23_2 <= ZERO:
        simplex[1, WEIGHT] = ONE
        copy_vertex(simplex, support, 0, 1)
        return 1
    if d13_1 <= ZERO and d23_1 <= ZERO:
        simplex[2, WEIGHT] = ONE
        copy_vertex(simplex, support, 0, 2)
        return 1
    if d23_1 > ZERO and d23_2 > ZERO and d123_1 <= ZERO:
        inverse = ONE / (d23_1 + d23_2)
        simplex[1, WEIGHT] = d23_1 * inverse
        simplex[2, WEIGHT] = d23_2 * inverse
        copy_vertex(simplex, support, 0, 2)
        return 2
    inverse = ONE / (d123_1 + d123_2 + d123_3)
    simplex[0, WEIGHT] = d123_1 * inverse
    simplex[1, WEIGHT] = d123_2 * inverse
    simplex[2, WEIGHT] = d123_3 * inverse
    return 3


@kernel
def load_cache(simplex, support, cache, metric, vertices_a, transform_a, vertices_b, transform_b):
    """The simplex of the last call at today's transforms, or a single vertex (b2Simplex::ReadCache)."""
    count = cache[0]
    for i in range(count):
        set_vertex(
            simplex, support, i, cache[1 + i], cache[4 + i], vertices_a, transform_a, vertices_b, transform_b, ZERO
        )
    if count > 1:
        today = metric_of(simplex, count)
        if today < HALF * metric or F(2.0) * metric < today or today < EPSILON:
            count = 0
    if count == 0:
        set_vertex(simplex, support, 0, 0, 0, vertices_a, transform_a, vertices_b, transform_b, ONE)
        count = 1
    return count


@kernel
def distance(vertices_a, count_a, transform_a, vertices_b, count_b, transform_b, cache, metric, simplex, support):
    """Distance of the two polygons' cores (without their skin), in metres, and the simplex metric for the next call."""
    count = load_cache(simplex, support, cache, metric, vertices_a, transform_a, vertices_b, transform_b)
    iteration = 0
    while iteration < MAX_ITERATIONS:
        a0, b0, a1, b1, a2, b2 = -1, -1, -1, -1, -1, -1
        a0, b0 = support[0, 0], support[0, 1]
        if count > 1:
            a1, b1 = support[1, 0], support[1, 1]
        if count > 2:
            a2, b2 = support[2, 0], support[2, 1]
        if count == 2:
            count = solve_segment(simplex, support)
        elif count == 3:
            count = solve_triangle(simplex, support)
        if count == 3:
            break
        if count == 1:
            dx, dy = -simplex[0, WX], -simplex[0, WY]
        else:
            ex, ey = simplex[1, WX] - simplex[0, WX], simplex[1, WY] - simplex[0, WY]
            if ex * -simplex[0, WY] - ey * -simplex[0, WX] > ZERO:
                dx, dy = -ONE * ey, ONE * ex
            else:
                dx, dy = ONE * ey, -ONE * ex
        if dx * dx + dy * dy < EPSILON * EPSILON:
            break
        ax, ay = turned_back(transform_a, -dx, -dy)
        bx, by = turned_back(transform_b, dx, dy)
        a = farthest(vertices_a, count_a, ax, ay)
        b = farthest(vertices_b, count_b, bx, by)
        set_vertex(
            simplex, support, count, a, b, vertices_a, transform_a, vertices_b, transform_b, simplex[count, WEIGHT]
        )
        iteration += 1
        if (a == a0 and b == b0) or (a == a1 and b == b1) or (a == a2 and b == b2):
            break
        count += 1

    if count == 1:
        px, py, qx, qy = simplex[0, AX], simplex[0, AY], simplex[0, BX], simplex[0, BY]
    elif count == 2:
        f, g = simplex[0, WEIGHT], simplex[1, WEIGHT]
        px, py = f * simplex[0, AX] + g * simplex[1, AX], f * simplex[0, AY] + g * simplex[1, AY]
        qx, qy = f * simplex[0, BX] + g * simplex[1, BX], f * simplex[0, BY] + g * simplex[1, BY]
    else:
        px, py, qx, qy = ZERO, ZERO, ZERO, ZERO
    dx, dy = px - qx, py - qy
    cache[0] = count
    for i in range(count):
        cache[1 + i] = support[i, 0]
        cache[4 + i] = support[i, 1]
    return np.sqrt(dx * dx + dy * dy), metric_of(simplex, count)
