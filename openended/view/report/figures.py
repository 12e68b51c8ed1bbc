"""The plots of the page, and where on the heatmap an elite can be clicked."""

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from openended.file.atlas import atlas as found
from openended.file.snapshot import Snapshot
from openended.view.generality import chains, rows, title
from openended.view.plots import atlas, generality, heatmap, lineage, progress, style, tiles, transfers

from .codec import address
from .people import table

LARGEST = 250_000
"""Bytes of an SVG from which on a PNG is taken."""

WIDTH = 104
"""Most pixels of the page for an inch of a plot."""


@dataclass(frozen=True)
class Spot:
    """A place on a picture, in percent of its width and height from its upper left corner, and the niche seen there."""

    niche: int
    left: float
    top: float
    width: float
    height: float


def archive(view: Snapshot) -> str:
    """The heatmap as a figure with buttons on its tiles; a sentence in its place if there are less than two axes."""
    if len(view.domain.axes) < 2:
        return '<p class="quiet">One descriptor makes no heatmap.</p>'
    drawing = heatmap.figure(view)
    words = f"Heatmap of the archive: {heatmap.summary(view)}"
    buttons = "".join(
        f'<button type="button" tabindex="-1" data-show="{spot.niche}" data-niche="{spot.niche}" '
        f'title="niche {spot.niche}" aria-label="niche {spot.niche}" style="left:{spot.left:.3f}%;top:{spot.top:.3f}%;'
        f'width:{spot.width:.3f}%;height:{spot.height:.3f}%"></button>'
        for spot in spots(drawing, view)
    )
    return plate(drawing, words, buttons)


def spots(drawing: Any, view: Snapshot) -> list[Spot]:
    """The tiles of the heatmap's large panel that show an elite."""
    if not tiled(view):
        return []
    drawing.draw_without_rendering()
    laid = tiles.tiling(view, 0, 1)
    found = []
    for tile, pair in tiles.foremost(laid, view.elites.values()).items():
        corners = laid.corners[tile]
        if laid.edges is None:
            corners = laid.middles[tile] + (corners - laid.middles[tile]) / 2
        pixels = drawing.axes[0].transData.transform(np.asarray(corners))
        (left, bottom), (right, top) = (
            100 * end(drawing.transFigure.inverted().transform(pixels), axis=0) for end in (np.min, np.max)
        )
        found.append(Spot(pair.niche, left, 100 - top, right - left, top - bottom))
    return found


def others(view: Snapshot) -> dict[str, str]:
    """All other plots as figures, by their headings."""
    drawings = {
        "Progress": (progress.figure([view]), "Progress of the run over its generations"),
        "Lineage": (lineage.figure(view), f"The tree of tasks: {lineage.summary(view)}"),
        "Transfers": (transfers.figure(view), f"Agents that took over other tasks: {transfers.summary(view)}"),
    }
    if view.config["algorithm"] == "attack" and len(view.domain.axes) > 1 and tiled(view):
        drawings["Faults"] = (atlas.figure(view), f"The atlas of the attack: {atlas.summary(found(view))}")
    return {heading: plate(drawing, words) for heading, (drawing, words) in drawings.items()}


def snapshots(report: dict[str, Any]) -> str:
    """Every two snapshots of the run's agent as a figure, and in words; `report` is that of `openended generality`."""
    words = "Every two snapshots of the agent: what the later one gained and lost, and what each solves"
    titles, *lines = rows(report)
    told = "".join(f"<p>{escape(sentence[0].upper() + sentence[1:])}.</p>" for sentence in chains(report))
    head = f'<p class="quiet">{escape(title(report))}. From and to are generations.</p>'
    return f"{plate(generality.figure(report), words)}{head}{table(titles, lines, 'numbers')}{told}"


def tiled(view: Snapshot) -> bool:
    """Whether the archive can be laid out in tiles."""
    return view.cells is not None or len(view.domain.axes) == 2


def plate(drawing: Any, words: str, above: str = "") -> str:
    """A plot as a figure, with what lies above it."""
    data, kind = style.encoded(drawing, "svg"), "image/svg+xml"
    if len(data) > LARGEST:
        data, kind = style.encoded(drawing, "png"), "image/png"
    picture = f'<img src="{address(data, kind)}" alt="{escape(words)}">'
    widest = round(WIDTH * drawing.get_figwidth())
    return f'<figure><div class="plate"><div style="max-width:{widest}px">{picture}{above}</div></div></figure>'
