"""What a plot can show of a pair, and in which colours: amounts, such as fitness, and one kind, who holds a niche."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from openended.core.measures.retention import retention
from openended.core.types import Pair
from openended.file.snapshot import Snapshot

from . import style

Colour = tuple[float, float, float, float]
UNKNOWN: Colour = (0.62, 0.62, 0.62, 1.0)
"""An elite without a finite value."""
OTHERS: Colour = (0.78, 0.78, 0.76, 1.0)
"""An elite whose agent came from a task that is none of the named sources."""


@dataclass(frozen=True)
class Quantity:
    """An amount: what it says of an elite, and its label with the unit."""

    label: str
    of: Callable[[Snapshot, Pair], float]


def kept(view: Snapshot, pair: Pair) -> float:
    """What the agent in training, when it was last tried, retains of what the best one reached on the pair's task."""
    return retention(pair.fitness, pair.best_fitness, view.domain.simulator.lowest_return)


AMOUNTS: dict[str, Quantity] = {
    "fitness": Quantity("fitness (mean return)", lambda view, pair: pair.best_fitness),
    "age": Quantity("age (generations since admission)", lambda view, pair: view.generation - pair.admitted),
    "visits": Quantity("visits (generations of training)", lambda view, pair: pair.visits),
    "progress": Quantity("learning progress (gain in fitness per ES step)", lambda view, pair: pair.potential),
    "retention": Quantity("retention (share of the best return, from the lowest one)", kept),
}
HOLDER = "holder"
NAMES = (*AMOUNTS, HOLDER)
"""What a heatmap can be of. `holder`: from which task the agent came that holds the niche."""


@dataclass(frozen=True)
class Scale:
    """How values turn into colours: limits, the label with its unit, and where there is one, the value to be marked."""

    low: float
    high: float
    label: str
    mark: float | None = None


def amounts(view: Snapshot, name: str) -> dict[int, float]:
    """The amount of each elite, by niche."""
    return {niche: float(AMOUNTS[name].of(view, pair)) for niche, pair in view.elites.items()}


ROOM = 50.0
"""Most of a scale on either side of a mark without values there; less where all values are below four times as much."""


def scaled(values: Mapping[int, float], label: str, mark: float | None = None) -> Scale:
    """Limits at round numbers around all finite values; around `mark`, too, with some room on a side of it that has no
    values, or zero without one.
    """
    from matplotlib.ticker import MaxNLocator

    finite = [value for value in values.values() if np.isfinite(value)]
    room = 0.0 if mark is None else min(ROOM, max(map(abs, [*finite, mark])) / 4)
    low, high = min(finite, default=math.inf), max(finite, default=-math.inf)
    if mark is None:
        low, high = min(low, 0.0), max(high, 0.0)
    else:
        low, high = low if low < mark else mark - room, high if high > mark else mark + room
    ticks = MaxNLocator(nbins=8, steps=[1, 2, 5, 10]).tick_values(low, high if high > low else low + 1)
    return Scale(float(ticks[0]), float(ticks[-1]), label, mark)


@dataclass(frozen=True)
class Source:
    """A task, how many niches its agent holds, and its colour. Task -1 is the first agent, drawn at random."""

    task: int
    niches: int
    colour: str

    @property
    def name(self) -> str:
        return "the start, at random" if self.task < 0 else f"task {self.task}"


def sources(view: Snapshot) -> list[Source]:
    """The tasks whose agents hold the most niches, most first; ties go to the oldest task."""
    found = Counter(pair.origin for pair in view.elites.values())
    order = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [Source(task, niches, colour) for (task, niches), colour in zip(order, style.KINDS[:-1], strict=False)]


def painted(view: Snapshot, of: str) -> tuple[dict[int, Colour], Scale | list[Source]]:
    """The colour of each elite, by niche, and what the colours mean."""
    from matplotlib import colormaps
    from matplotlib.colors import to_rgba

    if of == HOLDER:
        named = sources(view)
        colours = {source.task: to_rgba(source.colour) for source in named}
        return {niche: colours.get(pair.origin, OTHERS) for niche, pair in view.elites.items()}, named
    values = amounts(view, of)
    scale = scaled(values, AMOUNTS[of].label, view.solved if of == "fitness" else None)
    shade = colormaps[style.AMOUNTS]
    return {
        niche: shade((value - scale.low) / (scale.high - scale.low)) if np.isfinite(value) else UNKNOWN
        for niche, value in values.items()
    }, scale


def difficulty(view: Snapshot) -> tuple[dict[int, Colour], Scale]:
    """The colour of each admitted task by the length of its descriptor, and what the colours mean."""
    hard = {task: view.hardness(pair) for task, pair in view.state.pairs.items()}
    top = max(hard.values(), default=0.0) or 1.0
    shade = style.difficulties()
    label = "difficulty (length of the descriptor, in ranges of the axes)"
    return {task: shade(value / top) for task, value in hard.items()}, Scale(0.0, top, label)
