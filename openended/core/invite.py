"""What people and programs offer to a run, in a generation: tasks are judged, everything is recorded.

A task from outside meets the criterion that the search's own tasks meet, with the same functions; each algorithm brings
them as a `Host` (`core.hosts`). What is too hard is parked and judged again at later reproductions, since the way to a
hard task often leads through others (Wang et al. 2019, POET: stepping stones). In a population at most one task from
outside is admitted in a generation, beside the search's own; those behind it wait in the inbox.
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import numpy as np

from openended.envs import read_task

from .generation import Generation
from .offers import AGAIN, PARKED, WITHDRAWN, Offer, Taken
from .opinions import about, vote
from .types import Pair, Task

ROOM = 256
"""Most tasks that are parked at a time; beyond, what is too hard is so for good."""
HOPEFUL = ("too hard", "not chosen")
"""Outcomes that may be others later."""

Found = dict[str, float | int | bool | None]
"""What a judgement found, by name."""


@dataclass(frozen=True)
class Guest:
    """A task from outside that is to be judged.

    Attributes:
        offer: from which it comes.
        task: `not chosen` so far; its id is -1 until it is decided.
        again: how often it was judged again before; -1: never judged.

    """

    offer: Offer
    task: Task
    again: int = -1


@dataclass(frozen=True)
class Verdict:
    """What a host says of a guest's task, and how the task enters if it is decided; None: as a row of its own."""

    outcome: str
    score: float = math.nan
    found: Found = field(default_factory=dict)
    enter: Callable[[Task], None] | None = None


Host = Callable[[Generation[Any], Sequence[Guest]], Iterator[Verdict]]
"""Judges guests one after the other; each is entered before the next one is judged."""


@dataclass(frozen=True)
class House:
    """How an algorithm takes what comes from outside.

    Attributes:
        host: judges tasks; None: the algorithm has no place for any.
        every: generations from one time to the next at which parked tasks are judged again; 0: never.
        most: tasks that are admitted in a generation; 0: all.

    """

    host: Host | None
    every: int
    most: int = 1


NOBODY = House(None, 0)
"""Takes no tasks."""


def receive(generation: Generation[Any], offers: Sequence[Offer], house: House) -> None:
    """Judge and record what came from outside, in the order of `offers`: tasks first, since others may be about them.

    Tasks that have to wait because others were admitted are not recorded; they are to be offered again.
    """
    left = withdrawals(generation, offers)
    leaving = {*left.values()}
    again = [] if house.host is None else parked(generation, house.every, leaving)
    judge(generation, [*again, *arrivals(generation, offers, house.host, leaving)], house)
    for offer in offers:
        if offer.problem or offer.payload is None:
            generation.take(row(generation, offer, f"invalid: {offer.problem}"))
        elif offer.kind == "withdraw":
            generation.take(row(generation, offer, WITHDRAWN if offer.name in left else "unknown"))
        elif offer.kind == "vote":
            generation.take(row(generation, offer, *vote(generation, offer.payload)))
        elif offer.kind != "task":
            generation.take(row(generation, offer, *about(generation, offer, offer.payload, decoded)))
    generation.taken.sort(key=lambda taken: (taken.kind != AGAIN, taken.name))


def row(
    generation: Generation[Any], offer: Offer, outcome: str, task: int = -1, found: Mapping[str, Any] | None = None
) -> Taken:
    return Taken(
        generation.number, offer.kind, offer.name, offer.author, outcome, task, dict(found or {}), offer.payload
    )


def withdrawals(generation: Generation[Any], offers: Iterable[Offer]) -> dict[str, str]:
    """The withdrawals that hold, and what each takes back: a task of its author's that is parked or came with it."""
    authors = {name: generation.before.offered[name].offer.author for name in generation.before.parked}
    authors |= {offer.name: offer.author for offer in offers if offer.kind == "task" and not offer.problem}
    asked = [offer for offer in offers if offer.kind == "withdraw" and offer.payload and not offer.problem]
    named = {offer.name: (str(offer.payload["offer"]), offer.author) for offer in asked if offer.payload}
    return {name: wanted for name, (wanted, author) in named.items() if authors.get(wanted) == author}


def parked(generation: Generation[Any], every: int, leaving: set[str]) -> Iterator[Guest]:
    """The parked tasks whose turn it is, those that were judged longest ago first."""
    if not every or generation.number % every:
        return
    standing = [generation.before.offered[name] for name in generation.before.parked - leaving]
    chosen = sorted(standing, key=lambda each: (each.judged, each.offer.name))[: generation.means.params.people.tasks]
    for each in chosen:
        yield from guest(generation, each.offer, each.again)


def arrivals(
    generation: Generation[Any], offers: Iterable[Offer], host: Host | None, leaving: set[str]
) -> Iterator[Guest]:
    """The tasks that have come; what is not to be judged is recorded."""
    for offer in offers:
        if offer.kind != "task" or offer.problem or offer.payload is None:
            continue
        if offer.name in leaving:
            generation.take(row(generation, offer, WITHDRAWN))
        elif host is None:
            generation.take(row(generation, offer, "refused: this search takes no tasks from outside"))
        else:
            yield from guest(generation, offer, -1)


def guest(generation: Generation[Any], offer: Offer, again: int) -> Iterator[Guest]:
    """The guest of an offer, or none: what is no task of the domain is recorded."""
    try:
        task = invited(generation, offer)
    except Exception as error:  # whatever a domain of somebody else's raises for what a stranger sent
        generation.take(told(generation, offer, again, f"invalid: {error!s:.200}"))
    else:
        yield Guest(offer, task, again)


def decoded(generation: Generation[Any], offer: Offer) -> Any:
    """The genome of an offered task. Raises ValueError if it is none of the domain."""
    given = (offer.payload or {})["task"]
    text = given if isinstance(given, str) else json.dumps(given, sort_keys=True, separators=(",", ":"))
    return read_task(generation.means.domain, text)


def invited(generation: Generation[Any], offer: Offer) -> Task:
    """The task of an offer, in its niche, its parent the task that it was edited from. Raises as `decoded` does."""
    genome = decoded(generation, offer)
    descriptor = tuple(map(float, generation.means.domain.tasks.describe(genome)))
    if not all(map(math.isfinite, descriptor)):
        raise ValueError("its descriptor is not finite")
    parent, niche = holder(generation, (offer.payload or {})["from"]), generation.archive.niche_of(descriptor)
    from_task = -1 if parent is None else parent.task
    return Task(-1, genome, from_task, generation.number, descriptor, niche, "not chosen", math.nan, "person")


def holder(generation: Generation[Any], niche: int | None) -> Pair | None:
    """The pair that holds a niche by now: the fittest, ties to the lowest id; None if there is none."""
    rows = generation.rows
    mine = rows[rows["niche"] == niche] if niche is not None else rows[:0]
    return generation.pair(int(mine["task"][np.argmax(mine["best_fitness"])])) if len(mine) else None


def judge(generation: Generation[Any], guests: Sequence[Guest], house: House) -> None:
    """Judge guests, one after the other, until as many are admitted as there may be, and enter what is decided."""
    if house.host is None or not guests:
        return
    admitted, room = 0, ROOM - len(generation.before.parked)
    patience = generation.means.params.people.patience
    for guest, verdict in zip(guests, house.host(generation, guests), strict=False):
        known = guest.again >= 0
        found: Found = {} if math.isnan(verdict.score) else {"score": verdict.score}
        found |= verdict.found
        if verdict.outcome in HOPEFUL and guest.again + 1 < patience and (known or room > 0):
            generation.take(told(generation, guest.offer, guest.again, PARKED, found=found))
            room -= not known
            continue
        id = generation.counters.tasks_created
        (verdict.enter or generation.add)(replace(guest.task, id=id, outcome=verdict.outcome, score=verdict.score))
        generation.take(told(generation, guest.offer, guest.again, verdict.outcome, id, found))
        admitted += verdict.outcome == "admitted"
        if admitted == house.most:
            return


def told(
    generation: Generation[Any],
    offer: Offer,
    again: int,
    outcome: str,
    task: int = -1,
    found: Mapping[str, Any] | None = None,
) -> Taken:
    """The row of a judgement of an offered task that was judged `again` times before, -1: never."""
    if again < 0:
        return row(generation, offer, outcome, task, found)
    name = sha256(f"{offer.name} {generation.number}".encode()).hexdigest()
    return row(generation, Offer(name, AGAIN, offer.author, {"offer": offer.name}), outcome, task, found)
