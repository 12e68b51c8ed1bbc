"""Prioritised replay: which tasks of a buffer a learner trains on again, and which new ones enter it.

Source: Jiang, Grefenstette, Rocktäschel (2021), Prioritized Level Replay, section 3. A task is drawn in proportion to

    (1 - rho) rank^(-1 / temperature) / sum  +  rho age / sum

with ranks by potential, the highest first, and ages in generations since the task was last seen. A new task takes the
place of the one with the smallest weight, if its potential is as high.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Ge, Gt, Le
from numpy.typing import NDArray


@dataclass(frozen=True)
class Replay:
    """When and how tasks are replayed.

    Attributes:
        probability: of a generation to replay instead of drawing new tasks; 0: nothing is kept.
        capacity: most tasks in the buffer.
        fill: share of the capacity that is filled before anything is replayed.
        temperature: the lower, the more the highest potentials count.
        staleness: rho, the weight of the tasks' age.
        batch: tasks drawn for a training step.
        robust: new tasks are played but not trained on (Jiang et al. 2021, Replay-Guided Adversarial Environment
            Design).
        edits: tasks that are edited after a replay and offered to the buffer (ACCEL); 0: none.
        easy: edit those with the highest mean return less potential ("easy" in ACCEL); otherwise a draw of the batch.

    """

    probability: Annotated[float, Ge(0), Le(1)] = 0.0
    capacity: Annotated[int, Ge(1)] = 1000
    fill: Annotated[float, Ge(0), Le(1)] = 0.5
    temperature: Annotated[float, Gt(0)] = 0.1
    staleness: Annotated[float, Ge(0), Le(1)] = 0.5
    batch: Annotated[int, Ge(1)] = 32
    robust: bool = False
    edits: Annotated[int, Ge(0)] = 0
    easy: bool = True


def weights(settings: Replay, potentials: NDArray[np.float64], ages: NDArray[np.int64]) -> NDArray[np.float64]:
    """The probability of each task to be replayed, float64[n]; ties in potential go to the lower index."""
    order = np.argsort(-potentials, kind="stable")
    ranks = np.empty(len(potentials))
    ranks[order] = np.arange(1.0, len(potentials) + 1.0)
    by_rank = powers(ranks, 1.0 / settings.temperature)
    chosen = by_rank / by_rank.sum()
    if not ages.any():
        return np.asarray(chosen)
    return np.asarray((1.0 - settings.staleness) * chosen + settings.staleness * (ages / ages.sum()))


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
