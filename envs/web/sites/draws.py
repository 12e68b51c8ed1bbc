"""Random draws in Python by the key alone, quick one by one: raw bits come from NumPy's Philox in blocks."""

from collections.abc import Sequence
from typing import Any

from ...random import generator

_BLOCK = 512


class Draws:
    """The stream of draws of a key."""

    def __init__(self, key: int) -> None:
        self._generator = generator(key)
        self._raw: list[int] = []

    def below(self, count: int) -> int:
        """A whole number evenly in 0 .. count - 1."""
        if not self._raw:
            self._raw = self._generator.bit_generator.random_raw(_BLOCK).tolist()
        return (self._raw.pop() >> 32) * count >> 32

    def chance(self, percent: int) -> bool:
        """True in so many of 100 cases."""
        return self.below(100) < percent

    def one(self, choices: Sequence[Any]) -> Any:
        """One of the choices."""
        return choices[self.below(len(choices))]

    def some(self, count: int, total: int) -> list[int]:
        """So many different numbers of 0 .. total - 1, sorted."""
        return sorted(self.shuffled(range(total))[:count])

    def shuffled(self, values: Sequence[Any]) -> list[Any]:
        """The values in any order (Fisher and Yates)."""
        mixed = list(values)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed

    def weighted(self, weights: Sequence[int]) -> int:
        """An index, each as often as its weight says."""
        place = self.below(sum(weights))
        for index, weight in enumerate(weights):
            place -= weight
            if place < 0:
                return index
        raise AssertionError("a place below the sum of weights belongs to one of them")
