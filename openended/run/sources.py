"""Where a run takes offers from: its inbox, recorded offers, or nowhere."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from openended.core.offers import AGAIN, Offer, Taken
from openended.core.settings import People
from openended.file.contents import Contents
from openended.file.inbox import Inbox
from openended.file.recorded import Recorded, recorded

MOST = {"vote": 64, "witness": 8, "check": 64, "withdraw": 64}
"""Most offers of a kind in a generation; how many tasks, the recipe says. What is beyond waits."""


class Offers(Protocol):
    """Where offers come from."""

    def take(self, generation: int) -> tuple[Offer, ...]:
        """The offers for a generation that is about to begin, in the order of their names."""
        ...

    def settle(self, taken: Iterable[Taken], safe: bool = True) -> None:
        """Offers were taken in a generation that is committed; `safe`: the run file cannot be lost with this node."""
        ...


class Nobody:
    """No offers."""

    def take(self, generation: int) -> tuple[Offer, ...]:
        """None."""
        return ()

    def settle(self, taken: Iterable[Taken], safe: bool = True) -> None:
        """Nothing is left to do."""


class Mailbox:
    """The inbox beside a run file. What the run has taken is moved to `done/` once it is safe."""

    def __init__(self, run: Path, known: Iterable[str], people: People):
        self._inbox, self._known = Inbox(run), set(known)
        self._moving = self._known.intersection(self._inbox.waiting())  # of a run that was killed before it moved them
        self._limits = MOST | {"task": people.tasks}

    def take(self, generation: int) -> tuple[Offer, ...]:
        """The offers that wait there."""
        return self._inbox.take(self._known.__contains__, self._limits, self._moving)

    def settle(self, taken: Iterable[Taken], safe: bool = True) -> None:
        """Offers that were taken are known from now on."""
        names = [each.name for each in taken if each.kind != AGAIN]
        self._known.update(names)
        self._moving.update(names)
        if safe:
            self._inbox.done(self._moving)
            self._moving = set()


class Replay:
    """Recorded offers: each generation takes those that it took then, and those of before that were not taken yet."""

    def __init__(self, offers: Iterable[Recorded], known: Iterable[str], people: People):
        taken = set(known)
        self._left = [each for each in offers if each.offer.name not in taken]
        self._limits = MOST | {"task": people.tasks}

    def take(self, generation: int) -> tuple[Offer, ...]:
        """The offers recorded up to this generation that are left, by name."""
        due = sorted((each.offer for each in self._left if each.generation <= generation), key=lambda each: each.name)
        room, chosen = dict(self._limits), []
        for offer in due:
            if offer.problem or room[offer.kind] > 0:
                chosen.append(offer)
            room[offer.kind] = room.get(offer.kind, 0) - (not offer.problem)
        return tuple(chosen)

    def settle(self, taken: Iterable[Taken], safe: bool = True) -> None:
        """Offers that were taken are not taken again."""
        names = {each.name for each in taken}
        self._left = [each for each in self._left if each.offer.name not in names] if names else self._left


def offered(run: Path, file: Contents, people: People, inputs: Path | None, say: Callable[[str], None]) -> Offers:
    """Where a run takes offers from.

    Args:
        run: the run file as users know it, beside which its inbox lies.
        file: the same, open; on another disk perhaps.
        people: what the recipe says.
        inputs: recorded offers that are taken instead of those in the inbox.
        say: takes sentences that the user should read.

    """
    known = file.offer_names()
    if inputs is not None:
        return Replay(recorded(inputs), known, people)
    if any(event.kind == "inputs" for event in file.events()):
        say(f"{run} took recorded offers until now; without --inputs it goes on with those in its inbox.")
    return Mailbox(run, known, people) if people.inbox else Nobody()
