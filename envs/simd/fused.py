"""Fused multiply-add, and flat memory: what products of matrices need beside `number`.

    fma(a, b, c)               a * b + c, rounded once (IEEE 754): the same bits on every CPU, 1.5 times as fast as two
                               operations; a CPU without the instruction calls the C library's fmaf, which is as exact
    load_at(array, i, like)    array[i : i + width] as a number; array float32[n], contiguous, any alignment
    store_at(array, i, a)      the reverse
    spread(array, i, like)     array[i] in every lane

No index is checked, and none counts from the end.
"""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.core.typing.templates import signature
from numba.extending import intrinsic

from .lanes import broadcast, expect, joint, number_like, operand, width_of_type


@intrinsic
def fma(typing, a, b, c):
    """`a * b + c` with one rounding; numbers, of which some may be scalars."""
    wanted = joint("fma", a, b, c)

    def emit(context, builder, sig, args):
        values = [operand(context, builder, value, kind, wanted) for value, kind in zip(args, sig.args, strict=True)]
        kind = values[0].type
        wide = isinstance(kind, ir.VectorType)
        suffix = f"v{kind.count}{kind.element.intrinsic_name}" if wide else kind.intrinsic_name
        signed = ir.FunctionType(kind, [kind] * 3)
        return builder.call(cgutils.get_or_insert_function(builder.module, signed, f"llvm.fma.{suffix}"), values)

    return signature(wanted, a, b, c), emit


def _check_flat(what: str, array: types.Type) -> None:
    if not (
        isinstance(array, types.Array) and array.ndim == 1 and array.layout == "C" and array.dtype == types.float32
    ):
        raise TypingError(f"{what} takes a contiguous array float32[n], not {array}")


def _pointer(context, builder, sig, args, width: int) -> ir.Value:
    """The address of `width` elements of args[0] from index args[1] on."""
    data = context.make_array(sig.args[0])(context, builder, args[0]).data
    first = builder.gep(data, [args[1]])
    return builder.bitcast(first, ir.VectorType(ir.FloatType(), width).as_pointer()) if width > 1 else first


@intrinsic
def load_at(typing, array, index, like):
    """`array[index : index + width]` as a number; array: float32[n]."""
    wanted = number_like(like)
    _check_flat("load_at", array)

    def emit(context, builder, sig, args):
        value = builder.load(_pointer(context, builder, sig, args, width_of_type(wanted)))
        value.align = 4
        return value

    return signature(wanted, array, types.intp, like), emit


@intrinsic
def store_at(typing, array, index, a):
    """Write the number `a` to `array[index : index + width]`; array: float32[n]."""
    _check_flat("store_at", array)
    expect("store_at", a, mask=False)

    def emit(context, builder, sig, args):
        builder.store(args[2], _pointer(context, builder, sig, args, width_of_type(a))).align = 4
        return context.get_dummy_value()

    return signature(types.none, array, types.intp, a), emit


@intrinsic
def spread(typing, array, index, like):
    """`array[index]` in every lane; array: float32[n]."""
    wanted = number_like(like)
    _check_flat("spread", array)

    def emit(context, builder, sig, args):
        return broadcast(builder, builder.load(_pointer(context, builder, sig, args, 1)), wanted)

    return signature(wanted, array, types.intp, like), emit
