"""Numbers and masks from rows of arrays, and back. Part of `number`, which documents it."""

from llvmlite import ir
from numba import types
from numba.core.errors import TypingError
from numba.core.typing.templates import signature
from numba.extending import intrinsic

from .lanes import Lanes, expect, is_number, number_like, of_width, width_of_type


def _check_rows(what: str, array: types.Type, elements: tuple[types.Type, ...]) -> None:
    fits = isinstance(array, types.Array) and array.ndim == 2 and array.layout == "C" and array.dtype in elements
    if not fits:
        allowed = " or ".join(map(str, elements))
        raise TypingError(f"{what} takes a C-contiguous array {allowed}[rows, width], not {array}")


def _row_pointer(context, builder, array: types.Type, value: ir.Value, row: ir.Value, width: int) -> ir.Value:
    """The address of `array[row]`, as a pointer to a vector of its elements (a scalar for width 1)."""
    data = context.make_array(array)(context, builder, value).data
    first = builder.gep(data, [builder.mul(row, row.type(width))])
    element = context.get_data_type(array.dtype)
    return builder.bitcast(first, ir.VectorType(element, width).as_pointer() if width > 1 else element.as_pointer())


def _read(context, builder, sig, args, width: int) -> ir.Value:
    value = builder.load(_row_pointer(context, builder, sig.args[0], args[0], args[1], width))
    value.align = sig.args[0].dtype.bitwidth // 8 if is_number(sig.args[0].dtype) else 1
    return value


def _write(context, builder, sig, args, value: ir.Value, width: int) -> None:
    instruction = builder.store(value, _row_pointer(context, builder, sig.args[0], args[0], args[1], width))
    instruction.align = sig.args[0].dtype.bitwidth // 8 if is_number(sig.args[0].dtype) else 1


@intrinsic
def load(typing, array, row, like):
    """`array[row]` as a number; array: float32[rows, width]."""
    wanted = number_like(like)
    _check_rows("load", array, (types.float32,))

    def emit(context, builder, sig, args):
        return _read(context, builder, sig, args, width_of_type(wanted))

    return signature(wanted, array, types.intp, like), emit


@intrinsic
def store(typing, array, row, a):
    """Write the number `a` to `array[row]`; array: float32[rows, width]."""
    _check_rows("store", array, (types.float32,))
    expect("store", a, mask=False)

    def emit(context, builder, sig, args):
        _write(context, builder, sig, args, args[2], width_of_type(a))
        return context.get_dummy_value()

    return signature(types.none, array, types.intp, a), emit


@intrinsic
def load_mask(typing, array, row, like):
    """`array[row] != 0` as a mask; array: uint8 or bool [rows, width]."""
    wanted = of_width(types.boolean, width_of_type(like))
    _check_rows("load_mask", array, (types.uint8, types.boolean))

    def emit(context, builder, sig, args):
        value = _read(context, builder, sig, args, width_of_type(wanted))
        return builder.icmp_unsigned("!=", value, ir.Constant(value.type, None))

    return signature(wanted, array, types.intp, like), emit


@intrinsic
def store_mask(typing, array, row, m):
    """Write the mask `m` to `array[row]` as 0 or 1; array: uint8 or bool [rows, width]."""
    _check_rows("store_mask", array, (types.uint8, types.boolean))
    expect("store_mask", m, mask=True)

    def emit(context, builder, sig, args):
        byte = ir.IntType(8)
        wide = ir.VectorType(byte, m.width) if isinstance(m, Lanes) else byte
        _write(context, builder, sig, args, builder.zext(args[2], wide), width_of_type(m))
        return context.get_dummy_value()

    return signature(types.none, array, types.intp, m), emit
