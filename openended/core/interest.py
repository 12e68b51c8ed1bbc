"""Tasks of interest: what a user cares about, which a curriculum may train on; and their held-out twin, which none may.

Source of the idea that data is worth searching for near what somebody cares about: Jiang, Rocktäschel, Grefenstette
(2023), General Intelligence Requires Rethinking Exploration (grounding). A set of interest is drawn by a rule of the
domain (`Domain.kinds`) or read from a file. Its held-out twin is drawn by the same rule and other keys, and shares no
task with it. Neither depends on a run's seed. How interest steers a curriculum stands in `nearness`.
"""

import itertools
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le

from openended.envs.api import Domain, Genome

from .keys import key

MAKER = "interest"
"""The maker of these tasks."""
LARGEST = 256
"""Most tasks of interest."""
SUFFIX = ".jsonl"
"""How the name of a file of tasks ends, one on each line."""
RANDOM = "random"
"""The kind that is the whole family."""
TRIES = 100
"""Draws for each task that is wanted, before the kind counts as too small."""


@dataclass(frozen=True)
class Interest:
    """Tasks that the user cares about, and how far they steer what is trained on.

    Attributes:
        tasks: a kind of the domain, or `random` for its whole family; or a file of tasks, one on each line as the
            domain writes them, whose name ends in .jsonl. Empty: none.
        count: how many tasks of a kind; a file is taken whole.
        weight: lambda, the exponent of nearness in the priority of a task, in sixteenths; 0: there is no interest.
        nearness: `scores`: rank correlation of the shared agent's scores over time, or by descriptor where it is not
            known; `descriptor`: by that alone; `shuffled`: that of `scores` dealt out among the tasks (a control).
        reach: distance of descriptors, in ranges of the axes, at which nearness is a half.
        every: generations from one row of scores to the next.

    """

    tasks: str = ""
    count: Annotated[int, Ge(1), Le(LARGEST)] = 32
    weight: Annotated[float, Ge(0), Le(1)] = 0.0
    nearness: Literal["scores", "descriptor", "shuffled"] = "scores"
    reach: Annotated[float, Gt(0)] = 0.15
    every: Annotated[int, Ge(1)] = 10


def check(settings: Interest, domain: Domain) -> None:
    """Raise ValueError, naming the key, if there are no such tasks of interest."""
    if not settings.tasks:
        if settings.weight:
            raise ValueError(f"interest.weight is {settings.weight}, but no tasks are named: set interest.tasks")
        return
    if settings.tasks.endswith(SUFFIX):
        return
    if settings.tasks in {*domain.suites, *(name.rpartition("-v")[0] for name in domain.suites)}:
        raise ValueError(
            f"interest.tasks is {settings.tasks!r}, a suite, by which agents are judged and which none is trained on: "
            f"choose one of {', '.join(kinds(domain))}, or a file of other tasks, ending in {SUFFIX}"
        )
    try:
        rule(domain, settings.tasks)
    except ValueError as error:
        raise ValueError(f"interest.tasks: {error}, or a file of tasks, ending in {SUFFIX}") from None


def kinds(domain: Domain) -> list[str]:
    """The names of the kinds that tasks of interest may be of."""
    return [*domain.kinds, *([RANDOM] if domain.tasks.random is not None else [])]


def rule(domain: Domain, kind: str) -> Callable[[int], Genome]:
    """What draws tasks of a kind, a function of the key. Raises ValueError where there is none."""
    if kind == RANDOM and domain.tasks.random is not None:
        return domain.tasks.random
    if kind not in domain.kinds:
        known = kinds(domain)
        raise ValueError(f"there is no kind {kind!r} of {domain.id}; choose {' or '.join(known) if known else 'none'}")
    return domain.kinds[kind]


def drawn(domain: Domain, kind: str, count: int) -> list[Genome]:
    """The first `count` tasks of interest of a kind, none of them of a suite, the same for every run. Raises ValueError
    if there are fewer.
    """
    return distinct(domain, kind, f"interest {kind}", count, judged_by(domain))


def held_out(domain: Domain, kind: str, count: int) -> list[Genome]:
    """So many tasks of a kind that no run is interested in. Raises ValueError if there are fewer."""
    trained = {identity(domain, genome) for genome in drawn(domain, kind, LARGEST)}
    return distinct(domain, kind, f"held out {kind}", count, trained)


def distinct(domain: Domain, kind: str, purpose: str, count: int, without: Collection[Any]) -> list[Genome]:
    """So many tasks of a kind, all different, none of them in `without`; those that cannot be solved are left out."""
    make, able = rule(domain, kind), domain.tasks.solvable or (lambda genome: True)
    found: dict[Any, Genome] = {}
    draws = map(make, (key(0, 0, purpose, number) for number in range(TRIES * count)))
    for genome in filter(able, draws):
        name = identity(domain, genome)
        if name not in without:
            found.setdefault(name, genome)
        if len(found) == count:
            return list(found.values())
    raise ValueError(f"{domain.id} has too few different tasks of the kind {kind!r}: {count} were wanted")


def identity(domain: Domain, genome: Genome) -> Any:
    """What makes a task itself: its features, or its text where the domain has none."""
    features = domain.tasks.features
    return tuple(map(float, features(genome))) if features is not None else domain.tasks.encode(genome)


def judged_by(domain: Domain) -> set[Any]:
    """The identities of the tasks in the domain's suites, as far as they are genomes."""
    kind = type(domain.tasks.first())
    suites = [made() for made in domain.suites.values()]
    tasks = itertools.chain.from_iterable(course for suite in suites for course in suite.values())
    return {identity(domain, task) for task in tasks if isinstance(task, kind)}
