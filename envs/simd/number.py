"""The number type: one numba source for float32 and for SIMD lanes of float32, with the same bits in every lane.

Kernels are written over numbers and masks. At width 1 a number is numba's float32 and a mask its boolean; at width 8 or
16 they are `lanes.Lanes`. The type travels with an argument: Python passes `number(16)`, the entry kernel makes
`like = zero(kind)` of it, and functions that need a constant take `like`, any number of the wanted type.

    operators          + - * / and unary - of numbers; < <= > >= == != give masks; & | ^ ~ of masks
                       a scalar np.float32 may stand for a number; a Python float may not (use `splat`): lanes refuse
                       it, at width 1 numba would compute in double precision
    number(width)      the kind for `width` lanes, made in Python, an argument of kernels; widths 1, 2, 4, 8, 16, 32
    zero(kind)         0 of the number type that `kind` chooses
    splat(like, c)     the scalar c, rounded to float32, in every lane
    always(like, b)    the scalar boolean b as a mask
    width_of(like)     how many lanes, a constant
    select(m, a, b)    a where m, else b: numbers, or masks; evaluates both; a or b may be a scalar
    minimum(a, b)      a where a < b, else b: Box2D's b2Min, also for NaN and signed zeros
    maximum(a, b)      a where a > b, else b: b2Max
    absolute(a)        clears the sign bit
    sqrt(a)            correctly rounded
    negate(m)          not m; the same as ~m
    any_of(m)          true if m holds in some lane, a boolean
    all_of(m)          true if m holds in every lane, a boolean
    lane(a, i)         lane i of a number (float32) or of a mask (boolean), 0 <= i < width
    put(a, i, x)       a with lane i replaced by the scalar x
    load(array, row, like)          array[row] as a number; array float32[rows, width], C-contiguous, any alignment
    store(array, row, a)            the reverse
    load_mask(array, row, like)     array[row] != 0 as a mask; array uint8 or bool [rows, width], C-contiguous
    store_mask(array, row, m)       the reverse, 0 or 1

Nothing here checks an index, as in every compiled kernel. No operation is fused or reordered (fastmath stays off), none
calls a mathematical library. Division by zero gives inf or NaN: compile with error_model="numpy".
"""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.core.typing.templates import signature
from numba.extending import intrinsic

from . import operators  # noqa: F401 (numba learns the operators by this import)
from .lanes import (
    Lanes,
    Number,
    element_of,
    expect,
    intrinsic_call,
    is_mask,
    joint,
    number_like,
    of_width,
    operand,
    width_of_type,
)
from .rows import load, load_mask, store, store_mask

__all__ = [
    "absolute",
    "all_of",
    "always",
    "any_of",
    "lane",
    "load",
    "load_mask",
    "maximum",
    "minimum",
    "negate",
    "number",
    "put",
    "select",
    "splat",
    "sqrt",
    "store",
    "store_mask",
    "width_of",
    "zero",
]

number = Number


@intrinsic
def zero(typing, kind):
    """0 of the number type that `kind` chooses."""
    wanted = number_like(kind)

    def emit(context, builder, sig, args):
        return context.get_constant_null(wanted)

    return signature(wanted, kind), emit


@intrinsic
def splat(typing, like, c):
    """The scalar `c`, rounded to float32, in every lane."""
    wanted = number_like(like)

    def emit(context, builder, sig, args):
        return operand(context, builder, args[1], sig.args[1], wanted)

    return signature(wanted, like, c), emit


@intrinsic
def always(typing, like, b):
    """The scalar boolean `b` as a mask."""
    wanted = of_width(types.boolean, width_of_type(like))

    def emit(context, builder, sig, args):
        return operand(context, builder, args[1], sig.args[1], wanted)

    return signature(wanted, like, b), emit


@intrinsic
def width_of(typing, like):
    """How many lanes `like` has, a constant."""
    width = width_of_type(like)

    def emit(context, builder, sig, args):
        return context.get_constant(types.intp, width)

    return signature(types.intp, like), emit


@intrinsic
def select(typing, mask, a, b):
    """`a` where `mask` holds, `b` elsewhere; both are evaluated."""
    wanted = joint("select", a, b)
    if isinstance(mask, Lanes) and not isinstance(wanted, Lanes):
        wanted = Lanes(wanted, mask.width)
    if not is_mask(mask) or (isinstance(mask, Lanes) and mask.width != width_of_type(wanted)):
        raise TypingError(f"select({mask}, {a}, {b}): give a mask of the width of the numbers first")

    def emit(context, builder, sig, args):
        first, second = (operand(context, builder, args[i], sig.args[i], wanted) for i in (1, 2))
        return builder.select(args[0], first, second)

    return signature(wanted, mask, a, b), emit


def _chosen(what: str, symbol: str, a: types.Type, b: types.Type):
    """Typing and lowering of `a if a <symbol> b else b`."""
    wanted = joint(what, a, b)

    def emit(context, builder, sig, args):
        first, second = (operand(context, builder, args[i], sig.args[i], wanted) for i in (0, 1))
        return builder.select(builder.fcmp_ordered(symbol, first, second), first, second)

    return signature(wanted, a, b), emit


@intrinsic
def minimum(typing, a, b):
    """`a` where `a < b`, else `b`."""
    return _chosen("minimum", "<", a, b)


@intrinsic
def maximum(typing, a, b):
    """`a` where `a > b`, else `b`."""
    return _chosen("maximum", ">", a, b)


@intrinsic
def absolute(typing, a):
    """`a` with its sign bit cleared."""
    expect("absolute", a, mask=False)
    return signature(a, a), lambda context, builder, sig, args: intrinsic_call(builder, "fabs", args[0])


@intrinsic
def sqrt(typing, a):
    """The square root, correctly rounded; NaN below zero."""
    expect("sqrt", a, mask=False)
    return signature(a, a), lambda context, builder, sig, args: intrinsic_call(builder, "sqrt", args[0])


@intrinsic
def negate(typing, m):
    """True where the mask does not hold."""
    expect("negate", m, mask=True)
    return signature(m, m), lambda context, builder, sig, args: builder.not_(args[0])


def _gathered(m: types.Type, every: bool):
    """Typing and lowering of any_of and all_of: the lanes' bits as one integer, compared with 0 or with all ones."""
    expect("all_of" if every else "any_of", m, mask=True)

    def emit(context, builder, sig, args):
        if not isinstance(m, Lanes):
            return args[0]
        bits = ir.IntType(m.width)
        seen = builder.bitcast(args[0], bits)
        return builder.icmp_unsigned("==", seen, bits(-1)) if every else builder.icmp_unsigned("!=", seen, bits(0))

    return signature(types.boolean, m), emit


@intrinsic
def any_of(typing, m):
    """True if the mask holds in some lane."""
    return _gathered(m, every=False)


@intrinsic
def all_of(typing, m):
    """True if the mask holds in every lane."""
    return _gathered(m, every=True)


@intrinsic
def lane(typing, a, index):
    """Lane `index` of a number or a mask, a scalar."""

    def emit(context, builder, sig, args):
        return builder.extract_element(args[0], args[1]) if isinstance(a, Lanes) else args[0]

    return signature(element_of(a), a, types.intp), emit


@intrinsic
def put(typing, a, index, x):
    """The number or mask `a` with lane `index` replaced by the scalar `x`."""

    def emit(context, builder, sig, args):
        value = context.cast(builder, args[2], sig.args[2], element_of(a))
        return builder.insert_element(args[0], value, args[1]) if isinstance(a, Lanes) else value

    return signature(a, a, types.intp, x), emit


@intrinsic
def align_stack(typing, like):
    """Let the compiled function keep what its registers cannot hold in whole cache lines of the stack.

    LLVM decides that a stack must be aligned before it knows that registers run out, so lanes would be spilled across
    cache lines, which costs a third of the solver's time. A line of room that an empty instruction seems to use settles
    it in time.
    """

    def emit(context, builder, sig, args):
        if isinstance(like, Lanes):
            line = cgutils.alloca_once(builder, ir.ArrayType(ir.IntType(8), 64))
            line.align = 64
            kind = ir.FunctionType(ir.VoidType(), [line.type])
            builder.call(ir.InlineAsm(kind, "", "r,~{memory}", side_effect=True), [line])
        return context.get_dummy_value()

    return signature(types.none, like), emit
