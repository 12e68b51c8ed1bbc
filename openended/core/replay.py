"""Replay: which tasks of a buffer a learner trains on again.

Sources: Jiang, Grefenstette, Rocktäschel (2021), Prioritized Level Replay, section 3: a task is drawn in proportion to

    (1 - rho) p / sum(p)  +  rho age / sum(age)

with p = rank^(-1 / temperature) by potential, the highest first, and ages in generations since the task was last seen.
Here p may also be the potential itself, or the same for all (Rutherford et al. 2024, No Regrets).
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Gt, Le
from numpy.typing import NDArray

from .drawing import draw, draw_with_replacement


@dataclass(frozen=True)
class Law:
    """How tasks are drawn from the buffer.

    Attributes:
        law: what p is: `rank`, `potential`, or `uniform`.
        temperature: of `rank`: the lower, the more the highest potentials count.
        staleness: rho, the weight of the tasks' age.
        distinct: draw no task twice for a batch; otherwise one that is drawn twice is played twice as often.
        batch: tasks drawn for a training step.
        variants: 0: a task's terrain is part of it; otherwise its chance is drawn anew, this often each time that it
            is played.

    """

    law: Literal["rank", "potential", "uniform"] = "rank"
    temperature: Annotated[float, Gt(0)] = 0.1
    staleness: Annotated[float, Ge(0), Le(1)] = 0.5
    distinct: bool = False
    batch: Annotated[int, Ge(1)] = 32
    variants: Annotated[int, Ge(0)] = 0


@dataclass(frozen=True)
class Replay(Law):
    """When and how tasks are replayed.

    Attributes:
        law: what p is: `rank`, `potential`, or `uniform`.
        temperature: of `rank`: the lower, the more the highest potentials count.
        staleness: rho, the weight of the tasks' age.
        distinct: draw no task twice for a batch; otherwise one that is drawn twice is played twice as often.
        batch: tasks drawn for a training step.
        variants: 0: a task's terrain is part of it; otherwise its chance is drawn anew, this often each time that it
            is played.
        probability: of a generation to replay instead of drawing new tasks; 0: nothing is kept.
        capacity: most tasks in the buffer.
        fill: share of the capacity that is filled before anything is replayed.
        new: new tasks that are trained on beside those replayed.
        robust: a batch of new tasks is played but not trained on (Jiang et al. 2021, Replay-Guided Adversarial
            Environment Design).
        edits: tasks edited after a replay, looked at in the next generation and offered to the buffer (ACCEL); 0: none.
        base: which of the replayed tasks are edited: `easy`, those with the highest mean return less potential
            (ACCEL's text); `hard`, the lowest (its code); `batch`, a draw.
        parents: how many of them.

    """

    probability: Annotated[float, Ge(0), Le(1)] = 0.0
    capacity: Annotated[int, Ge(1)] = 1000
    fill: Annotated[float, Ge(0), Le(1)] = 0.5
    new: Annotated[int, Ge(0)] = 0
    robust: bool = False
    edits: Annotated[int, Ge(0)] = 0
    base: Literal["easy", "hard", "batch"] = "easy"
    parents: Annotated[int, Ge(1)] = 4


@dataclass(frozen=True)
class Refresh:
    """When the buffer is filled anew by the best of many new tasks (Rutherford et al. 2024, No Regrets: sampling for
    learnability).

    Attributes:
        every: generations from one to the next, each a look at new tasks without training; 0: never.
        candidates: new tasks looked at; those with the highest potentials, as many as the capacity, become the buffer.

    """

    every: Annotated[int, Ge(0)] = 0
    candidates: Annotated[int, Ge(1)] = 1000


def weights(settings: Law, potentials: NDArray[np.float64], ages: NDArray[np.int64]) -> NDArray[np.float64]:
    """The probability of each task to be replayed, float64[n]; ties in rank go to the lower index."""
    p = {"rank": by_rank, "potential": by_potential, "uniform": alike}[settings.law](settings, potentials)
    chosen = p / p.sum() if p.any() else np.full(len(p), 1.0 / len(p))
    if not ages.any():
        return np.asarray(chosen)
    return np.asarray((1.0 - settings.staleness) * chosen + settings.staleness * (ages / ages.sum()))


def drawn(settings: Law, probabilities: NDArray[np.float64], stream: np.random.Generator) -> NDArray[np.int64]:
    """The places of a batch in the buffer, in ascending order."""
    if settings.distinct:
        return np.sort(draw(probabilities, settings.batch, stream))
    return np.sort(draw_with_replacement(probabilities, settings.batch, stream))


def by_rank(settings: Law, potentials: NDArray[np.float64]) -> NDArray[np.float64]:
    order = np.argsort(-potentials, kind="stable")
    ranks = np.empty(len(potentials))
    ranks[order] = np.arange(1.0, len(potentials) + 1.0)
    return powers(ranks, 1.0 / settings.temperature)


def by_potential(settings: Law, potentials: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.maximum(potentials, 0.0)


def alike(settings: Law, potentials: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.ones(len(potentials))


def powers(ranks: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    """ranks^-exponent for a whole exponent by multiplication, otherwise from the nearest sixteenth by square roots, so
    that the bits are the same on every CPU.
    """
    whole, sixteenths = divmod(round(exponent * 16), 16)
    result = np.ones(len(ranks))
    for _ in range(whole):
        result = result / ranks
    root = ranks
    for bit in (8, 4, 2, 1):
        root = np.sqrt(root)
        if sixteenths & bit:
            result = result / root
    return result
