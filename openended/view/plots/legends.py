"""What the colours and marks of a heatmap mean: the legends, and the names on the tiles."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from openended.core.types import Pair
from openended.file.snapshot import Snapshot

from . import style
from .quantities import HOLDER, OTHERS, UNKNOWN, Source, amounts
from .tiles import Tiling

LARGE, SMALL = 8, 14
"""Columns of tiles up to which they have room for two numbers and for one."""


def legend(panel: Any, view: Snapshot, of: str, vain: bool) -> None:
    """What a niche looks like that is empty, tried in `vain`, not finite or solved, as far as there is one."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    if view.cells is None and len(view.domain.axes) > 2:
        handles: list[Any] = [Line2D([], [], ls="", marker=".", ms=3, color=style.QUIET, alpha=0.6, label="centroid")]
    else:
        handles = [Patch(facecolor=style.EMPTY, edgecolor=style.HATCH, hatch="//////", lw=0.5, label="empty")]
        if vain:
            cross: dict[str, Any] = {"marker": "x", "ms": 4, "mew": 0.9, "color": style.CROSS}
            handles.append(Line2D([], [], ls="", label="tried, none admitted", **cross))
    if of != HOLDER and not np.isfinite(list(amounts(view, of).values())).all():
        handles.append(Patch(facecolor=UNKNOWN, label="not finite"))
    style.above(panel, [*handles, style.solved(view)])


def named(drawing: Any, view: Snapshot, key: Sequence[Source]) -> None:
    """The list of the sources beside the panel, with how many niches the agents of each hold."""
    from matplotlib.patches import Patch

    entries = [Patch(facecolor=source.colour, label=f"{source.name}: {source.niches}") for source in key]
    rest = len(view.elites) - sum(source.niches for source in key)
    entries += [Patch(facecolor=OTHERS, label=f"other tasks: {rest}")] if rest else []
    drawing.legend(
        handles=entries, loc="outside right center", frameon=False, fontsize=8.5, labelcolor=style.INK,
        alignment="left",
        title="niches by the task that\ntheir agents came from", title_fontproperties={"size": 9},
    )  # fmt: skip


def whence(panel: Any, view: Snapshot, laid: Tiling, seen: Mapping[int, Pair]) -> None:
    """On each tile its task and the one that its agent came from; on small tiles the latter, on tiny ones nothing."""
    from matplotlib.patheffects import withStroke

    columns = len(laid.edges[0]) - 1 if laid.edges is not None else len(laid.corners) ** 0.5
    outline = [withStroke(linewidth=2, foreground=style.MARK, alpha=0.75)]
    for tile, pair in seen.items() if columns <= SMALL else ():
        came = f"{pair.task} ← {pair.origin}" if columns <= LARGE else str(pair.origin)
        panel.annotate(
            came if pair.origin >= 0 else str(pair.task) if columns <= LARGE else "", laid.middles[tile],
            (0, 9 if pair.best_fitness >= view.solved else 0), textcoords="offset points", ha="center", va="center",
            color=style.INK, fontsize=7.5, path_effects=outline, zorder=5,
        )  # fmt: skip
