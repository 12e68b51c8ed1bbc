"""Small pictures of tasks: a long and flat one as lines of a page, otherwise the scene at the start."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.types import Pair
from openended.file.snapshot import Snapshot

from . import style

LINE = 6.0
"""How many times wider than high a line of a folded course is."""
GAP = 2
"""Pixels between two lines."""


def thumbnail(view: Snapshot, task: int, width: int, height: int) -> NDArray[np.uint8]:
    """A task, uint8[height, width, 3].

    What a domain can show as a `profile`, long and flat, is folded like a text, its first stretch on top. White, if the
    domain draws nothing.
    """
    genome = view.state.tasks[task].genome
    pictures = view.domain.pictures
    if pictures is None:
        return np.full((height, width, 3), 255, np.uint8)
    if pictures.profile is None:
        trace = view.domain.simulator.trace(genome, view.policy, view.policy.init(0), 0, 1)
        return np.asarray(pictures.draw(genome, trace, 0, width, height))
    lines = max(1, round(LINE * height / width))
    each = (height - GAP * (lines - 1)) // lines
    whole = pictures.profile(genome, width * lines, each)
    page = np.full((height, width, 3), 255, np.uint8)
    for line in range(lines):
        top = line * (each + GAP)
        page[top : top + each] = whole[:, line * width : (line + 1) * width]
    return page


def inset(panel: Any, view: Snapshot, pair: Pair, corners: NDArray[np.float64]) -> None:
    """A picture of the pair's task on its tile, with a margin, as fine as the plot will be."""
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    across, up = 0.06 * (right - left), 0.14 * (top - bottom)
    extent = (left + across, right - across, bottom + up, top - up / 2)
    (x0, y0), (x1, y1) = panel.transData.transform([extent[::2], extent[1::2]]) * style.DPI / panel.figure.dpi
    pictures = view.domain.pictures
    if pictures and pictures.profile is None and pictures.aspect:
        extent = fitted(extent, (x1 - x0) / (y1 - y0) / pictures.aspect)
        (x0, y0), (x1, y1) = panel.transData.transform([extent[::2], extent[1::2]]) * style.DPI / panel.figure.dpi
    picture = thumbnail(view, pair.task, max(8, round(x1 - x0)), max(8, round(y1 - y0)))
    limits = panel.get_xlim(), panel.get_ylim()
    panel.imshow(picture, extent=extent, aspect="auto", zorder=3, interpolation="lanczos")
    panel.set(xlim=limits[0], ylim=limits[1])


Extent = tuple[float, float, float, float]


def fitted(extent: Extent, times: float) -> Extent:
    """The middle of a box (left, right, bottom, top) `times` too wide; below 1: too high."""
    left, right, bottom, top = extent
    across, up = max(0.0, 1 - 1 / times) * (right - left) / 2, max(0.0, 1 - times) * (top - bottom) / 2
    return left + across, right - across, bottom + up, top - up
