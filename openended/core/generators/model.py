"""The model of a run's tasks, in the arrays of the run's state: when it is fitted, and to what."""

from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from openended.envs.api import Domain

from ..generation import Generation
from ..types import Arrays, Task
from . import principal
from .jacobi import Matrix
from .settings import Latent

PREFIX = "generator."
"""Of the names of all arrays of a generator: the model's own, and

- `fitted`: int64[3], the generation of the fit, the tasks that it was made to, and how many more it waits for;
- `seeds`: int64[n], the tasks from which CMA-ME began after the fit; `asked`: int64[count], which of the points that it
  gave last are tasks; `told`: what became of all its points since the fit (`emitters.cma_me`).
"""


class Model(Protocol):
    """Tasks' vectors float64[n, d] as points float64[n, k] of a latent space, and back."""

    @property
    def arrays(self) -> Arrays: ...

    def encode(self, vectors: Matrix) -> Matrix: ...

    def decode(self, points: Matrix) -> Matrix: ...


def kept(generation: Generation[Any]) -> dict[str, NDArray[Any]]:
    """The generator's arrays as they are by now, without their prefix."""
    both = generation.before.arrays | generation.arrays
    return {name.removeprefix(PREFIX): array for name, array in both.items() if name.startswith(PREFIX)}


def keep(generation: Generation[Any], **arrays: NDArray[Any]) -> None:
    """Let the generation write arrays of the generator."""
    generation.arrays |= {PREFIX + name: array for name, array in arrays.items()}


def vectors_of(domain: Domain, tasks: Iterable[Task]) -> tuple[list[int], Matrix]:
    """Those of the tasks that have vectors, and these, float64[n, d]."""
    vectors = domain.tasks.vectors
    assert vectors is not None
    found = [(task.id, vector) for task in tasks if (vector := vectors.of(task.genome)) is not None]
    return [id for id, _ in found], np.array([vector for _, vector in found]).reshape(-1, vectors.size)


def newest(generation: Generation[Any], most: int) -> list[Task]:
    """The tasks admitted last, so many at most, in the order of their ids."""
    return [generation.task(int(task)) for task in generation.rows["task"][-most:]]


def current(generation: Generation[Any], settings: Latent, seeds: list[int]) -> Model | None:
    """The model, fitted anew if it is due; None while there are too few tasks.

    Args:
        generation: whose arrays are read and written.
        settings: of the generator.
        seeds: tasks from which the search begins if the model is fitted now.

    """
    arrays = kept(generation)
    fitted = arrays.get("fitted", np.array([-1, 0, 0], np.int64))
    if fitted[1] and generation.number - fitted[0] < settings.every:
        return restored(settings, arrays)
    _, vectors = vectors_of(generation.means.domain, newest(generation, settings.most))
    if len(vectors) < settings.fewest:
        keep(generation, fitted=np.array([-1, 0, settings.fewest - len(vectors)], np.int64))
        return None
    model = fit(generation, settings, vectors)
    count = len(vectors)
    keep(generation, fitted=np.array([generation.number, count, 0], np.int64), **model.arrays)
    if settings.emitter == "cma_me":
        nothing = np.zeros((0, 2 + len(generation.means.domain.axes)))
        keep(generation, seeds=np.array(seeds, np.int64), told=nothing)
    return model


def fit(generation: Generation[Any], settings: Latent, vectors: Matrix) -> Model:
    """A model of vectors float64[n, d]."""
    if settings.model == "vae":
        from . import autoencoder

        return autoencoder.fit(vectors, settings.dimensions, generation.key("autoencoder"))
    return principal.fit(vectors, settings.dimensions)


def restored(settings: Latent, arrays: Arrays) -> Model:
    """The model that the state holds."""
    if settings.model == "vae":
        from . import autoencoder

        return autoencoder.restored(arrays)
    return principal.restored(arrays)
