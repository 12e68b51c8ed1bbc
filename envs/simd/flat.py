"""Numbers from any place of a flat array, and back: `load_at(array, index, like)` and `store_at(array, index, a)`."""

from llvmlite import ir
from numba import types
from numba.core.errors import TypingError
from numba.core.typing.templates import signature
from numba.extending import intrinsic

from .lanes import expect, number_like, of_width, width_of_type


def _check(what: str, array: types.Type) -> None:
    fits = isinstance(array, types.Array) and array.ndim == 1 and array.layout == "C" and array.dtype == types.float32
    if not fits:
        raise TypingError(f"{what} takes a contiguous array float32[n], not {array}")


def _pointer(context, builder, array: types.Type, value: ir.Value, index: ir.Value, width: int) -> ir.Value:
    """The address of `array[index : index + width]`, as a pointer to a vector (a scalar for width 1)."""
    first = builder.gep(context.make_array(array)(context, builder, value).data, [index])
    element = ir.FloatType()
    return builder.bitcast(first, ir.VectorType(element, width).as_pointer() if width > 1 else element.as_pointer())


@intrinsic
def load_at(typing, array, index, like):
    """`array[index : index + width]` as a number; array: float32[n]."""
    wanted = number_like(like)
    _check("load_at", array)

    def emit(context, builder, sig, args):
        value = builder.load(_pointer(context, builder, array, args[0], args[1], width_of_type(wanted)))
        value.align = 4
        return value

    return signature(wanted, array, types.intp, like), emit


@intrinsic
def store_at(typing, array, index, a):
    """Write the number `a` to `array[index : index + width]`; array: float32[n]."""
    _check("store_at", array)
    expect("store_at", a, mask=False)

    def emit(context, builder, sig, args):
        builder.store(args[2], _pointer(context, builder, array, args[0], args[1], width_of_type(a))).align = 4
        return context.get_dummy_value()

    return signature(types.none, array, types.intp, a), emit


def _zeros(width: int):
    @intrinsic
    def zeros(typing):
        kind = of_width(types.float32, width)

        def emit(context, builder, sig, args):
            return context.get_constant_null(kind)

        return signature(kind), emit

    return zeros


zeros4, zeros8 = _zeros(4), _zeros(8)
"""0 in four or eight lanes, for code whose width is its own affair."""
