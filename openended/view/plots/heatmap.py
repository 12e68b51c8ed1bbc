"""The archive as a heatmap over two descriptors: what kinds of tasks there are, and what is known of their elites.

A grid archive of two axes is one panel. With three axes the large panel shows the fittest elite over the third, and
small panels its cells; with more axes, small panels show the other pairs of axes. A CVT archive of two axes is drawn
by its Voronoi cells, one of more axes by its elites as points. Empty niches are hatched, which no value is; those for
which tasks were made in vain are crossed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.types import Pair
from openended.file.errors import Usage
from openended.file.snapshot import Snapshot

from . import style, tiles
from .legends import legend, named, whence
from .quantities import HOLDER, NAMES, Colour, Scale, painted
from .thumbnail import inset
from .tiles import Tiling, frame, labelled, unit

MOST_PANELS = 12


@dataclass(frozen=True)
class Layer:
    """What one panel shows: the niches that it `holds`, over the descriptors number `x` and `y`, under a title."""

    x: int
    y: int
    holds: Callable[[int], bool] = lambda niche: True
    title: str = ""


def figure(view: Snapshot, x: int = 0, y: int = 1, of: str = "fitness", thumbnails: bool = False) -> Any:
    """The heatmap over the descriptors number `x` and `y` as a matplotlib Figure.

    Args:
        view: the run.
        x: which descriptor goes to the right.
        y: which goes upwards.
        of: what is shown of the elites, one of `quantities.NAMES`.
        thumbnails: put a small picture of its task on each elite.

    Raises:
        Usage: axes that the domain does not have, an unknown quantity, thumbnails where there are no tiles.
    """
    check(view, x, y, of, thumbnails)
    faces, key = painted(view, of)
    others = [] if thumbnails or not view.elites else layers(view, x, y)
    listed = 1.2 if of == HOLDER else 0.0
    beside = 4.8 if len(others) > 2 else 3.4
    width, height = (10.4, 6.8) if thumbnails else (5.6 + beside, 4.9) if others else (6.4, 5.2)
    drawing = style.blank(width + listed, height)
    left, right = drawing.subfigures(1, 2, width_ratios=(5.6 + listed, beside)) if others else (drawing, None)
    main = left.subplots()
    if view.cells is None and len(view.domain.axes) > 2:
        frame(main, view.domain.axes[x], view.domain.axes[y], hatched=False)
        tiles.points(main, view, faces, x, y, 46 if len(faces) < 500 else 12)
        main.set_title("elites by their tasks", pad=20, **style.SMALL)
        seen: dict[int, Pair] = {}
        vain: list[int] = []
    else:
        laid, seen, vain = cover(main, view, Layer(x, y), faces, 90, raised=thumbnails)
        tiles.ticks(main, laid)
        remarks(drawing, main, view, x, y)
        if of == HOLDER:
            whence(main, view, laid, seen)
    if right is not None:
        vain += panels(right, view, faces, others)
    legend(main, view, of, bool(vain))
    if isinstance(key, Scale):
        style.colour_bar(left, main, key.low, key.high, key.label, key.mark)
    else:
        named(left, view, key)
    if not view.elites:
        style.apology(main, "no elites yet")
    style.heading(drawing, style.titled(view, summary(view)))
    if thumbnails:
        drawing.draw_without_rendering()
        for tile, pair in seen.items():
            middle = laid.middles[tile]
            whole = laid.edges is not None
            inset(main, view, pair, laid.corners[tile] if whole else middle + 0.6 * (laid.corners[tile] - middle))
    return drawing


def check(view: Snapshot, x: int, y: int, of: str, thumbnails: bool) -> None:
    """Raise Usage unless this can be drawn."""
    axes = view.domain.axes
    if len(axes) < 2:
        raise Usage(f"a heatmap needs two descriptors, but {view.domain.id} has {len(axes)}.")
    if x == y or not (0 <= x < len(axes) and 0 <= y < len(axes)):
        names = ", ".join(f"{index} ({axis.name})" for index, axis in enumerate(axes))
        raise Usage(f"axes {x} and {y} make no heatmap; choose two different ones of {names}.")
    if of not in NAMES:
        raise Usage(f"there is no heatmap of {of!r}; choose one of: {', '.join(NAMES)}.")
    if thumbnails and view.cells is None and len(axes) > 2:
        raise Usage("a CVT archive of more than two axes is drawn by points, which have no room for thumbnails.")


def summary(view: Snapshot) -> str:
    """Elites, coverage and QD score."""
    coverage, score = (view.metrics.get(name) or 0 for name in ("coverage", "qd_score"))
    return f"{style.counts_of(len(view.elites), 'elite')}, coverage {100 * coverage:.3g} %, QD score {score:,.0f}"


def remarks(drawing: Any, panel: Any, view: Snapshot, x: int, y: int) -> None:
    """Note the hidden descriptors, and the archive's full range where only the explored part is shown."""
    axes = view.domain.axes
    if len(axes) > 2:
        others = [axis.name for index, axis in enumerate(axes) if index not in (x, y)]
        behind = others[0] if len(others) == 1 else "the other axes"
        panel.set_title(f"the fittest over {behind}", pad=20, **style.SMALL)
    if view.cells is not None and tiles.explored(view) != view.cells:
        whole = ", ".join(f"{axes[axis].name} to {axes[axis].high:g} {unit(axes[axis])}".rstrip() for axis in (x, y))
        style.note(drawing, f"explored part only; the whole archive: {whole}")


def cover(
    panel: Any, view: Snapshot, layer: Layer, faces: Mapping[int, Colour], width: float, raised: bool = False
) -> tuple[Tiling, dict[int, Pair], list[int]]:
    """Lay a layer out on a panel; returns the tiles, by tile the elite that is seen, and the tiles tried in vain.

    The larger the `width`, the larger the marks: dots of solved niches, in the middle, or where `raised` below a
    thumbnail, and crosses where tasks were made in vain.
    """
    laid = tiles.tiling(view, layer.x, layer.y)
    frame(panel, view.domain.axes[layer.x], view.domain.axes[layer.y])
    size = float(np.clip(width / len(laid.corners) ** 0.5, 0.02 * width, 0.045 * width))
    seen = tiles.foremost(laid, [pair for niche, pair in view.elites.items() if layer.holds(niche)])
    tiles.draw(panel, laid, {tile: faces[pair.niche] for tile, pair in seen.items()}, size)
    solved = [tile for tile, pair in seen.items() if pair.best_fitness >= view.solved]
    places = [low(laid.corners[tile], 0.07) if raised else laid.middles[tile] for tile in solved]
    tiles.dots(panel, np.array(places), size)
    made = {laid.tile(task.niche) for task in view.tasks.values() if layer.holds(task.niche)}
    vain = [tile for tile in made if tile is not None and tile not in seen]
    tiles.crosses(panel, laid.middles[vain], size)
    return laid, seen, vain


def low(corners: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """The place in the middle of a tile, at a share of its height."""
    bottom, top = corners.min(axis=0), corners.max(axis=0)
    return np.asarray(bottom + np.array((0.5, share)) * (top - bottom))


def layers(view: Snapshot, x: int, y: int) -> list[Layer]:
    """The small panels: the cells of the third axis, or, with more axes, the other pairs of axes.

    Of more than `MOST_PANELS` cells those that hold an elite.
    """
    axes, cells = view.domain.axes, view.cells
    if cells is None or len(axes) < 3:
        return []
    if len(axes) > 3:
        return [Layer(*pair) for pair in combinations(range(len(axes)), 2) if set(pair) != {x, y}][:MOST_PANELS]
    (third,) = {0, 1, 2} - {x, y}
    edges, suffix = tiles.boundaries(axes[third], cells[third]), unit(axes[third])

    def cell(niche: int) -> int:
        return int(np.unravel_index(niche, cells)[third])

    held = {cell(niche) for niche in view.elites}
    last = max(held) + 1 if max(held) + 1 < 0.7 * cells[third] else cells[third]
    chosen = [index for index in range(last) if index in held or last <= MOST_PANELS][:MOST_PANELS]
    return [
        Layer(x, y, partial(lambda index, niche: cell(niche) == index, index), title.rstrip())
        for index, title in ((index, f"{edges[index]:.3g} to {edges[index + 1]:.3g} {suffix}") for index in chosen)
        if cells[third] > 1
    ]


def panels(drawing: Any, view: Snapshot, faces: Mapping[int, Colour], others: Sequence[Layer]) -> list[int]:
    """The small panels in rows; axes are named where they differ from those of the large one.

    Returns the tiles of all panels that were tried in vain.
    """
    vain: list[int] = []
    columns = 1 if len(others) <= 2 else 2 if len(others) <= 4 else 3 if len(others) <= 9 else 4
    small = drawing.subplots(-(-len(others) // columns), columns, squeeze=False).ravel()
    for panel in small[len(others) :]:
        panel.set_visible(False)
    for panel, layer in zip(small, others, strict=False):
        vain += cover(panel, view, layer, faces, 55 / columns**0.5)[2]
        panel.set(xticks=[], yticks=[])
        if layer.title:
            panel.set(xlabel="", ylabel="")
            panel.set_title(layer.title, fontsize=8, color=style.QUIET)
        else:
            panel.set_xlabel(labelled(view.domain.axes[layer.x]), fontsize=7.5, color=style.QUIET)
            panel.set_ylabel(labelled(view.domain.axes[layer.y]), fontsize=7.5, color=style.QUIET)
    if others[0].title:
        (third,) = {0, 1, 2} - {others[0].x, others[0].y}
        by = f"by {view.domain.axes[third].name}, axes as on the left"
        drawing.suptitle(by, fontsize=9, color=style.QUIET)
    return vain
