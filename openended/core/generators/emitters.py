"""pyribs's emitters over the latent space, remade from the run's rows whenever they are asked (Tjanaka et al. 2023).

Nothing of them is stored. `iso_line` has no memory but the tasks themselves; `cma_me` is begun anew with each fit, and
told again what the run has recorded since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.envs.api import Domain

from .. import niches
from ..criterion import Bounds
from ..keys import generator
from ..niches import Niches
from .jacobi import Matrix
from .settings import Latent

WORST = -1e9
"""The quality of what was not judged."""
NOT_ADDED, NEW = 0, 2
"""pyribs's words for what became of a solution."""


@dataclass(frozen=True)
class Space:
    """What places tasks in the archive of the run: its settings, the domain, the centroids of a CVT archive."""

    niches: Niches
    domain: Domain
    centroids: NDArray[np.float64] | None

    def archive(self, dimensions: int, seed: int) -> Any:
        """Pyribs's archive, empty, of points of a latent space."""
        return niches.empty(
            self.niches, self.domain.axes, self.centroids, dimensions, np.float64, WORST, seed=seed % 2**63
        )


@dataclass(frozen=True)
class Seeds:
    """Tasks from which the search goes out: points float64[n, k], qualities float64[n], descriptors in units of the
    axes' ranges float64[n, m].
    """

    points: Matrix
    qualities: NDArray[np.float64]
    descriptors: Matrix


def quality(score: float, bounds: Bounds) -> float:
    """How near a task's score lies to the middle of the minimal criterion: 0 there, -1 at its bounds."""
    if isnan(score):
        return WORST
    half = (bounds.high - bounds.low) / 2
    away = abs(score - (bounds.low + half))
    return -away / half if half else -away


class Normals:
    """Normal numbers of a key, where pyribs asks NumPy's generator, whose own depend on the platform's log and exp."""

    def __init__(self, key: int):
        self._stream = generator(key)

    def normal(self, scale: float, size: Sequence[int]) -> NDArray[np.float64]:
        """The next normal numbers, float64[size]."""
        from openended.envs.simd.normal import normals

        drawn = normals(int(self._stream.integers(2**64, dtype=np.uint64)), tuple(size))
        return np.asarray(drawn.astype(np.float64) * float(scale))


def iso_line(space: Space, settings: Latent, seeds: Seeds, key: int, count: int) -> Matrix:
    """New points, float64[count, k]: each a seed that holds a niche, a step in all directions, and one along the line
    to another seed (Vassiliades and Mouret 2018, Discovering the Elite Hypervolume).
    """
    from ribs.emitters import IsoLineEmitter

    archive = space.archive(seeds.points.shape[1], key)
    hold(archive, seeds)
    emitter = IsoLineEmitter(
        archive, iso_sigma=settings.iso, line_sigma=settings.line, x0=np.zeros(seeds.points.shape[1]), batch_size=count
    )
    emitter._rng = Normals(key)  # type: ignore[assignment]  # pyribs has no other place for them
    return np.asarray(emitter.ask())


def cma_me(space: Space, settings: Latent, seeds: Seeds, told: Matrix, key: int, count: int) -> Matrix:
    """New points, float64[count, k], of an evolution strategy that is ranked by what it adds to the archive (Fontaine,
    Togelius, Nikolaidis, Hoover 2020, Covariance Matrix Adaptation for the Rapid Illumination of Behavior Space).

    Args:
        space: of the archive.
        settings: of the generator.
        seeds: of the archive when the model was fitted.
        told: what became of all points since, float64[batches * count, 2 + m]: `NEW` or `NOT_ADDED`, the quality, the
            descriptor in units of the axes' ranges.
        key: fixes all draws since the fit.
        count: points that are wanted, the same each time.

    """
    from ribs.emitters import EvolutionStrategyEmitter

    dimensions = seeds.points.shape[1]
    archive = space.archive(dimensions, key)
    hold(archive, seeds)
    emitter = EvolutionStrategyEmitter(
        archive, x0=np.zeros(dimensions), sigma0=settings.iso, batch_size=count, seed=key % 2**63
    )
    for first in range(0, len(told), count):
        asked, found = emitter.ask(), told[first : first + count]
        status, value, descriptors = found[:, 0].astype(np.int32), found[:, 1], found[:, 2:]
        new = status == NEW
        hold(archive, Seeds(asked[new], value[new], descriptors[new]))
        emitter.tell(asked, value, descriptors, {"status": status, "value": value})
    return np.array(emitter.ask())


def hold(archive: Any, seeds: Seeds) -> None:
    """Let the best seed of each niche hold it, ties to the first."""
    for point, value, descriptor in zip(seeds.points, seeds.qualities, seeds.descriptors, strict=True):
        archive.add_single(point, value, descriptor)
