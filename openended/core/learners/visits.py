"""What a training step on recorded episodes saw of each task."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.envs.nets.recorded import GOES_ON, Ended, Recorded
from openended.envs.nets.trainer import Judged

from ..types import Arrays, Visit


@dataclass(frozen=True)
class Seen:
    """Of one record.

    Attributes:
        every: int32[rows], the task of every row.
        surprise: float32[rows], how much better than its value each action turned out, 0 where it was worse.
        first, values: int32, float32 [episodes begun], tasks of episodes that began, and their value at that moment.
        tasks, returns, facts: of the episodes that ended, int32, float64, arrays by name.
    """

    every: NDArray[np.int32]
    surprise: NDArray[np.float32]
    first: NDArray[np.int32]
    values: NDArray[np.float32]
    tasks: NDArray[np.int32]
    returns: NDArray[np.float64]
    facts: Arrays


def seen(record: Recorded, ended: Ended, judged: Judged) -> Seen:
    """What is kept of a record when its rows are gone."""
    ends = np.flatnonzero(record.ends != GOES_ON)
    began = np.flatnonzero(ended.fresh)
    facts: dict[str, NDArray[Any]] = {name: fact[ends] for name, fact in ended.facts.items()}
    return Seen(
        every=ended.tasks,
        surprise=np.maximum(judged.advantages, np.float32(0)),
        first=ended.tasks[began],
        values=judged.values[began],
        tasks=ended.tasks[ends],
        returns=ended.totals[ends],
        facts=facts | {"steps": ended.lengths[ends]},
    )


def visit(task: int, records: Sequence[Seen]) -> Visit:
    """What several records saw of one task.

    Scores: `positive_value_loss`, the mean over steps of max(0, advantage) (Jiang, Grefenstette and Rocktaeschel 2021,
    Prioritized level replay; Jiang et al. 2021, Replay-guided adversarial environment design); `value`, the mean value
    of the first observation; `steps`. A mean of nothing is NaN. Values and advantages are in the scale of the rewards
    that the critic knows, divided by their running deviation.
    """
    facts = {
        name: np.concatenate([each.facts[name][each.tasks == task] for each in records]) for name in records[0].facts
    }
    surprise = np.concatenate([each.surprise[each.every == task] for each in records])
    values = np.concatenate([each.values[each.first == task] for each in records])
    scores = {"positive_value_loss": mean(surprise), "value": mean(values), "steps": float(len(surprise))}
    return Visit(task, np.concatenate([each.returns[each.tasks == task] for each in records]), facts, scores)


def mean(numbers: NDArray[np.float32]) -> float:
    """The mean, summed exactly; NaN of nothing."""
    return fsum(numbers) / len(numbers) if len(numbers) else float("nan")
