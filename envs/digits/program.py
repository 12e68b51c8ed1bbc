"""Programs: small trees over two operands x and y, whole numbers from 0.

A program is "x", "y", (operator, program, program) or (operator, program, constant). `subtract` is the distance |p - q|
and `modulo` the rest of a division, so every value is a whole number from 0.
"""

from typing import Any

import numpy as np

from .limits import (
    BOUND,
    DEEPEST,
    FEWEST_CONSTANT,
    LEAVES,
    MOST_CONSTANT,
    MOST_NODES,
    PAIRS,
    SCALES,
    TOKENS,
)

Program = Any
"""A text "x" or "y", or a tuple; see the module."""
SIGNS = {"add": "+", "times": "*", "modulo": "mod"}


def checked(value: Any) -> Program:
    """The program of a JSON value or a tuple. Raises ValueError, naming the place, if it is none or too large."""
    program = _checked(value, "program")
    for name, found, most in (("nodes", size(program), MOST_NODES), ("levels", depth(program), DEEPEST)):
        if found > most:
            raise ValueError(f"program has {found} {name}; at most {most} are allowed")
    return program


def _checked(value: Any, place: str, level: int = 1) -> Program:
    if isinstance(value, str) and value in LEAVES:
        return value
    if not isinstance(value, list | tuple) or len(value) != 3 or level > DEEPEST:
        raise ValueError(f"{place} is {value!r:.60}; it must be x, y or [operator, program, program or constant]")
    operator, left, right = value
    if operator in PAIRS:
        return operator, _checked(left, f"{place}[1]", level + 1), _checked(right, f"{place}[2]", level + 1)
    if operator not in SCALES:
        raise ValueError(f"{place}[0] is {operator!r:.40}; choose {', '.join((*PAIRS, *SCALES))}")
    if type(right) is not int or not FEWEST_CONSTANT <= right <= MOST_CONSTANT:
        raise ValueError(
            f"{place}[2] is {right!r:.40}; it must be a whole number within {FEWEST_CONSTANT} .. {MOST_CONSTANT}"
        )
    return operator, _checked(left, f"{place}[1]", level + 1), right


def tokens(program: Program) -> list[tuple[int, int]]:
    """The tree's nodes in prefix order: place in `TOKENS`, and constant (0 without one)."""
    if isinstance(program, str):
        return [(TOKENS.index(program), 0)]
    operator, left, right = program
    if operator in SCALES:
        return [(TOKENS.index(operator), right), *tokens(left)]
    return [(TOKENS.index(operator), 0), *tokens(left), *tokens(right)]


def size(program: Program) -> int:
    """Nodes; a constant belongs to its operator."""
    return len(tokens(program))


def depth(program: Program) -> int:
    """Nodes of the longest path."""
    return 1 if isinstance(program, str) else 1 + max(depth(part) for part in program[1:] if not isinstance(part, int))


def largest(program: Program, operand: int) -> int:
    """What no value exceeds if no operand exceeds `operand`.

    Raises:
        ValueError: it may reach `BOUND`.
    """
    if isinstance(program, str):
        return operand
    operator, left, right = program
    bound = largest(left, operand)
    if operator == "modulo":
        return min(bound, int(right) - 1)
    if operator == "times":
        bound *= right
    else:
        other = largest(right, operand)
        bound = bound + other if operator == "add" else max(bound, other)
    if bound >= BOUND:
        raise ValueError(f"program {text(program)} has values of {bound} and more; they must stay below {BOUND}")
    return bound


def values(program: Program, x: Any, y: Any) -> Any:
    """Values at operands, int64[n] each."""
    if isinstance(program, str):
        return x if program == "x" else y
    operator, left, right = program
    p = values(left, x, y)
    if operator == "times":
        return p * right
    if operator == "modulo":
        return p % right
    q = values(right, x, y)
    return p + q if operator == "add" else np.abs(p - q) if operator == "subtract" else np.maximum(p, q)


def text(program: Program) -> str:
    """As people write it."""
    if isinstance(program, str):
        return program
    operator, left, right = program
    if operator == "max":
        return f"max({text(left)}, {text(right)})"
    if operator == "subtract":
        return f"|{_grouped(left)} - {_grouped(right)}|"
    return f"{_grouped(left)} {SIGNS[operator]} {right if isinstance(right, int) else _grouped(right)}"


def _grouped(program: Program) -> str:
    return text(program) if isinstance(program, str) or program[0] in ("max", "subtract") else f"({text(program)})"
