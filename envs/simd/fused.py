"""Fused multiply-add, and one number for all lanes: what products of matrices need beside `number` and `flat`.

    fma(a, b, c)           a * b + c, rounded once (IEEE 754): the same bits on every CPU, 1.5 times as fast as two
                           operations; a CPU without the instruction calls the C library's fmaf, which is as exact
    spread(array, i, like) array[i] in every lane; array float32[n], contiguous

No index is checked, and none counts from the end.
"""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.core.typing.templates import signature
from numba.extending import intrinsic

from .lanes import broadcast, joint, number_like, operand


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


@intrinsic
def spread(typing, array, index, like):
    """`array[index]` in every lane; array: float32[n]."""
    wanted = number_like(like)
    if not (
        isinstance(array, types.Array) and array.layout == "C" and array.ndim == 1 and array.dtype == types.float32
    ):
        raise TypingError(f"spread takes a contiguous array float32[n], not {array}")

    def emit(context, builder, sig, args):
        first = context.make_array(array)(context, builder, args[0]).data
        return broadcast(builder, builder.load(builder.gep(first, [args[1]])), wanted)

    return signature(wanted, array, types.intp, like), emit
