"""The picture of a run for a terminal, made of characters with rich."""

from typing import Any, Protocol

import numpy as np

from envs.api import Axis
from openended.core.types import Changes, Pair, State
from openended.run.recipe import Config
from openended.view.numbers import count, duration, number
from openended.view.snapshot import cells, elites

BARS = "▁▂▃▄▅▆▇█"
RAMP = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
"""Five colours of viridis."""
SHADES = "░▒▓██"
"""The same five in characters, for terminals without colours."""
ROWS, CURVE = 10, 18
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
        f"{count(pace.rate)} steps/s   left {duration(left)}",
    )  # fmt: skip
    facts = Text(
        f"elites {metrics.get('elites')}   coverage {100 * (metrics.get('coverage') or 0):.1f}%   "
        f"QD score {number(metrics.get('qd_score'), 0)}   best {number(metrics.get('best'))}   "
        f"steps {count(state.counters.env_steps)}"
    )
    length = min(width, 72)
    done = length * min(generation, total) // max(total, 1)
    bar = Text.assemble(("━" * done, "cyan"), ("━" * (length - done), "dim"))
    drawn = heatmap(config, axes, state)
    body = Columns([*([drawn] if drawn is not None else []), active(state, curves)], padding=(0, 4))
    return Group(head, bar, facts, Text(), body, Text(upcoming(config, generation), style="dim"))


def heatmap(config: Config, axes: tuple[Axis, ...], state: State) -> Any:
    """The archive over its first two axes, best over the others, y upwards; None if it is no grid of two or more."""
    from rich.text import Text

    shape = cells(config.settings(), len(axes))
    if shape is None or len(shape) < 2:
        return None
    merge = [-(-size // WIDEST) for size in shape[:2]]
    best: dict[tuple[int, int], float] = {}
    for niche, pair in elites(state.pairs).items():
        index = np.unravel_index(niche, shape)
        place = (int(index[0]) // merge[0], int(index[1]) // merge[1])
        best[place] = max(best.get(place, pair.best_fitness), pair.best_fitness)
    low, high = min(best.values(), default=0.0), max(best.values(), default=1.0)
    picture = Text(f"{axes[1].name} ↑\n", style="dim")
    columns, rows = (-(-size // step) for size, step in zip(shape[:2], merge, strict=True))
    for row in reversed(range(rows)):
        for column in range(columns):
            picture.append(*tile(best.get((column, row)), low, high))
        picture.append("\n")
    picture.append(f"{axes[0].name} →\n", style="dim")
    picture.append("fitness ", style="dim")
    for level in range(len(RAMP)):
        picture.append(*tile(float(level), 0, len(RAMP) - 1))
    picture.append(f" {low:.0f} to {high:.0f}", style="dim")
    return picture


def tile(value: float | None, low: float, high: float) -> tuple[str, str]:
    """Two characters and their style for a cell."""
    if value is None:
        return "· ", "dim"
    level = round((value - low) / (high - low) * (len(RAMP) - 1)) if high > low else len(RAMP) - 1
    return SHADES[level] * 2, "rgb({},{},{})".format(*RAMP[level])


def active(state: State, curves: Curves) -> Any:
    """The active pairs, the fittest first, at most `ROWS` of them, each with the course of its best fitness."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for name, side in (("task", "right"), ("niche", "right"), ("fitness", "right"), ("best", "right"), ("", "left")):
        table.add_column(name, justify=side)  # type: ignore[arg-type]
    pairs = sorted(
        (pair for pair in state.pairs.values() if pair.active), key=lambda pair: (-pair.best_fitness, pair.task)
    )
    span = extent([curves.of(pair.task, CURVE) for pair in pairs])
    for pair in pairs[:ROWS]:
        table.add_row(*row(pair), sparkline(curves.of(pair.task, CURVE), *span))
    if len(pairs) > ROWS:
        table.add_row("", "", "", "", f"and {len(pairs) - ROWS} more active", style="dim")
    return table


def row(pair: Pair) -> tuple[str, str, str, str]:
    return str(pair.task), str(pair.niche), number(pair.fitness), number(pair.best_fitness)


def extent(curves: list[list[float]]) -> tuple[float, float]:
    values = [value for curve in curves for value in curve]
    return min(values, default=0.0), max(values, default=0.0)


def sparkline(values: list[float], low: float, high: float) -> str:
    """Values as bars between `low` and `high`."""
    scale = (len(BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(BARS[round((value - low) * scale)] for value in values)


def upcoming(config: Config, generation: int) -> str:
    """In how many generations the next reproduction and the next transfer are due, if the budget reaches so far."""
    parts = []
    for name in ("reproduction", "transfer"):
        every = getattr(getattr(config.params, name, None), "every", 0)
        if every and generation + every - generation % every <= config.head.generations:
            parts.append(f"next {name} in {every - generation % every}")
    return "   ".join(parts)
