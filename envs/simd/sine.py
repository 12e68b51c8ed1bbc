"""Sine and cosine of float32 angles for numbers of any width, with the bits of glibc's sinf, cosf and sincosf.

Box2D calls the platform's sinf and cosf, which no SIMD lane can do. glibc's algorithm since 2.28 (Szabolcs Nagy and
Wilco Dijkstra, Arm Optimized Routines; sysdeps/ieee754/flt-32/s_sincosf.h) is short enough to be inlined: reduce the
angle by multiples of pi/2 in double precision, evaluate a polynomial of degree 7 for sine and one of degree 8 for
cosine in double, round once to float32. Here it is without branches, so that lanes can differ in quadrant.

glibc picks at run time a version with or without fused multiply-add; ours has none. The two round to different float32
only beyond 17 rad, hence LIMIT: below it all 2,199,912,448 floats agree with glibc 2.36, bit for bit.
"""

import math

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.typing.templates import signature
from numba.extending import intrinsic

from .compiled import inlined, kernel
from .lanes import element_of, of_width, width_of_type
from .number import absolute, all_of, lane, select, splat, width_of

LIMIT = np.float32(17.0)
"""rad. Lanes know sine and cosine of angles below it; no walker's body turns that far before it falls."""

TINY = np.float32(2.0**-12)
"""rad. Below it the sine is the angle itself, sign of zero included."""

PER_QUADRANT = float.fromhex("0x1.45F306DC9C883p+23")  # 2 / pi, times 2^24
QUADRANT = float.fromhex("0x1.921FB54442D18p0")  # pi / 2
C1, C2, C3, C4 = map(
    float.fromhex, ("-0x1.ffffffd0c621cp-2", "0x1.55553e1068f19p-5", "-0x1.6c087e89a359dp-10", "0x1.99343027bf8c3p-16")
)
S1, S2, S3 = map(float.fromhex, ("-0x1.555545995a603p-3", "0x1.1107605230bc4p-7", "-0x1.994eb3774cf24p-13"))


@intrinsic
def _widen(typing, a):
    """A number in double precision."""
    wide = of_width(types.float64, width_of_type(a))

    def emit(context, builder, sig, args):
        return builder.fpext(args[0], context.get_value_type(wide))

    return signature(wide, a), emit


@intrinsic
def _narrow(typing, a):
    """A double-precision number rounded to float32."""
    narrow = of_width(types.float32, width_of_type(a))

    def emit(context, builder, sig, args):
        return builder.fptrunc(args[0], context.get_value_type(narrow))

    return signature(narrow, a), emit


@intrinsic
def _nearest_quadrant(typing, scaled):
    """From an angle in quadrants times 2^24: the nearest whole quadrant n, and the masks of n odd and of n & 2.

    Truncated to int32 and rounded by a shift, as glibc does it: no rounding instruction is needed (SSE2 has none).
    """
    width = width_of_type(scaled)
    mask = of_width(types.boolean, width)
    result = types.Tuple((of_width(element_of(scaled), width), mask, mask))

    def emit(context, builder, sig, args):
        integer = ir.IntType(32) if width == 1 else ir.VectorType(ir.IntType(32), width)
        constant = integer if width == 1 else lambda value: ir.Constant(integer, [value] * width)
        rounded = builder.add(builder.fptosi(args[0], integer), constant(1 << 23))
        quadrant = builder.ashr(rounded, constant(24))
        bits = [builder.icmp_signed("!=", builder.and_(quadrant, constant(bit)), constant(0)) for bit in (1, 2)]
        return context.make_tuple(builder, result, [builder.sitofp(quadrant, args[0].type), *bits])

    return signature(result, scaled), emit


@inlined
def angle_in_range(angle):
    """Mask of the angles (rad) whose sine and cosine lanes know: |angle| < LIMIT; false for NaN."""
    return absolute(angle) < LIMIT


@kernel
def sine_cosine(angle, like):
    """Sine and cosine of a number, the angle in rad.

    Lanes that are not in range give NaN twice. At width 1 every angle has its answer: out of range, the platform's own
    sinf and cosf are called, which is what Box2D would do.
    """
    in_range = angle_in_range(angle)
    if width_of(like) == 1 and not all_of(in_range):
        x = lane(angle, 0)
        return splat(like, math.sin(x)), splat(like, math.cos(x))
    wide = _widen(select(in_range, angle, 0.0))
    quadrant, odd, behind = _nearest_quadrant(wide * PER_QUADRANT)
    x = wide - quadrant * QUADRANT
    x2 = x * x
    x4 = x2 * x2
    x3 = x2 * x
    s = _narrow((x + x3 * S1) + (x3 * x2) * (S2 + x2 * S3))
    c = _narrow(((1.0 + x2 * C1) + x4 * C2) + (x4 * x2) * (C3 + x2 * C4))
    sine = select(odd, c, s)
    cosine = select(odd, s, c)
    sine = select(behind, -sine, sine)
    cosine = select(behind ^ odd, -cosine, cosine)
    sine = select(absolute(angle) < TINY, angle, sine)
    return select(in_range, sine, np.nan), select(in_range, cosine, np.nan)
