"""The types behind `number`: several numbers side by side in one SIMD register.

`Lanes(float32, 16)` is numba's view of LLVM's `<16 x float>`, `Lanes(boolean, 16)` of `<16 x i1>`. Every operation
works on each lane by itself and is the very instruction that the scalar type uses, correctly rounded by IEEE 754 and
never contracted into a fused multiply-add; so a lane holds the bits that the scalar program computes.

Lanes live in local variables, arguments, results and tuples of compiled functions. Arrays hold plain float32
(`number.load`, `number.store`); lists and Python never see a lane.
"""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import NativeValue, models, register_model, unbox

WIDTHS = (1, 2, 4, 8, 16, 32)


class Lanes(types.Type):
    """`width` values of the numba type `element` (float32, float64 or boolean), side by side."""

    def __init__(self, element: types.Type, width: int) -> None:
        self.element = element
        self.width = width
        super().__init__(name=f"Lanes({element}, {width})")


class NumberType(types.Type):
    """The numba type of a `Number`: an argument that carries nothing but the width."""

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"Number({width})")


class Number:
    """What Python hands to a kernel to choose the number type: `number.zero(kind)` inside the kernel is its zero.

    A `width` that is none of `WIDTHS` raises ValueError.
    """

    def __init__(self, width: int) -> None:
        if width not in WIDTHS:
            raise ValueError(f"{width!r} lanes were asked for; choose one of {', '.join(map(str, WIDTHS))}")
        self.width = width
        self._numba_type_ = NumberType(width)

    def __repr__(self) -> str:
        return f"number({self.width})"


def of_width(element: types.Type, width: int) -> types.Type:
    """The type that holds `width` values of `element`: the scalar type itself for one."""
    return element if width == 1 else Lanes(element, width)


def width_of_type(kind: types.Type) -> int:
    """How many values a number, a mask or a `NumberType` stands for."""
    return kind.width if isinstance(kind, Lanes | NumberType) else 1


def element_of(kind: types.Type) -> types.Type:
    """What one lane holds; any scalar is itself (a literal: its type)."""
    return kind.element if isinstance(kind, Lanes) else types.unliteral(kind)


def is_number(kind: types.Type) -> bool:
    """True for float32, float64 and lanes of them."""
    return isinstance(element_of(kind), types.Float)


def is_mask(kind: types.Type) -> bool:
    """True for boolean and lanes of it."""
    return isinstance(element_of(kind), types.Boolean)


def broadcast(builder: ir.IRBuilder, value: ir.Value, kind: types.Type) -> ir.Value:
    """`value` as it is, or, if it is one scalar where `kind` has lanes, copied into every lane."""
    if not isinstance(kind, Lanes) or isinstance(value.type, ir.VectorType):
        return value
    vector = ir.VectorType(value.type, kind.width)
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    everywhere = ir.Constant(ir.VectorType(ir.IntType(32), kind.width), [0] * kind.width)
    return builder.shuffle_vector(first, ir.Constant(vector, ir.Undefined), everywhere)


def number_like(like: types.Type) -> types.Type:
    """The float32 number type of the width of `like`."""
    if not (is_number(like) or is_mask(like) or isinstance(like, NumberType)):
        raise TypingError(f"`like` is {like}; give a number, a mask or a kind")
    return of_width(types.float32, width_of_type(like))


def operand(context, builder, value: ir.Value, given: types.Type, wanted: types.Type) -> ir.Value:
    """An operand brought to the type `wanted`: lanes stay, a scalar is converted and copied into every lane."""
    if isinstance(given, Lanes):
        return value
    return broadcast(builder, context.cast(builder, value, given, element_of(wanted)), wanted)


def joint(what: str, *kinds: types.Type) -> types.Type:
    """The one type of several operands, numbers or masks: lanes if any of them is, the others scalars to be copied."""
    element = types.boolean if all(map(is_mask, kinds)) else types.float32
    wanted = next((kind for kind in kinds if isinstance(kind, Lanes)), element)
    if any(isinstance(kind, Lanes) and kind != wanted for kind in kinds) or element_of(wanted) != element:
        raise TypingError(f"{what}({', '.join(map(str, kinds))}): give numbers, or masks, of one width")
    return wanted


def expect(what: str, kind: types.Type, *, mask: bool) -> None:
    """Refuse a mask where a number belongs, or the reverse."""
    if not is_mask(kind) if mask else element_of(kind) != types.float32:
        raise TypingError(f"{what} takes a {'mask' if mask else 'number'}, not {kind}")


def intrinsic_call(builder, name: str, value: ir.Value) -> ir.Value:
    """A call of LLVM's intrinsic `name`, from a type to itself."""
    kind = value.type
    vector = isinstance(kind, ir.VectorType)
    suffix = f"v{kind.count}{kind.element.intrinsic_name}" if vector else kind.intrinsic_name
    function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(kind, [kind]), f"llvm.{name}.{suffix}")
    return builder.call(function, [value])


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager, kind):
        element = ir.IntType(1) if is_mask(kind) else manager.lookup(kind.element).get_value_type()
        super().__init__(manager, kind, ir.VectorType(element, kind.width))


@register_model(NumberType)
class _NumberModel(models.OpaqueModel):
    pass


@unbox(NumberType)
def _unbox_number(kind, value, c):
    return NativeValue(c.context.get_dummy_value())
