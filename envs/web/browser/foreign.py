"""Visitors of pages that nobody here has written: agents, by features, and the baselines, which see words."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ...api import Agent
from ...policy import Policy
from ..baselines import Baseline
from ..simulation.episode import choose, new_room
from ..simulation.see import CLEAR, CLICK
from ..sites.draws import Draws
from ..sites.elements import Words
from ..sites.reading import tokens
from ..visit import KINDS, Thing
from .look import Visitor, features

ACTIONS = 30
"""Most actions of an episode."""
Over = Callable[[], bool]
"""Whether the episode is over, as the page or its server says."""


class Visit:
    """A page, or several, as baselines see them; the counterpart of `visit.Visit`.

    Attributes:
        text: the request.
    """

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.text = visitor, visitor.text

    def things(self) -> list[Thing]:
        """What is seen now, in the order of the document."""
        visitor, typed = self.visitor, ("input", "area")
        return [
            Thing(
                place, KINDS[thing["kind"]], tokens(thing["name"]), tokens(thing["context"]), bool(thing["on"]),
                tokens(thing["text"]) if KINDS[thing["kind"]] in typed else None, visitor.acted(place),
            )
            for place, thing in enumerate(visitor.things)
        ]  # fmt: skip

    @property
    def home(self) -> bool:
        """Whether there is no way back."""
        return (-1, CLICK) not in self.visitor.candidates()

    @property
    def spans(self) -> list[Words]:
        """What can be typed."""
        request = self.visitor.request
        return [request.words(span) for span in range(len(request.spans))]

    def click(self, place: int) -> None:
        """Click an element."""
        self._act(place, CLICK)

    def type(self, place: int, text: Words) -> None:
        """Type some words of the request into an input. Raises ValueError for words that are no span of it."""
        self._act(place, self.spans.index(text))

    def clear(self, place: int) -> None:
        """Empty an input."""
        self._act(place, CLEAR)

    def back(self) -> None:
        """Go back to the page before."""
        self._act(-1, CLICK)

    def _act(self, element: int, span: int) -> None:
        self.visitor.act(self.visitor.candidates().index((element, span)))


def network(policy: Policy, agent: Agent) -> Callable[[NDArray[np.float32]], int]:
    """What an agent does: the candidate to be done, of the features float32[candidates, 48] of all."""
    room, weights = new_room(policy), np.ascontiguousarray(agent)
    return lambda seen: int(choose(policy.code, weights, seen, len(seen), room.hidden, room.score))


def by_features(visitor: Visitor, choice: Callable[[NDArray[np.float32]], int], over: Over) -> int:
    """Let an agent act until the episode is over; returns its actions. An action that leaves all that is seen as it was
    ends it, too: the agent would repeat it for ever.
    """
    actions, before = 0, b""
    while actions < ACTIONS and visitor.look():
        seen = features(visitor)
        if seen.tobytes() == before:
            break
        before = seen.tobytes()
        visitor.act(choice(seen))
        actions += 1
        if over():
            break
    return actions


def by_words(visitor: Visitor, baseline: Baseline, draws: Draws, over: Over) -> int:
    """Let a baseline act until the episode is over; returns its actions."""
    visit, actions = Visit(visitor), 0
    while actions < ACTIONS and visitor.look():
        baseline(visit, draws)
        actions += 1
        if over():
            break
    return actions
