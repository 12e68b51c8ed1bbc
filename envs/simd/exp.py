"""The exponential of numbers of any width, without libm, with the same bits everywhere.

x is split into n log(2) + r with |r| <= log(2) / 2 and exp(r) is 1 + r + r^2 P(r), a minimax fit of degree 4
(W. J. Cody and W. Waite, Software Manual for the Elementary Functions, 1980, chapter 6). Only additions and
multiplications in float32: no fused ones, so that a CPU without them gives the same bits.
"""

import numpy as np
from llvmlite import ir
from numba.core.typing.templates import signature
from numba.extending import intrinsic

from .compiled import inlined
from .lanes import expect, width_of_type
from .number import absolute, maximum, minimum, select

LARGEST = np.float32(88.72283)
"""Above it the result is not finite."""

SMALLEST = np.float32(-103.97208)
"""Below it the result is 0."""

_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)
_INFINITY = np.float32(np.inf)
_HALF = np.float32(0.5)
_PER_LOG2 = np.float32(float.fromhex("0x1.715476p+0"))
_LOG2_HIGH = np.float32(float.fromhex("0x1.63p-1"))
"""Nine bits, so that its product with any n is exact."""
_LOG2_LOW = np.float32(float.fromhex("-0x1.bd0106p-13"))
_ROUNDER = np.float32(1.5 * 2.0**23)
"""Adding and subtracting it rounds to the nearest whole number."""
_P0 = np.float32(float.fromhex("0x1.fffffcp-2"))
_P1 = np.float32(float.fromhex("0x1.55549p-3"))
_P2 = np.float32(float.fromhex("0x1.5558f4p-5"))
_P3 = np.float32(float.fromhex("0x1.123a6cp-7"))
_P4 = np.float32(float.fromhex("0x1.6a2352p-10"))


@intrinsic
def _power_of_two(typing, n):
    """2^n for a whole number n in -126 .. 127, by its exponent's bits."""
    expect("_power_of_two", n, mask=False)

    def emit(context, builder, sig, args):
        width = width_of_type(n)
        integer = ir.IntType(32) if width == 1 else ir.VectorType(ir.IntType(32), width)

        def constant(value):
            return ir.Constant(integer, value if width == 1 else [value] * width)

        exponent = builder.add(builder.fptosi(args[0], integer), constant(127))
        return builder.bitcast(builder.shl(exponent, constant(23)), args[0].type)

    return signature(n, n), emit


@inlined
def exp(x):
    """e^x of a number; 0 below SMALLEST, inf above LARGEST, NaN stays NaN. Error below 1 unit in the last place.

    Results below 2^-126 are subnormal numbers, rounded once more.
    """
    inside = minimum(maximum(x, SMALLEST), LARGEST)
    n = (inside * _PER_LOG2 + _ROUNDER) - _ROUNDER
    r = (inside - n * _LOG2_HIGH) - n * _LOG2_LOW
    p = (((_P4 * r + _P3) * r + _P2) * r + _P1) * r + _P0
    y = _ONE + (r + r * r * p)
    half = (n * _HALF + _ROUNDER) - _ROUNDER
    y = y * _power_of_two(half) * _power_of_two(n - half)
    y = select(x < SMALLEST, _ZERO, y)
    y = select(x > LARGEST, _INFINITY, y)
    return select(absolute(x) >= _ZERO, y, x)
