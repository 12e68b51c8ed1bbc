"""How tasks become smaller, part by part, so that what is left is what matters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Shrinking:
    """How a task is made smaller, so that what is left of it is what matters.

    Attributes:
        names: the parts of a genome that the first task does not have, such as a kind of obstacle.
        without: the genome without some of its parts, given by name; chance (a terrain seed) stays as it is.
        smaller: the genome with one part smaller, the smallest first; none where it cannot be.
    """

    names: Callable[[Any], Sequence[str]]
    without: Callable[[Any, Sequence[str]], Any]
    smaller: Callable[[Any, str], Sequence[Any]]
