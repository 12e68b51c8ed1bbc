"""What each author brought to a run: people, scripted authors, and the search itself, called `machine`."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

import numpy as np

from openended.core.measures.proportions import wilson
from openended.core.offers import AGAIN, Taken
from openended.core.types import Task
from openended.file.letters import CONTROL, RESERVED
from openended.file.snapshot import Snapshot
from openended.view.people.learning import Gains, admitted, estimate, matched, plain
from openended.view.people.sent import Sent

WITHIN = 100
"""Generations after a task's admission in which its descendants are counted."""


def kind(author: str) -> str:
    """`person`, `control` or `machine`."""
    return "machine" if author == RESERVED else "control" if author.startswith(CONTROL) else "person"


def author(view: Snapshot, name: str, tasks: Sequence[Sent], rows: Iterable[Taken], gains: Gains) -> dict[str, Any]:
    """What an author sent and what came of it, JSON values by name; what is not known is None."""
    mine = [each.task for each in tasks if each.last == "admitted"]
    attempts = [each for each in tasks if each.attempt]
    beaten = [each for each in attempts if each.beaten]
    verified = sum(each.verified for each in beaten)
    judged = [row for row in rows if row.author == name and row.kind in ("task", AGAIN)]
    return {
        "author": name,
        "kind": kind(name),
        "funnel": funnel(view, tasks),
        "outcomes": dict(sorted(Counter(each.last.partition(":")[0] for each in tasks).items())),
        "attempts": len(attempts),
        "beaten": len(beaten),
        "verified": verified,
        "refuted": sum(each.refuted for each in beaten),
        "mer": plain(wilson(len(beaten), len(attempts))) if attempts else None,
        "vmer": plain(wilson(verified, len(attempts))) if attempts else None,
        "distance": middle(distance(view, view.tasks[each.task]) for each in beaten if each.task >= 0),
        **taught(view, mine, gains),
        "matched": {str(steps): matched(view, mine, gained) for steps, gained in gains.items()},
        "novelty": mean(row.found.get("novelty") for row in judged),
        "spread": mean(spread(row.found) for row in judged if row.outcome == "admitted"),
        "env_steps": sum(int(row.found.get("env_steps") or 0) for row in judged),
    }


def machine(view: Snapshot, gains: Gains) -> dict[str, Any]:
    """The same of the search's own tasks, as far as it applies."""
    made = [task for task in view.tasks.values() if task.maker != "person"]
    mine = [task.id for task in made if task.outcome == "admitted"]
    counted = Counter(task.outcome for task in made)
    new = len(made) - counted["duplicate"]
    steps = {"sent": len(made), "valid": len(made), "new": new, "learnable": len(mine), "parked": 0}
    return {
        "author": RESERVED,
        "kind": "machine",
        "funnel": steps | {"admitted": len(mine), "solved": solved(view, mine)},
        "outcomes": dict(sorted(counted.items())),
        **taught(view, mine, gains),
    }


def funnel(view: Snapshot, tasks: Sequence[Sent]) -> dict[str, int]:
    """How many tasks got how far: sent, tasks of the domain, new ones, learnable at once, parked, admitted, solved."""
    valid = [each for each in tasks if not each.first.startswith(("invalid", "refused"))]
    mine = [each.task for each in tasks if each.last == "admitted"]
    return {
        "sent": len(tasks),
        "valid": len(valid),
        "new": sum(each.first != "duplicate" for each in valid),
        "learnable": sum(each.first == "admitted" for each in tasks),
        "parked": sum(each.parked for each in tasks),
        "admitted": len(mine),
        "solved": solved(view, mine),
    }


def taught(view: Snapshot, tasks: Sequence[int], gains: Gains) -> dict[str, Any]:
    """What admitted tasks taught, and where agents and tasks went from them."""
    ids = set(tasks)
    return {
        "learning_potential": {
            str(steps): estimate([gained[task] for task in tasks if task in gained]) for steps, gained in gains.items()
        },
        "transfers_out": sum(each.accepted and each.source in ids for each in view.transfers),
        "descendants": descendants(view, ids),
        "niches_opened": len(ids & openers(view)),
        "annecs": annecs(view, ids),
    }


def solved(view: Snapshot, tasks: Iterable[int]) -> int:
    pairs = [view.state.pairs[task] for task in tasks if task in view.state.pairs]
    return sum(pair.best_fitness >= view.solved for pair in pairs)


def annecs(view: Snapshot, ids: set[int]) -> int:
    """How much these tasks add to the run's ANNECS (see `core.measures.annecs`)."""
    pairs, earlier = view.state.pairs, dict.fromkeys(ids, -math.inf)
    for score in view.scores:
        if score.task in ids and 0 <= pairs[score.agent].retired < view.tasks[score.task].generation:
            earlier[score.task] = max(earlier[score.task], score.fitness)
    high = float(view.config["criterion"]["high"])
    made = [pairs[id] for id in ids if id in pairs and view.tasks[id].parent >= 0]
    return sum(pair.best_fitness >= view.solved and not earlier[pair.task] > high for pair in made)


def descendants(view: Snapshot, ids: set[int]) -> int:
    """How many other tasks that were admitted soon after come from these."""
    found = 0
    for task in admitted(view):
        ancestor: Task | None = view.tasks.get(task.parent)
        while ancestor is not None and ancestor.id not in ids:
            ancestor = view.tasks.get(ancestor.parent)
        found += ancestor is not None and task.generation - ancestor.generation <= WITHIN and task.id not in ids
    return found


def openers(view: Snapshot) -> set[int]:
    """The first task that was admitted to each niche."""
    first: dict[int, int] = {}
    for task in admitted(view):
        first.setdefault(task.niche, task.id)
    return set(first.values())


def distance(view: Snapshot, task: Task) -> float:
    """How far a task lies from the one that it was made from, in units of the descriptors' ranges; NaN without one."""
    if task.parent not in view.tasks:
        return float("nan")
    widths = np.array([axis.high - axis.low for axis in view.domain.axes])
    offset = np.array(task.descriptor) - np.array(view.tasks[task.parent].descriptor)
    return float(np.linalg.norm(offset / widths))


def spread(found: Mapping[str, Any]) -> float | None:
    """P (1 - p) of the share p of the agents, or episodes, tried at a judgement that solved the task."""
    tried, done = found.get("tried"), found.get("solved")
    return None if not tried or done is None else done / tried * (1 - done / tried)


def mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None and np.isfinite(value)]
    return sum(known) / len(known) if known else None


def middle(values: Iterable[float]) -> float | None:
    known = [value for value in values if np.isfinite(value)]
    return median(known) if known else None
