"""Contact between a static convex polygon A and a moving one B (b2CollidePolygons).

Find the face of either polygon with the largest separation, take it as the reference, find the most opposed edge of the
other polygon, and clip that edge against the sides of the reference face.
"""

import numpy as np

from ..simd.compiled import kernel
from .collide_edge import ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE
from .constants import HALF, MAX_FLOAT, ONE, TOTAL_RADIUS
from .manifold import (
    FACE,
    FACE_A,
    FACE_B,
    FACE_X,
    FACE_Y,
    KIND,
    NORMAL_X,
    NORMAL_Y,
    POINTS,
    VERTEX,
    clip,
    feature,
    keep_point,
    swapped,
)
from .shapes import normalized
from .transforms import placed, turned, turned_back


@kernel
def face_separation(face, vertices1, normals1, transform1, vertices2, count2, transform2):
    """Separation along the normal of `face` of polygon 1 (b2EdgeSeparation)."""
    wx, wy = turned(transform1, normals1[face, 0], normals1[face, 1])
    nx, ny = turned_back(transform2, wx, wy)
    support = 0
    lowest = MAX_FLOAT
    for i in range(count2):
        value = vertices2[i, 0] * nx + vertices2[i, 1] * ny
        if value < lowest:
            lowest = value
            support = i
    v1x, v1y = placed(transform1, vertices1[face, 0], vertices1[face, 1])
    v2x, v2y = placed(transform2, vertices2[support, 0], vertices2[support, 1])
    return (v2x - v1x) * wx + (v2y - v1y) * wy


@kernel
def largest_separation(vertices1, normals1, count1, centroid1, transform1, vertices2, count2, centroid2, transform2):
    """The face of polygon 1 with the largest separation from polygon 2, by local search (b2FindMaxSeparation)."""
    c2x, c2y = placed(transform2, centroid2[0], centroid2[1])
    c1x, c1y = placed(transform1, centroid1[0], centroid1[1])
    dx, dy = turned_back(transform1, c2x - c1x, c2y - c1y)
    face = 0
    highest = -MAX_FLOAT
    for i in range(count1):
        value = normals1[i, 0] * dx + normals1[i, 1] * dy
        if value > highest:
            highest = value
            face = i
    here = face_separation(face, vertices1, normals1, transform1, vertices2, count2, transform2)
    previous = face - 1 if face - 1 >= 0 else count1 - 1
    s_previous = face_separation(previous, vertices1, normals1, transform1, vertices2, count2, transform2)
    following = face + 1 if face + 1 < count1 else 0
    s_following = face_separation(following, vertices1, normals1, transform1, vertices2, count2, transform2)
    if s_previous > here and s_previous > s_following:
        step = -1
        best, separation = previous, s_previous
    elif s_following > here:
        step = 1
        best, separation = following, s_following
    else:
        return face, here
    while True:
        if step == -1:
            face = best - 1 if best - 1 >= 0 else count1 - 1
        else:
            face = best + 1 if best + 1 < count1 else 0
        s = face_separation(face, vertices1, normals1, transform1, vertices2, count2, transform2)
        if s > separation:
            best, separation = face, s
        else:
            return best, separation


@kernel
def clip_against(
    reals, integers, row, kind, face, vertices1, normals1, count1, transform1, vertices2, normals2, count2, transform2
):
    """Clip polygon 2's most opposed edge against `face` of polygon 1 and keep the points within the skin."""
    integers[row, KIND] = kind
    wx, wy = turned(transform1, normals1[face, 0], normals1[face, 1])
    nx, ny = turned_back(transform2, wx, wy)
    i1 = 0
    lowest = MAX_FLOAT
    for i in range(count2):
        value = nx * normals2[i, 0] + ny * normals2[i, 1]
        if value < lowest:
            lowest = value
            i1 = i
    i2 = i1 + 1 if i1 + 1 < count2 else 0
    ax, ay = placed(transform2, vertices2[i1, 0], vertices2[i1, 1])
    bx, by = placed(transform2, vertices2[i2, 0], vertices2[i2, 1])
    akey, bkey = feature(face, i1, FACE, VERTEX), feature(face, i2, FACE, VERTEX)

    after = face + 1 if face + 1 < count1 else 0
    v1x, v1y = vertices1[face, 0], vertices1[face, 1]
    v2x, v2y = vertices1[after, 0], vertices1[after, 1]
    ltx, lty = normalized(v2x - v1x, v2y - v1y)
    tx, ty = turned(transform1, ltx, lty)
    nx, ny = ONE * ty, -ONE * tx
    w1x, w1y = placed(transform1, v1x, v1y)
    w2x, w2y = placed(transform1, v2x, v2y)
    front = nx * w1x + ny * w1y
    side1 = -(tx * w1x + ty * w1y) + TOTAL_RADIUS
    side2 = (tx * w2x + ty * w2y) + TOTAL_RADIUS
    left, ax, ay, akey, bx, by, bkey = clip(ax, ay, akey, bx, by, bkey, -tx, -ty, side1, face)
    if left < 2:
        return
    left, ax, ay, akey, bx, by, bkey = clip(ax, ay, akey, bx, by, bkey, tx, ty, side2, after)
    if left < 2:
        return
    reals[row, NORMAL_X], reals[row, NORMAL_Y] = ONE * lty, -ONE * ltx
    reals[row, FACE_X], reals[row, FACE_Y] = HALF * (v1x + v2x), HALF * (v1y + v2y)
    t2x, t2y, _, _ = transform2
    for point in range(2):
        qx = ax if point == 0 else bx
        qy = ay if point == 0 else by
        key = akey if point == 0 else bkey
        if (nx * qx + ny * qy) - front <= TOTAL_RADIUS:
            lx, ly = turned_back(transform2, qx - t2x, qy - t2y)
            if kind == FACE_B:
                key = swapped(key)
            keep_point(reals, integers, row, lx, ly, np.int32(key))


@kernel
def collide_polygons(
    reals, integers, row, vertices_a, normals_a, count_a, centroid_a, transform_a,
    vertices_b, normals_b, count_b, centroid_b, transform_b,
):  # fmt: skip
    """Fill the manifold of contact `row` between polygon A and polygon B (transforms: x, y, sine, cosine)."""
    integers[row, POINTS] = 0
    face_a, separation_a = largest_separation(
        vertices_a, normals_a, count_a, centroid_a, transform_a, vertices_b, count_b, centroid_b, transform_b
    )
    if separation_a > TOTAL_RADIUS:
        return
    face_b, separation_b = largest_separation(
        vertices_b, normals_b, count_b, centroid_b, transform_b, vertices_a, count_a, centroid_a, transform_a
    )
    if separation_b > TOTAL_RADIUS:
        return
    if separation_b > RELATIVE_TOLERANCE * separation_a + ABSOLUTE_TOLERANCE:
        clip_against(
            reals, integers, row, FACE_B, face_b, vertices_b, normals_b, count_b, transform_b,
            vertices_a, normals_a, count_a, transform_a,
        )  # fmt: skip
    else:
        clip_against(
            reals, integers, row, FACE_A, face_a, vertices_a, normals_a, count_a, transform_a,
            vertices_b, normals_b, count_b, transform_b,
        )  # fmt: skip
