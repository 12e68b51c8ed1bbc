"""The tasks that are handed out to a learner elsewhere, and what it tells of them, checked before anything is taken."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.potentials import CRITICS
from openended.file.errors import Usage
from openended.run.outside import Told, Use

NEEDED = {kind: "value" if kind == "max_mc" else kind for kind in CRITICS}
"""Which score a potential needs, by its kind."""
SCORES = tuple(sorted(NEEDED.values()))
"""What a critic may say of a task (`core.learners.visits`)."""


@dataclass(frozen=True)
class Assignment:
    """A task to be played now.

    Attributes:
        generation: that it belongs to.
        place: its number in this generation.
        genome: the task as its domain writes it.
        json: the same as the domain's canonical text, for instance for `openended/Course-v0`.
        use: `train`; `look`: to be played as in training, but not learnt from; `trial`: to be played as the agent acts
            when it is evaluated, without the noise of training, and not learnt from.

    """

    generation: int
    place: int
    genome: Any = field(compare=False)
    json: str
    use: Use

    @property
    def train(self) -> bool:
        """Whether the learner may learn from it."""
        return self.use == "train"


class Telling:
    """Tasks of one generation, all for the same use, and what has been told of them.

    Attributes:
        tasks: what was asked for.

    """

    def __init__(self, tasks: Sequence[Assignment]):
        self.tasks = tuple(tasks)
        self._told: dict[Assignment, Told] = {}
        self._out: set[Assignment] = set()

    @property
    def complete(self) -> bool:
        """Whether all has been told."""
        return len(self._told) == len(self.tasks)

    @property
    def told(self) -> list[Told]:
        """What was told of each task, once that is complete."""
        return [self._told[task] for task in self.tasks]

    def sample(self, count: int | None) -> list[Assignment]:
        """See `Curriculum.sample`."""
        left = [task for task in self.tasks if task not in self._told]
        waiting = [task for task in left if task not in self._out]
        if not waiting:
            self._out.clear()
            waiting = left
        chosen = waiting[:count]
        self._out.update(chosen)
        return chosen

    def tell(
        self,
        tasks: Sequence[Assignment],
        returns: Sequence[float | Sequence[float]],
        scores: Mapping[str, Sequence[float]],
        steps: Sequence[int] | None,
        potential: str,
    ) -> None:
        """See `Curriculum.update`. Raises Usage, and then has taken nothing."""
        lengths = {"returns": len(returns), **{name: len(each) for name, each in scores.items()}}
        if steps is not None:
            lengths["steps"] = len(steps)
        for name, length in lengths.items():
            if length != len(tasks):
                raise Usage(f"{length} {name} were given for {len(tasks)} tasks; give one for each.")
        for name in scores:
            if name not in SCORES:
                raise Usage(f"the score {name!r} is not known; give some of: {', '.join(SCORES)}.")
        told: dict[Assignment, Told] = {}
        for number, (task, given) in enumerate(zip(tasks, returns, strict=True)):
            self._check(task, told)
            known = {name: finite(each[number], f"{name} of task {task.place}") for name, each in scores.items()}
            needed = NEEDED.get(potential)
            if needed and needed not in known and task.use != "trial":
                raise Usage(
                    f'potential.kind is "{potential}", which needs a critic: give scores={{"{needed}": [...]}}, or '
                    'construct the curriculum with another, for instance overrides=["potential.kind=regret"].'
                )
            length = 0 if steps is None else whole(steps[number], f"steps of task {task.place}")
            told[task] = Told(episodes(given, task), length, {name: known.get(name, math.nan) for name in SCORES})
        self._told |= told

    def _check(self, task: Assignment, told: Mapping[Assignment, Told]) -> None:
        """Raise Usage unless this task may be told of now."""
        mine = self.tasks[0].generation if self.tasks else -1
        if not isinstance(task, Assignment):
            raise Usage(f"a task of the type {type(task).__name__} was given; give those that sample() gave.")
        if task.generation != mine:
            raise Usage(f"task {task.place} is of generation {task.generation}, but this is {mine}: sample() again.")
        if task not in self.tasks:
            raise Usage(f"task {task.place} is not among those to be told of now; give those that sample() gave.")
        if task in self._told or task in told:
            raise Usage(f"task {task.place} was told of before; give all episodes on a task at once, as a list.")


def episodes(given: Any, task: Assignment) -> NDArray[np.float64]:
    """The returns of the episodes on a task, float64[n], n >= 1. Raises Usage."""
    try:
        found = np.atleast_1d(np.asarray(given, np.float64))
    except (TypeError, ValueError):
        found = np.zeros((0, 0))
    if found.ndim != 1 or not len(found):
        raise Usage(f"the return of task {task.place} is {given!r}; give a number, or a list of at least one.")
    if not np.isfinite(found).all():
        raise Usage(f"the return of task {task.place} is {given!r}; give finite numbers, and mend the learner first.")
    return found


def finite(given: Any, name: str) -> float:
    """A finite number. Raises Usage."""
    try:
        value = float(given)
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise Usage(f"the {name} is {given!r}; give a finite number.")
    return value


def whole(given: Any, name: str) -> int:
    """A whole number above 0. Raises Usage."""
    if not isinstance(given, int | np.integer) or not 0 < given < 2**31:
        raise Usage(f"the {name} are {given!r}; give a whole number above 0, or leave steps out.")
    return int(given)
