"""Two groups of runs compared: a metric over environment steps, and what it is worth at the end.

The statistics are those of Agarwal et al. (2021), see `core.statistics`: the interquartile mean with its bootstrap
interval, and the probability that a run of the first group is better than one of the second. Runs are compared at equal
environment steps, those of the shortest run.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.keys import key
from openended.core.measures.statistics import (
    Estimate,
    interquartile_mean,
    interval,
    probability_of_improvement,
    ribbon,
)
from openended.file.errors import Usage
from openended.file.reader import Reader
from openended.view.numbers import count
from openended.view.output import target, write
from openended.view.plots.style import INK, QUIET, counted, quiet

ENDINGS = ("png", "svg", "pdf")
POINTS = 200
"""Points of a curve."""
OF_ARCHIVE = {"elites", "coverage", "qd_score"}
"""Metrics that mean the same only in equal archives."""
LABELS = {
    "annecs": "ANNECS (tasks)",
    "annecs_code": "ANNECS, as the code counts (tasks)",
    "band": "hardest solved (difficulty, 0 to 3)",
    "qd_score": "QD score",
    "solved": "solved tasks",
}
"""Of metrics whose names do not say enough."""
COLOURS = ("#1b6ca8", "#d1603d")


@dataclass(frozen=True)
class History:
    """One run: where it is, what it ran, its metric, float64[generations], after `steps` environment steps, and the
    number of offers that it took from outside.
    """

    path: Path
    config: dict[str, Any]
    steps: NDArray[np.float64]
    values: NDArray[np.float64]
    offers: int = 0

    def at(self, steps: NDArray[np.float64]) -> NDArray[np.float64]:
        """The metric after each of these numbers of environment steps."""
        return self.values[np.maximum(np.searchsorted(self.steps, steps, side="right") - 1, 0)]


@dataclass(frozen=True)
class Comparison:
    """Two groups at `steps` environment steps; curves are float64[runs, points] at `places`; `offers` is what each run
    took from outside.
    """

    metric: str
    names: tuple[str, str]
    places: NDArray[np.float64]
    curves: tuple[NDArray[np.float64], NDArray[np.float64]]
    means: tuple[Estimate, Estimate]
    improvement: Estimate
    offers: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())


def compare(
    first: Sequence[Path], second: Sequence[Path], metric: str = "qd_score", across: bool = False
) -> Comparison:
    """Compare two groups of run files.

    Raises Usage for a metric that they do not have, and for runs of different domains unless `across`; Failure where a
    file cannot be read.
    """
    if not first or not second:
        raise Usage("there is nothing to compare with; give run files, --vs, and more run files.")
    groups = [[history(path, metric) for path in paths] for paths in (first, second)]
    runs = [each for group in groups for each in group]
    for before, after in pairwise(runs):
        agree(before, after, metric, across)
    places = np.linspace(0.0, min(each.steps[-1] for each in runs), POINTS)
    one, two = (np.stack([each.at(places) for each in group]) for group in groups)
    for group, curves in zip(groups, (one, two), strict=True):
        for each, curve in zip(group, curves, strict=True):
            if not np.isfinite(curve[-1]):
                raise Usage(f"{each.path} has no {metric} after {count(places[-1])} steps; let it run on.")
    return Comparison(
        metric=metric,
        names=(label(groups[0]), label(groups[1])),
        places=places,
        curves=(one, two),
        means=(estimate(one[:, -1:]), estimate(two[:, -1:])),
        improvement=interval(probability_of_improvement, one[:, -1:], two[:, -1:], key=key(0, 0, "improvement")),
        offers=(tuple(each.offers for each in groups[0]), tuple(each.offers for each in groups[1])),
    )


def history(path: Path, metric: str) -> History:
    """The metric over a run. Raises Usage if there is none."""
    with Reader(path) as run:
        rows, config, offers = run.generations(), run.config, len(run.offer_names())
    if not rows:
        raise Usage(f"{path} holds no generation yet; run it first.")
    if metric not in rows[-1] or isinstance(rows[-1][metric], str):
        known = ", ".join(sorted(name for name, value in rows[-1].items() if not isinstance(value, str)))
        raise Usage(f"{path} has no metric {metric!r}; choose one of: {known}.")
    values = [np.nan if row[metric] is None else float(row[metric]) for row in rows]
    return History(path, config, np.array([float(row["env_steps"]) for row in rows]), np.array(values), offers)


def agree(one: History, other: History, metric: str, across: bool) -> None:
    """Raise Usage unless the metric means the same in both runs."""
    domains = one.config["domain"], other.config["domain"]
    if domains[0] != domains[1] and not across:
        raise Usage(
            f"{one.path} is of {domains[0]} and {other.path} of {domains[1]}; compare runs of one domain, or say "
            "--across if the metric means the same in both."
        )
    if metric in OF_ARCHIVE and (one.config["archive"] != other.config["archive"] or domains[0] != domains[1]):
        raise Usage(f"{one.path} and {other.path} have different archives, so their {metric} cannot be compared.")


def label(group: Sequence[History]) -> str:
    """What a group is called: its recipes' file names without seeds."""
    return " + ".join(sorted({each.path.stem.partition("-seed")[0] for each in group}))


def estimate(scores: NDArray[np.float64]) -> Estimate:
    return interval(interquartile_mean, scores, key=key(0, 0, "mean"))


def text(found: Comparison) -> str:
    """The comparison in four lines, and one more for a group whose runs took offers from outside."""
    width = max(map(len, found.names)) + 2
    lines = [f"{found.metric} after {count(found.places[-1])} environment steps, interquartile mean [95 % interval]"]
    for name, mean, curves in zip(found.names, found.means, found.curves, strict=True):
        runs = f"{len(curves)} run{'' if len(curves) == 1 else 's'}"
        lines.append(f"{name:<{width}}{mean.value:,.4g} [{mean.low:,.4g}, {mean.high:,.4g}], {runs}")
    for name, offers in zip(found.names, found.offers, strict=True):
        if taking := sum(count > 0 for count in offers):
            lines.append(f"{name}: {taking} of {len(offers)} runs took {sum(offers):,} offers from outside")
    better = found.improvement
    lines.append(f"the first is better with probability {better.value:.2f} [{better.low:.2f}, {better.high:.2f}]")
    return "\n".join(lines)


def plot(found: Comparison, output: str | Path) -> Path:
    """Draw the comparison and return where the picture is: curves on the left, all runs at the end on the right."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    place, kind = target(output, ENDINGS)
    drawing = Figure(figsize=(9.2, 4.2), layout="constrained", facecolor="white")
    FigureCanvasAgg(drawing)
    left, right = drawing.subplots(1, 2, width_ratios=(3, 1), sharey=True)
    for index, (name, colour, curves) in enumerate(zip(found.names, COLOURS, found.curves, strict=True)):
        middle, low, high = ribbon(curves, key(0, 0, "ribbon"))
        left.fill_between(found.places, low, high, color=colour, alpha=0.18, lw=0)
        left.plot(found.places, middle, color=colour, lw=1.8, label=f"{name} ({len(curves)})")
        mean = found.means[index]
        right.plot(np.full(len(curves), index), curves[:, -1], "o", ms=5, mfc="none", mec=colour, alpha=0.8)
        right.plot([index + 0.18] * 2, [mean.low, mean.high], color=colour, lw=2)
        right.plot([index + 0.18], [mean.value], "o", ms=6, color=colour)
    left.set(
        xlabel="environment steps",
        ylabel=LABELS.get(found.metric, found.metric.replace("_", " ")),
        xlim=(0, found.places[-1]),
    )
    counted(left.xaxis)
    counted(left.yaxis)
    if all((curves == np.round(curves)).all() for curves in found.curves):
        left.yaxis.get_major_locator().set_params(integer=True)
    left.legend(frameon=False, labelcolor=INK, fontsize=9)
    right.set(xlim=(-0.5, 1.6), xticks=[0.1, 1.1], xticklabels=["first", "second"])
    better = found.improvement
    right.set_title(
        f"first better: {better.value:.2f}\n[{better.low:.2f}, {better.high:.2f}]", fontsize=9, color=QUIET, loc="left"
    )
    left.set_title("interquartile mean and 95 % bootstrap interval", fontsize=9, color=QUIET, loc="left")
    for panel in (left, right):
        quiet(panel, ("top", "right"))
        panel.grid(axis="y", lw=0.4, alpha=0.5)
    buffer = io.BytesIO()
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
    with rc_context({"svg.hashsalt": "openended", "pdf.fonttype": 42}):
        drawing.savefig(buffer, format=kind, dpi=160, metadata=undated)
    return write(place, buffer.getvalue())
