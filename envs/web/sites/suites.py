"""Sites to judge by, never trained on: unselected chains of mutations, from easy to hard, by rule.

`web-evolved-v1` is what is reported. `web-validation-v1`, from other chains, is what an agent may be chosen by.
"""

from .mutation import grown
from .task import Site

LENGTHS = (5, 15, 40, 100)
"""Mutations of the four bands."""
COUNT = 25
"""Sites of a band in either suite."""
CHAIN = 1 << 40
"""Keys of a chain stand so far from those of the next; runs use other keys."""


def evolved() -> dict[str, list[Site]]:
    """The sites of `web-evolved-v1`, by band."""
    return _bands(0)


def validation() -> dict[str, list[Site]]:
    """The sites of `web-validation-v1`, by band."""
    return _bands(COUNT)


def _bands(first: int) -> dict[str, list[Site]]:
    def site(band: int, number: int) -> Site:
        key = (band * 2 * COUNT + first + number) * CHAIN
        return grown(range(key, key + LENGTHS[band]))

    return {
        f"{length} mutations": [site(band, number) for number in range(COUNT)] for band, length in enumerate(LENGTHS)
    }
