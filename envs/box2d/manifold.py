"""Contact records and the clipping that fills them (b2Manifold, b2ClipSegmentToLine).

A contact is one row of two arrays: `reals` float32[contacts, REALS] and `integers` int32[contacts, INTEGERS]. Shape A
is the static one (its transform is the identity), shape B belongs to a dynamic body. The manifold keeps the reference
face in the frame of its owner and the clipped points in the frame of the other shape, so that the solver can move the
bodies.
"""

from ..simd.compiled import inlined
from .constants import ZERO

NORMAL_X, NORMAL_Y, FACE_X, FACE_Y = 0, 1, 2, 3
POINT = 4
"""Column of the first point's x; its y follows at + 1, the second point's at + 2 and + 3."""
NORMAL_IMPULSE, TANGENT_IMPULSE = 8, 10
"""Columns of the first point's impulses, kept for warm starting; the second point's follow at + 1."""
TOI = 12
REALS = 13

POINTS, KIND = 0, 1
FEATURE = 2
"""Column of the first point's feature key; the second's follows at + 1."""
TOUCHING, ENABLED, TOI_KNOWN, TOI_COUNT, GROUND, SERIAL = 4, 5, 6, 7, 8, 9
INTEGERS = 10

FACE_A, FACE_B = 0, 1
VERTEX, FACE = 0, 1


@inlined
def feature(index_a, index_b, type_a, type_b):
    """The key of a contact feature (b2ContactFeature packed into an integer)."""
    return index_a | (index_b << 8) | (type_a << 16) | (type_b << 24)


@inlined
def swapped(key):
    """The key with the roles of A and B exchanged."""
    return ((key & 0xFF) << 8) | ((key >> 8) & 0xFF) | (((key >> 16) & 0xFF) << 24) | ((key >> 24) << 16)


@inlined
def clip(x0, y0, key0, x1, y1, key1, nx, ny, offset, vertex):
    """Clip the segment against the half-plane n.p <= offset (Sutherland-Hodgman).

    Returns the number of points left and the two points with their keys; fewer than two mean no contact, so the points
    are only valid when the number is 2.
    """
    distance0 = (nx * x0 + ny * y0) - offset
    distance1 = (nx * x1 + ny * y1) - offset
    count = 0
    ax, ay, akey = x0, y0, key0
    bx, by, bkey = x1, y1, key1
    if distance0 <= ZERO:
        count = 1
    if distance1 <= ZERO:
        if count == 0:
            ax, ay, akey = x1, y1, key1
        count += 1
    if distance0 * distance1 < ZERO:
        share = distance0 / (distance0 - distance1)
        cx = x0 + share * (x1 - x0)
        cy = y0 + share * (y1 - y0)
        bx, by, bkey = cx, cy, feature(vertex, (key0 >> 8) & 0xFF, VERTEX, FACE)
        count += 1
    return count, ax, ay, akey, bx, by, bkey


@inlined
def keep_point(reals, integers, row, x, y, key):
    """Append a point to the manifold; its impulses are matched later."""
    k = integers[row, POINTS]
    reals[row, POINT + 2 * k] = x
    reals[row, POINT + 2 * k + 1] = y
    integers[row, FEATURE + k] = key
    integers[row, POINTS] = k + 1
