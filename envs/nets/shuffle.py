"""Random orders from keys."""

from ..random import between
from ..simd.compiled import kernel


@kernel
def shuffle(key, order):
    """Shuffle an array in place, every order as likely (Fisher and Yates 1938; Durstenfeld 1964); `key` fixes it."""
    for last in range(len(order) - 1, 0, -1):
        other = between(key, last, 0, last + 1)
        order[last], order[other] = order[other], order[last]
