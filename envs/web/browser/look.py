"""A page in a browser as the kernels see it: extracted from the document, with a visitor's memory of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..simulation.see import CANDIDATES, CLEAR, CLICK, GROUPS, new_seen, see
from ..simulation.state import USED, new_state, new_view
from ..simulation.tables import ELEMENTS, look
from ..sites import kinds as e
from ..sites.reading import read, spoken, tokens
from .chromium import BrowserError, Page
from .render import script

LOOK = "openended.look()"


@dataclass
class Visitor:
    """What a visitor of a page in a browser sees and remembers.

    Attributes:
        page: the browser's.
        text: the request.
        request: as it is read.
        settling: what is waited for after an action: `tasks`, all that the page has queued, which is enough for evolved
            sites; or `frames`, two of them.
        things: what was extracted last, as `extract.js` gives it.
        seen: features and candidates; `count` of them.
    """

    page: Page
    text: str
    settling: str = "frames"
    things: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0
    _acted: set[int] = field(default_factory=set)
    _named: set[tuple[str, ...]] = field(default_factory=set)
    _before: set[int] | None = None
    _used: int = 0
    _visited: set[str] = field(default_factory=set)
    _found: dict[str, Any] | None = None
    _document: float = 0.0

    def __post_init__(self) -> None:
        self.request, self._texts = read(self.text), spoken(self.text)
        self.seen, self._view, self._state = new_seen(), new_view(), new_state()
        self.page.run(script("extract.js"))

    def look(self) -> int:
        """See what is there now; returns how many candidates there are."""
        found = self.page.run(LOOK) if self._found is None else self._found
        self._found = None
        self.things, place = found["things"][:ELEMENTS], found["place"]
        self._visited.add(place)
        if self._before is None:
            self._home, self._before = place, {thing["id"] for thing in self.things}
        elif found["document"] != self._document:
            self._acted, self._before = set(), set()
        self._document = found["document"]
        names = [tokens(thing["name"]) for thing in self.things]
        contexts = [tokens(thing["context"]) for thing in self.things]
        groups: dict[int, int] = {}
        for thing in self.things:
            groups.setdefault(thing["group"], len(groups) % GROUPS)
        table = look(
            [thing["kind"] for thing in self.things], [groups[thing["group"]] for thing in self.things],
            [thing["numeric"] for thing in self.things], names, contexts, self.request,
        )  # fmt: skip
        spans = {self.request.words(span): span + 1 for span in range(len(self.request.spans))}
        for i, thing in enumerate(self.things):
            self._note(i, thing, names[i], spans)
            self._state.named[table.alike[i]] = names[i] in self._named
        self._state.now[USED] = self._used
        count = len(self.things)
        self.count = see(table, 0, self._view, count, found["inside"], place == self._home, self._state, self.seen)
        return self.count

    def _note(self, i: int, thing: Mapping[str, Any], name: tuple[str, ...], spans: dict[tuple[str, ...], int]) -> None:
        view, state, text = self._view, self._state, tokens(thing["text"])
        view.element[i], view.on[i], view.disabled[i] = i, thing["on"], thing["disabled"]
        view.value[i] = spans.get(text, -1) if thing["text"] else 0
        view.required[i] = thing["required"]
        view.visited[i] = thing["kind"] == e.LINK and thing["leads"] in self._visited
        state.acted[i] = thing["id"] in self._acted
        state.before[i] = self._before is not None and thing["id"] in self._before

    def candidates(self) -> list[tuple[int, int]]:
        """Element and span of all that can be done; see `simulation.see`."""
        return [(int(element), int(span)) for element, span in self.seen.candidates[: self.count]]

    def acted(self, element: int) -> bool:
        """Whether an element has been acted on."""
        return self.things[element]["id"] in self._acted

    def place(self, chosen: int) -> str:
        """What the element of a candidate is called; the way back has no name."""
        element = int(self.seen.candidates[chosen, 0])
        return " ".join(tokens(self.things[element]["name"])) if element >= 0 else ""

    def act(self, chosen: int, ask: str = "null") -> Any:
        """Do candidate `chosen` with the mouse and keyboard, wait until the page has settled, and look.

        ask: an expression on the page; returns its value when the page has settled.
        """
        if not 0 <= chosen < min(self.count, CANDIDATES):
            raise BrowserError(f"candidate {chosen} was chosen; there are {self.count}")
        element, span = (int(value) for value in self.seen.candidates[chosen])
        self._before = {thing["id"] for thing in self.things}
        settle = f"openended.settled.{self.settling}()"
        if element < 0:
            settle = f"openended.back('{self.settling}')"
        else:
            self._do(self.things[element], span)
        self._found, asked = self.page.run(f"{settle}.then(() => [{LOOK}, {ask}])", f"[{LOOK}, {ask}]")
        return asked

    def _do(self, thing: Mapping[str, Any], span: int) -> None:
        self._acted.add(thing["id"])
        self._named.add(tokens(thing["name"]))
        x, y, many, steps = self.page.run(f"openended.middle({thing['id']}, {'false' if span == CLICK else 'true'})")
        if steps is not None:
            self.page.press("ArrowDown" if steps > 0 else "ArrowUp", abs(steps))
        elif span == CLICK:
            self.page.click(x, y, control=many)
        else:
            self.page.insert("" if span == CLEAR else self._texts[self.request.words(span)])
            self._used |= 0 if span == CLEAR else 1 << span


def features(visitor: Visitor) -> Any:
    """What the visitor sees now, float32[candidates, 48]."""
    return np.array(visitor.seen.features[: visitor.count])
