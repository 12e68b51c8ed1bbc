"""Suites of fixed tasks: how many of them an agent solves, whoever made them and whatever it was trained on.

A suite is a table of tasks by the name of their course; what it holds is the domain's own
(`envs.walker.courses.suites`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np

from ..keys import generator, key
from ..types import Agent, Batch, Executor, Limits


@dataclass(frozen=True)
class Result:
    """What an agent does on the tasks of one course: the share of episodes that return `solved` or more, and the mean
    return over those that are numbers (None if none is).
    """

    course: str
    episodes: int
    solved_rate: float
    mean_return: float | None


def measure(
    suite: Mapping[str, Sequence[Any]], agents: Sequence[Agent], executor: Executor, solved: float, cap: int
) -> list[list[Result]]:
    """Results of every agent on every course of the suite, one episode for each task, as one batch."""
    tasks = [task for course in suite.values() for task in course]
    which = np.array([(task, agent) for agent in range(len(agents)) for task in range(len(tasks))], np.int32)
    keys = generator(key(0, 0, "suite")).integers(2**64, size=len(tasks), dtype=np.uint64)
    outcome = executor.evaluate(Batch(tasks, np.stack(agents), which, np.tile(keys, len(agents)), Limits(cap)))
    table = outcome.returns.reshape(len(agents), len(tasks)).tolist()
    edges = np.cumsum([0, *map(len, suite.values())]).tolist()
    return [
        [result(name, row[first:last], solved) for name, first, last in zip(suite, edges, edges[1:], strict=False)]
        for row in table
    ]


def result(course: str, returns: Sequence[float], solved: float) -> Result:
    """The result of some returns; what is not a number is not solved."""
    finite = [value for value in returns if np.isfinite(value)]
    return Result(
        course=course,
        episodes=len(returns),
        solved_rate=sum(value >= solved for value in finite) / len(returns),
        mean_return=fsum(finite) / len(finite) if finite else None,
    )
