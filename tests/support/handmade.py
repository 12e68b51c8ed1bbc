"""Rows of a search made by hand, for tests of the core: everything that a test does not care about has a default."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from openended.core.archive import Archive
from openended.core.niches import Niches
from openended.core.types import Counters, Elite, Learner, Pair, State, Task
from openended.envs.api import Domain
from tests.support.point import POINT

GRID = Niches(cells=(8, 6))


def task(id: int, descriptor: tuple[float, ...] = (0.0, 0.0), niche: int = 0, **others: Any) -> Task:
    values = {
        "genome": None,
        "parent": id - 1,
        "generation": 0,
        "outcome": "not chosen",
        "score": math.nan,
        "maker": "mutation",
    }
    return Task(**({"id": id, "descriptor": descriptor, "niche": niche} | values | others))


def pair(task: int, best_fitness: float = 0.0, **others: Any) -> Pair:
    """A pair whose learner and elite have its task's id."""
    values = {
        "niche": task,
        "learner": task,
        "fitness": best_fitness,
        "elite": task,
        "origin": -1,
        "visits": 0,
        "seen": -1,
        "potential": 0.0,
        "active": True,
        "admitted": 0,
    }
    return Pair(**({"task": task, "best_fitness": best_fitness} | values | others))


def learner(id: int, parameters: int = 4, **others: Any) -> Learner:
    """A learner whose agent is filled with its id, so that agents can be told apart."""
    values = {"agent": np.full(parameters, id, np.float32), "memory": {"t": np.array(0)}, "steps": 0}
    return Learner(**({"id": id} | values | others))


def elite(id: int, task: int, parameters: int = 4, **others: Any) -> Elite:
    """An elite whose agent is filled with its task's id."""
    values = {"generation": 0, "fitness": 0.0, "origin": -1, "agent": np.full(parameters, task, np.float32)}
    return Elite(**({"id": id, "task": task} | values | others))


def state(
    tasks: Mapping[int, Task],
    pairs: Mapping[int, Pair],
    parameters: int = 4,
    scores: Mapping[tuple[int, int], float] | None = None,
    generation: int = 9,
) -> State:
    """A state whose pairs have learners and elites with agents of their ids."""
    learners = {pair.learner: learner(pair.learner, parameters) for pair in pairs.values()}
    elites = {
        pair.elite: elite(pair.elite, pair.task, parameters, fitness=pair.best_fitness)
        for pair in pairs.values()
        if pair.elite is not None
    }
    counters = Counters(tasks_created=len(tasks), elites_found=len(elites))
    return State(generation, dict(tasks), dict(pairs), learners, elites, counters, dict(scores or {}))


def archive(
    pairs: Iterable[Pair], tasks: Mapping[int, Task] | None = None, niches: Niches = GRID, domain: Domain = POINT
) -> Archive:
    """The archive of some pairs, whose tasks have the genome of the domain's first one if none are given."""
    rows = {pair.task: pair for pair in pairs}
    made = tasks or {id: task(id, genome=domain.tasks.first(), niche=pair.niche) for id, pair in rows.items()}
    return Archive(niches, domain).at(state(made, rows))


def plain(value: Any) -> Any:
    """A value as nested tuples that compare to the bit; mappings in the order of their keys."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if is_dataclass(value) and not isinstance(value, type) and not isinstance(value, Task):
        return tuple(plain(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, Mapping):
        return tuple((key, plain(value[key])) for key in sorted(value))
    if isinstance(value, tuple):
        return tuple(plain(each) for each in value)
    return repr(value)
