"""New tasks of a generator other than the search's own way, and what the generator learns of them.

Sources: Volz et al. (2018), Evolving Mario Levels in the Latent Space of a Deep Convolutional Generative Adversarial
Network; Fontaine et al. (2021), Illuminating Mario Scenes in the Latent Space of a Generative Adversarial Network. Here
the model is small and is fitted to the tasks that the run itself admitted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.envs.api import Genome

from ..criterion import judge
from ..generation import Generation
from ..novelty import nearest, scaled
from ..types import Task
from . import emitters, model
from .emitters import NEW, NOT_ADDED, WORST, Seeds, Space, quality
from .jacobi import Matrix
from .settings import Generating, Latent, Mutation

FLAT = 1e-6
"""By how much one that was not judged is worse than the one before it: equal ranks would end CMA-ES."""


@dataclass(frozen=True)
class Proposal:
    """A new genome, the task that it was made from (-1: none), and what made it."""

    genome: Genome
    parent: int
    maker: str


def proposals(
    generation: Generation[Any], settings: Generating, seeds: Sequence[int], count: int
) -> tuple[list[Proposal], int]:
    """New tasks beside the search's own, and how many are left to make its own way: a share of `count`, and whatever
    the generator could not make.

    Args:
        generation: whose arrays keep the model.
        settings: of the generator.
        seeds: tasks that others may be made from, ids ascending.
        count: new tasks that are wanted.

    """
    if isinstance(settings, Mutation):
        return [], count
    wanted = count - ceil(settings.floor * count)
    if isinstance(settings, Latent):
        made = decoded(generation, settings, seeds, wanted)
    else:
        made = drawn(generation, wanted)
    return made, count - len(made)


def drawn(generation: Generation[Any], count: int) -> list[Proposal]:
    """Tasks of the whole family, as far as it is open."""
    random = generation.family.random
    assert random is not None
    return [Proposal(random(generation.key("drawn", number)), -1, "random") for number in range(count)]


def decoded(generation: Generation[Any], settings: Latent, seeds: Sequence[int], count: int) -> list[Proposal]:
    """Tasks of the model's latent space, in the order of the emitter's points; none while there is no model.

    The parent of each is the seed that lies nearest to it there. An invalid one is drawn again; CMA-ME learns that it
    is bad instead, since it must be told of the very points that it gave.
    """
    ids, vectors = model.vectors_of(generation.means.domain, map(generation.task, map(int, seeds[-settings.most :])))
    fitted = model.current(generation, settings, ids) if count and ids else None
    if fitted is None:
        return []
    points = fitted.encode(vectors)
    found: dict[int, tuple[Genome, NDArray[np.float64]]] = {}
    invalid, rounds = 0, 1 if settings.emitter == "cma_me" else 1 + settings.redraws
    for number in range(rounds):
        left = [place for place in range(count) if place not in found]
        if not left:
            break
        asked = ask(generation, settings, fitted, points, ids, number, count if number == 0 else len(left))
        for place, point, vector in zip(left, asked, fitted.decode(asked), strict=True):
            genome = valid(generation, vector, generation.key("decoded", number, place))
            if genome is None:
                invalid += 1
            else:
                found[place] = genome, point
    generation.metrics["generator_invalid"] = invalid
    if settings.emitter == "cma_me":
        model.keep(generation, asked=np.array([place in found for place in range(count)], np.int64))
    return [
        Proposal(genome, ids[int(nearest(point, points, 1)[0][0])], "latent")
        for _, (genome, point) in sorted(found.items())
    ]


def valid(generation: Generation[Any], vector: NDArray[np.float64], key: int) -> Genome | None:
    """The genome of a vector; None if there is none that the open version of the specification allows."""
    vectors = generation.family.vectors
    assert vectors is not None
    try:
        return vectors.genome(vector, key)
    except ValueError:
        return None


def ask(
    generation: Generation[Any],
    settings: Latent,
    fitted: model.Model,
    points: Matrix,
    ids: Sequence[int],
    number: int,
    count: int,
) -> Matrix:
    """New points, float64[count, k], of the emitter, asked for the `number`-th time in this generation."""
    means = generation.means
    space = Space(means.params.archive, means.domain, generation.before.arrays.get("centroids"))
    if settings.emitter == "iso_line":
        return emitters.iso_line(space, settings, seeded(generation, points, ids), generation.key("iso", number), count)
    arrays = model.kept(generation)
    ids, vectors = model.vectors_of(means.domain, map(generation.task, arrays["seeds"].tolist()))
    begun, key = seeded(generation, fitted.encode(vectors), ids), means.key(int(arrays["fitted"][0]), "cma")
    return emitters.cma_me(space, settings, begun, arrays["told"], key, count)


def seeded(generation: Generation[Any], points: Matrix, ids: Sequence[int]) -> Seeds:
    """The tasks at these points, with what the archive of the emitter holds of them."""
    tasks, bounds = [generation.task(id) for id in ids], generation.means.params.criterion
    descriptors = scaled([task.descriptor for task in tasks], generation.means.domain.axes)
    return Seeds(points, np.array([quality(task.score, bounds) for task in tasks]), descriptors)


def told(generation: Generation[Any], settings: Generating) -> None:
    """Let the generator learn what became of the tasks that it made in this generation, and report on itself."""
    if not isinstance(settings, Latent):
        return
    arrays = model.kept(generation)
    fitted = arrays.get("fitted", np.array([-1, 0, settings.fewest], np.int64))
    generation.metrics |= {"generator_tasks": int(fitted[1]), "generator_waits_for": int(fitted[2])}
    if f"{model.PREFIX}asked" not in generation.arrays:
        return
    made = iter(generation.made("latent"))
    rows = [verdict(generation, next(made) if there else None) for there in arrays["asked"].tolist()]
    for place, row in enumerate(rows):
        row[1] -= FLAT * place * (row[0] == NOT_ADDED)
    model.keep(generation, told=np.concatenate([arrays["told"], np.array(rows)]))


def verdict(generation: Generation[Any], task: Task | None) -> list[float]:
    """What CMA-ME is told of a task; None: of a point that is none."""
    means = generation.means
    if task is None:
        return [NOT_ADDED, WORST, *([0.0] * len(means.domain.axes))]
    met = task.outcome in ("admitted", "not chosen") and judge(task.score, means.params.criterion) == "ok"
    value = quality(task.score, means.params.criterion)
    return [NEW if met else NOT_ADDED, value, *scaled([task.descriptor], means.domain.axes)[0].tolist()]
