"""Specifications that grow: what is made of tasks is limited to the version that is open, and versions open in order.

Which version is open is part of the state and of the digest, as an array that the generation writes that opens it. Why
it was opened is not: a version that opens in a given generation and one that opened there on trial and was kept
(`trial`) give the same run.

Source of the idea: Jiang, Rocktäschel, Grefenstette (2022), General intelligence requires rethinking exploration: the
space of tasks itself is searched, and widened when learning there saturates.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Le, MinLen
from numpy.typing import NDArray

from openended.envs.api import Domain, Genome, Specification, Tasks

from .types import Arrays

OPEN = "specification"
"""The array that says which version is open: its place among the domain's, int64[]."""

TRIES = 64
"""Changes of a task that are tried until one is allowed."""
DRAWS = 10_000
"""Random tasks that are drawn until one is allowed."""


@dataclass(frozen=True)
class Opening:
    """When versions of the specification open.

    Attributes:
        grow: `stall`, on trial, whenever the search stands still; `at`, in given generations; `never`; `all`: the last
            one is open from the start.
        first: the version that is open from the start, unless all are; empty: the domain's first.
        at: the generations in which the next version opens, for `at`.
        stall: the search stands still when no measure has grown for so many generations.
        measures: which are meant, any of them.
        slack: growth that does not count, as a share of the measure.
        trial: generations of a trial.
        solved: tasks that only the new version allows and that agents must have learnt to solve in a trial that is
            kept; tasks that were solved when they were made do not count.
        tolerance: most of the older tasks that may be lost by a trial that is kept, as a share of all that are tried.
        pause: generations from the beginning of a refused trial to the next one of that version; doubles each time.

    """

    grow: Literal["stall", "at", "never", "all"] = "stall"
    first: str = ""
    at: tuple[Annotated[int, Ge(1)], ...] = ()
    stall: Annotated[int, Ge(1)] = 50
    measures: Annotated[tuple[Literal["annecs", "coverage", "qd_score", "solved", "niches_solved"], ...], MinLen(1)] = (
        "annecs",
        "coverage",
    )
    slack: Annotated[float, Ge(0)] = 0.0
    trial: Annotated[int, Ge(1)] = 25
    solved: Annotated[int, Ge(1)] = 1
    tolerance: Annotated[float, Ge(0), Le(1)] = 0.05
    pause: Annotated[int, Ge(1)] = 50


def check(opening: Opening | None, domain: Domain) -> None:
    """Raise ValueError, naming the key, if the domain has no such versions."""
    if opening is None:
        return
    names = [version.name for version in domain.tasks.specifications]
    if not names:
        raise ValueError(f"[specification] is given, but tasks of {domain.id} have no versions: leave it out")
    if opening.first and opening.first not in names:
        known = ", ".join(map(repr, names))
        raise ValueError(f"specification.first is {opening.first!r}, but {domain.id} has: {known}")
    if opening.grow == "all" and opening.first:
        raise ValueError('specification.first is given, but grow = "all" opens the last one: leave one of them out')
    if bool(opening.at) != (opening.grow == "at"):
        raise ValueError('specification.at, generations in which versions open, goes with grow = "at" and only there')
    if any(later <= earlier for earlier, later in pairwise(opening.at)):
        raise ValueError(f"specification.at is {list(opening.at)}; generations must ascend")
    left = len(names) - 1 - place(opening, domain)
    if len(opening.at) > left:
        raise ValueError(f"specification.at opens {len(opening.at)} versions, but after the first one there are {left}")


def unused(opening: Opening | None, algorithm: str) -> None:
    """Raise ValueError if a specification is given to an algorithm whose tasks it would not limit."""
    if opening is not None:
        raise ValueError(f"[specification] is given, but {algorithm} makes no tasks that it could limit: leave it out")


def place(opening: Opening, domain: Domain) -> int:
    """Which version is open from the start."""
    names = [version.name for version in domain.tasks.specifications]
    return len(names) - 1 if opening.grow == "all" else names.index(opening.first) if opening.first else 0


def at_first(opening: Opening | None, domain: Domain) -> Arrays:
    """What generation 0 writes down."""
    return {} if opening is None else {OPEN: np.array(place(opening, domain), np.int64)}


def opened(opening: Opening | None, number: int, arrays: Arrays) -> Arrays:
    """What generation `number` writes down: the next version, if one opens."""
    if opening is None or number not in opening.at:
        return {}
    return {OPEN: arrays[OPEN] + 1}


def version(domain: Domain, arrays: Arrays) -> Specification | None:
    """The version that is open; None where nothing is limited. Raises ValueError for one that the domain lacks."""
    if OPEN not in arrays:
        return None
    versions, number = domain.tasks.specifications, int(arrays[OPEN])
    if not 0 <= number < len(versions):
        raise ValueError(f"version {number} of the specification, of which {domain.id} has {len(versions)}")
    return versions[number]


def on_trial(opening: Opening | None) -> bool:
    """Whether versions open on trial."""
    return opening is not None and opening.grow == "stall"


def sound(opening: Opening | None, domain: Domain, arrays: Arrays) -> None:
    """Raise ValueError unless the arrays say which version is open, where one should be."""
    if (version(domain, arrays) is None) != (opening is None):
        raise ValueError(f"the array {OPEN!r}, which says what is open of the specification")


def limited(tasks: Tasks, limit: Specification | None) -> Tasks:
    """The family of tasks as far as a version allows it: mutations, edits and draws are repeated until one is allowed,
    and a vector of a task that is not has no genome.

    Where none of 64 changes is, such as of a task from outside that is beyond the version itself, the task comes back
    as it was.
    """
    if limit is None:
        return tasks
    allows, first = limit.allows, tasks.first

    def changed(change: Callable[[Genome, int], Genome]) -> Callable[[Genome, int], Genome]:
        return lambda genome, key: next(
            filter(allows, (change(genome, key + (number << 96)) for number in range(TRIES))), genome
        )

    def drawn(draw: Callable[[int], Genome]) -> Callable[[int], Genome]:
        return lambda key: next(filter(allows, (draw(key + (number << 96)) for number in range(DRAWS))), first())

    altered: dict[str, Any] = {"mutate": changed(limit.mutate or tasks.mutate)}
    if tasks.edit is not None:
        altered["edit"] = changed(tasks.edit)
    for name in ("random", "easy"):
        whole, own = getattr(tasks, name), getattr(limit, name)
        if whole is not None:
            altered[name] = own or drawn(whole)
    if vectors := tasks.vectors:
        decode = vectors.genome

        def decoded(vector: NDArray[np.float64], key: int) -> Genome:
            genome = decode(vector, key)
            if not allows(genome):
                raise ValueError(f"the version {limit.name!r} of the specification does not allow this task")
            return genome

        altered["vectors"] = replace(vectors, genome=decoded)
    return replace(tasks, **altered)
