"""Offered tasks with all that became of them, out of the rows of the table `offer`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from openended.core.offers import AGAIN, PARKED, Taken, stand
from openended.file.snapshot import Snapshot

ENOUGH = 2
"""Checks that decide, where all of them agree."""


@dataclass(frozen=True)
class Sent:
    """An offered task.

    Attributes:
        name: of the offer.
        author: tag of who sent it.
        generation: that took it.
        first, last: the outcomes of its first and of its last judgement.
        task: id of the task that it became; -1: none.
        found: what the first judgement found (`core.hosts`).
        proven: whether something solves it: an agent at a judgement or since, or a witness that was played once more.
        checks: verdicts of others on whether it can be solved, one for each author, the last that they gave.

    """

    name: str
    author: str
    generation: int
    first: str
    last: str
    task: int
    found: Mapping[str, Any]
    proven: bool
    checks: tuple[str, ...]

    @property
    def attempt(self) -> bool:
        """Whether it was made to defeat an agent, which was there."""
        return self.found.get("beaten") is not None

    @property
    def beaten(self) -> bool:
        """Whether that agent failed."""
        return bool(self.found.get("beaten"))

    @property
    def verified(self) -> bool:
        """Whether it can be solved: something does, or at least two others say so and nobody says the contrary."""
        return self.proven or (self.checks.count("yes") >= ENOUGH and "no" not in self.checks)

    @property
    def refuted(self) -> bool:
        """Whether at least two others say that it cannot be solved, nobody the contrary, and nothing solves it."""
        return not self.proven and self.checks.count("no") >= ENOUGH and "yes" not in self.checks

    @property
    def parked(self) -> bool:
        """Whether it had to wait for another judgement."""
        return PARKED in (self.first, self.last)


def sent(view: Snapshot, rows: Iterable[Taken]) -> list[Sent]:
    """All offered tasks, in the order in which they were taken."""
    rows = list(rows)
    standing, solved, said = stand({}, rows), solved_at_judgements(rows), opinions(rows)
    found = []
    for row in rows:
        if row.kind != "task":
            continue
        last = standing.get(row.name)
        task = row.task if last is None else last.task
        task = task if task in view.tasks else -1
        names: set[str | int] = {row.name, *([task] if task >= 0 else [])}
        about = [each for name in names for each in said.get(name, ())]
        pair = view.state.pairs.get(task)
        proven = row.name in solved or any(each.outcome == "verified" for each in about)
        proven |= pair is not None and pair.best_fitness >= view.solved
        checks = {
            each.author: str(each.payload["verdict"])
            for each in about
            if each.kind == "check" and each.payload and each.author != row.author and each.outcome == "counted"
        }
        outcome = row.outcome if last is None else last.outcome
        verdicts = tuple(verdict for _, verdict in sorted(checks.items()))
        about_it = (row.name, row.author, row.generation, row.outcome, outcome, task, row.found)
        found.append(Sent(*about_it, proven, verdicts))
    return found


def solved_at_judgements(rows: Iterable[Taken]) -> set[str]:
    """The names of the offers that some agent solved when they were judged."""
    return {
        str(row.payload["offer"]) if row.kind == AGAIN else row.name
        for row in rows
        if row.kind in ("task", AGAIN) and row.found.get("solved") and row.payload
    }


def opinions(rows: Iterable[Taken]) -> dict[str | int, list[Taken]]:
    """Checks and witnesses by the offer or the task that they are about."""
    found: dict[str | int, list[Taken]] = {}
    for row in rows:
        if row.kind in ("check", "witness") and row.payload:
            found.setdefault(row.payload["task"], []).append(row)
    return found
