"""What a training step on recorded episodes saw of each task."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.envs.nets.recorded import GOES_ON, Ended, Recorded
from openended.envs.nets.trainer import Judged

from ..sums import mean
from ..types import Arrays
from ..work import Visit

SOME = 8
"""Every so many rows critics are compared."""


@dataclass(frozen=True)
class Kept:
    """What is kept of a record when its rows are gone.

    Attributes:
        every: int32[rows], the task of every row.
        surprise: float32[rows], how much better than its value each action turned out, 0 where it was worse.
        values: float32[rows], the value of every row.
        scale: by what rewards, and so values and advantages, were divided.
        tasks, returns, facts: of the episodes that ended, int32, float64, arrays by name.
        sizes: float64[tasks], of the update on each task alone (`envs.nets.appraisal`); None: not measured.
        spread: float64[rows / SOME], of every SOME-th row the variance of its values by several critics.
    """

    every: NDArray[np.int32]
    surprise: NDArray[np.float32]
    values: NDArray[np.float32]
    scale: float
    tasks: NDArray[np.int32]
    returns: NDArray[np.float64]
    facts: Arrays
    sizes: NDArray[np.float64] | None = None
    spread: NDArray[np.float64] | None = None


def kept(
    record: Recorded,
    ended: Ended,
    judged: Judged,
    scale: float,
    sizes: NDArray[np.float64] | None = None,
    spread: NDArray[np.float64] | None = None,
) -> Kept:
    """What is kept of a record."""
    ends = np.flatnonzero(record.ends != GOES_ON)
    facts: dict[str, NDArray[Any]] = {name: fact[ends] for name, fact in ended.facts.items()}
    return Kept(
        every=ended.tasks,
        surprise=np.maximum(judged.advantages, np.float32(0)),
        values=judged.values,
        scale=scale,
        tasks=ended.tasks[ends],
        returns=ended.totals[ends],
        facts=facts | {"steps": ended.lengths[ends]},
        sizes=sizes,
        spread=spread,
    )


def spread(values: NDArray[np.float32], scale: float) -> NDArray[np.float64]:
    """The variance of values by several critics, float32[critics, rows], in units of the return squared, float64[rows].

    Of each critic its mean over the rows is taken off: critics of different times have different scales of rewards, and
    what all rows share tells no task from another. Critics are summed in their order.
    """
    apart = [each * scale for each in values.astype(np.float64)]
    apart = [each - mean(each) for each in apart]
    total, squares = np.zeros(values.shape[1]), np.zeros(values.shape[1])
    for each in apart:
        total += each
    for each in apart:
        off = each - total / len(apart)
        squares += off * off
    return squares / len(apart)


def visits(count: int, records: Sequence[Kept]) -> tuple[Visit, ...]:
    """What several records saw of each of `count` tasks.

    Scores; a mean of nothing is NaN, and sums run in the order of the rows:
        positive_value_loss: the mean over steps of max(0, advantage) (Jiang, Grefenstette and Rocktaeschel 2021,
            Prioritized level replay), in the scale of the rewards that the critic knows.
        value: the mean over steps of the value, in units of the return (discounted).
        steps: how many there are.
        update: the size of the update on the task alone (`envs.nets.appraisal`), the mean over records weighted by
            their steps.
        disagreement: the mean over every SOME-th step of the variance of its value by several critics (`spread`).
    The last two are there only if they were measured.
    """
    every = np.concatenate([each.every for each in records])
    values = np.concatenate([each.values.astype(np.float64) * each.scale for each in records])
    scores = {
        "positive_value_loss": means(count, every, np.concatenate([each.surprise for each in records])),
        "value": means(count, every, values),
        "steps": np.bincount(every, minlength=count).astype(np.float64),
    }
    if all(each.sizes is not None for each in records):
        sizes = np.concatenate([each.sizes[each.every] for each in records if each.sizes is not None])
        scores["update"] = means(count, every, sizes)
    if all(each.spread is not None for each in records):
        some = np.concatenate([each.every[::SOME] for each in records])
        apart = np.concatenate([each.spread for each in records if each.spread is not None])
        scores["disagreement"] = means(count, some, apart)
    tasks = np.concatenate([each.tasks for each in records])
    returns = np.concatenate([each.returns for each in records])
    facts = {name: np.concatenate([each.facts[name] for each in records]) for name in records[0].facts}
    found = []
    for task, ended in enumerate(places(count, tasks)):
        of_task = {name: float(values[task]) for name, values in scores.items()}
        found.append(Visit(task, returns[ended], {name: fact[ended] for name, fact in facts.items()}, of_task))
    return tuple(found)


def means(count: int, tasks: NDArray[np.int32], values: NDArray[Any]) -> NDArray[np.float64]:
    """The mean over the rows of each task, float64[count]."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.bincount(tasks, values, count) / np.bincount(tasks, minlength=count))


def places(count: int, tasks: NDArray[np.int32]) -> list[NDArray[np.int64]]:
    """Where each task stands among `tasks`, in order."""
    return np.split(np.argsort(tasks, kind="stable"), np.cumsum(np.bincount(tasks, minlength=count))[:-1])
