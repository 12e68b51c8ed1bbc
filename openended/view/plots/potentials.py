"""Which potentials tell where the agent will improve: their rank correlations with what happened on the same tasks.

What is correlated with what, and why there are two panels, says `core.measures.improvement`.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.keys import key
from openended.core.measures.improvement import Followed, followed, rank_correlation
from openended.core.measures.potentials import Potentials
from openended.core.measures.statistics import Estimate
from openended.file.snapshot import Record

from .style import INK, QUIET, apology, blank, counts_of, difficulties, heading, note, quiet, titled

BINS = 4
"""Most parts of the run that are shown apart."""
FEW = 200
"""Visits that a part of a run needs on average."""
PANELS = (
    ("next", "with the change until the next visit, which shares its episodes"),
    ("after", "with the change from the next visit to the one after, which does not"),
)
REMARK = (
    "Spearman's rank correlation with the change of the mean return on the same task; bars: 95 % bootstrap over tasks"
)


def figure(runs: Sequence[Record], told: Sequence[Sequence[Potentials]]) -> Any:
    """Rank correlations of every potential in some parts of the runs as a matplotlib Figure.

    Args:
        runs: one, or several of one recipe, whose visits are taken together.
        told: what the visits of each told about tasks.
    """
    visits = followed(told)
    if not len(visits.next):
        return nothing(runs)
    edges = parts(visits.generation)
    names, missing = ordered(visits)
    drawing = blank(11.5, 1.6 + 0.55 * len(names))
    shades = [difficulties()(share) for share in np.linspace(0.05, 0.8, len(edges) - 1)]
    for panel, (which, title) in zip(drawing.subplots(1, 2, sharey=True, sharex=True), PANELS, strict=True):
        for row, name in enumerate(names):
            for part, (first, last) in enumerate(pairwise(edges)):
                inside = (visits.generation >= first) & (visits.generation < last)
                found = estimate(visits, name, which, inside)
                if found is not None:
                    whisker(panel, row + 0.62 * ((part + 0.5) / (len(edges) - 1) - 0.5), found, shades[part])
        finished(panel, title, names)
    kinds = {run.config.get("potential", {}).get("kind") for run in runs}
    for label, name in zip(drawing.axes[0].get_yticklabels(), names, strict=True):
        label.set_fontweight("bold" if name in kinds else "normal")
    legend(drawing, edges, shades)
    remarks = []
    if kinds & set(names):
        remarks.append("bold: decided what was replayed")
    if missing:
        remarks.append(f"without numbers: {', '.join(map(spoken, missing))}")
    note(drawing, "\n".join(filter(None, (REMARK, "; ".join(remarks)))))
    what = f"potentials after {counts_of(len(visits.next), 'visit')}"
    heading(drawing, titled(runs[0], what) if len(runs) == 1 else f"{counts_of(len(runs), 'run')}: {what}")
    return drawing


def nothing(runs: Sequence[Record]) -> Any:
    """A picture without a correlation."""
    drawing = blank(11.5, 4.0)
    panel = drawing.subplots()
    panel.set_axis_off()
    apology(panel, "no task was trained on and then visited again")
    note(drawing, "potentials are kept by curricula that replay tasks")
    heading(drawing, titled(runs[0], "potentials and later improvement"))
    return drawing


def parts(generations: NDArray[np.int64]) -> list[int]:
    """Where parts of equal length begin, and where the last one ends."""
    first, last = int(generations.min()), int(generations.max()) + 1
    count = max(1, min(BINS, len(generations) // FEW, last - first))
    return [first + (last - first) * part // count for part in range(count + 1)]


def ordered(visits: Followed) -> tuple[list[str], list[str]]:
    """The potentials that can be correlated, those that tell most of the change without episodes in common first, and
    the others.
    """
    every = np.full(len(visits.next), True)
    found = {name: estimate(visits, name, "after", every) for name in visits.potentials}
    known = {name: one.value for name, one in found.items() if one is not None}
    return sorted(known, key=lambda name: (-known[name], name)), sorted(set(found) - set(known))


def estimate(visits: Followed, name: str, which: str, inside: NDArray[np.bool_]) -> Estimate | None:
    """The correlation of a potential with an improvement in a part of the visits."""
    improvement = getattr(visits, which)[inside]
    return rank_correlation(
        visits.potentials[name][inside], improvement, visits.group[inside], key(0, 0, "potentials", int(inside.sum()))
    )


def whisker(panel: Any, height: float, found: Estimate, colour: Any) -> None:
    """An estimate with its interval."""
    panel.plot([found.low, found.high], [height, height], color=colour, lw=1.6, solid_capstyle="butt")
    panel.plot([found.value], [height], color=colour, marker="o", ms=4.2)


def spoken(name: str) -> str:
    """A potential's name as people read it."""
    return {"max_mc": "MaxMC"}.get(name, name.replace("_", " "))


def finished(panel: Any, title: str, names: Sequence[str]) -> None:
    """Axes, grid, a line at no correlation; the first name is at the top."""
    quiet(panel, ("top", "right"))
    panel.set_title(title, fontsize=9, color=INK, loc="left")
    panel.axvline(0, color=QUIET, lw=0.8)
    panel.grid(axis="x", lw=0.4, alpha=0.5)
    panel.set_ylim(len(names) - 0.5, -0.5)
    panel.set_yticks(range(len(names)), list(map(spoken, names)), color=INK, fontsize=9)
    for row in range(1, len(names)):
        panel.axhline(row - 0.5, color=QUIET, lw=0.3, alpha=0.4)
    panel.set_xlabel("rank correlation", color=INK, fontsize=9)


def legend(drawing: Any, edges: Sequence[int], shades: Sequence[Any]) -> None:
    """The parts of the run."""
    from matplotlib.lines import Line2D

    words = ["generations ", *[""] * (len(shades) - 1)]
    handles = [
        Line2D([], [], color=shade, marker="o", ms=4, lw=1.6, label=f"{word}{first} to {last - 1}")
        for word, shade, (first, last) in zip(words, shades, pairwise(edges), strict=True)
    ]
    drawing.legend(
        handles=handles, loc="outside upper right", ncols=len(handles), frameon=False, fontsize=8.5, labelcolor=QUIET
    )
