"""Rigid transforms in the plane (b2Rot, b2Transform); a transform is the tuple (x, y, sine, cosine).

Written over the number type: x, y, sine, cosine may be float32 scalars or lanes.
"""

from ..simd.compiled import inlined


@inlined
def placed(transform, x, y):
    """The point (x, y) of a body in the world."""
    tx, ty, sine, cosine = transform
    return (cosine * x - sine * y) + tx, (sine * x + cosine * y) + ty


@inlined
def turned(transform, x, y):
    """The direction (x, y) of a body in the world."""
    _, _, sine, cosine = transform
    return cosine * x - sine * y, sine * x + cosine * y


@inlined
def turned_back(transform, x, y):
    """The world's direction (x, y) in the body's frame."""
    _, _, sine, cosine = transform
    return cosine * x + sine * y, -sine * x + cosine * y
