"""Niches: how the space of descriptors is cut into cells.

Sources: Mouret and Clune (2015), Illuminating Search Spaces by Mapping Elites; Vassiliades, Chatzilygeroudis, Mouret
(2018), Using Centroidal Voronoi Tessellations to Scale Up MAP-Elites.

Descriptors are given in units of their axes' ranges, 0 .. 1, so that no axis outweighs the others. The archives are
pyribs's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, MinLen
from numpy.typing import DTypeLike, NDArray

from openended.envs.api import Axis, Domain

LARGEST = 2**24
"""Most niches: pyribs reserves some hundred bytes for each at once."""


@dataclass(frozen=True)
class Niches:
    """How the space of descriptors is cut into niches.

    Attributes:
        kind: `grid`, boxes of equal size, or `cvt`, Voronoi cells of centroids spread evenly by k-means.
        cells: grid: the boxes along each axis, one number per axis or one number for all; cvt: one number, the cells.
        samples: cvt: the number of random points over which k-means spreads the centroids.

    """

    kind: Literal["grid", "cvt"] = "grid"
    cells: Annotated[tuple[Annotated[int, Ge(1)], ...], MinLen(1)] = (10,)
    samples: Annotated[int, Ge(1)] = 100_000


def check(settings: Niches, domain: Domain) -> None:
    """Raise ValueError if the domain's descriptors cannot be cut this way."""
    axes = len(domain.axes)
    if settings.kind == "grid" and len(settings.cells) not in (1, axes):
        raise ValueError(
            f"archive.cells has {len(settings.cells)} numbers, {domain.id} has {axes} descriptors: give one number per "
            "descriptor or one for all"
        )
    if settings.kind == "cvt" and len(settings.cells) != 1:
        raise ValueError(f"archive.cells has {len(settings.cells)} numbers: kind `cvt` takes one, the number of cells")
    if settings.kind == "cvt" and settings.samples < settings.cells[0]:
        raise ValueError(
            f"archive.samples is {settings.samples}, fewer than the {settings.cells[0]} cells: give more samples"
        )
    if count(settings, axes) > LARGEST:
        raise ValueError(
            f"archive.cells make {count(settings, axes)} niches; at most {LARGEST} are allowed: give fewer cells"
        )


def cells(settings: Niches, axes: int) -> tuple[int, ...]:
    """Boxes of a grid along each axis."""
    return settings.cells * axes if len(settings.cells) == 1 else settings.cells


def count(settings: Niches, axes: int) -> int:
    """How many niches there are."""
    return prod(cells(settings, axes)) if settings.kind == "grid" else settings.cells[0]


def empty(
    settings: Niches,
    axes: Sequence[Axis],
    centroids: NDArray[np.float64] | None,
    solution: int,
    dtype: DTypeLike,
    offset: float,
    seed: int = 0,
    **fields: Any,
) -> Any:
    """An archive without elites: `ribs.archives.GridArchive`, or `CVTArchive` around the centroids.

    Args:
        settings: how it is cut.
        axes: the descriptors, which are its measures (float64).
        centroids: of a `cvt` archive. Raises ValueError if it lacks them.
        solution: numbers in a solution.
        dtype: of a solution.
        offset: fitness that counts as zero in the QD score.
        seed: of the draws among its elites.
        fields: pyribs's extra fields.

    """
    from ribs.archives import CVTArchive, GridArchive

    common: dict[str, Any] = {
        "solution_dim": solution,
        "ranges": [(0, 1)] * len(axes),
        "qd_score_offset": offset,
        "seed": seed,
        "solution_dtype": dtype,
        "objective_dtype": np.float64,
        "measures_dtype": np.float64,
        "extra_fields": fields or None,
    }
    if settings.kind == "grid":
        return GridArchive(dims=cells(settings, len(axes)), **common)
    if centroids is None:
        raise ValueError("a cvt archive needs the centroids of its run, none were given")
    return CVTArchive(centroids=centroids, **common)
