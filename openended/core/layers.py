"""Mappings that never change, of which the next one costs what is new in it and not a copy of all."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

ROOM = 4
"""How many times the square root of the lower layer's size the upper layer may hold, before both become one."""


class Layers(Mapping[K, V]):
    """Two dicts as one: entries of the upper one stand above those of the lower one, of which some are gone.

    The lower dict is shared by one generation's mapping and the next one's.
    """

    def __init__(self, lower: dict[K, V], upper: dict[K, V], gone: frozenset[K]):
        self.lower, self.upper, self.gone = lower, upper, gone

    def __getitem__(self, key: K) -> V:
        if key in self.upper:
            return self.upper[key]
        if key in self.gone:
            raise KeyError(key)
        return self.lower[key]

    def __iter__(self) -> Iterator[K]:
        yield from (key for key in self.lower if key not in self.gone)
        yield from (key for key in self.upper if key not in self.lower)

    def __len__(self) -> int:
        return len(self.lower) - len(self.gone) + sum(key not in self.lower for key in self.upper)

    def flat(self) -> dict[K, V]:
        """The same entries as one dict."""
        both = dict(self.lower)
        for key in self.gone:
            del both[key]
        return both | self.upper


def with_entries(mapping: Mapping[K, V], new: Mapping[K, V], without: Iterable[K] = ()) -> Mapping[K, V]:
    """The mapping with other entries, and without some of those that it has."""
    if isinstance(mapping, Layers):
        lower, upper, gone = mapping.lower, mapping.upper, mapping.gone
    else:
        lower, upper, gone = dict(mapping), dict[K, V](), frozenset[K]()
    left = frozenset(without)
    upper = {key: value for key, value in upper.items() if key not in left} | dict(new)
    gone = frozenset(key for key in gone | left if key in lower and key not in upper)
    layers = Layers(lower, upper, gone)
    return layers if (len(upper) + len(gone)) ** 2 <= ROOM**2 * len(lower) else layers.flat()
