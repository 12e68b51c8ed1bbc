"""The picture of a run for a terminal, made of characters with rich."""

import math
from typing import Any, Protocol

import numpy as np

from openended.core.types import Changes, Pair, State
from openended.envs.api import Axis
from openended.file.settings import Config
from openended.file.snapshot import cells, elites, explored
from openended.view.numbers import count, duration, number

BARS = "▁▂▃▄▅▆▇█"
RAMP = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
"""Five colours of viridis."""
SHADES = "░▒▓██"
"""The same five in characters, for terminals without colours."""
ROWS, CURVE = 10, 18
NARROW = 60
"""Columns of a terminal below which only the most telling numbers are shown."""
WIDEST = 14
"""Most cells of an axis in the character heatmap; neighbours are merged beyond that."""


class Pacing(Protocol):
    """Rates of the latest generations: `seconds` of one, environment steps per second (`rate`)."""

    @property
    def seconds(self) -> float: ...
    @property
    def rate(self) -> float: ...


class Curves:
    """The course of every pair's best fitness since this process took up the run, at most `MOST` values each."""

    MOST = 256

    def __init__(self) -> None:
        self._values: dict[int, list[float]] = {}

    def add(self, changes: Changes) -> None:
        """Note the pairs that a generation altered. Of a course that is full, every second value is forgotten."""
        for pair in changes.pairs:
            values = self._values.setdefault(pair.task, [])
            values.append(pair.best_fitness)
            if len(values) > self.MOST:
                del values[-2::-2]

    def of(self, task: int, length: int) -> list[float]:
        """At most `length` values spread over the whole course, oldest first."""
        values = self._values.get(task, [])
        if len(values) <= length:
            return values
        return [values[index] for index in np.linspace(0, len(values) - 1, length).astype(int)]


def panel(
    config: Config, axes: tuple[Axis, ...], state: State, changes: Changes, pace: Pacing, curves: Curves, width: int
) -> Any:
    """The whole picture, a rich renderable for a terminal of `width` columns."""
    from rich.columns import Columns
    from rich.console import Group
    from rich.text import Text

    total, generation, metrics = config.head.generations, changes.generation, changes.metrics
    left = max(0, total - generation) * pace.seconds
    head = Text.assemble(
        (config.name, "bold"), f"   generation {generation}/{total}   ",
        f"{count(pace.rate)} steps/s   {pace.seconds:.2g} s a generation   left {duration(left)}",
    )  # fmt: skip
    facts = Text(
        f"elites {metrics.get('elites')}   coverage {100 * (metrics.get('coverage') or 0):.1f}%   "
        f"QD score {number(metrics.get('qd_score'), 0)}   best {number(metrics.get('best'))}   "
        f"steps {count(state.counters.env_steps)}"
    )
    length = min(width, 72)
    done = length * min(generation, total) // max(total, 1)
    bar = Text.assemble(("━" * done, "cyan"), ("━" * (length - done), "dim"))
    body = Columns([heatmap(config, axes, state), active(state, curves, width)], padding=(0, 4))
    return Group(head, bar, facts, Text(), body, Text(upcoming(config, generation), style="dim"))


def heatmap(config: Config, axes: tuple[Axis, ...], state: State) -> Any:
    """The explored part of the archive over its first two axes, best over the others, y upwards."""
    from rich.text import Text

    best, (columns, rows) = squares(cells(config.settings(), len(axes)), axes, state)
    finite = [value for value in best.values() if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    picture = Text(f"{axes[1].name} ↑\n" if len(axes) > 1 else "", style="dim")
    for row in reversed(range(rows)):
        for column in range(columns):
            picture.append(*tile(best.get((column, row)), low, high))
        picture.append("\n")
    picture.append(f"{axes[0].name} →\n", style="dim")
    if not finite:
        return picture.append("no elites yet", style="dim")
    picture.append("fitness ", style="dim")
    for level in range(len(RAMP)):
        picture.append(*tile(float(level), 0, len(RAMP) - 1))
    return picture.append(f" {low:.0f} to {high:.0f}", style="dim")


def squares(
    shape: tuple[int, ...] | None, axes: tuple[Axis, ...], state: State
) -> tuple[dict[tuple[int, int], float], tuple[int, int]]:
    """The best fitness by (column, row), NaN only if there is nothing else, and how many columns and rows there are.

    Those are the cells of a grid, neighbours merged where they are many; of a CVT archive, equal parts of the ranges.
    """
    held = elites(state.pairs)
    if shape is None:
        low, high = (np.array([getattr(axis, end) for axis in axes]) for end in ("low", "high"))
        shape = (WIDEST,) * len(axes)
        scaled = {
            niche: (np.array(state.tasks[pair.task].descriptor) - low) / (high - low) for niche, pair in held.items()
        }
        places = {niche: np.clip((each * WIDEST).astype(int), 0, WIDEST - 1) for niche, each in scaled.items()}
    else:
        places = {niche: np.array(np.unravel_index(niche, shape)) for niche in held}
    shown = explored(shape, [int(np.ravel_multi_index(tuple(place), shape)) for place in places.values()])
    columns, rows = (*shown, 1)[:2]
    merge = -(-columns // WIDEST), -(-rows // WIDEST)
    best: dict[tuple[int, int], float] = {}
    for niche, pair in held.items():
        column, row = (*places[niche].tolist(), 0)[:2]
        place = (column // merge[0], row // merge[1])
        if not best.get(place, -math.inf) >= pair.best_fitness:
            best[place] = pair.best_fitness if math.isfinite(pair.best_fitness) else best.get(place, math.nan)
    return best, (-(-columns // merge[0]), -(-rows // merge[1]))


def tile(value: float | None, low: float, high: float) -> tuple[str, str]:
    """Two characters and their style for a cell."""
    if value is None:
        return "· ", "dim"
    if not math.isfinite(value):
        return "? ", "dim"
    level = round((value - low) / (high - low) * (len(RAMP) - 1)) if high > low else len(RAMP) - 1
    colour = "rgb({},{},{})".format(*RAMP[level])
    return SHADES[level] * 2, f"{colour} on {colour}"


def active(state: State, curves: Curves, width: int) -> Any:
    """The active pairs, the fittest first, at most `ROWS` of them, each with the course of its best fitness.

    The gain is the recent one in best fitness per step of the pair's evolution strategy. A narrow terminal shows less.
    """
    from rich.table import Table

    shown = ("task", "niche", "fitness", "best", "gain") if width >= NARROW else ("task", "best")
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for name in shown:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("best so far", no_wrap=True)
    pairs = sorted((pair for pair in state.pairs.values() if pair.active), key=rank)
    span = extent([curves.of(pair.task, CURVE) for pair in pairs])
    for pair in pairs[:ROWS]:
        told = row(pair)
        table.add_row(*(told[name] for name in shown), sparkline(curves.of(pair.task, CURVE), *span))
    if len(pairs) > ROWS:
        table.add_row(*[""] * len(shown), f"and {len(pairs) - ROWS} more active", style="dim")
    return table


def rank(pair: Pair) -> tuple[float, int]:
    """Sort key: the fittest first; ties go to the oldest; pairs without a finite fitness last."""
    return (-pair.best_fitness if math.isfinite(pair.best_fitness) else math.inf), pair.task


def row(pair: Pair) -> dict[str, str]:
    return {
        "task": str(pair.task),
        "niche": str(pair.niche),
        "fitness": number(pair.fitness),
        "best": number(pair.best_fitness),
        "gain": number(pair.potential, 2),
    }


def extent(curves: list[list[float]]) -> tuple[float, float]:
    values = [value for curve in curves for value in curve if math.isfinite(value)]
    return min(values, default=0.0), max(values, default=0.0)


def sparkline(values: list[float], low: float, high: float) -> str:
    """Values as bars between `low` and `high`; a gap where there is no number."""
    scale = (len(BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(BARS[round((value - low) * scale)] if math.isfinite(value) else " " for value in values)


def upcoming(config: Config, generation: int) -> str:
    """In how many generations the next reproduction and the next transfer are due, if the budget reaches so far."""
    parts = []
    for name in ("reproduction", "transfer"):
        every = getattr(getattr(config.params, name, None), "every", 0)
        if every and generation + every - generation % every <= config.head.generations:
            parts.append(f"next {name} in {every - generation % every}")
    return "   ".join(parts)
