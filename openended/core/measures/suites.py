"""Suites of fixed tasks: how many of them an agent solves, whoever made them and whatever it was trained on.

A suite is a table of tasks by the name of their course; what it holds is the domain's own
(`envs.walker.courses.suites`). Fresh tasks are drawn at random from the whole family instead, by keys that no run uses,
so they are the same for every agent and new to it. Of many tasks, the mean over the worst of them (the conditional
value at risk, CVaR) says more than the mean over all (Rutherford et al. 2024, No Regrets, evaluate by it).
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, fsum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.envs.api import Tasks

from ..keys import generator, key
from ..types import Agent
from ..work import Batch, Executor, Limits

Returns = NDArray[np.float64]
"""float64[agents, tasks, episodes]."""

SHARES = (0.001, 0.01, 0.05, 0.1)
"""Of the tasks, the worst, by which tails are measured."""
AT_ONCE = 2000
"""Tasks that are laid out in memory together."""
GRADES = 10
"""Levels of graded tasks."""


@dataclass(frozen=True)
class Tail:
    """The worst `share` of the tasks, which are so many `tasks`, with the share of their episodes that are solved and
    the mean return over those that are numbers (None if none is).
    """

    share: float
    tasks: int
    solved_rate: float
    mean_return: float | None


@dataclass(frozen=True)
class Result:
    """What an agent does on the tasks of one course: the share of episodes that return `solved` or more, and the mean
    return over those that are numbers (None if none is); tails where they were asked for.
    """

    course: str
    episodes: int
    solved_rate: float
    mean_return: float | None
    worst: tuple[Tail, ...] = ()


def fresh(tasks: Tasks, count: int) -> list[Any]:
    """So many tasks drawn from the whole family; the first of them are the same however many there are. Those of which
    the domain knows that they cannot be solved are left out: among the worst tasks they would hide all others.

    Raises ValueError where the family cannot be drawn from.
    """
    if tasks.random is None:
        raise ValueError("random tasks cannot be drawn")
    drawn = map(tasks.random, (key(0, 0, "fresh", number) for number in itertools.count()))
    return list(itertools.islice(filter(tasks.solvable or (lambda _: True), drawn), count))


def graded(tasks: Tasks, count: int) -> list[Any]:
    """So many tasks from easy to hard: drawn below levels of 1/10, 2/10, ... 10/10 of the full ranges in turn.

    Of the whole family, most tasks may be beyond everyone, which says nothing about who is better. A family without
    ranges is drawn from as a whole. Raises ValueError where it cannot be.
    """
    ranges = tasks.ranges
    if ranges is None:
        return fresh(tasks, count)
    return [
        ranges.draw([most * (number % GRADES + 1) / GRADES for most in ranges.full], key(0, 0, "graded", number))
        for number in range(count)
    ]


def play(
    tasks: Sequence[Any], episodes: int, agents: Sequence[Agent], executor: Executor, cap: int, number: int = 0
) -> Returns:
    """Returns of every agent on every task, float64[agents, tasks, episodes]. All agents meet the same keys, others for
    each `number`.
    """
    keys = generator(key(0, number, "suite")).integers(2**64, size=(len(tasks), episodes), dtype=np.uint64)
    shape = (len(agents), -1, episodes)
    played = []
    for first in range(0, len(tasks), AT_ONCE):
        some = tasks[first : first + AT_ONCE]
        pairs = np.array([(task, agent) for agent in range(len(agents)) for task in range(len(some))], np.int32)
        outcome = executor.evaluate(
            Batch(
                genomes=some,
                agents=np.stack(agents),
                which=np.repeat(pairs, episodes, axis=0),
                keys=np.tile(keys[first : first + AT_ONCE].ravel(), len(agents)),
                limits=Limits(cap),
            )
        )
        played.append(outcome.returns.reshape(shape))
    return np.concatenate(played, axis=1)


def results(
    suite: Mapping[str, Sequence[Any]], returns: NDArray[np.float64], solved: float, shares: Sequence[float] = ()
) -> list[Result]:
    """Results of one agent, whose returns on the tasks of all courses in order are float64[tasks, episodes]."""
    edges = np.cumsum([0, *map(len, suite.values())]).tolist()
    return [
        result(name, returns[first:last], solved, shares)
        for name, first, last in zip(suite, edges, edges[1:], strict=False)
    ]


def result(course: str, returns: NDArray[np.float64], solved: float, shares: Sequence[float] = ()) -> Result:
    """The result of some returns, float64[tasks, episodes]; what is not a number is not solved."""
    return Result(
        course=course,
        episodes=returns.size,
        solved_rate=solved_rate(returns, solved),
        mean_return=mean_return(returns),
        worst=tuple(tail(returns, solved, share) for share in shares),
    )


def tail(returns: NDArray[np.float64], solved: float, share: float) -> Tail:
    """The worst `share` of the tasks, at least one: those with the fewest episodes solved, and among equals those with
    the lowest mean return (what is not a number counts as lowest; ties go to the earlier task).

    The ranking uses the very episodes that it averages. Where a task has one episode and is deterministic, this is the
    exact mean over the worst tasks of the sample; where episodes vary, it is below what new episodes would give.
    """
    count = ceil(share * len(returns) - 1e-9)
    known = np.where(np.isfinite(returns), returns, -np.inf)
    order = np.lexsort((known.mean(axis=1), (known >= solved).sum(axis=1)))
    chosen = returns[order[:count]]
    return Tail(share, count, solved_rate(chosen, solved), mean_return(chosen))


def solved_rate(returns: NDArray[np.float64], solved: float) -> float:
    return int(np.sum(np.isfinite(returns) & (returns >= solved))) / returns.size


def mean_return(returns: NDArray[np.float64]) -> float | None:
    finite = returns[np.isfinite(returns)].tolist()
    return fsum(finite) / len(finite) if finite else None
