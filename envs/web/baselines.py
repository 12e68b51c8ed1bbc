"""Visitors to compare agents with. They share no code with agents and see words, not numbers."""

from collections.abc import Callable
from typing import Protocol

from .sites.draws import Draws
from .sites.elements import Words
from .sites.words import FUNCTION
from .visit import Thing, Visit


class Visited(Protocol):
    """What is visited: an evolved site in the simulator (`visit.Visit`), or a page in a browser
    (`browser.foreign.Visit`).
    """

    text: str

    @property
    def home(self) -> bool: ...

    @property
    def spans(self) -> list[Words]: ...

    def things(self) -> list[Thing]: ...

    def click(self, place: int) -> None: ...

    def type(self, place: int, text: Words) -> None: ...

    def back(self) -> None: ...


Baseline = Callable[[Visited, Draws], None]
"""Does one action of a visit."""


def random(visit: Visited, draws: Draws) -> None:
    """Does anything that can be done, each as likely as the others."""
    things, spans = visit.things(), visit.spans
    choices: list[tuple[Thing | None, Words | None]] = [(None, None)] * (not visit.home)
    for thing in things:
        choices.append((thing, None))
        if thing.text is not None:
            choices += [(thing, span) for span in spans]
    thing, span = draws.one(choices)
    if thing is None:
        visit.back()
    elif span is None:
        visit.click(thing.place)
    else:
        visit.type(thing.place, span)


def matcher(visit: Visited, draws: Draws) -> None:
    """Does what agrees best with the request, word for word, of all that it has not done yet.

    A thing agrees by the share of its words that the request has, and by its whole name standing there in one piece; a
    text by how much of the input's name stands within four words of it. It closes what covers the page, opens what is
    closed when nothing agrees, and goes back when there is nothing left.
    """
    words = [word.strip('.,"') for word in visit.text.lower().split()]
    best: tuple[float, Thing | None, Words | None] = (0.5, None, None)
    things = visit.things()
    for thing in things:
        if thing.kind == "close":
            best = max(best, (9.0, thing, None), key=_first)
        elif thing.text is not None:
            for span in visit.spans:
                if not thing.acted and thing.text != span:
                    best = max(best, (1.0 + _near(thing.name, span, words), thing, span), key=_first)
        elif not thing.acted and not thing.on:
            score = _said(thing.name, words) + 0.5 * _share(thing.context, words)
            score += 0.3 * (thing.kind in ("header", "tab"))
            best = max(best, (score + 0.4, thing, None), key=_first)
    _, chosen, text = best
    if chosen is None:
        unused = [thing for thing in things if not thing.acted]
        visit.click(draws.one(unused or things).place) if visit.home or unused else visit.back()
    elif text is None:
        visit.click(chosen.place)
    else:
        visit.type(chosen.place, text)


def _first(scored: tuple[float, Thing | None, Words | None]) -> float:
    return scored[0]


def _share(name: Words, words: list[str]) -> float:
    return sum(word in words for word in name) / max(len(name), 1)


def _said(name: Words, words: list[str]) -> float:
    """2 and more for a whole name in one piece, longer ones first; else the share of its words."""
    size = len(name)
    for place in range(len(words) - size + 1):
        if tuple(words[place : place + size]) == name and not set(name) <= FUNCTION:
            return 2.0 + 0.1 * size + 0.05 * (1.0 - place / len(words))
    return _share(name, words)


def _near(name: Words, span: Words, words: list[str]) -> float:
    size = len(span)
    for place in range(len(words) - size + 1):
        if tuple(words[place : place + size]) == span:
            around = words[max(place - 4, 0) : place] + words[place + size : place + size + 4]
            return 2.0 * _share(name, around) - 0.9 * (span == name)
    return -1.0


def play(visit: Visit, baseline: Baseline, draws: Draws) -> float:
    """Let a baseline do a request; returns the sum of its rewards."""
    while not visit.over:
        baseline(visit, draws)
    return visit.total
