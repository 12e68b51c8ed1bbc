"""The digits' specification: operators, numbers and bases grow by versions.

Which bases and trees are kept for suites, no version changes.
"""

from dataclasses import dataclass
from functools import partial

from ..specifications import Specification
from .exercise import Exercise
from .limits import LARGEST, LEAVES, PAIRS, TOKENS
from .program import tokens


@dataclass(frozen=True)
class Bound:
    """What a version allows: operators, most digits of an operand, the largest base."""

    operators: tuple[str, ...]
    digits: int
    base: int


VERSIONS = {
    "sums of one digit": Bound(("add",), 1, 10),
    "two digits": Bound(("add",), 2, 10),
    "other operators of two numbers": Bound(PAIRS, 2, 10),
    "constants": Bound(TOKENS, 2, 10),
    "three digits": Bound(TOKENS, 3, 10),
    "four digits": Bound(TOKENS, 4, 10),
    "bases above ten": Bound(TOKENS, 4, LARGEST),
}


def within(bound: Bound, exercise: Exercise) -> bool:
    """Whether the exercise keeps the bound."""
    used = {TOKENS[token] for token, _ in tokens(exercise.program)}
    allowed = used <= {*LEAVES, *bound.operators}
    return allowed and exercise.digits <= bound.digits and exercise.base <= bound.base


SPECIFICATIONS = tuple(Specification(name, partial(within, bound)) for name, bound in VERSIONS.items())
