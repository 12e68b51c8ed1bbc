"""What makes new tasks: the `[generator]` table of a recipe."""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from openended.envs.api import Domain

THIRD = 1.0 / 3.0


@dataclass(frozen=True)
class Mutation:
    """The search's own way: mutations of tasks, or in a curriculum what its source and its edits give.

    Attributes:
        kind: `mutation`.

    """

    kind: Literal["mutation"] = "mutation"


@dataclass(frozen=True)
class Random:
    """Tasks drawn from the whole family.

    Attributes:
        kind: `random`.
        floor: share of new tasks that is made the search's own way all the same.

    """

    kind: Literal["random"] = "random"
    floor: Annotated[float, Ge(0), Le(1)] = THIRD


@dataclass(frozen=True)
class Latent:
    """Tasks decoded from the latent space of a model of the tasks that the run admitted.

    Attributes:
        kind: `latent`.
        model: `pca`, principal components, or `vae`, a variational autoencoder.
        emitter: what searches the latent space: `iso_line`, or `cma_me`, whose bits depend on the CPU.
        dimensions: of the latent space.
        every: generations from one fit to the next.
        fewest: admitted tasks below which nothing is fitted, and all new tasks are made the search's own way.
        most: the newest admitted tasks, so many at most, are those that the model is fitted to.
        floor: share of new tasks that is made the search's own way, so that the model does not only learn its own
            output.
        iso: standard deviation of a step in every latent direction, in units of the tasks' own; `cma_me`: at the start.
        line: standard deviation of a step along the line to another task, in units of the distance (`iso_line`).
        redraws: how often an invalid task is drawn again before the search's own way takes its place.

    """

    kind: Literal["latent"] = "latent"
    model: Literal["pca", "vae"] = "pca"
    emitter: Literal["iso_line", "cma_me"] = "iso_line"
    dimensions: Annotated[int, Ge(1)] = 4
    every: Annotated[int, Ge(1)] = 20
    fewest: Annotated[int, Ge(2)] = 16
    most: Annotated[int, Ge(2)] = 256
    floor: Annotated[float, Ge(0), Le(1)] = THIRD
    iso: Annotated[float, Gt(0)] = 0.2
    line: Annotated[float, Ge(0)] = 0.3
    redraws: Annotated[int, Ge(0)] = 8


Generating = Mutation | Random | Latent
"""The settings of any kind; `kind` tells which."""


def check(settings: Generating, domain: Domain) -> None:
    """Raise ValueError, naming the key, if the settings do not fit the domain."""
    if isinstance(settings, Random) and domain.tasks.random is None:
        raise ValueError(f'generator.kind is "random", but {domain.id} cannot draw tasks: choose "mutation"')
    if not isinstance(settings, Latent):
        return
    vectors = domain.tasks.vectors
    if vectors is None:
        raise ValueError(f'generator.kind is "latent", but tasks of {domain.id} have no vectors: choose "mutation"')
    if settings.dimensions > vectors.size:
        raise ValueError(
            f"generator.dimensions is {settings.dimensions}, but tasks of {domain.id} have vectors of {vectors.size} "
            f"numbers: give at most {vectors.size}"
        )
    if settings.fewest <= settings.dimensions:
        raise ValueError(
            f"generator.fewest is {settings.fewest}: {settings.dimensions} dimensions need {settings.dimensions + 1} "
            "tasks at least"
        )
    if settings.most < settings.fewest:
        raise ValueError(
            f"generator.most is {settings.most} and generator.fewest {settings.fewest}: most must not be below fewest"
        )


def note(settings: object) -> str:
    """What a run should say at its start: whether its bits depend on the CPU; empty if they do not."""
    if isinstance(settings, Latent) and settings.emitter == "cma_me":
        return "CMA-ME is computed by NumPy's LAPACK: on another kind of CPU the same seed may give other results."
    return ""
