"""Tasks drawn from ranges that grow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Ranges:
    """Tasks drawn below levels that grow, one for each kind of difficulty.

    Attributes:
        names: of the kinds.
        first: where their levels begin.
        full: where they end.
        draw: a genome at or below the levels, a function of the levels (in the order of the names) and the key.
        edge: a genome of one kind alone, given by its place, all of it at its level.
    """

    names: tuple[str, ...]
    first: tuple[float, ...]
    full: tuple[float, ...]
    draw: Callable[[Sequence[float], int], Any]
    edge: Callable[[Sequence[float], int, int], Any]
