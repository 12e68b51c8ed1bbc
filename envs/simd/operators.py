"""The operators between lanes: for numba, their typing, and the one LLVM instruction that each of them is."""

import operator

from numba import types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin

from .lanes import Lanes, broadcast, is_mask, is_number

ARITHMETIC = {operator.add: "fadd", operator.sub: "fsub", operator.mul: "fmul", operator.truediv: "fdiv"}
IN_PLACE = {operator.iadd: "fadd", operator.isub: "fsub", operator.imul: "fmul", operator.itruediv: "fdiv"}
COMPARISON = {
    operator.lt: "<",
    operator.le: "<=",
    operator.gt: ">",
    operator.ge: ">=",
    operator.eq: "==",
    operator.ne: "!=",
}
LOGIC = {operator.and_: "and_", operator.or_: "or_", operator.xor: "xor"}
IN_PLACE_LOGIC = {operator.iand: "and_", operator.ior: "or_", operator.ixor: "xor"}


def _common(args: tuple[types.Type, ...], accepts) -> types.Type | None:
    """The lanes type of an operation: lanes with like lanes, or with one scalar of the lanes' own element."""
    lanes = next((kind for kind in args if isinstance(kind, Lanes)), None)
    if lanes is None or not accepts(lanes):
        return None
    fits = all(kind == lanes or types.unliteral(kind) == lanes.element for kind in args)
    return lanes if fits else None


def _register(function, accepts, arity, result, emit) -> None:
    """Teach numba `function` on lanes: its typing, and the one instruction that `emit` gives for it."""

    class Template(AbstractTemplate):
        def generic(self, args, kws):
            lanes = _common(args, accepts) if len(args) == arity and not kws else None
            return None if lanes is None else signature(result(lanes), *args)

    infer_global(function)(Template)

    def lower(context, builder, sig, args):
        lanes = _common(sig.args, accepts)
        return emit(builder, *(broadcast(builder, value, lanes) for value in args))

    if arity == 1:
        lower_builtin(function, Lanes)(lower)
    else:
        for pair in ((Lanes, Lanes), (Lanes, types.Any), (types.Any, Lanes)):
            lower_builtin(function, *pair)(lower)


def _same(lanes: Lanes) -> Lanes:
    return lanes


def _mask(lanes: Lanes) -> Lanes:
    return Lanes(types.boolean, lanes.width)


def _instruction(name):
    return lambda builder, *operands: getattr(builder, name)(*operands)


def _comparison(symbol):
    """Ordered, as in C: false if either side is NaN; only `!=` is true then."""
    name = "fcmp_unordered" if symbol == "!=" else "fcmp_ordered"
    return lambda builder, a, b: getattr(builder, name)(symbol, a, b)


for _operator, _name in (ARITHMETIC | IN_PLACE).items():
    _register(_operator, is_number, 2, _same, _instruction(_name))
for _operator, _name in COMPARISON.items():
    _register(_operator, is_number, 2, _mask, _comparison(_name))
for _operator, _name in (LOGIC | IN_PLACE_LOGIC).items():
    _register(_operator, is_mask, 2, _same, _instruction(_name))
_register(operator.neg, is_number, 1, _same, _instruction("fneg"))
_register(operator.invert, is_mask, 1, _same, _instruction("not_"))
