"""Tasks and pairs made by hand, for tests of the core: everything that a test does not care about has a default."""

import math
from typing import Any

import numpy as np

from openended.core.types import Changes, Counters, Optimiser, Pair, Score, State, Task


def task(id: int, descriptor: tuple[float, ...] = (0.0, 0.0), niche: int = 0, **others: Any) -> Task:
    values = {"genome": None, "parent": id - 1, "generation": 0, "outcome": "not chosen", "score": math.nan}
    return Task(**({"id": id, "descriptor": descriptor, "niche": niche} | values | others))


def pair(task: int, best_fitness: float = 0.0, parameters: int = 4, **others: Any) -> Pair:
    """A pair whose agent is filled with its task's id, so that agents can be told apart."""
    zeros = np.zeros(parameters, np.float32)
    agent = np.full(parameters, task, np.float32)
    values = {
        "niche": task,
        "agent": agent,
        "fitness": best_fitness,
        "optimiser": Optimiser(zeros, zeros, 0, 0.01, 0.1),
        "best_agent": agent,
        "origin": -1,
        "es_steps": 0,
        "visits": 0,
        "progress": 0.0,
        "active": True,
        "admitted": 0,
    }
    return Pair(**({"task": task, "best_fitness": best_fitness} | values | others))


def plain(value: Any) -> Any:
    """A value as nested tuples that compare to the bit."""
    match value:
        case np.ndarray():
            return value.dtype.str, value.shape, value.tobytes()
        case State() | Changes() | Pair() | Optimiser() | Counters() | Score():
            return tuple(plain(getattr(value, name)) for name in value.__dataclass_fields__)
        case dict():
            return tuple((key, plain(each)) for key, each in value.items())
        case tuple():
            return tuple(plain(each) for each in value)
        case _:
            return repr(value)
