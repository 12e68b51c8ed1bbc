"""Fixed exercises to judge by, the same for everyone, none of which draws and mutations ever make.

By rule: sums of longer numbers, sums in bases that are kept for suites, and trees that are. The digit that is read and
written first is the high one in one half and the low one in the other.
"""

from .draws import BASES, DIGITS, HELD_BASES, held
from .exercise import FIRST, Exercise
from .limits import MOST_DIGITS, PAIRS, SCALES
from .program import Program

SUM: Program = ("add", "x", "y")
CONSTANTS = (2, 3, 5, 7, 10, 13)
TREES = 10
"""Most trees of a size."""


def suite(seen: str = "shown") -> dict[str, list[Exercise]]:
    """The exercises of `digits-suite-v1`, by name."""
    longer = {
        f"Longer{digits}": [Exercise(SUM, base, digits, base, first, seen) for base in BASES for first in FIRST]
        for digits in range(DIGITS + 1, MOST_DIGITS + 1)
    }
    bases = {
        f"Base{base}": [
            Exercise(SUM, base, digits, base, first, seen) for digits in range(1, DIGITS + 1) for first in FIRST
        ]
        for base in HELD_BASES
    }
    trees = {
        f"Trees{size}": [
            Exercise(program, base, 2, base, first, seen)
            for program in kept(size)
            for base in (2, 5, 10)
            for first in FIRST
        ]
        for size in (2, 3, 4)
    }
    return longer | bases | trees


def kept(size: int) -> list[Program]:
    """Some of the trees of so many nodes that are kept for suites, spread evenly."""
    every = [program for program in programs(size) if held(program)]
    return every[:: -(-len(every) // TREES)]


def programs(size: int) -> list[Program]:
    """All trees of so many nodes with constants of a short list, in a fixed order."""
    if size == 1:
        return ["x", "y"]
    scaled: list[Program] = [
        (operator, part, constant) for operator in SCALES for part in programs(size - 1) for constant in CONSTANTS
    ]
    paired: list[Program] = [
        (operator, left, right)
        for operator in PAIRS
        for inside in range(1, size - 1)
        for left in programs(inside)
        for right in programs(size - 1 - inside)
    ]
    return scaled + paired
