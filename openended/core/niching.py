"""A buffer with one task for each niche: which parents new tasks have, which new tasks enter, which are tried.

The buffer is an archive of tasks in the sense of Mouret and Clune (2015), Illuminating Search Spaces by Mapping Elites;
what makes a task the elite of its niche is its potential, so it changes as the learner does. The minimal criterion is
POET's (`criterion`), on the mean return of the episodes that the learner itself plays.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from .buffer import LEARNER, admit, leave, new_task
from .drawing import draw_with_replacement
from .evaluation import Trial
from .generation import Generation
from .nearness import Nearness
from .novelty import novelty
from .plays import Item
from .reproduction import judged
from .types import Task
from .visiting import promise
from .work import Visit


@dataclass(frozen=True)
class Invention:
    """Where new tasks come from.

    Attributes:
        count: new tasks in a batch, which the learner trains on, too.
        ranges: share of them that is drawn below levels that grow; the others are mutations of tasks of the buffer.
        frontier: share of the parents that are drawn among solved tasks, by how far they lie from all others; the rest
            in proportion to potential.
        novelty_neighbours: the nearest tasks that this distance is a mean over.

    """

    count: Annotated[int, Ge(1)] = 16
    ranges: Annotated[float, Ge(0), Le(1)] = 0.0
    frontier: Annotated[float, Ge(0), Le(1)] = 0.5
    novelty_neighbours: Annotated[int, Ge(1)] = 5


def parents(generation: Generation[Any], settings: Invention, count: int) -> list[int]:
    """The parents of so many new tasks, drawn with replacement.

    Without a task that is solved, or one with potential, the whole buffer may be a parent.
    """
    archive, rows = generation.archive, generation.rows
    places = np.flatnonzero(rows["active"])
    solved = rows["best_fitness"][places] >= generation.means.params.criterion.solved
    at_the_edge = int(np.sum(generation.stream("frontier").random(count) < settings.frontier))
    points = archive.points[places]
    distances = np.zeros(len(places))
    for place in np.flatnonzero(solved).tolist() if at_the_edge else ():
        others = np.delete(points, place, axis=0)
        distance = novelty(points[place], others, settings.novelty_neighbours)
        distances[place] = distance if math.isfinite(distance) else 1.0
    by_distance = draw_with_replacement(distances, at_the_edge, generation.stream("parents", 0))
    potentials = np.maximum(rows["potential"][places] * Nearness(generation).factors(rows["task"][places]), 0.0)
    by_potential = draw_with_replacement(potentials, count - at_the_edge, generation.stream("parents", 1))
    return list(map(int, rows["task"][places][np.concatenate([by_distance, by_potential])]))


def settle_in(generation: Generation[Any], items: Iterable[tuple[Item, Visit]]) -> dict[int, Visit]:
    """Enter new tasks that meet the minimal criterion, each into its niche, if that is empty or has a task with less
    potential, which leaves. A task that has a learner of its own keeps its niche. Returns what was seen of those that
    entered, by id.
    """
    rows, bounds = niche_holders(generation), generation.means.params.criterion
    held = dict(zip(rows["niche"].tolist(), rows["task"].tolist(), strict=True))
    entered: dict[int, Visit] = {}
    for item, visit in items:
        task = new_task(generation, item, visit)
        if task.outcome != "duplicate":
            task = judged(task, task.score, bounds)
        if task.outcome != "not chosen":
            generation.add(task)
            continue
        other = held.get(task.niche)
        if keeps(generation, other, task, visit):
            generation.add(replace(task, outcome="niche taken"))
            continue
        if other is not None:
            leave(generation, other)
        admit(generation, task, visit, trained=True)
        held[task.niche], entered[task.id] = task.id, visit
    return entered


def take_niches(generation: Generation[Any], items: Iterable[tuple[Item, Visit]]) -> None:
    """Enter the tasks of another run, at most one for each niche, whatever the criterion says; the first task leaves a
    niche that one of them takes.
    """
    first = generation.pair(0)
    for item, visit in items:
        task = new_task(generation, item, visit)
        if task.outcome == "duplicate":
            generation.add(task)
            continue
        if task.niche == first.niche:
            leave(generation, first.task)
        admit(generation, task, visit, trained=False)


def niche_holders(generation: Generation[Any]) -> NDArray[np.void]:
    """The pairs that hold niches, as columns: the active ones without those of tasks of interest, which stay anyway."""
    rows = generation.rows
    rows = rows[rows["active"]]
    return np.asarray(rows[~Nearness(generation).lasting(rows["task"])])


def keeps(generation: Generation[Any], other: int | None, task: Task, visit: Visit) -> bool:
    """Whether the task that holds a niche, if any, keeps it against a new one."""
    if other is None:
        return False
    pair = generation.pair(other)
    return pair.learner != LEARNER or promise(generation, task, visit) <= pair.potential


def entry(generation: Generation[Any], task: Task, visit: Visit) -> tuple[str, int | None]:
    """The law of entry for a task from outside (`buffer.Entry`)."""
    outcome = judged(task, task.score, generation.means.params.criterion).outcome
    if outcome != "not chosen":
        return outcome, None
    rows = niche_holders(generation)
    held = rows["task"][rows["niche"] == task.niche]
    other = int(held[-1]) if len(held) else None
    return ("niche taken", None) if keeps(generation, other, task, visit) else ("admitted", other)


def try_out(generation: Generation[Any], best: Mapping[int, float], most: int) -> None:
    """Try the shared agent, without noise, on tasks where an episode just seen was better than the task's elite, on at
    most so many, the largest gains first. The better one is the elite.

    Args:
        generation: whose rows are altered.
        best: the best return just seen by task.
        most: of the tasks.

    """
    gains = {task: value - generation.pair(task).best_fitness for task, value in best.items()}
    chosen = sorted((task for task in gains if gains[task] > 0), key=lambda task: (-gains[task], task))[:most]
    agent = generation.shared(LEARNER).agent
    fitnesses = generation.evaluate([Trial(generation.task(task), agent) for task in sorted(chosen)], "elites")
    for task, fitness in zip(sorted(chosen), fitnesses, strict=True):
        pair = generation.pair(task)
        generation.put(replace(generation.improved(pair, agent, fitness), fitness=pair.fitness))


def best_return(visit: Visit) -> float:
    """The best return seen; minus infinity without one."""
    finite: NDArray[np.float64] = visit.returns[np.isfinite(visit.returns)]
    return float(finite.max()) if len(finite) else -math.inf
