"""The archive as a heatmap over two descriptors: what kinds of tasks there are, and what is known of their elites.

A grid archive of two axes is one panel. With three axes the large panel shows the fittest elite over the third, and
small panels its cells; with more axes, small panels show the other pairs of axes. A CVT archive of two axes is drawn
by its Voronoi cells, one of more axes by its elites as points. Empty niches are hatched, which no value is; those for
which tasks were made in vain are crossed.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.types import Pair
from openended.run.errors import Usage
from openended.view.snapshot import Snapshot

from . import style, tiles
from .legends import legend, named, whence
from .quantities import HOLDER, NAMES, Colour, Scale, painted
from .thumbnail import inset
from .tiles import Tiling, frame, labelled, unit

MOST_PANELS = 12


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
    axes, cells = view.domain.axes, view.cells
    scattered = cells is None and len(axes) > 2
    faces, key = painted(view, of)
    others = [] if thumbnails or scattered or not view.elites else multiples(view, x, y)
    drawing = style.blank(
        (10.4 if others or thumbnails else 6.4) + (1.2 if of == HOLDER else 0),
        6.8 if thumbnails else 4.9 if others else 5.2,
    )
    left, right = (
        drawing.subfigures(1, 2, width_ratios=(1.3 if of == HOLDER else 1.08, 0.92)) if others else (drawing, None)
    )
    main = left.subplots()
    frame(main, axes[x], axes[y], hatched=not scattered)
    if scattered:
        tiles.points(main, view, faces, x, y, 46 if len(faces) < 500 else 12)
    else:
        laid = tiles.tiling(view, x, y)
        seen = cover(main, view, laid, list(view.elites.values()), faces, 4, raised=thumbnails)
        tiles.ticks(main, laid)
        if of == HOLDER:
            whence(main, view, laid, seen)
    if len(axes) > 2:
        over = next(axis.name for index, axis in enumerate(axes) if index not in (x, y))
        behind = over if len(axes) == 3 else "the other axes"
        main.set_title("elites by their tasks" if scattered else f"the fittest over {behind}", pad=20, **style.SMALL)
    if cells is not None and tiles.explored(view) != cells:
        whole = ", ".join(f"{axes[axis].name} to {axes[axis].high:g} {unit(axes[axis])}".rstrip() for axis in (x, y))
        style.note(drawing, f"the explored part; the archive goes on ({whole})")
    if not view.elites:
        style.apology(main, "no elites yet")
    legend(main, view, of, "centroid" if scattered else "empty")
    if isinstance(key, Scale):
        style.colour_bar(left, main, key.low, key.high, key.label, key.mark)
    else:
        named(left, view, key)
    if right is not None:
        panels(right, view, faces, others)
    style.heading(drawing, style.titled(view, summary(view)))
    if thumbnails:
        drawing.draw_without_rendering()
        for tile, pair in seen.items():
            inset(main, view, pair, laid.corners[tile])
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


def cover(
    panel: Any,
    view: Snapshot,
    laid: Tiling,
    elites: Sequence[Pair],
    faces: Mapping[int, Colour],
    mark: float,
    raised: bool = False,
) -> dict[int, Pair]:
    """Lay the elites out on a panel, and return by tile which one is seen.

    The marks of solved ones, of size `mark`, are in the middle, or where `raised` at the bottom, below a thumbnail.
    """
    seen = tiles.foremost(laid, elites)
    tried = {laid.tile(task.niche) for task in view.state.tasks.values()} - {None}
    tiles.draw(panel, laid, {tile: faces[pair.niche] for tile, pair in seen.items()}, tried)  # type: ignore[arg-type]
    solved = [tile for tile, pair in seen.items() if pair.best_fitness >= view.solved]
    places = [(low(laid.corners[tile], 0.07) if raised else laid.middles[tile]) for tile in solved]
    tiles.dots(panel, np.array(places), mark)
    return seen


def low(corners: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """The place in the middle of a tile, at a share of its height."""
    bottom, top = corners.min(axis=0), corners.max(axis=0)
    return np.asarray(bottom + np.array((0.5, share)) * (top - bottom))


Panel = tuple[str, int, int, list[Pair]]
"""A small panel: its title, its axes, and the elites on it."""


def multiples(view: Snapshot, x: int, y: int) -> list[Panel]:
    """The small panels: the cells of the third axis, or, with more axes, the other pairs of axes."""
    axes, cells = view.domain.axes, view.cells
    if cells is None or len(axes) < 3:
        return []
    if len(axes) > 3:
        others = [pair for pair in combinations(range(len(axes)), 2) if set(pair) != {x, y}]
        return [("", *pair, list(view.elites.values())) for pair in others][:MOST_PANELS]
    (third,) = {0, 1, 2} - {x, y}
    edges, axis = tiles.boundaries(axes[third], cells[third]), axes[third]
    layers: dict[int, list[Pair]] = {index: [] for index in range(cells[third])}
    for pair in view.elites.values():
        layers[int(np.unravel_index(pair.niche, cells)[third])].append(pair)
    last = max(index for index, layer in layers.items() if layer)
    if last + 1 < 0.7 * cells[third]:
        layers = {index: layer for index, layer in layers.items() if index <= last}
    chosen = [index for index in layers if layers[index] or len(layers) <= MOST_PANELS][:MOST_PANELS]
    if cells[third] == 1:
        return []
    return [
        (f"{axis.name} {edges[index]:.3g} to {edges[index + 1]:.3g} {unit(axis)}".rstrip(), x, y, layers[index])
        for index in chosen
    ]


def panels(drawing: Any, view: Snapshot, faces: Mapping[int, Colour], others: Sequence[Panel]) -> None:
    """The small panels in rows; axes are named where they differ from those of the large one."""
    columns = 1 if len(others) <= 2 else 2 if len(others) <= 4 else 3 if len(others) <= 9 else 4
    small = drawing.subplots(-(-len(others) // columns), columns, squeeze=False).ravel()
    for panel in small[len(others) :]:
        panel.set_visible(False)
    for panel, (title, x, y, elites) in zip(small, others, strict=False):
        laid = tiles.tiling(view, x, y)
        frame(panel, view.domain.axes[x], view.domain.axes[y])
        cover(panel, view, laid, elites, faces, 2)
        panel.set(xticks=[], yticks=[])
        if title:
            panel.set(xlabel="", ylabel="")
            panel.set_title(title, fontsize=8, color=style.QUIET)
        else:
            panel.set_xlabel(labelled(view.domain.axes[x]), fontsize=7.5, color=style.QUIET)
            panel.set_ylabel(labelled(view.domain.axes[y]), fontsize=7.5, color=style.QUIET)
