"""Offers: tasks, votes and witnesses that people and programs hand to a run from outside.

A run is a function of its recipe, its seed and the offers that it took: they act at generation boundaries only, in the
order of their names, and each is recorded with what became of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

KINDS = ("task", "vote", "witness", "check", "withdraw")
"""What can be offered (`file.inbox` says what the payload of each holds)."""


@dataclass(frozen=True)
class Offer:
    """What came from outside.

    Attributes:
        name: SHA-256 of what was sent, 64 hexadecimal digits; no two offers of a run share it.
        kind: one of `KINDS`; `unknown` where that could not be read.
        author: the tag of who sent it; empty where that could not be read.
        payload: its content, JSON values by name; None where there is nothing to be judged.
        problem: why it cannot be judged; empty if it can.

    """

    name: str
    kind: str
    author: str
    payload: Mapping[str, Any] | None
    problem: str = ""

    @property
    def number(self) -> int:
        """What names its random streams: 48 bits of its name."""
        return int(self.name[:12], 16)


AGAIN = "again"
"""The kind of a row that tells of a later judgement of an offered task; the run itself makes it."""
PARKED = "parked"
"""What becomes of an offered task that is too hard for now: it is judged again later."""
WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Taken:
    """What became of an offer, or of a later judgement of one.

    Attributes:
        generation: that took it.
        kind: of the offer, or `AGAIN`.
        name: of the offer; of a later judgement one of its own, and the offer's stands in its payload.
        author: of the offer.
        outcome: in words: of a task what becomes of tasks (`core.types.Task`), `PARKED` or `WITHDRAWN`; `counted`;
            `verified`, `refuted` or `unverified` of a witness; `unknown` where it names what there is not; or, with a
            reason, `invalid: ...` and `refused: ...`.
        task: id of the task that it became or is about; -1: none.
        found: numbers that the judgement gave, by name.
        payload: as it was offered; None where there was nothing to be judged.

    """

    generation: int
    kind: str
    name: str
    author: str
    outcome: str
    task: int
    found: Mapping[str, float | int | bool | None]
    payload: Mapping[str, Any] | None


@dataclass(frozen=True)
class Vote:
    """Which of two tasks, by their ids, somebody finds more interesting: `left`, `right` or `equal`."""

    left: int
    right: int
    choice: str


def counted(rows: Iterable[Taken]) -> tuple[Vote, ...]:
    """The votes that were counted, in the order of the rows; those that say nothing are left out."""
    payloads = [row.payload for row in rows if (row.kind, row.outcome) == ("vote", "counted") and row.payload]
    said = [each for each in payloads if each["choice"] != "none"]
    return tuple(Vote(each["left"], each["right"], each["choice"]) for each in said)


@dataclass(frozen=True)
class Standing:
    """Where an offered task stands: its offer, the outcome of the last judgement, the task that it became (-1: none),
    the generation of that judgement, and how many came after the first.
    """

    offer: Offer
    outcome: str
    task: int
    judged: int
    again: int


def waiting(before: frozenset[str], changed: Mapping[str, Standing]) -> frozenset[str]:
    """The names of the offers that are parked, after some stand anew."""
    parked = frozenset(name for name, each in changed.items() if each.outcome == PARKED)
    return (before - frozenset(changed)) | parked


def stand(known: Mapping[str, Standing], rows: Iterable[Taken]) -> dict[str, Standing]:
    """Where the tasks that some rows are about stand after them, by the names of their offers.

    Args:
        known: where they stood before.
        rows: in their order; those of other kinds are passed over.

    """
    found: dict[str, Standing] = {}
    for row in rows:
        if row.kind == "task" and row.payload is not None:
            offer = Offer(row.name, row.kind, row.author, row.payload)
            found[row.name] = Standing(offer, row.outcome, row.task, row.generation, 0)
        elif row.payload is not None and (row.kind == AGAIN or (row.kind, row.outcome) == ("withdraw", WITHDRAWN)):
            name = row.payload["offer"]
            before = found.get(name) or known.get(name)
            if before is None:
                continue  # withdrawn as it came, which its own row says
            if row.kind == AGAIN:
                found[name] = Standing(before.offer, row.outcome, row.task, row.generation, before.again + 1)
            elif before.outcome == PARKED:
                found[name] = replace(before, outcome=WITHDRAWN)
    return found
