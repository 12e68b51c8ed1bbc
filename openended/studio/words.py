"""Numbers as people read them on the page."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.view.numbers import number


def worth(value: float) -> str:
    """A fitness or return: with more decimals where it is small, as in mazes, whose returns lie within 0 .. 1."""
    return number(value, 3 if abs(value) < 10 else 1)


def total(rewards: NDArray[Any]) -> float:
    """The return of an episode, added up one reward after another, as `rollouts` does: the same bits."""
    return float(np.cumsum(rewards)[-1]) if len(rewards) else 0.0
