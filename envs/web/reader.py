"""The reader: a visitor written by hand that reads the request as a person would, and searches the site with patience.

It sees the page and the request alone. That it does nearly all requests shows that they can be done by looking; what it
cannot do is worth reading. It shares no code with the agents: it knows English phrases, they know shares of words.
"""

import re
from dataclasses import dataclass, field

from .sites.elements import Words
from .sites.words import FUNCTION
from .visit import Thing, Visit

PHRASES = (
    ("row", r"(?:click|press) <0> (?:for|in the row of) <1>"),
    ("row", r"for <1> hit <0>"),
    ("row", r"tap <0> on the row of <1>"),
    ("fill", r"(?:fill|set) <0> (?:with|to) <1>"),
    ("fill", r"(?:enter|type) <1> (?:as|into) <0>"),
    ("search", r"search <0> for <1>"),
    ("search", r"search for <1> in <0>"),
    ("search", r"under <0> look up <1>"),
    ("search", r"in <0> find <1>"),
    ("one", r"<0>"),
)
ROUNDS = 6
"""Times that the whole site is searched."""


@dataclass
class Wish:
    """Something that the request says: to do with the thing of that name, and with a value or row."""

    verb: str
    name: Words
    other: Words = ()


def wishes(text: str) -> list[Wish]:
    """What a request asks for, in its order."""
    runs: list[Words] = []
    line: list[str] = []
    for place, piece in enumerate(text.split('"')):
        run: list[str] = []
        for word in [*(word.strip(".,") for word in piece.lower().split()), ""]:
            if word and (place % 2 or word not in FUNCTION):
                run.append(word)
                continue
            if run:
                line.append(f"<{len(runs)}>")
                runs.append(tuple(run))
                run = []
            line += [word] if word else []
    found = []
    rest = " ".join(line)
    while rest:
        for verb, phrase in PHRASES:
            match = re.match(re.sub(r"<(\d)>", r"<(?P<g\1>\\d+)>", phrase) + r"(?: |$)", rest)
            if match:
                groups = match.groupdict()
                found.append(Wish(verb, runs[int(groups["g0"])], runs[int(groups["g1"])] if "g1" in groups else ()))
                rest = rest[match.end() :]
                break
        else:
            rest = rest.partition(" ")[2]
    return found


@dataclass
class Reader:
    """A reader at work on a visit. `doors`: names of things that lead from a page to another, by the page's way."""

    visit: Visit
    undone: list[Wish] = field(default_factory=list)
    doors: dict[tuple[Words, ...], list[Words]] = field(default_factory=dict)
    opened: set[int] = field(default_factory=set)

    def read(self) -> bool:
        """Do the request; returns whether that succeeded."""
        *self.undone, last = wishes(self.visit.text)
        for _ in range(ROUNDS):
            before = len(self.undone)
            self._page((), set())
            if not self.undone or len(self.undone) == before:
                break
        if not self.visit.over:
            self.undone.append(last)
            self._page((), set())
        return self.visit.right

    def _page(self, way: tuple[Words, ...], behind: set[Words]) -> None:
        """Do what can be done on a page and behind it, then be there again."""
        while not self.visit.over and self._something(way, behind):
            pass

    def _something(self, way: tuple[Words, ...], behind: set[Words]) -> bool:
        """Do the next thing on a page; False if there is nothing left. `behind`: doors that have been used."""
        things = self.visit.things()
        for thing in things:
            if thing.kind == "close":
                self.visit.click(thing.place)
                return True
        for thing in things:
            if self._wanted(thing, way, behind):
                return True
        for thing in things:
            if self._closed(thing):
                self.opened.add(thing.place)
                self._go(thing, way, behind)
                return True
        for thing in things:
            if thing.name in self.doors.get(way, []) and thing.name not in behind:
                self._go(thing, way, behind)
                return True
        self.opened -= {thing.place for thing in things if thing.kind == "tab"}
        return False

    def _closed(self, thing: Thing) -> bool:
        """Whether there may be more behind a section or tab that has not been opened yet."""
        return thing.kind in ("header", "tab") and thing.place not in self.opened and not thing.on

    def _wanted(self, thing: Thing, way: tuple[Words, ...], behind: set[Words]) -> bool:
        """Do what is wished for with a thing, if anything is."""
        for wish in self.undone:
            if wish.verb == "search" and thing.name == ("search", *wish.name) and thing.text != wish.other:
                self.visit.type(thing.place, wish.other)
                return True
            name = ("find", *wish.name) if wish.verb == "search" else wish.name
            if thing.name != name or (wish.verb == "row" and thing.context[: len(wish.other)] != wish.other):
                continue
            if wish.verb == "row" and len(thing.context) != len(wish.other) + 1:
                continue
            self.undone.remove(wish)
            if wish.verb == "fill":
                if thing.text != wish.other:
                    self.visit.type(thing.place, wish.other)
            elif not thing.on:
                self._go(thing, way, behind)
            return True
        return False

    def _go(self, thing: Thing, way: tuple[Words, ...], behind: set[Words]) -> None:
        """Click a thing; if it leads to another page, do what is there, too, and come back."""
        before = {other.place for other in self.visit.things()}
        self.visit.click(thing.place)
        if self.visit.over or before & {other.place for other in self.visit.things()}:
            return
        doors = self.doors.setdefault(way, [])
        if thing.name not in doors:
            doors.append(thing.name)
        behind.add(thing.name)
        self._page((*way, thing.name), set())
        if not self.visit.over:
            self.visit.back()


def read(visit: Visit) -> bool:
    """Let the reader do a request; returns whether that succeeded. Give it a patient visit: it looks everywhere."""
    return Reader(visit).read()
