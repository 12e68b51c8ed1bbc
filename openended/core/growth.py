"""Ranges that grow: tasks are drawn below levels that widen, one by one, with an agent's success at them.

Source: Akkaya et al. (2019), Solving Rubik's Cube with a Robot Hand, section 5 (automatic domain randomization). Here
each kind of difficulty has one level, tried at its very edge, and grows by a factor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Gt, Le


@dataclass(frozen=True)
class Growth:
    """How levels widen.

    Attributes:
        every: generations from one trial to the next.
        trials: fresh tasks of each kind, at its level, on which the agent is tried.
        above: share of them solved above which the level grows.
        below: share below which it shrinks.
        up: factor of growth.
        down: factor of shrinking.

    """

    every: Annotated[int, Ge(1)] = 2
    trials: Annotated[int, Ge(1)] = 24
    above: Annotated[float, Ge(0), Le(1)] = 0.6
    below: Annotated[float, Ge(0), Le(1)] = 0.25
    up: Annotated[float, Ge(1)] = 1.08
    down: Annotated[float, Gt(0), Le(1)] = 0.97


def grown(settings: Growth, levels: Sequence[float], rates: Sequence[float], full: Sequence[float]) -> list[float]:
    """The levels after trials with the given shares solved; none beyond its full range."""
    moved = []
    for level, rate, most in zip(levels, rates, full, strict=True):
        factor = settings.up if rate > settings.above else settings.down if rate < settings.below else 1.0
        moved.append(min(level * factor, most))
    return moved
