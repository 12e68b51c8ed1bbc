"""Contact between a ground edge and a convex polygon (b2CollideEdgeAndPolygon).

The ground's edges stand alone: they have no neighbours that could smooth their ends, so the range of admissible normals
shrinks to the face normal (Box2D's `isolated` case). The edge does not move: its frame is the world's.
"""

import numpy as np

from ..simd.compiled import kernel
from .constants import ANGULAR_SLOP, MAX_FLOAT, TOTAL_RADIUS, ZERO, F
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
from .transforms import placed, turned, turned_back

RELATIVE_TOLERANCE = F(0.98)
ABSOLUTE_TOLERANCE = F(0.001)


@kernel
def collide_edge(reals, integers, row, edge, vertices, normals, shape, count, centroid_x, centroid_y, transform, work):
    """Fill the manifold of contact `row`.

    `edge` is (x1, y1, x2, y2, nx, ny): its ends and right-hand unit normal, float32. The polygon is `vertices[shape]`
    and `normals[shape]`, `count` of them, float32[shapes, corners, 2]. `work` float32[>= 4 * 16] is scratch.
    """
    integers[row, POINTS] = 0
    x1, y1, x2, y2, n1x, n1y = edge
    cx, cy = placed(transform, centroid_x, centroid_y)
    front = n1x * (cx - x1) + n1y * (cy - y1) >= ZERO
    nx, ny = n1x, n1y
    if not front:
        nx, ny = -n1x, -n1y

    edge_separation = MAX_FLOAT
    for i in range(count):
        vx, vy = placed(transform, vertices[shape, i, 0], vertices[shape, i, 1])
        work[4 * i] = vx
        work[4 * i + 1] = vy
        s = nx * (vx - x1) + ny * (vy - y1)
        edge_separation = min(edge_separation, s)
    if edge_separation > TOTAL_RADIUS:
        return

    best = -1
    polygon_separation = -MAX_FLOAT
    for i in range(count):
        mx, my = turned(transform, normals[shape, i, 0], normals[shape, i, 1])
        work[4 * i + 2] = mx
        work[4 * i + 3] = my
        vx, vy = work[4 * i], work[4 * i + 1]
        s1 = -mx * (vx - x1) + -my * (vy - y1)
        s2 = -mx * (vx - x2) + -my * (vy - y2)
        s = s1 if s1 < s2 else s2
        if s > TOTAL_RADIUS:
            return
        if (-mx - -nx) * nx + (-my - -ny) * ny < -ANGULAR_SLOP:
            continue
        if s > polygon_separation:
            best = i
            polygon_separation = s

    on_edge = best < 0 or not polygon_separation > RELATIVE_TOLERANCE * edge_separation + ABSOLUTE_TOLERANCE
    if on_edge:
        integers[row, KIND] = FACE_A
        i1 = 0
        lowest = nx * work[2] + ny * work[3]
        for i in range(1, count):
            value = nx * work[4 * i + 2] + ny * work[4 * i + 3]
            if value < lowest:
                lowest = value
                i1 = i
        i2 = i1 + 1 if i1 + 1 < count else 0
        ax, ay, akey = work[4 * i1], work[4 * i1 + 1], feature(0, i1, FACE, VERTEX)
        bx, by, bkey = work[4 * i2], work[4 * i2 + 1], feature(0, i2, FACE, VERTEX)
        rx, ry = nx, ny
        if front:
            r1, r2 = 0, 1
            r1x, r1y, r2x, r2y = x1, y1, x2, y2
        else:
            r1, r2 = 1, 0
            r1x, r1y, r2x, r2y = x2, y2, x1, y1
    else:
        integers[row, KIND] = FACE_B
        ax, ay, akey = x1, y1, feature(0, best, VERTEX, FACE)
        bx, by, bkey = x2, y2, feature(0, best, VERTEX, FACE)
        r1 = best
        r2 = r1 + 1 if r1 + 1 < count else 0
        r1x, r1y = work[4 * r1], work[4 * r1 + 1]
        r2x, r2y = work[4 * r2], work[4 * r2 + 1]
        rx, ry = work[4 * r1 + 2], work[4 * r1 + 3]

    sx, sy = ry, -rx
    offset1 = sx * r1x + sy * r1y
    offset2 = -sx * r2x + -sy * r2y
    left, ax, ay, akey, bx, by, bkey = clip(ax, ay, akey, bx, by, bkey, sx, sy, offset1, r1)
    if left < 2:
        return
    left, ax, ay, akey, bx, by, bkey = clip(ax, ay, akey, bx, by, bkey, -sx, -sy, offset2, r2)
    if left < 2:
        return

    if on_edge:
        reals[row, NORMAL_X], reals[row, NORMAL_Y] = rx, ry
        reals[row, FACE_X], reals[row, FACE_Y] = r1x, r1y
    else:
        reals[row, NORMAL_X], reals[row, NORMAL_Y] = normals[shape, r1, 0], normals[shape, r1, 1]
        reals[row, FACE_X], reals[row, FACE_Y] = vertices[shape, r1, 0], vertices[shape, r1, 1]
    for point in range(2):
        qx = ax if point == 0 else bx
        qy = ay if point == 0 else by
        key = akey if point == 0 else bkey
        if rx * (qx - r1x) + ry * (qy - r1y) <= TOTAL_RADIUS:
            if on_edge:
                px, py = turned_back(transform, qx - transform[0], qy - transform[1])
                keep_point(reals, integers, row, px, py, np.int32(key))
            else:
                keep_point(reals, integers, row, qx, qy, np.int32(swapped(key)))
