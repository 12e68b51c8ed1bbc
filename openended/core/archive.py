"""The archive of pairs: one niche for every cell of the space of descriptors, in each the fittest pair found.

Sources: Mouret and Clune (2015), Illuminating Search Spaces by Mapping Elites; Vassiliades, Chatzilygeroudis, Mouret
(2018), Using Centroidal Voronoi Tessellations to Scale Up MAP-Elites.

The archives are pyribs's, holding of each elite the best agent (solution, float32), its fitness (objective, float64),
the task's descriptor (measures, float64) and its id (`task`, int64). Descriptors are given in units of their axes'
ranges, 0 .. 1, so that no axis outweighs the others. An archive is made anew from a state's pairs whenever needed: the
pairs are the truth.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import fsum, prod
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, MinLen
from numpy.typing import NDArray

from openended.envs.api import Axis, Domain

from .novelty import scaled
from .types import Pair, State, Task

LARGEST = 2**32
"""Bytes that the agents of a full archive may take (pyribs reserves them at once)."""
FEW = 64
"""Up to so many rows pyribs is handed them one by one, which spares the 1 to 5 s it takes to compile for batches."""


@dataclass(frozen=True)
class Params:
    """How the space of descriptors is cut into niches.

    Attributes:
        kind: `grid`, boxes of equal size, or `cvt`, Voronoi cells of centroids spread evenly by k-means.
        cells: grid: the boxes along each axis, one number per axis or one number for all; cvt: one number, the cells.
        samples: cvt: how many random points k-means spreads the centroids over.

    """

    kind: Literal["grid", "cvt"] = "grid"
    cells: Annotated[tuple[Annotated[int, Ge(1)], ...], MinLen(1)] = (10,)
    samples: Annotated[int, Ge(1)] = 100_000


@dataclass(frozen=True)
class Statistics:
    """What an archive holds: niches held, their share of all, the sum of fitness above the offset (QD score), the best
    and the mean fitness (None while it is empty).
    """

    elites: int
    coverage: float
    qd_score: float
    best: float | None
    mean_fitness: float | None


def check(params: Params, domain: Domain) -> None:
    """Raise ValueError if the domain cannot be cut this way."""
    axes = len(domain.axes)
    if params.kind == "grid" and len(params.cells) not in (1, axes):
        raise ValueError(
            f"archive.cells has {len(params.cells)} numbers, {domain.id} has {axes} descriptors: give one number per "
            "descriptor or one for all"
        )
    if params.kind == "cvt" and len(params.cells) != 1:
        raise ValueError(f"archive.cells has {len(params.cells)} numbers: kind `cvt` takes one, the number of cells")
    if params.kind == "cvt" and params.samples < niches(params, axes):
        raise ValueError(
            f"archive.samples is {params.samples}, fewer than the {params.cells[0]} cells: give more samples"
        )
    size = niches(params, axes) * domain.policies.default.parameters * 4
    if size > LARGEST:
        raise ValueError(
            f"archive.cells make {niches(params, axes)} niches, {size / 2**30:.1f} GiB of agents; at most "
            f"{LARGEST / 2**30:.0f} GiB are allowed: give fewer cells"
        )


def niches(params: Params, axes: int) -> int:
    """How many niches there are."""
    return prod(_dims(params, axes)) if params.kind == "grid" else params.cells[0]


def spread(params: Params, axes: Sequence[Axis], key: int) -> NDArray[np.float64] | None:
    """Centroids of a `cvt` archive, float64[cells, m] in units of the axes' ranges, and None for a grid.

    k-means differs with the number of threads, so it runs on one; across machines its bits may still differ, so a run
    makes its centroids once and keeps them. scikit-learn takes the lower 32 bits of the key.
    """
    if params.kind == "grid":
        return None
    from ribs.archives import k_means_centroids
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1):
        centroids, _ = k_means_centroids(
            centroids=params.cells[0],
            ranges=[(0, 1)] * len(axes),
            samples=params.samples,
            dtype=np.float64,
            seed=key % 2**32,
        )
    return np.asarray(centroids, np.float64)


def empty(params: Params, domain: Domain, centroids: NDArray[np.float64] | None) -> Any:
    """An archive without elites: `ribs.archives.GridArchive`, or `CVTArchive` around the centroids."""
    from ribs.archives import CVTArchive, GridArchive

    common: dict[str, Any] = {
        "solution_dim": domain.policies.default.parameters,
        "ranges": [(0, 1)] * len(domain.axes),
        "qd_score_offset": domain.simulator.lowest_return,
        "solution_dtype": np.float32,
        "objective_dtype": np.float64,
        "measures_dtype": np.float64,
        "extra_fields": {"task": ((), np.int64)},
    }
    if params.kind == "grid":
        return GridArchive(dims=_dims(params, len(domain.axes)), **common)
    if centroids is None:
        raise ValueError("a cvt archive needs the centroids of its run (`spread`), none were given")
    return CVTArchive(centroids=centroids, **common)


def build(params: Params, domain: Domain, state: State) -> Any:
    """The archive of a state's pairs."""
    archive = empty(params, domain, state.centroids)
    add(archive, state.pairs.values(), state.tasks, domain.axes)
    return archive


def niche_of(archive: Any, axes: Sequence[Axis]) -> Callable[[Sequence[float]], int]:
    """The function that gives the niche of a descriptor; what lies beyond an axis's range counts to its last cell."""
    return lambda descriptor: int(archive.index_of_single(scaled([descriptor], axes)[0]))


def add(archive: Any, pairs: Iterable[Pair], tasks: dict[int, Task], axes: Sequence[Axis]) -> None:
    """Offer pairs to their niches: the fitter one holds it; in a tie the incumbent, among the offered the lowest id.

    pyribs's own `add` may fail half way and leave the archive damaged, so the rows are looked at before. Raises
    ValueError for an agent of the wrong shape and for what is not finite.
    """
    rows = sorted(pairs, key=lambda pair: pair.task)
    for pair in rows:
        if np.shape(pair.best_agent) != (archive.solution_dim,):
            raise ValueError(
                f"the agent of task {pair.task} has shape {np.shape(pair.best_agent)}, the archive takes "
                f"({archive.solution_dim},)"
            )
        if not np.isfinite([pair.best_fitness, *tasks[pair.task].descriptor]).all():
            raise ValueError(
                f"task {pair.task} has fitness {pair.best_fitness} and descriptor {tasks[pair.task].descriptor}: "
                "only finite numbers can be placed"
            )
    measures = scaled([tasks[pair.task].descriptor for pair in rows], axes)
    if len(rows) <= FEW:
        for pair, place in zip(rows, measures, strict=True):
            archive.add_single(pair.best_agent, pair.best_fitness, place, task=pair.task)
    else:
        archive.add(
            np.stack([pair.best_agent for pair in rows]),
            np.array([pair.best_fitness for pair in rows]),
            measures,
            task=np.array([pair.task for pair in rows], np.int64),
        )


def holders(archive: Any) -> dict[int, int]:
    """The task that holds each niche, by niche."""
    data = archive.data(["index", "task"])
    return dict(sorted(zip(data["index"].tolist(), data["task"].tolist(), strict=True)))


def statistics(archive: Any, offset: float) -> Statistics:
    """Statistics of the elites, recomputed exactly from the elites (pyribs's own depend on the order of adding)."""
    fitness = archive.data("objective").tolist()
    return Statistics(
        elites=len(fitness),
        coverage=len(fitness) / int(archive.cells),
        qd_score=fsum(value - offset for value in fitness),
        best=max(fitness, default=None),
        mean_fitness=fsum(fitness) / len(fitness) if fitness else None,
    )


def _dims(params: Params, axes: int) -> tuple[int, ...]:
    return params.cells * axes if len(params.cells) == 1 else params.cells
