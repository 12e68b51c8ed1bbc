"""Tasks that are some numbers, each within a range: most simulators have such parameters."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .api import Tasks
from .controls import Control, Number
from .random import generator

Values = tuple[float, ...]
"""A genome: the values in the order of the ranges, whole ones as int."""


@dataclass(frozen=True)
class Range:
    """What a parameter may be. Raises ValueError for a range that is none.

    Attributes:
        low, high: the bounds, both possible.
        first: its value in the simplest task; None: the lower bound.
        step: how far a mutation moves it at most; 0: a tenth of the range, and at least 1 if it is whole.
        whole: whether it is a whole number.
    """

    low: float
    high: float
    first: float | None = None
    step: float = 0.0
    whole: bool = False

    def __post_init__(self) -> None:
        if not -math.inf < self.low < self.high < math.inf:
            raise ValueError(f"a range is {self.low} .. {self.high}; low must be below high, both finite")
        if not 0 <= self.step <= self.high - self.low:
            raise ValueError(f"a step is {self.step}; it must be within 0 .. {self.high - self.low}, the range")
        if self.whole and not all(float(end).is_integer() for end in (self.low, self.high)):
            raise ValueError(f"a range of whole numbers is {self.low} .. {self.high}; its bounds must be whole")
        first = self.low if self.first is None else self.first
        if not self.low <= first <= self.high or self.rounded(first) != first:
            within = f"{self.low} .. {self.high}, with {self.digits} decimals at most"
            raise ValueError(f"a first value is {first}; it must be within {within}")

    @property
    def digits(self) -> int:
        """Decimals of a value: so many that a range less than 1000 wide has 100 to 999 values; none if it is whole."""
        return 0 if self.whole else max(0, 2 - Decimal(self.high - self.low).adjusted())

    @property
    def most(self) -> float:
        """The largest move of a mutation."""
        return self.step or max((self.high - self.low) / 10, float(self.whole))

    def rounded(self, value: float) -> float:
        """The nearest value that the parameter can have."""
        near = round(float(min(max(value, self.low), self.high)), self.digits)
        return int(near) if self.whole else min(max(near, self.low), self.high) + 0.0  # no -0.0, whose text differs


def tasks(ranges: Mapping[str, Range], describe: Callable[[Values], NDArray[np.float64]] | None = None) -> Tasks:
    """The family of tasks with these parameters.

    Mutation moves every parameter by up to its step, evenly distributed; a random task is evenly distributed over all
    ranges. Features are the values in units of their ranges. The JSON of a genome is an object with all parameters.

    Args:
        ranges: by the name of the parameter.
        describe: the descriptor of a genome; None: its values.
    """
    names, bounds = tuple(ranges), tuple(ranges.values())

    def along(moved: Callable[[int, Range], float]) -> Values:
        return tuple(bound.rounded(moved(place, bound)) for place, bound in enumerate(bounds))

    def mutate(genome: Values, key: int) -> Values:
        moves = generator(key).uniform(-1.0, 1.0, len(bounds)).tolist()
        return along(lambda place, bound: genome[place] + moves[place] * bound.most)

    def random(key: int) -> Values:
        places = generator(key).uniform(size=len(bounds)).tolist()
        return along(lambda place, bound: bound.low + places[place] * (bound.high - bound.low))

    def features(genome: Values) -> NDArray[np.float64]:
        return np.array([(value - at.low) / (at.high - at.low) for value, at in zip(genome, bounds, strict=True)])

    def toward(genome: Values, target: Values) -> Values:
        return along(lambda i, bound: genome[i] + min(max(target[i] - genome[i], -bound.most), bound.most))

    def encode(genome: Values) -> str:
        return json.dumps(dict(zip(names, genome, strict=True)), sort_keys=True, separators=(",", ":"))

    def read(text: str, strictly: bool = False) -> Values:
        value: Any = json.loads(text)
        if not isinstance(value, dict) or value.keys() != ranges.keys():
            raise ValueError(f"a task must be an object with {', '.join(names)}; it is {text:.100}")
        genome = []
        for name, bound in ranges.items():
            number = value[name] if strictly else _converted(value[name], bound)
            sound = type(number) is (int if bound.whole else float) and bound.rounded(number) == number
            if not sound:
                kind = "a whole number" if bound.whole else f"a number with {bound.digits} decimals at most"
                raise ValueError(f"{name} is {number!r:.50}; it must be {kind} within {bound.low} .. {bound.high}")
            genome.append(bound.rounded(number))
        return tuple(genome)

    def decode(text: str) -> Values:
        genome = read(text, strictly=True)
        if encode(genome) != text:
            raise ValueError(f"a task's text must be canonical: {encode(genome)}")
        return genome

    return Tasks(
        first=lambda: along(lambda place, bound: bound.low if bound.first is None else bound.first),
        mutate=mutate,
        describe=describe or (lambda genome: np.array(genome, np.float64)),
        encode=encode,
        decode=decode,
        read=read,
        random=random,
        features=features,
        toward=toward,
    )


def _converted(value: Any, bound: Range) -> Any:
    """A whole number as 1.0 or 1, as the parameter is; anything else as it is."""
    if bound.whole:
        return int(value) if isinstance(value, float) and value.is_integer() else value
    return float(value) if type(value) is int and abs(value) < 2**53 else value


def controls(
    ranges: Mapping[str, Range], units: Mapping[str, str] | None = None
) -> Callable[[Values], tuple[Control, ...]]:
    """For people, a slider for each of these parameters; `units` by their names."""
    known = units or {}
    sliders = tuple(
        Number(
            path=(name,),
            label=name.replace("_", " "),
            low=bound.low,
            high=bound.high,
            step=1 if bound.whole else float(f"1e-{bound.digits}"),
            unit=known.get(name, ""),
        )
        for name, bound in ranges.items()
    )
    return lambda genome: sliders
