"""Normal numbers that are functions of a key, for numbers of any width, with the same bits everywhere.

Number 2 j and number 2 j + 1 of the stream `key` are the pair r cos(t), r sin(t) that Box and Muller (1958, A Note on
the Generation of Random Normal Deviates) make of two uniform numbers, here 31 and 26 bits of `random.bits(key, j)`:
r = sqrt(-2 log(u)) and t = 2 pi w. Float32 arithmetic without libm; no normal number is larger than 6.56.
"""

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.core.typing.templates import signature
from numba.extending import intrinsic
from numpy.typing import NDArray

from ..random import mix
from .compiled import inlined, kernel
from .lanes import Lanes, of_width, width_of_type
from .log import log_of_normal
from .number import number, select, sqrt, store, zero

WIDTH = 16
"""Lanes at a time when an array is filled; any number of them gives the same bits."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB
_MINUS_TWO = np.float32(-2.0)
_U_UNIT = np.float32(2.0**-31)
_T_UNIT = np.float32(2.0**-25)
_ONE = np.float32(1.0)
# sin(pi/2 t) = t (S0 + S1 t^2 + ...) and cos(pi/2 t) = 1 + t^2 (C0 + C1 t^2 + ...) for |t| <= 1/2: minimax fits.
_S0, _S1, _S2, _S3 = map(
    np.float32, map(float.fromhex, ("0x1.921fb6p+0", "-0x1.4abbb8p-1", "0x1.465e90p-4", "-0x1.2d9282p-8"))
)
_C0, _C1, _C2, _C3 = map(
    np.float32, map(float.fromhex, ("-0x1.3bd3ccp+0", "0x1.03c1dep-2", "-0x1.55c662p-6", "0x1.d9f6ecp-11"))
)


def _whole(width: int, bits: int):
    """The LLVM type of `width` integers of `bits` bits, and what makes its constants."""
    kind = ir.IntType(bits) if width == 1 else ir.VectorType(ir.IntType(bits), width)
    return kind, lambda value: ir.Constant(kind, value if width == 1 else [value] * width)


def _hash(builder, value: ir.Value, width: int) -> ir.Value:
    """SplitMix64's finaliser, as `random.mix`, in every lane."""
    _, constant = _whole(width, 64)
    for shift, factor in ((30, _FIRST), (27, _SECOND)):
        value = builder.mul(builder.xor(value, builder.lshr(value, constant(shift))), constant(factor))
    return builder.xor(value, builder.lshr(value, constant(31)))


@intrinsic
def _hashed_from(typing, start, first, like):
    """Lane i: mix(start + (first + i) golden)."""
    width = width_of_type(like)
    words = of_width(types.uint64, width)

    def emit(context, builder, sig, args):
        kind, _ = _whole(width, 64)
        golden, mask = int(_GOLDEN), (1 << 64) - 1
        base = builder.add(args[0], builder.mul(args[1], ir.IntType(64)(golden)))
        if width > 1:
            lanes = cgutils.get_null_value(kind)
            zeros = ir.Constant(ir.VectorType(ir.IntType(32), width), [0] * width)
            lanes = builder.insert_element(lanes, base, ir.IntType(32)(0))
            steps = ir.Constant(kind, [i * golden & mask for i in range(width)])
            base = builder.add(builder.shuffle_vector(lanes, lanes, zeros), steps)
        return _hash(builder, base, width)

    return signature(words, types.uint64, types.uint64, like), emit


@intrinsic
def random_words(typing, keys, row, index, like):
    """64 random bits for each lane's own key: random.bits(keys[row, i], index); keys: uint64[rows, width]."""
    width = width_of_type(like)
    if not (isinstance(keys, types.Array) and keys.ndim == 2 and keys.layout == "C" and keys.dtype == types.uint64):
        raise TypingError(f"random_words takes C-contiguous keys uint64[rows, width], not {keys}")
    words = of_width(types.uint64, width)

    def emit(context, builder, sig, args):
        kind, constant = _whole(width, 64)
        data = context.make_array(keys)(context, builder, args[0]).data
        first = builder.gep(data, [builder.mul(args[1], args[1].type(width))])
        key = builder.load(builder.bitcast(first, kind.as_pointer()))
        key.align = 8
        start = _hash(builder, builder.add(key, constant(int(_GOLDEN))), width)
        step = builder.mul(args[2], ir.IntType(64)(int(_GOLDEN)))
        if width > 1:
            zeros = ir.Constant(ir.VectorType(ir.IntType(32), width), [0] * width)
            lanes = builder.insert_element(cgutils.get_null_value(kind), step, ir.IntType(32)(0))
            step = builder.shuffle_vector(lanes, lanes, zeros)
        return _hash(builder, builder.add(start, step), width)

    return signature(words, keys, types.intp, types.uint64, like), emit


@intrinsic
def _uniforms(typing, words):
    """From 64 random bits a lane: an odd whole number below 2^31, one between -2^24 and 2^24, and two random masks."""
    width = width_of_type(words)
    value, mask = of_width(types.float32, width), of_width(types.boolean, width)
    result = types.Tuple((value, value, mask, mask))

    def emit(context, builder, sig, args):
        _, wide = _whole(width, 64)
        kind, narrow = _whole(width, 32)
        floats = context.get_value_type(value)
        high = builder.trunc(builder.lshr(args[0], wide(33)), kind)
        low = builder.trunc(args[0], kind)
        fraction = builder.and_(builder.lshr(low, narrow(5)), narrow((1 << 25) - 2))
        offset = builder.sub(builder.or_(fraction, narrow(1)), narrow(1 << 24))
        bits = [builder.icmp_signed("!=", builder.and_(low, narrow(bit)), narrow(0)) for bit in (1, 2)]
        radius = builder.sitofp(builder.or_(high, narrow(1)), floats)
        return context.make_tuple(builder, result, [radius, builder.sitofp(offset, floats), *bits])

    return signature(result, words), emit


@intrinsic
def _interleaved(typing, a, b):
    """a[0], b[0], a[1], b[1], ... as two numbers of the width of a and b."""
    width = width_of_type(a)

    def emit(context, builder, sig, args):
        if not isinstance(a, Lanes):
            return context.make_tuple(builder, sig.return_type, args)
        order = [i // 2 + width * (i % 2) for i in range(2 * width)]
        halves = [ir.Constant(ir.VectorType(ir.IntType(32), width), half) for half in (order[:width], order[width:])]
        return context.make_tuple(builder, sig.return_type, [builder.shuffle_vector(*args, half) for half in halves])

    return signature(types.UniTuple(a, 2), a, b), emit


@inlined
def normal_pair(words):
    """Two independent normal numbers from 64 random bits in each lane (`random_words`; a uint64 at width 1)."""
    u, t, odd, behind = _uniforms(words)
    r = sqrt(_MINUS_TWO * log_of_normal(u * _U_UNIT))
    t = t * _T_UNIT
    s = t * t
    sine = t * (((_S3 * s + _S2) * s + _S1) * s + _S0)
    cosine = (((_C3 * s + _C2) * s + _C1) * s + _C0) * s + _ONE
    x = select(odd, sine, cosine)
    y = select(odd, cosine, sine)
    x = select(behind ^ odd, -x, x)
    y = select(behind, -y, y)
    return r * x, r * y


@inlined
def normal(key, index):
    """Normal number `index` of the stream `key`, one float32."""
    start = mix(np.uint64(key) + _GOLDEN)
    x, y = normal_pair(mix(start + (np.uint64(index) >> np.uint64(1)) * _GOLDEN))
    return y if np.uint64(index) & np.uint64(1) else x


@kernel
def fill_normals(key, rows, kind):
    """Fill rows, float32[2 m, width], with the first numbers of the stream `key` in the order of memory."""
    like = zero(kind)
    start = mix(np.uint64(key) + _GOLDEN)
    width = np.uint64(rows.shape[1])
    for j in range(rows.shape[0] // 2):
        a, b = normal_pair(_hashed_from(start, np.uint64(j) * width, like))
        first, second = _interleaved(a, b)
        store(rows, 2 * j, first)
        store(rows, 2 * j + 1, second)


def normals(key: int, shape: int | tuple[int, ...]) -> NDArray[np.float32]:
    """The first normal numbers of the stream `key` (0 .. 2^64 - 1) as an array of this shape."""
    size = int(np.prod(shape))
    rows = np.empty((-(-size // (2 * WIDTH)) * 2, WIDTH), np.float32)
    fill_normals(np.uint64(key), rows, number(WIDTH))
    return rows.ravel()[:size].reshape(shape)


def draw_normal(stream: np.random.Generator) -> float:
    """A normal number from 64 bits of NumPy's stream; its own `standard_normal` calls the platform's log and exp."""
    return float(normal(stream.integers(2**64, dtype=np.uint64), 0))
