"""Sites to judge by, never trained on: unselected chains of mutations, from easy to hard, by rule.

`web-evolved-v1` is what is reported. `web-validation-v1`, from other chains, is what an agent may be chosen by.
"""

from .mutation import mutate
from .task import Site, first_task

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
    return {
        f"{length} mutations": [grown((band * 2 * COUNT + first + number) * CHAIN, length) for number in range(COUNT)]
        for band, length in enumerate(LENGTHS)
    }


def grown(key: int, length: int) -> Site:
    """The first site after so many mutations."""
    site = first_task()
    for step in range(length):
        site = mutate(site, key + step)
    return site
