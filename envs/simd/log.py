"""The natural logarithm of numbers of any width, without libm, with the same bits everywhere.

x is 2^e (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2), and log(1 + f) is f - f^2 / 2 + f^3 P(f), a minimax fit of degree 7
(W. J. Cody and W. Waite, Software Manual for the Elementary Functions, 1980, chapter 5, for the reduction). Only
additions and multiplications in float32: no fused ones, so that a CPU without them gives the same bits.
"""

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.typing.templates import signature
from numba.extending import intrinsic

from .compiled import inlined
from .lanes import expect, width_of_type
from .number import select

SMALLEST_NORMAL = np.float32(2.0**-126)

_ROOT_HALF = 0x3F3504F3
"""The bits of sqrt(1/2)."""
_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)
_HALF = np.float32(0.5)
_INFINITY = np.float32(np.inf)
_NAN = np.float32(np.nan)
_LIFT = np.float32(2.0**23)
_LIFTED = np.float32(23.0)
_LOG2_HIGH = np.float32(float.fromhex("0x1.63p-1"))
"""Nine bits, so that its product with any exponent is exact."""
_LOG2_LOW = np.float32(float.fromhex("-0x1.bd0106p-13"))
_P0 = np.float32(float.fromhex("0x1.555554p-2"))
_P1 = np.float32(float.fromhex("-0x1.000226p-2"))
_P2 = np.float32(float.fromhex("0x1.99a008p-3"))
_P3 = np.float32(float.fromhex("-0x1.547244p-3"))
_P4 = np.float32(float.fromhex("0x1.22da1cp-3"))
_P5 = np.float32(float.fromhex("-0x1.0d8542p-3"))
_P6 = np.float32(float.fromhex("0x1.055b6ap-3"))
_P7 = np.float32(float.fromhex("-0x1.38b58p-4"))


@intrinsic
def _exponent_and_fraction(typing, x):
    """(e, m) with x = 2^e m and sqrt(1/2) <= m < sqrt(2), for positive normal numbers."""
    expect("_exponent_and_fraction", x, mask=False)

    def emit(context, builder, sig, args):
        width = width_of_type(x)
        integer = ir.IntType(32) if width == 1 else ir.VectorType(ir.IntType(32), width)

        def constant(value):
            return ir.Constant(integer, value if width == 1 else [value] * width)

        bits = builder.bitcast(args[0], integer)
        exponent = builder.ashr(builder.sub(bits, constant(_ROOT_HALF)), constant(23))
        fraction = builder.sub(bits, builder.shl(exponent, constant(23)))
        parts = [builder.sitofp(exponent, args[0].type), builder.bitcast(fraction, args[0].type)]
        return context.make_tuple(builder, sig.return_type, parts)

    return signature(types.UniTuple(x, 2), x), emit


@inlined
def _logarithm(e, m):
    """log(2^e m) for the parts that `_exponent_and_fraction` gives."""
    f = m - _ONE
    s = f * f
    p = ((((((_P7 * f + _P6) * f + _P5) * f + _P4) * f + _P3) * f + _P2) * f + _P1) * f + _P0
    return e * _LOG2_HIGH + (f + ((f * s * p - _HALF * s) + e * _LOG2_LOW))


@inlined
def log_of_normal(x):
    """The natural logarithm of positive numbers that are neither subnormal nor infinite."""
    e, m = _exponent_and_fraction(x)
    return _logarithm(e, m)


@inlined
def log(x):
    """The natural logarithm of a number; -inf at 0, NaN below it, inf at inf. Error below 1 unit in the last place."""
    small = x < SMALLEST_NORMAL
    e, m = _exponent_and_fraction(select(small, x * _LIFT, x))
    y = _logarithm(e - select(small, _LIFTED, _ZERO), m)
    y = select(x == _ZERO, -_INFINITY, y)
    y = select(x == _INFINITY, x, y)
    return select(x >= _ZERO, y, _NAN)
