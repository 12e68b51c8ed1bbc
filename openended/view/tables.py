"""What a run file holds, as plain tables: for CSV and Parquet files and for pandas frames.

A table is a dict of columns, lists of equal length. What is not known is None, in columns of real numbers NaN. Columns
`descriptor_...` are in the units of the domain's axes; generations, tasks and niches are named by their numbers, -1
being none.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from typing import Any

from openended.core.measures.milestones import Milestone
from openended.core.types import Pair, Score, Task, Transfer
from openended.file import digest
from openended.file.contents import Find
from openended.file.snapshot import Snapshot

Columns = dict[str, list[Any]]


def elites(run: Snapshot) -> Columns:
    """The pair of each niche that is held; columns as `pairs`."""
    return of_pairs(run, run.elites.values())


def pairs(run: Snapshot) -> Columns:
    """All pairs that there are, also those that do not hold their niche.

    `fitness` is the best found on the task, `current_fitness` that of the agent in training, `es_steps` the training
    steps of its learner, `progress` its potential; the rest as in `core.types.Pair`, and the task's `parent`,
    `descriptor_...` and `genome`, the domain's JSON.
    """
    return of_pairs(run, (run.state.pairs[task] for task in sorted(run.state.pairs)))


def tasks(run: Snapshot) -> Columns:
    """All tasks ever made, with what became of them (`core.types.Task`)."""
    made = [run.tasks[id] for id in sorted(run.tasks)]
    return {
        "task": [task.id for task in made],
        "parent": [task.parent for task in made],
        "generation": [task.generation for task in made],
        "niche": [task.niche for task in made],
        "outcome": [task.outcome for task in made],
        "score": [task.score for task in made],
        "maker": [task.maker for task in made],
        **described(run, made),
    }


def generations(run: Snapshot) -> Columns:
    """One row per generation: its number, counters since the start, metrics, clock, digest."""
    names = dict.fromkeys(name for row in run.history for name in row)
    return {name: [row.get(name) for row in run.history] for name in names}


def learners(run: Snapshot) -> Columns:
    """All learners and how many training steps they have done."""
    return {"learner": list(run.steps), "steps": list(run.steps.values())}


def snapshots(run: Snapshot) -> Columns:
    """When the agent of which learner was kept for good; `agents.npz` has the agents."""
    kept = run.snapshots()
    return {"learner": [each.learner for each in kept], "generation": [each.generation for each in kept]}


def potentials(run: Snapshot) -> Columns:
    """What every visit of a shared learner told about a task (`core.measures.potentials`), a column per potential."""
    told = run.potentials()
    names = sorted({name for each in told for name in each.by_name})
    fixed = ("generation", "task", "trained", "mean_return", "solved_rate")
    columns: Columns = {name: [getattr(each, name) for each in told] for name in fixed}
    return columns | {name: [each.by_name.get(name, math.nan) for each in told] for name in names}


def offers(run: Snapshot) -> Columns:
    """What was taken from outside, and what became of it (`core.offers.Taken`); `found` and `payload` as JSON."""
    rows = run.offers()
    fixed = ("generation", "kind", "name", "author", "outcome", "task")
    columns: Columns = {name: [getattr(row, name) for row in rows] for name in fixed}
    return columns | {name: [digest.text(getattr(row, name)) for row in rows] for name in ("found", "payload")}


def listed(kind: type, rows: Sequence[Any]) -> Columns:
    """Rows of one type, a column for each of its fields."""
    return {each.name: [getattr(row, each.name) for row in rows] for each in fields(kind)}


TABLES: dict[str, Callable[[Snapshot], Columns]] = {
    "elites": elites,
    "pairs": pairs,
    "tasks": tasks,
    "generations": generations,
    "transfers": lambda run: listed(Transfer, run.transfers),
    "learners": learners,
    "elites_found": lambda run: listed(Find, run.finds),
    "snapshots": snapshots,
    "potentials": potentials,
    "scores": lambda run: listed(Score, run.scores),
    "offers": offers,
    "milestones": lambda run: listed(Milestone, run.milestones()),
}
"""Every table by its name. `transfers` has all that were tried (`core.types.Transfer`), `elites_found` all elites ever
found (`file.contents.Find`), `scores` what retired agents reach on later tasks (`core.types.Score`),
`milestones` the best fitness of pairs after so many training steps (`core.measures.milestones`).
"""


def of_pairs(run: Snapshot, chosen: Iterable[Pair]) -> Columns:
    rows = list(chosen)
    made = [run.state.tasks[pair.task] for pair in rows]
    return {
        "niche": [pair.niche for pair in rows],
        "task": [pair.task for pair in rows],
        "parent": [task.parent for task in made],
        "fitness": [pair.best_fitness for pair in rows],
        "current_fitness": [pair.fitness for pair in rows],
        "origin": [pair.origin for pair in rows],
        "es_steps": [run.steps[pair.learner] for pair in rows],
        "visits": [pair.visits for pair in rows],
        "progress": [pair.potential for pair in rows],
        "active": [pair.active for pair in rows],
        "admitted": [pair.admitted for pair in rows],
        "retired": [pair.retired for pair in rows],
        **described(run, made),
    }


def described(run: Snapshot, made: list[Task]) -> Columns:
    """The descriptors and genomes of tasks."""
    axes = {
        f"descriptor_{axis.name.replace(' ', '_')}": [task.descriptor[place] for task in made]
        for place, axis in enumerate(run.domain.axes)
    }
    return axes | {"genome": [run.domain.tasks.encode(task.genome) for task in made]}


def known(value: Any) -> Any:
    """The value, None if it is NaN."""
    return None if isinstance(value, float) and math.isnan(value) else value
