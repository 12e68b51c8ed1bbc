"""What tasks taught after their admission, and tasks of people beside those of the search.

The learning potential of a task is what training there gained in a given number of steps, in units of the minimal
criterion's width: (best fitness after that many training steps - fitness at admission) / (high - low). In a curriculum
the steps are visits on which the learner was trained, and the fitness is the mean return of the last of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.keys import key
from openended.core.measures.milestones import STEPS
from openended.core.measures.statistics import Estimate, interquartile_mean, interval
from openended.core.types import Task
from openended.file.snapshot import Snapshot

NEAR = 20
"""Generations within which a task of the search counts as admitted at the same time."""
ENOUGH = 64
"""Tasks a side that tell an effect of half a standard deviation (80 % power, 5 % level)."""

Gains = Mapping[int, Mapping[int, float]]
"""Learning potential by steps (`STEPS`) and task."""


def gains(view: Snapshot) -> Gains:
    """The learning potential of every admitted task that was trained on long enough."""
    bounds = view.config["criterion"]
    width = float(bounds["high"]) - float(bounds["low"])
    found: dict[int, dict[int, float]] = {steps: {} for steps in STEPS}
    for (steps, task), fitness in milestones(view).items():
        before = view.tasks[task].score if steps in found and task in view.tasks else np.nan
        gain = (fitness - before) / width if width > 0 else np.nan
        if np.isfinite(gain):
            found[steps][task] = float(gain)
    return found


def milestones(view: Snapshot) -> dict[tuple[int, int], float]:
    """Fitness after so many steps by (steps, task): as it was written, or, in a curriculum, as visits told it."""
    written = {(each.steps, each.task): each.fitness for each in view.milestones()}
    visits: dict[int, int] = {}
    for told in view.potentials():
        if told.trained:
            visits[told.task] = visits.get(told.task, 0) + 1
            if visits[told.task] in STEPS:
                written.setdefault((visits[told.task], told.task), told.mean_return)
    return written


def estimate(values: Sequence[float]) -> dict[str, Any] | None:
    """Their interquartile mean with its bootstrap interval of 95 %, and their number; None without any."""
    if not values:
        return None
    found = interval(interquartile_mean, np.array(values)[:, None], key=key(0, 0, "learning"))
    return {"tasks": len(values)} | plain(found)


def matched(view: Snapshot, tasks: Sequence[int], gained: Mapping[int, float]) -> dict[str, Any] | None:
    """Tasks beside those of the search that were admitted at the same time and were as hard: the difference of the
    interquartile means of their learning potentials, with its bootstrap interval over the tasks.

    Each task is matched to all tasks of the search that were admitted within `NEAR` generations and whose score at
    admission lies in the same third of all; their mean is what it is compared with. None if nothing can be matched.
    """
    third = thirds(view)
    machine = [task for task in admitted(view) if task.maker != "person" and task.id in gained and task.id in third]
    ours, theirs = [], []
    for task in (view.tasks[id] for id in tasks if id in gained and id in third):
        like = [
            gained[each.id]
            for each in machine
            if abs(each.generation - task.generation) <= NEAR and third[each.id] == third[task.id]
        ]
        if like:
            ours.append(gained[task.id])
            theirs.append(float(np.mean(like)))
    if not ours:
        return None
    return {"tasks": len(ours), "enough": len(ours) >= ENOUGH} | plain(difference(np.array(ours), np.array(theirs)))


def difference(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> Estimate:
    """The difference of two interquartile means of values that belong together, float64[n] each."""

    def statistic(places: NDArray[np.float64]) -> float:
        drawn = places[:, 0].astype(np.int64)
        return interquartile_mean(ours[drawn]) - interquartile_mean(theirs[drawn])

    return interval(statistic, np.arange(len(ours), dtype=np.float64)[:, None], key=key(0, 0, "difference"))


def admitted(view: Snapshot) -> list[Task]:
    """All tasks that were admitted, in order."""
    return [task for _, task in sorted(view.tasks.items()) if task.outcome == "admitted"]


def thirds(view: Snapshot) -> dict[int, int]:
    """In which third of all scores at admission each admitted task's lies, 0 to 2."""
    scores = {task.id: task.score for task in admitted(view) if np.isfinite(task.score)}
    if not scores:
        return {}
    edges = np.quantile(list(scores.values()), [1 / 3, 2 / 3])
    return {task: int(np.searchsorted(edges, score)) for task, score in scores.items()}


def plain(found: Estimate) -> dict[str, float]:
    return {"value": found.value, "low": found.low, "high": found.high}
