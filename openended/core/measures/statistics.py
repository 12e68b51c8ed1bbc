"""Statistics over the few runs that one can afford, with what they leave uncertain.

Source: Agarwal, Schwarzer, Castro, Courville, Bellemare (2021), Deep Reinforcement Learning at the Edge of the
Statistical Precipice, NeurIPS. Scores are float64[runs, tasks]: a row per run (seed), a column per task.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..keys import generator

Scores = NDArray[np.float64]

RESAMPLES = 2000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A statistic and its bootstrap interval of 95 %."""

    value: float
    low: float
    high: float


def interquartile_mean(scores: Scores) -> float:
    """Mean of the middle half of all scores: a quarter of them is cut off at either end.

    Where a quarter is no whole number, the part of a score that remains counts as that part, so that no score jumps in
    or out (SciPy's `trim_mean` cuts whole scores only).
    """
    return float(interquartile_means(scores.reshape(-1, 1))[0])


def interquartile_means(scores: Scores) -> NDArray[np.float64]:
    """The interquartile mean of each column, float64[tasks]."""
    edges = np.arange(len(scores) + 1) / len(scores)
    weights = np.clip(np.minimum(edges[1:], 0.75) - np.maximum(edges[:-1], 0.25), 0.0, None)
    return np.asarray(weights @ np.sort(scores, axis=0) / np.sum(weights))


def probability_of_improvement(scores: Scores, others: Scores) -> float:
    """How likely a run drawn from `scores` beats one from `others` on a task drawn at random; ties count one half.

    On each task it is the Mann-Whitney statistic over the number of pairs.
    """
    if scores.shape[1] != others.shape[1]:
        raise ValueError(f"there are scores of {scores.shape[1]} and of {others.shape[1]} tasks; give the same tasks")
    difference = scores[:, None, :] - others[None, :, :]
    return float(np.mean((difference > 0) + 0.5 * (difference == 0)))


def interval(statistic: Callable[..., float], *samples: Scores, key: int, resamples: int = RESAMPLES) -> Estimate:
    """A statistic of one or more samples with its stratified bootstrap interval (percentiles).

    Every resample draws, task by task and sample by sample, as many runs as there are, with replacement.
    """
    stream = generator(key)
    values = []
    for _ in range(resamples):
        drawn = [
            np.take_along_axis(scores, stream.integers(len(scores), size=scores.shape), axis=0) for scores in samples
        ]
        values.append(statistic(*drawn))
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(values, [tail, 100 - tail])
    return Estimate(statistic(*samples), float(low), float(high))


def ribbon(curves: Scores, key: int, resamples: int = RESAMPLES) -> tuple[NDArray[np.float64], ...]:
    """Interquartile mean of the runs at each point of their curves, float64[runs, points], and both ends of its
    bootstrap interval, each float64[points]. Whole runs are drawn, because the points of a run belong together.
    """
    stream = generator(key)
    drawn = [interquartile_means(curves[stream.integers(len(curves), size=len(curves))]) for _ in range(resamples)]
    tail = 100 * (1 - CONFIDENCE) / 2
    return interquartile_means(curves), *np.percentile(drawn, [tail, 100 - tail], axis=0)
