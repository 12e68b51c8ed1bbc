"""The buffer of a curriculum: the active pairs of the shared learner, whose tasks it may be trained on again.

Source of the law of entry: Jiang, Grefenstette, Rocktäschel (2021), Prioritized Level Replay: a new task takes the
place of the one that is least likely to be replayed, if its potential is as high; with tasks of interest (`nearness`),
if its priority is. A task that leaves retires; its row stays in the run file.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .generation import Generation
from .nearness import Nearness
from .plays import Item
from .replay import Law, weights
from .sums import mean
from .types import Task
from .visiting import promise, visited
from .work import Visit

Entry = Callable[[Generation[Any], Task, Visit], tuple[str, int | None]]
"""A law of entry: what becomes of a new task that was seen, and which task leaves for it, if any."""

LEARNER = 0
"""The id of the learner that all tasks share."""


class Buffer:
    """The tasks of the buffer in columns, ids ascending, as they are while a generation alters them.

    Attributes:
        tasks: their ids, int64[n].
        potentials: float64[n].
        ages: generations since each was last seen, int64[n].
        nearness: what each one's potential is multiplied by for the sake of tasks of interest, float64[n].

    """

    def __init__(self, generation: Generation[Any]):
        rows = generation.rows
        rows = rows[rows["active"] & (rows["learner"] == LEARNER)]
        self.tasks: NDArray[np.int64] = rows["task"].copy()
        self.potentials: NDArray[np.float64] = rows["potential"].copy()
        self.ages: NDArray[np.int64] = generation.number - rows["seen"]
        self._interest = Nearness(generation)
        self.nearness = self._interest.factors(self.tasks)

    def __len__(self) -> int:
        return len(self.tasks)

    def weights(self, settings: Law) -> NDArray[np.float64]:
        """How likely each is to be replayed, float64[n]."""
        return weights(settings, self.priorities, self.ages)

    @property
    def priorities(self) -> NDArray[np.float64]:
        """Potential times nearness, float64[n]."""
        return self.potentials * self.nearness

    @property
    def lasting(self) -> NDArray[np.bool_]:
        """Which are tasks of interest, and so never leave, bool[n]."""
        return self._interest.lasting(self.tasks)

    def near(self, task: Task) -> float:
        """The nearness of a task that is not in the buffer."""
        return self._interest.factor(task, self.nearness)

    def drop(self, place: int) -> None:
        """A task leaves."""
        self.nearness = np.delete(self.nearness, place)
        self.tasks = np.delete(self.tasks, place)
        self.potentials = np.delete(self.potentials, place)
        self.ages = np.delete(self.ages, place)

    def append(self, task: Task, potential: float) -> None:
        """Take in the newest task, seen just now."""
        self.nearness = np.append(self.nearness, self.near(task))
        self.tasks = np.append(self.tasks, task.id)
        self.potentials = np.append(self.potentials, potential)
        self.ages = np.append(self.ages, 0)


def mean_return(visit: Visit) -> float:
    """Mean return of the episodes that ended; NaN without one."""
    return mean(visit.returns)


def new_task(generation: Generation[Any], item: Item, visit: Visit) -> Task:
    """A new task that was played, `not chosen` so far, or a `duplicate`."""
    descriptor = tuple(map(float, generation.means.domain.tasks.describe(item.genome)))
    archive = generation.archive
    outcome = "duplicate" if archive.name(item.genome) in archive.names else "not chosen"
    return Task(
        generation.counters.tasks_created, item.genome, item.parent, generation.number, descriptor,
        archive.niche_of(descriptor), outcome, mean_return(visit), item.maker,
    )  # fmt: skip


def admit(generation: Generation[Any], task: Task, visit: Visit, *, trained: bool) -> float:
    """Enter a new task into the buffer, and what was seen of it; returns its potential."""
    generation.add(replace(task, outcome="admitted"))
    generation.begin(task.id, generation.shared(LEARNER), None, math.nan, origin=task.parent)
    visited(generation, generation.pair(task.id), visit, trained=trained)
    return generation.pair(task.id).potential


def leave(generation: Generation[Any], task: int) -> None:
    """A task retires."""
    generation.put(replace(generation.pair(task), active=False, retired=generation.number))


def offer(
    generation: Generation[Any], items: Iterable[tuple[Item, Visit]], capacity: int, settings: Law, *, trained: bool
) -> None:
    """Enter new tasks: all while there is room, then those whose potential is as high as that of the task that is least
    likely to be replayed, which leaves.
    """
    buffer = Buffer(generation)
    for item, visit in items:
        task = new_task(generation, item, visit)
        least = None if task.outcome == "duplicate" else giving_way(generation, buffer, task, visit, capacity, settings)
        if least is None:
            generation.add(task)
            continue
        if least >= 0:
            leave(generation, int(buffer.tasks[least]))
            buffer.drop(least)
        buffer.append(task, admit(generation, task, visit, trained=trained))


def giving_way(
    generation: Generation[Any], buffer: Buffer, task: Task, visit: Visit, capacity: int, settings: Law
) -> int | None:
    """The place of the task that leaves the buffer for a new one: -1 while there is room, None if none does."""
    lasting = buffer.lasting
    if len(buffer) - lasting.sum() < capacity:
        return -1
    least = int(np.argmin(np.where(lasting, np.inf, buffer.weights(settings))))
    priority = promise(generation, task, visit) * buffer.near(task)
    return None if priority < buffer.priorities[least] else least


def entry(capacity: int, settings: Law) -> Entry:
    """The law of entry for a task from outside."""

    def law(generation: Generation[Any], task: Task, visit: Visit) -> tuple[str, int | None]:
        buffer = Buffer(generation)
        least = giving_way(generation, buffer, task, visit, capacity, settings)
        if least is None:
            return "not chosen", None
        return "admitted", int(buffer.tasks[least]) if least >= 0 else None

    return law


def refill(generation: Generation[Any], items: Sequence[tuple[Item, Visit]], capacity: int) -> None:
    """The new tasks with the highest priorities become the buffer, ties to the first, beside those of interest; the
    others that were in it retire.
    """
    buffer = Buffer(generation)
    for old in buffer.tasks[~buffer.lasting].tolist():
        leave(generation, old)
    first = generation.counters.tasks_created
    made: list[Task] = []
    names: set[str] = set()
    for number, (item, visit) in enumerate(items):
        task = replace(new_task(generation, item, visit), id=first + number)
        name = generation.archive.name(item.genome)
        made.append(replace(task, outcome="duplicate") if name in names else task)
        names.add(name)
    able = [place for place, task in enumerate(made) if task.outcome != "duplicate"]
    promises = {place: promise(generation, made[place], items[place][1]) * buffer.near(made[place]) for place in able}
    best = set(sorted(able, key=lambda place: (-promises[place], place))[:capacity])
    for place, (task, (_, visit)) in enumerate(zip(made, items, strict=True)):
        if place in best:
            admit(generation, task, visit, trained=False)
        else:
            generation.add(task)
