"""Exercises: a program, and how its questions are written; their canonical JSON."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from .limits import LARGEST, MOST_ANSWERS, MOST_DIGITS, SMALLEST
from .program import Program, checked, largest, tokens

FIRST = ("high", "low")
"""Which digit of every number is read and written first."""
SEEN = ("hidden", "shown", "shuffled")
"""What is seen of the base: nothing, the base, or another one that is drawn anew for each example."""


@dataclass(frozen=True)
class Exercise:
    """One task.

    Attributes:
        program: what is asked for; see `program`.
        base: of all numbers, 2 .. 16.
        digits: of each operand, 1 .. 8.
        below: digits of operands are below this, 2 .. base.
        first: the order of digits; see `FIRST`.
        seen: what is seen of the base; see `SEEN`.
        told: whether the program is read before the operands.

    Raises:
        ValueError: a value is of the wrong kind or out of range, or answers are too long; names what is allowed.
    """

    program: Program
    base: int
    digits: int
    below: int
    first: str = "high"
    seen: str = "shown"
    told: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "program", checked(self.program))
        for name, low, high in (("base", SMALLEST, LARGEST), ("digits", 1, MOST_DIGITS), ("below", 2, self.base)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
                raise ValueError(f"{name} is {value!r:.50}; it must be a whole number within {low} .. {high}")
            object.__setattr__(self, name, int(value))
        for name, allowed in (("first", FIRST), ("seen", SEEN), ("told", (False, True))):
            value = getattr(self, name)
            if type(value) is not type(allowed[0]) or value not in allowed:
                raise ValueError(f"{name} is {value!r:.50}; choose {' or '.join(map(json.dumps, allowed))}")
        if self.answers > MOST_ANSWERS:
            raise ValueError(f"answers have {self.answers} digits in base {self.base}; at most {MOST_ANSWERS} may be")

    @property
    def answers(self) -> int:
        """Digits of every answer: as many as the largest value may need."""
        operand = sum((self.below - 1) * self.base**place for place in range(self.digits))
        value, count = largest(self.program, operand) // self.base, 1
        while value:
            value, count = value // self.base, count + 1
        return count

    @property
    def ticks(self) -> int:
        """Steps of an example: the program's tokens if it is told, digits of operands, digits of the answer."""
        return (len(tokens(self.program)) if self.told else 0) + self.digits + self.answers


def encode(exercise: Exercise) -> str:
    """Canonical JSON: keys sorted, no spaces."""
    return json.dumps(asdict(exercise), sort_keys=True, separators=(",", ":"))


def decode(text: str) -> Exercise:
    """The exercise of a canonical text.

    Raises:
        ValueError: not JSON, a field missing, unknown or out of range, or not in canonical form.
    """
    try:
        given: Any = json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"exercise is not JSON ({error})") from None
    names = {field.name for field in fields(Exercise)}
    if not isinstance(given, dict) or given.keys() != names:
        keys = sorted(given) if isinstance(given, dict) else type(given).__name__
        raise ValueError(f"exercise must be an object with exactly the keys {sorted(names)}, not {keys}")
    made = Exercise(**given)
    if encode(made) != text:
        raise ValueError(f"exercise is not in canonical form; write {encode(made)}")
    return made
