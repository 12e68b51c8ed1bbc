"""The archive as a heatmap over two descriptors: what kinds of tasks there are, and how well the best agents do.

A grid archive of two axes is one panel. With three axes the large panel shows the best over the third, and small panels
its cells. A CVT archive of two axes is drawn by its Voronoi cells, one of more axes by its elites as points.
Matplotlib's object-oriented part draws (Agg), never pyplot. Colours are viridis: perceptually uniform, safe for the
colour-blind, in order when printed grey; empty niches are hatched, which no value is.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from envs.api import Axis
from openended.run.errors import Usage
from openended.view.output import target, write
from openended.view.snapshot import Snapshot, snapshot
from openended.view.voronoi import voronoi

ENDINGS = ("png", "svg", "pdf")
MAP = "viridis"
EMPTY, HATCH, INK, QUIET, MARK = "#f1f0ec", "#d4d2cb", "#26282c", "#6c6f76", "#ffffff"
MOST_PANELS = 12


@dataclass(frozen=True)
class Scale:
    """How values turn into colours: limits, the label with its unit, and from which value on a niche is solved."""

    low: float
    high: float
    label: str
    solved: float


def heatmap(path: str | Path, output: str | Path, x: int = 0, y: int = 1) -> Path:
    """Draw the archive of a run file over its descriptors number `x` and `y`, and return where the picture is.

    The same run gives the same bytes.
    Raises Usage for an ending other than png, svg, pdf, a missing folder, or axes that the domain does not have;
    Failure if the run file cannot be read or the picture not be written.
    """
    from matplotlib import rc_context

    place, kind = target(output, ENDINGS)
    drawing = figure(snapshot(path), x, y)
    buffer = io.BytesIO()
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
    with rc_context({"svg.hashsalt": "openended", "pdf.fonttype": 42}):
        drawing.savefig(buffer, format=kind, dpi=160, metadata=undated)
    return write(place, buffer.getvalue())


def figure(view: Snapshot, x: int = 0, y: int = 1) -> Any:
    """The heatmap as a matplotlib Figure."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    axes = view.domain.axes
    if len(axes) < 2:
        raise Usage(f"a heatmap needs two descriptors, but {view.domain.id} has {len(axes)}.")
    if x == y or not (0 <= x < len(axes) and 0 <= y < len(axes)):
        names = ", ".join(f"{index} ({axis.name})" for index, axis in enumerate(axes))
        raise Usage(f"axes {x} and {y} make no heatmap; choose two different ones of {names}.")
    fitness = {niche: pair.best_fitness for niche, pair in view.elites.items()}
    third = next((index for index in range(len(axes)) if index not in (x, y)), None)
    panels = len(axes) == 3 and third is not None and view.cells is not None and view.cells[third] > 1 and bool(fitness)
    scattered = view.cells is None and len(axes) > 2
    scale = scaled(fitness, view.solved)
    drawing = Figure(figsize=(10.4, 4.9) if panels else (6.4, 5.2), layout="constrained", facecolor="white")
    FigureCanvasAgg(drawing)
    parts: Any = drawing.subfigures(1, 2, width_ratios=(1, 0.92)) if panels else (drawing, None)
    left, right = parts
    main = left.subplots()
    frame(main, axes[x], axes[y], hatched=not scattered)
    if scattered:
        points(main, view, fitness, scale, x, y)
    elif view.cells is None:
        polygons(main, view, fitness, scale, x, y)
    else:
        boxes(main, view, flattened(fitness, view.cells, (x, y)), scale, x, y)
    if third is not None:
        over = axes[third].name if len(axes) == 3 else "the other axes"
        main.set_title("elites by their tasks" if scattered else f"best over {over}", pad=20, **SMALL)
    if view.cells is not None and explored(view) != view.cells:
        whole = ", ".join(f"{axes[axis].name} to {axes[axis].high:g} {unit(axes[axis])}".rstrip() for axis in (x, y))
        note = f"the explored part; the archive goes on ({whole})"
        drawing.supxlabel(note, fontsize=8, color=QUIET, x=0.012, ha="left")
    if not fitness:
        main.text(0.5, 0.5, "no elites yet", transform=main.transAxes, ha="center", va="center", color=INK, fontsize=13)
    legend(main, scale, "centroid" if scattered else "empty")
    colour_bar(left, main, scale)
    if right is not None and third is not None:
        slices(right, view, fitness, scale, (x, y, third))
    drawing.suptitle(heading(view), x=0.012, ha="left", color=INK, fontsize=10.5)
    return drawing


SMALL: dict[str, Any] = {"fontsize": 9, "color": QUIET, "loc": "left"}


def heading(view: Snapshot) -> str:
    """Recipe and generation; elites, coverage and QD score."""
    count = f"{len(view.elites)} elite{'' if len(view.elites) == 1 else 's'}"
    coverage, score = (view.metrics.get(name) or 0 for name in ("coverage", "qd_score"))
    return (
        f"{view.recipe} (seed {view.config['seed']}), generation {max(view.generation, 0)}: {count}, "
        f"coverage {100 * coverage:.3g} %, QD score {score:,.0f}"
    )


def scaled(values: Mapping[int, float], solved: float) -> Scale:
    """Limits at round numbers around all values, with the solved threshold inside."""
    from matplotlib.ticker import MaxNLocator

    finite = [value for value in values.values() if np.isfinite(value)]
    low, high = min([*finite, solved - 50]), max([*finite, solved + 50])
    ticks = MaxNLocator(nbins=8, steps=[1, 2, 5, 10]).tick_values(low, high)
    return Scale(float(ticks[0]), float(ticks[-1]), "fitness (mean return)", solved)


def flattened(values: Mapping[int, float], cells: tuple[int, ...], keep: tuple[int, int]) -> NDArray[np.float64]:
    """The best value over all other axes, float64[cells of y, cells of x], NaN where no niche is held."""
    x, y = keep
    table = np.full((cells[y], cells[x]), np.nan)
    for niche, value in values.items():
        index = np.unravel_index(niche, cells)
        table[index[y], index[x]] = np.fmax(table[index[y], index[x]], value)
    return table


def frame(panel: Any, x: Axis, y: Axis, hatched: bool = True) -> None:
    """Limits and labels of a panel, and where `hatched` the ground that shows through where a niche is empty."""
    from matplotlib.patches import Rectangle

    panel.set_xlim(x.low, x.high)
    panel.set_ylim(y.low, y.high)
    panel.set_xlabel(labelled(x), color=INK)
    panel.set_ylabel(labelled(y), color=INK)
    panel.tick_params(colors=QUIET, labelsize=8.5, length=3)
    panel.spines[:].set_color(QUIET)
    panel.spines[:].set_linewidth(0.7)
    if not hatched:
        return
    ground = Rectangle((0, 0), 1, 1, transform=panel.transAxes, facecolor=EMPTY, edgecolor=HATCH, hatch="////", lw=0)
    ground.set_hatch_linewidth(0.6)
    ground.set_zorder(0)
    panel.add_patch(ground)


def labelled(axis: Axis) -> str:
    return axis.name if axis.unit == "1" else f"{axis.name} ({axis.unit})"


def boxes(
    panel: Any, view: Snapshot, table: NDArray[np.float64], scale: Scale, x: int, y: int, mark: float = 4
) -> None:
    """The explored cells of a grid, with their boundaries as ticks; a dot in those that are solved."""
    assert view.cells is not None
    shown = explored(view)
    table = table[: shown[y], : shown[x]]
    edges = [boundaries(view.domain.axes[axis], view.cells[axis])[: shown[axis] + 1] for axis in (x, y)]
    panel.set_xlim(edges[0][0], edges[0][-1])
    panel.set_ylim(edges[1][0], edges[1][-1])
    for lines, across in zip(edges, (True, False), strict=True):
        for line in lines[1:-1]:
            (panel.axvline if across else panel.axhline)(line, color="white", lw=0.7, zorder=1)
    panel.pcolormesh(
        *edges,
        np.ma.masked_invalid(table),
        cmap=MAP,
        vmin=scale.low,
        vmax=scale.high,
        edgecolors="white",
        lw=0.7,
        zorder=2,
    )
    rows, columns = np.nonzero(table >= scale.solved)
    middle = [(line[1:] + line[:-1]) / 2 for line in edges]
    panel.plot(middle[0][columns], middle[1][rows], "o", ms=mark, mfc=MARK, mec=INK, mew=0.6, zorder=3)
    panel.set_xticks(edges[0][:: -(-len(edges[0]) // 11)])
    panel.set_yticks(edges[1][:: -(-len(edges[1]) // 11)])
    panel.xaxis.set_major_formatter("{x:.3g}")
    panel.yaxis.set_major_formatter("{x:.3g}")


def explored(view: Snapshot) -> tuple[int, ...]:
    """How many cells of each axis to show: all, or up to the farthest elite and a few more where that is much less."""
    assert view.cells is not None
    held = np.array([np.unravel_index(niche, view.cells) for niche in view.elites]).reshape(-1, len(view.cells))
    farthest = held.max(axis=0, initial=-1) + 1
    wanted = np.maximum(farthest + 1, 4) if len(held) else np.array(view.cells)
    return tuple(int(want) if want < 0.7 * size else size for want, size in zip(wanted, view.cells, strict=True))


def boundaries(axis: Axis, count: int) -> NDArray[np.float64]:
    """The count + 1 boundaries of a grid's cells along `axis`, in its unit."""
    return np.linspace(axis.low, axis.high, count + 1)


def polygons(panel: Any, view: Snapshot, values: Mapping[int, float], scale: Scale, x: int, y: int) -> None:
    """The Voronoi cells of a CVT archive of two axes; a dot in those that are solved."""
    from matplotlib.collections import PolyCollection

    axes, centres = view.domain.axes, np.asarray(view.state.centroids)[:, [x, y]]
    cells = voronoi(centres, (axes[x].low, axes[y].low), (axes[x].high, axes[y].high))
    held = sorted(values)
    fitness = np.array([values[niche] for niche in held])
    panel.add_collection(PolyCollection(cells, facecolors="none", edgecolors="white", lw=0.7, zorder=1))
    panel.add_collection(
        PolyCollection(
            [cells[niche] for niche in held], array=fitness, clim=(scale.low, scale.high), cmap=MAP,
            edgecolors="white", lw=0.7, zorder=2,
        )
    )  # fmt: skip
    panel.plot(*centres[held][fitness >= scale.solved].T, "o", ms=4, mfc=MARK, mec=INK, mew=0.6, zorder=3)


def points(panel: Any, view: Snapshot, values: Mapping[int, float], scale: Scale, x: int, y: int) -> None:
    """The elites of a CVT archive of more than two axes where their tasks lie; small dots are the centroids."""
    centres = np.asarray(view.state.centroids)
    held = sorted(values)
    fitness = np.array([values[niche] for niche in held])
    places = np.array([view.descriptor(view.elites[niche]) for niche in held]).reshape(-1, len(view.domain.axes))
    panel.plot(centres[:, x], centres[:, y], ".", ms=2, color=QUIET, alpha=0.5, zorder=1)
    panel.scatter(
        places[:, x], places[:, y], c=fitness, s=46, edgecolors=np.where(fitness >= scale.solved, INK, MARK), lw=0.9,
        vmin=scale.low, vmax=scale.high, cmap=MAP, zorder=2,
    )  # fmt: skip


def legend(panel: Any, scale: Scale, unheld: str) -> None:
    """What an empty niche (`unheld`: "empty", or "centroid" among points) and a solved one look like."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    empty: Any = Patch(facecolor=EMPTY, edgecolor=HATCH, hatch="//////", lw=0.5, label=unheld)
    if unheld == "centroid":
        empty = Line2D([], [], ls="", marker=".", ms=3, color=QUIET, alpha=0.6, label=unheld)
    dot = Line2D([], [], ls="", marker="o", ms=4, mfc=MARK, mec=INK, mew=0.6, label=f"solved (≥ {scale.solved:g})")
    panel.legend(
        handles=[empty, dot], loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False, fontsize=8.5,
        labelcolor=QUIET, borderaxespad=0.2, handletextpad=0.5, columnspacing=1.2,
    )  # fmt: skip


def colour_bar(drawing: Any, panel: Any, scale: Scale) -> None:
    """The colour scale, with a line where a niche counts as solved."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    bar = drawing.colorbar(ScalarMappable(Normalize(scale.low, scale.high), MAP), ax=panel, fraction=0.05, pad=0.02)
    bar.set_label(scale.label, color=INK)
    bar.ax.axhline(scale.solved, color=INK, lw=1)
    bar.ax.tick_params(colors=QUIET, labelsize=8.5, length=3)
    bar.outline.set_visible(False)


def slices(
    drawing: Any, view: Snapshot, values: Mapping[int, float], scale: Scale, order: tuple[int, int, int]
) -> None:
    """One small panel per cell of the third axis; of more than `MOST_PANELS`, those that hold an elite."""
    x, y, third = order
    assert view.cells is not None
    cells, axis = view.cells, view.domain.axes[third]
    layers: dict[int, dict[int, float]] = {index: {} for index in range(cells[third])}
    for niche, value in values.items():
        layers[int(np.unravel_index(niche, cells)[third])][niche] = value
    layers = {index: layer for index, layer in layers.items() if index < explored(view)[third]}
    chosen = [index for index in layers if layers[index] or len(layers) <= MOST_PANELS][:MOST_PANELS]
    columns = min(len(chosen), 2 if len(chosen) <= 4 else 3 if len(chosen) <= 9 else 4)
    rows = -(-max(len(chosen), 1) // max(columns, 1))
    edges = boundaries(axis, cells[third])
    panels = drawing.subplots(rows, max(columns, 1), sharex=True, sharey=True, squeeze=False).ravel()
    for panel in panels[len(chosen) :]:
        panel.set_visible(False)
    for panel, index in zip(panels, chosen, strict=False):
        frame(panel, view.domain.axes[x], view.domain.axes[y])
        boxes(panel, view, flattened(layers[index], cells, (x, y)), scale, x, y, mark=2)
        panel.set(xlabel="", ylabel="", xticks=[], yticks=[])
        panel.set_title(f"{edges[index]:.3g} to {edges[index + 1]:.3g} {unit(axis)}".rstrip(), fontsize=8, color=QUIET)
    drawing.suptitle(f"by {axis.name}, axes as on the left", fontsize=9, color=QUIET)


def unit(axis: Axis) -> str:
    return "" if axis.unit == "1" else axis.unit
