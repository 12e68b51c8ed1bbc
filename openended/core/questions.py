"""Which two tasks to ask a person about: a pair whose answer tells much, and that the person can tell apart.

Source: Biyik et al. (2019), Asking Easy Questions: A User-Friendly Approach to Active Reward Learning, whose point it
is not to ask what is uncertain for the person, too. As a measure of what an answer tells: the variance of the
difference in utility times p (1 - p), p the chance of left among left and right.
"""

from collections.abc import Set

import numpy as np
from numpy.typing import NDArray

from .keys import generator
from .preference import EQUAL, LEFT, RIGHT, Preference

PAIRS = 200
"""How many are looked at."""
ALIKE = 0.5
"""Pairs whose chance of being equal is above this are not asked about."""


def question(
    model: Preference, tasks: NDArray[np.float64], key: int, passed: Set[frozenset[int]] = frozenset()
) -> tuple[int, int] | None:
    """Rows of two tasks to ask about, left and right, among `PAIRS` that the key draws; None if there are none.

    Args:
        model: what is known of preferences; without any answers, tasks that differ much are asked about first.
        tasks: `preference.columns` of the tasks, float64[n, k].
        key: which pairs, and which task stands on the left.
        passed: pairs that are not asked about: those of which nobody could say anything.
    """
    if len(tasks) < 2:
        return None
    pairs = generator(key).integers(len(tasks), size=(PAIRS, 2))
    left, right = tasks[pairs[:, 0]], tasks[pairs[:, 1]]
    chances = model.chances(left, right)
    told = chances[:, LEFT] / (chances[:, LEFT] + chances[:, RIGHT])
    worth = model.doubt(left, right) * told * (1.0 - told)
    worth[chances[:, EQUAL] > ALIKE] *= 1e-9  # only if nothing else is left
    for place in np.argsort(-worth, kind="stable").tolist():
        one, other = pairs[place].tolist()
        if one != other and frozenset((one, other)) not in passed:
            return one, other
    return None
