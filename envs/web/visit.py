"""One request on a site for visitors that are programs: what they see are words, what they do are clicks and typing."""

from dataclasses import dataclass

from .policy import DEFAULT
from .sessions import prepare
from .simulation.episode import ACTIONS, CANDIDATES, ELEMENTS, LIMIT, PLAN, VERDICT, begin, new_room, turn
from .simulation.see import BACK, CLEAR, CLICK
from .sites import kinds as e
from .sites.build import build
from .sites.elements import Words
from .sites.task import Site

KINDS = (
    "link", "button", "submit", "check", "radio", "option", "input", "area", "select", "tab", "header", "close"
)  # fmt: skip


@dataclass(frozen=True)
class Thing:
    """An element that is seen.

    Attributes:
        place: what `click` and `type` take; the same for the same element.
        kind: one of `KINDS`.
        name, context: its words, and those of its group or row.
        on: whether it is checked, chosen, open or shown.
        text: what an input holds; None if it is none.
        acted: whether it has been acted on.
    """

    place: int
    kind: str
    name: Words
    context: Words
    on: bool
    text: Words | None
    acted: bool


class Visit:
    """Request `number`, 0 .. 15, of a site's session.

    Attributes:
        text: the request.
        over: whether it is over; `right`: whether it was ended rightly; `total`: the sum of its rewards.
    """

    def __init__(self, site: Site, number: int, patient: bool = False) -> None:
        """Begin. `patient`: the request goes on until it is ended, however long that takes."""
        self._built, self._tables, self._number = build(site, number), prepare([site]), number
        self._room = new_room(DEFAULT)
        self._typed: dict[int, Words] = {}
        self.text, self.over, self.total = self._built.text, False, 0.0
        begin(self._tables.look, self._tables.rules, number, self._room)
        if patient:
            self._room.now[LIMIT] = 0

    @property
    def right(self) -> bool:
        return bool(self._room.now[VERDICT] > 0)

    @property
    def actions(self) -> int:
        """Actions so far."""
        return int(self._room.now[ACTIONS])

    @property
    def plan(self) -> int:
        """Actions of the shortest plan."""
        return int(self._room.now[PLAN])

    @property
    def home(self) -> bool:
        """Whether there is no way back."""
        count = self._room.now[CANDIDATES]
        return bool(self._room.seen.candidates[count - 1, 0] != BACK)

    def things(self) -> list[Thing]:
        """What is seen now, in the order of the document."""
        room = self._room
        return [self._thing(int(room.visible.element[i]), i) for i in range(room.now[ELEMENTS])]

    def _thing(self, place: int, i: int) -> Thing:
        element, room = self._built.elements[place], self._room
        text = None
        if element.kind in (e.INPUT, e.AREA):
            text = self._typed.get(place, element.initial)
        acted = bool(room.state.acted[place])
        return Thing(place, KINDS[element.kind], element.name, element.context, bool(room.visible.on[i]), text, acted)

    @property
    def spans(self) -> list[Words]:
        """What can be typed."""
        request = self._built.request
        return [request.words(span) for span in range(len(request.spans))]

    def click(self, place: int) -> None:
        """Click an element."""
        self._turn(place, CLICK)

    def type(self, place: int, text: Words) -> None:
        """Type some words of the request into an input. Raises ValueError for words that are no span of it."""
        self._turn(place, self.spans.index(text))
        self._typed[place] = text

    def clear(self, place: int) -> None:
        """Empty an input."""
        self._turn(place, CLEAR)
        self._typed[place] = ()

    def back(self) -> None:
        """Go back to the page before. Raises ValueError at home, where there is none."""
        if self.home:
            raise ValueError("there is no page before the first one")
        self._turn(BACK, CLICK)

    def _turn(self, element: int, span: int) -> None:
        tables = self._tables
        reward, self.over = turn(tables.look, tables.rules, self._number, self._room, element, span)
        self.total += reward
