"""What happened in a run last, in sentences."""

from collections.abc import Iterator, Mapping
from typing import Any

from openended.file.snapshot import Snapshot

from .words import worth

MOST = 60
"""Most events that are told."""
MACHINE = {"mutation", "random", "first", "path", "given", "easy", "edit", "latent"}
"""Makers that are no people."""


def feed(view: Snapshot, authors: Mapping[int, str]) -> list[dict[str, Any]]:
    """The latest events, newest first: tasks admitted, tasks solved for the first time, agents that took over a task.

    Each has `generation`, `kind`, `text`, and the `niche` that it is about. Within a generation tasks come first.
    """
    order = {"admitted": 0, "taken over": 1, "solved": 2}
    found = [*admitted(view, authors), *taken_over(view), *solved(view)]
    found.sort(key=lambda event: (-event["generation"], -order[event["kind"]]))
    return found[:MOST]


def event(view: Snapshot, kind: str, generation: int, task: int, text: str) -> dict[str, Any]:
    return {"kind": kind, "generation": generation, "niche": view.tasks[task].niche, "task": task, "text": text}


def admitted(view: Snapshot, authors: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    """The newest tasks that were admitted."""
    newest = sorted(view.state.pairs.values(), key=lambda pair: (-pair.admitted, -pair.task))[:MOST]
    for pair in newest:
        task = view.tasks[pair.task]
        author = authors.get(task.id)
        made = f"{author}'s task" if author else "a task" if task.maker not in MACHINE else f"a {words(task.maker)}"
        of = f" of task {task.parent}" if task.parent >= 0 else ""
        text = f"niche {task.niche}: {made}{of} is admitted as task {task.id}"
        yield event(view, "admitted", pair.admitted, task.id, text) | {"person": author is not None}


def words(maker: str) -> str:
    known = {"first": "first task", "mutation": "mutation", "random": "random task", "latent": "decoded task"}
    return known.get(maker, f"task ({maker})")


def taken_over(view: Snapshot) -> Iterator[dict[str, Any]]:
    """The newest transfers that were accepted."""
    accepted = (each for each in reversed(view.transfers) if each.accepted and each.target in view.tasks)
    for each, _ in zip(accepted, range(MOST), strict=False):
        beaten = f"{worth(each.fitness)} against {worth(each.incumbent)}"
        niche = view.tasks[each.target].niche
        text = f"niche {niche}: the agent of task {each.source} takes over, {beaten}"
        yield event(view, "taken over", each.generation, each.target, text)


def solved(view: Snapshot) -> Iterator[dict[str, Any]]:
    """The newest tasks that were solved for the first time."""
    first: dict[int, Any] = {}
    for find in view.finds:
        if find.fitness >= view.solved:
            first.setdefault(find.task, find)
    for find in sorted(first.values(), key=lambda find: -find.id)[:MOST]:
        text = f"niche {view.tasks[find.task].niche} is solved: fitness {worth(find.fitness)}"
        yield event(view, "solved", find.generation, find.task, text)
