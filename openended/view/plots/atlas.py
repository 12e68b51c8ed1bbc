"""The atlas of an attack: where an agent fails although a witness succeeds, and the smallest tasks that show it.

The heatmap's colour is the share of tasks with other chance on which the same happens: a class of tasks is bright, a
fluke dark. Of niches that lie behind each other the brightest is seen. Below it stand minimal counter-examples, those
with the largest shares.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from openended.file.atlas import Atlas, Example, Fault, atlas, telling
from openended.file.errors import Usage
from openended.file.snapshot import Snapshot

from . import heatmap, style, tiles
from .quantities import Colour
from .thumbnail import thumbnail

PASSED: Colour = (0.80, 0.86, 0.90, 1.0)
"""A niche whose tests the agent solves, or fails no worse than its witnesses."""
OPEN: Colour = (0.55, 0.55, 0.55, 1.0)
"""A fault that was not examined."""
EXAMPLES = 10
"""Most counter-examples in the picture."""
LINE = 0.52
"""Inches that one of them takes."""
DOTS = 110
"""Pixels per inch of their pictures."""


def figure(view: Snapshot, x: int = 0, y: int = 1) -> Any:
    """The atlas over the descriptors number `x` and `y` as a matplotlib Figure.

    Raises Usage for a run that is no attack, or axes that the domain does not have.
    """
    found = atlas(view)
    heatmap.check(view, x, y, "fitness", thumbnails=False)
    if view.cells is None and len(view.domain.axes) > 2:
        raise Usage("an atlas of a CVT archive needs an archive of two descriptors; this one has more.")
    faces, values = coloured(found)
    seen = replace(view, elites={niche: replace(found.holders[niche], best_fitness=values[niche]) for niche in faces})
    others, shown = heatmap.layers(seen, x, y) if found.holders else [], telling(found, EXAMPLES)
    beside, below = 4.8 if len(others) > 2 else 3.4 if others else 0.0, 0.35 + LINE * len(shown) if shown else 0.0
    drawing = style.blank(5.8 + beside, 4.9 + below)
    top, bottom = drawing.subfigures(2, 1, height_ratios=(4.9, below)) if shown else (drawing, None)
    left, right = top.subfigures(1, 2, width_ratios=(5.8, beside)) if others else (top, None)
    main = left.subplots()
    laid, _, vain = heatmap.cover(main, seen, heatmap.Layer(x, y), faces, 90)
    tiles.ticks(main, laid)
    if right is not None:
        vain += heatmap.panels(right, seen, faces, others)
    legend(main, found, bool(vain))
    style.colour_bar(left, main, 0, 1, "share of tasks with other chance that fail, too")
    if not found.holders:
        style.apology(main, "no test has entered yet")
    style.heading(drawing, style.titled(view, summary(found)))
    if bottom is not None:
        gallery(bottom, view, shown)
    return drawing


def coloured(found: Atlas) -> tuple[dict[int, Colour], dict[int, float]]:
    """The colour of each niche that is held, and what decides which of several is seen."""
    from matplotlib import colormaps

    shade, faces, values = colormaps[style.AMOUNTS], dict[int, Colour](), dict[int, float]()
    for niche in found.holders:
        fault = found.faults.get(niche)
        share = None if fault is None else fault.test.failing
        faces[niche] = PASSED if fault is None else OPEN if share is None else shade(share)
        values[niche] = -2.0 if fault is None else -1.0 if share is None else share
    return faces, values


def summary(found: Atlas) -> str:
    """Faults and tests."""
    return f"faults in {len(found.faults):,} of {style.counts_of(len(found.holders), 'niche')}, {found.tests:,} tests"


def legend(panel: Any, found: Atlas, vain: bool) -> None:
    """What a niche looks like that has no colour of the scale."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [
        Patch(facecolor=style.EMPTY, edgecolor=style.HATCH, hatch="//////", lw=0.5, label="empty"),
        Patch(facecolor=PASSED, label="no fault"),
    ]
    if any(fault.test.failing is None for fault in found.faults.values()):
        handles.append(Patch(facecolor=OPEN, label="not examined"))
    if vain:
        cross: dict[str, Any] = {"marker": "x", "ms": 4, "mew": 0.9, "color": style.CROSS}
        handles.append(Line2D([], [], ls="", label="no witness", **cross))
    style.above(panel, handles)


def gallery(drawing: Any, view: Snapshot, faults: Sequence[Fault]) -> None:
    """The minimal tasks, one below the other, with what they show."""
    drawing.suptitle("minimal counter-examples", x=0.012, ha="left", fontsize=9, color=style.QUIET)
    rows = drawing.subplots(len(faults), 2, squeeze=False, gridspec_kw={"width_ratios": (2.6, 8.0)})
    width, height = round(7.6 * DOTS), round(0.8 * LINE * DOTS)
    for (words, panel), fault in zip(rows, faults, strict=True):
        words.set_axis_off()
        words.text(0.04, 0.5, told(fault), va="center", fontsize=7.5, color=style.INK, transform=words.transAxes)
        panel.set_axis_off()
        if view.domain.pictures is not None:
            panel.imshow(picture(view, fault.minimal, width, height), aspect="auto", interpolation="lanczos")


def picture(view: Snapshot, shown: Example, width: int, height: int) -> Any:
    """A task, uint8[height, width, 3]: its profile, or else the scene at the start."""
    pictures = view.domain.pictures
    if pictures is not None and pictures.profile is not None:
        return np.asarray(pictures.profile(view.state.tasks[shown.pair.task].genome, width, height))
    return thumbnail(view, shown.pair.task, width, height)


def told(fault: Fault) -> str:
    """What a minimal task shows, in two lines."""
    least = fault.minimal
    parts = "" if least.parts is None else f"{', '.join(least.parts) or 'no obstacle'}:  "
    share = "" if least.failing is None else f", {least.failing:.0%} of others fail"
    first = f"niche {fault.test.pair.niche}, task {least.pair.task}:  {parts}".rstrip(": ")
    return f"{first}\nagent {least.pair.fitness:.0f}, witness {least.pair.best_fitness:.0f}{share}"
