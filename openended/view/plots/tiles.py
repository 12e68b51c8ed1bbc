"""The archive laid out in the plane of two descriptors: a tile for every cell of a grid, or for every Voronoi cell.

A grid of more than two axes is seen from above: a tile stands for all niches behind it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.types import Pair
from openended.envs.api import Axis
from openended.file import snapshot
from openended.file.snapshot import Snapshot
from openended.view.voronoi import voronoi

from .quantities import Colour
from .style import CROSS, EMPTY, HATCH, INK, MARK, QUIET, quiet


@dataclass(frozen=True)
class Tiling:
    """Tiles over the descriptors `x` and `y`.

    Attributes:
        corners: of each tile, float64[k, 2], in the units of the axes.
        middles: float64[tiles, 2], where a tile's mark goes.
        tile: gives the tile of a niche, or None if it is not shown.
        edges: boundaries to be ticked along x and y; None for Voronoi cells.
        limits: (low, high) along x and y.
    """

    corners: list[NDArray[np.float64]]
    middles: NDArray[np.float64]
    tile: Callable[[int], int | None]
    edges: tuple[NDArray[np.float64], NDArray[np.float64]] | None
    limits: tuple[tuple[float, float], tuple[float, float]]


def tiling(view: Snapshot, x: int, y: int) -> Tiling:
    """The tiles of the archive over the descriptors number `x` and `y`; of a CVT archive, only if it has no more."""
    return grid(view, view.cells, x, y) if view.cells is not None else cvt(view, x, y)


def grid(view: Snapshot, cells: tuple[int, ...], x: int, y: int) -> Tiling:
    """The explored cells of a grid, row by row."""
    shown = explored(view)
    edges = tuple(boundaries(view.domain.axes[axis], cells[axis])[: shown[axis] + 1] for axis in (x, y))
    left, bottom = (axis.ravel() for axis in np.meshgrid(edges[0][:-1], edges[1][:-1]))
    right, top = (axis.ravel() for axis in np.meshgrid(edges[0][1:], edges[1][1:]))
    corners = np.stack([np.stack(pair, -1) for pair in ((left, bottom), (right, bottom), (right, top), (left, top))], 1)

    def tile(niche: int) -> int | None:
        index = np.unravel_index(niche, cells)
        return int(index[y] * shown[x] + index[x]) if index[x] < shown[x] and index[y] < shown[y] else None

    limits = ((edges[0][0], edges[0][-1]), (edges[1][0], edges[1][-1]))
    return Tiling(list(corners), corners.mean(axis=1), tile, (edges[0], edges[1]), limits)


def cvt(view: Snapshot, x: int, y: int) -> Tiling:
    """The Voronoi cells of a CVT archive of two axes. Its distances count in units of the axes' ranges."""
    low, high = ends([view.domain.axes[axis] for axis in (x, y)])
    centres = np.asarray(view.centroids).reshape(-1, 2)[:, [x, y]]
    corners = [low + cell * (high - low) for cell in voronoi(centres, (0.0, 0.0), (1.0, 1.0))]
    limits = ((low[0], high[0]), (low[1], high[1]))
    return Tiling(corners, low + centres * (high - low), lambda niche: niche, None, limits)


def ends(axes: Sequence[Axis]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Low and high ends of the axes, each float64[m]."""
    return np.array([axis.low for axis in axes]), np.array([axis.high for axis in axes])


def explored(view: Snapshot) -> tuple[int, ...]:
    """How many cells of each axis to show, so that every elite is seen."""
    assert view.cells is not None
    return snapshot.explored(view.cells, list(view.elites))


def boundaries(axis: Axis, count: int) -> NDArray[np.float64]:
    """The count + 1 boundaries of a grid's cells along `axis`, in its unit."""
    return np.linspace(axis.low, axis.high, count + 1)


def foremost(tiles: Tiling, elites: Iterable[Pair]) -> dict[int, Pair]:
    """The fittest elite of each tile. Ties go to the lowest niche; NaN comes last."""
    best: dict[int, Pair] = {}
    for pair in elites:
        tile = tiles.tile(pair.niche)
        held = best.get(tile) if tile is not None else pair
        if held is None or pair.best_fitness > held.best_fitness or np.isnan(held.best_fitness):
            best[tile] = pair  # type: ignore[index]
    return best


def draw(panel: Any, tiles: Tiling, faces: Mapping[int, Colour], size: float) -> None:
    """Colour the tiles in `faces`; between all tiles lines that suit marks of `size` points."""
    from matplotlib.collections import PolyCollection

    panel.set(xlim=tiles.limits[0], ylim=tiles.limits[1])
    lines: dict[str, Any] = {"edgecolors": "white", "lw": 0.18 * size}
    panel.add_collection(PolyCollection(tiles.corners, facecolors="none", zorder=1, **lines))
    shown = [tiles.corners[tile] for tile in faces]
    panel.add_collection(PolyCollection(shown, facecolors=list(faces.values()), zorder=2, **lines))


def dots(panel: Any, places: NDArray[np.float64], size: float) -> None:
    """The marks of solved niches."""
    panel.plot(*places.reshape(-1, 2).T, "o", ms=size, mfc=MARK, mec=INK, mew=0.15 * size, zorder=4)


def crosses(panel: Any, places: NDArray[np.float64], size: float) -> None:
    """The marks of niches for which tasks were made in vain."""
    panel.plot(*places.reshape(-1, 2).T, "x", ms=size, color=CROSS, mew=0.22 * size, zorder=1.5)


def frame(panel: Any, x: Axis, y: Axis, hatched: bool = True) -> None:
    """Limits and labels of a panel, and where `hatched` the ground that shows through where a niche is empty."""
    from matplotlib.patches import Rectangle

    panel.set(xlim=(x.low, x.high), ylim=(y.low, y.high))
    panel.set_xlabel(labelled(x), color=INK)
    panel.set_ylabel(labelled(y), color=INK)
    quiet(panel)
    if not hatched:
        return
    ground = Rectangle((0, 0), 1, 1, transform=panel.transAxes, facecolor=EMPTY, edgecolor=HATCH, hatch="////", lw=0)
    ground.set_hatch_linewidth(0.6)
    ground.set_zorder(0)
    panel.add_patch(ground)


def ticks(panel: Any, tiles: Tiling) -> None:
    """Ticks at the boundaries of a grid's cells, at most eleven each way."""
    if tiles.edges is None:
        return
    for axis, edges in ((panel.xaxis, tiles.edges[0]), (panel.yaxis, tiles.edges[1])):
        axis.set_ticks(edges[:: -(-len(edges) // 11)])
        axis.set_major_formatter("{x:.3g}")


def labelled(axis: Axis) -> str:
    return axis.name if axis.unit == "1" else f"{axis.name} ({axis.unit})"


def unit(axis: Axis) -> str:
    return "" if axis.unit == "1" else axis.unit


def points(panel: Any, view: Snapshot, faces: Mapping[int, Colour], x: int, y: int, size: float) -> None:
    """The elites of a CVT archive of more than two axes where their tasks lie; small dots are the centroids."""
    axes = view.domain.axes
    low, high = ends(axes)
    centres = low + np.asarray(view.centroids) * (high - low)
    held = list(faces)
    places = np.array([view.descriptor(view.elites[niche]) for niche in held]).reshape(-1, len(axes))
    solved = np.array([view.elites[niche].best_fitness >= view.solved for niche in held], bool)
    panel.plot(centres[:, x], centres[:, y], ".", ms=2, color=QUIET, alpha=0.5, zorder=1)
    panel.scatter(
        places[:, x], places[:, y], c=list(faces.values()), s=size, edgecolors=np.where(solved, INK, MARK), lw=0.9,
        zorder=2,
    )  # fmt: skip
