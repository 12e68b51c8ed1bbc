"""How runs went: what they reached, what they did and how fast, over generations or over environment steps.

Runs of one recipe that differ in their seeds alone are one group. Of a group of several, the line is the interquartile
mean, the band its bootstrap interval of 95 % (Agarwal et al. 2021, see `core.statistics`) up to the end of the shortest
run, and the thin lines are the runs.
"""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from openended.core.keys import key
from openended.core.measures.statistics import ribbon
from openended.file.errors import Usage
from openended.file.snapshot import Record
from openended.view.numbers import count, duration

from .style import INK, KINDS, apology, blank, counted, counts_of, heading, note, quiet, titled

Curve = NDArray[np.float64]
R = TypeVar("R", bound=Record)
OVER = {"generations": ("generation", "generation"), "steps": ("env_steps", "environment steps")}
"""What progress can be drawn over: its column and its label."""
POINTS = 200
"""Points of a mean."""
RESAMPLES = 500
MOST_GROUPS = len(KINDS)
FREE = ("seed", "generations", "question")
"""Settings in which runs of one group may differ."""


@dataclass(frozen=True)
class Panel:
    """One of the small plots: its title with the unit, and its curve, float64[generations]."""

    title: str
    curve: Callable[[Record], Curve]
    ticks: Literal["amount", "whole", "percent"] = "amount"


def column(name: str) -> Callable[[Record], Curve]:
    """A metric or counter of the run file; NaN where there is none."""
    return lambda run: np.array([number(row.get(name)) for row in run.history], np.float64)


def held(name: str) -> Callable[[Record], Curve]:
    """A metric that is not measured in every generation: as it was measured last, NaN before that."""

    def curve(run: Record) -> Curve:
        measured = column(name)(run)
        last = np.maximum.accumulate(np.where(np.isnan(measured), -1, np.arange(len(measured))))
        return np.where(last < 0, np.nan, measured[last]) if len(measured) else measured

    return curve


def number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else np.nan


def windowed(above: Curve, below: Curve) -> Curve:
    """The quotient of two sums over a window of a fiftieth of all generations, at least five, which calms it."""
    ends = np.arange(1, len(above) + 1)
    starts = np.maximum(ends - max(5, len(above) // 50), 0)
    totals = [np.concatenate(([0.0], np.cumsum(values))) for values in (above, below)]
    dividend, divisor = (total[ends] - total[starts] for total in totals)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(divisor > 0, dividend / divisor, np.nan)


def seconds(run: Record) -> Curve:
    return column("seconds")(run) + column("commit_seconds")(run)


def steps_per_second(run: Record) -> Curve:
    return windowed(np.diff(column("env_steps")(run), prepend=0.0), seconds(run))


def commit_share(run: Record) -> Curve:
    return windowed(column("commit_seconds")(run), seconds(run))


PANELS = (
    Panel("coverage (share of niches held)", column("coverage"), "percent"),
    Panel("QD score (return)", column("qd_score")),
    Panel("solved tasks", column("solved"), "whole"),
    Panel("best fitness (mean return)", column("best")),
    Panel("ANNECS (tasks)", column("annecs"), "whole"),
    Panel("hardest solved (difficulty, 0 to 3)", column("band"), "whole"),
    Panel("accepted transfers", column("transfers_accepted"), "whole"),
    Panel("environment steps per second", steps_per_second),
    Panel("commits' share of the time", commit_share, "percent"),
)


def figure(runs: Sequence[Record], over: str = "generations") -> Any:
    """The progress of one or more runs as a matplotlib Figure.

    Raises Usage for an unknown `over`, no runs, or more groups of runs than there are colours.
    """
    if over not in OVER:
        raise Usage(f"progress cannot be drawn over {over!r}; choose one of: {', '.join(OVER)}.")
    groups = grouped(runs)
    if not 1 <= len(groups) <= MOST_GROUPS:
        raise Usage(f"{len(groups)} recipes are not 1 to {MOST_GROUPS}, which one can tell apart; name other runs.")
    more = levels(runs)
    for panel, what in laid_out(drawing := blank(10.4, 7.2 + 2.0 * len(more)), more):
        shown = [
            lines(panel, [(column(OVER[over][0])(run), what.curve(run)) for run in group], colour, name)
            for colour, (name, group) in zip(KINDS, groups.items(), strict=False)
        ]
        finished(panel, what, any(shown))
    first, *_, last = drawing.axes
    first.set_xlim(0, max(1.0, first.get_xlim()[1]))
    counted(first.xaxis)
    for panel in drawing.axes:
        bottom = panel.get_subplotspec().rowspan.stop == last.get_subplotspec().rowspan.stop
        panel.tick_params(labelbottom=bottom)
        panel.set_xlabel(OVER[over][1] if bottom else "", color=INK, fontsize=9)
    if len(runs) > 1:
        legend(drawing, {name: len(group) for name, group in groups.items()})
    remark = "thick: interquartile mean over runs; band: its 95 % bootstrap interval; thin: single runs"
    remarks = [remark] if any(len(group) > 1 for group in groups.values()) else []
    if len({json.dumps([run.config["domain"], run.config["archive"]], sort_keys=True) for run in runs}) > 1:
        remarks.append("archives differ, so that coverage and QD score do not compare")
    note(drawing, "; ".join(remarks))
    heading(drawing, titled(runs[0], summary(runs[0])) if len(runs) == 1 else "progress")
    return drawing


def levels(runs: Sequence[Record]) -> list[list[Panel]]:
    """Two more rows of panels where tasks come from ranges that grow: their levels, and the shares solved there."""
    measured = {name for run in runs for row in run.history for name in row}
    kinds = sorted(name.removeprefix("level_") for name in measured if name.startswith("level_"))
    if not kinds:
        return []
    sizes = [Panel(f"level of {kind.replace('_', ' ')}", held(f"level_{kind}")) for kind in kinds]
    rates = [Panel("solved at that level", held(f"solved_{kind}"), "percent") for kind in kinds]
    return [sizes, rates]


def laid_out(drawing: Any, more: Sequence[Sequence[Panel]]) -> Iterator[tuple[Any, Panel]]:
    """Panels with what they show, in rows: three rows of three, then `more`. They share their horizontal axis."""
    rows = [PANELS[:3], PANELS[3:6], PANELS[6:], *more]
    columns = math.lcm(*map(len, rows))
    grid, first = drawing.add_gridspec(len(rows), columns), None
    for down, row in enumerate(rows):
        width = columns // len(row)
        for across, what in enumerate(row):
            panel = drawing.add_subplot(grid[down, across * width : (across + 1) * width], sharex=first)
            first = first or panel
            yield panel, what


def summary(run: Record) -> str:
    """What one run has cost."""
    steps = run.metrics.get("env_steps", 0)
    return f"{count(steps)} environment steps in {duration(float(np.sum(seconds(run))))}"


def grouped(runs: Sequence[R]) -> dict[str, list[R]]:
    """The runs by what their group is called: the recipe, and where recipes share a name, the settings that differ."""
    groups: dict[tuple[str, str], list[R]] = {}
    for run in runs:
        settings = {name: value for name, value in flat(run.config).items() if name not in FREE}
        groups.setdefault((run.recipe, json.dumps(settings, sort_keys=True)), []).append(run)
    names = {}
    for recipe, text in groups:
        others = [json.loads(each) for name, each in groups if name == recipe and each != text]
        mine = json.loads(text)
        unlike = sorted({name for other in others for name in mine if other.get(name) != mine[name]})
        names[recipe, text] = ", ".join([recipe, *(f"{name} {mine[name]}" for name in unlike[:2])])
    return {names[group]: members for group, members in groups.items()}


def flat(table: dict[str, Any], before: str = "") -> dict[str, Any]:
    """Settings by their full names, such as `es.sigma`."""
    found: dict[str, Any] = {}
    for name, value in table.items():
        found |= flat(value, f"{before}{name}.") if isinstance(value, dict) else {f"{before}{name}": value}
    return found


def lines(panel: Any, curves: Sequence[tuple[Curve, Curve]], colour: str, name: str) -> bool:
    """Draw the curves (places, values) of a group; whether there is anything to see."""
    curves = [(places, values) for places, values in curves if np.isfinite(values).any()]
    alone = len(curves) == 1
    for places, values in curves:
        dot = {"marker": "o", "ms": 3.5} if len(places) == 1 else {}
        look = {"lw": 1.5, "alpha": 1.0} if alone else {"lw": 0.5, "alpha": 0.45}
        panel.plot(places, values, color=colour, drawstyle="steps-post", **look, **dot)
    if len(curves) > 1:
        end = min(places[-1] for places, _ in curves)
        places = np.linspace(max(places[0] for places, _ in curves), end, POINTS)
        values = np.stack([at(places, *curve) for curve in curves])
        middle, low, high = ribbon(values, key(0, 0, "progress", len(curves)), RESAMPLES)
        panel.fill_between(places, low, high, color=colour, alpha=0.18, lw=0)
        panel.plot(places, middle, color=colour, lw=1.7)
    return bool(curves)


def at(wanted: Curve, places: Curve, values: Curve) -> Curve:
    """The values when so much had been done."""
    return values[np.maximum(np.searchsorted(places, wanted, side="right") - 1, 0)]


def finished(panel: Any, what: Panel, shown: bool) -> None:
    """Title, ticks, grid; a word where nothing was measured."""
    quiet(panel, ("top", "right"))
    panel.set_title(what.title, fontsize=9, color=INK, loc="left")
    panel.grid(axis="y", lw=0.4, alpha=0.5)
    if not shown:
        apology(panel, "not measured")
        panel.set_yticks([])
        return
    low, high = panel.get_ylim()
    if what.ticks == "whole":
        panel.yaxis.get_major_locator().set_params(integer=True)
        high = max(high, 1.0)
    if what.ticks == "percent":
        panel.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
    else:
        counted(panel.yaxis)
    panel.set_ylim(-0.03 * high if panel.dataLim.y0 >= 0 and low < 0.6 * high else low, high)


def legend(drawing: Any, groups: dict[str, int]) -> None:
    """The names of the groups with how many runs each has, as they are: a recipe may have any name."""
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], color=colour, lw=2, label="runs") for colour, _ in zip(KINDS, groups, strict=False)]
    columns = max(1, min(4, len(groups), 100 // max(map(len, groups))))
    found = drawing.legend(
        handles=handles, loc="outside upper right", ncols=columns, frameon=False, fontsize=9, labelcolor=INK
    )
    for text, (name, runs) in zip(found.get_texts(), groups.items(), strict=True):
        text.set(parse_math=False, text=f"{name} ({counts_of(runs, 'run')})")
