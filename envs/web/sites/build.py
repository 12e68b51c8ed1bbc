"""Builds a site for one of the requests of a session: names, values, order, what is asked for, and the request's words.

Everything is drawn from the site's seed and the number of the request, names first, so that what is asked for leaves no
trace in how the site is made.
"""

from functools import lru_cache

from ...random import mix
from . import kinds as e
from . import words
from .draws import Draws
from .elements import Built, Element, Part, Words
from .limits import SEEDS
from .naming import Names
from .reading import read
from .sentences import request
from .task import Block, Site
from .validity import ends

KIND_OF = {
    "links": e.LINK, "buttons": e.BUTTON, "table": e.BUTTON, "checks": e.CHECK, "radios": e.RADIO, "menu": e.OPTION,
    "list": e.OPTION,
}  # fmt: skip
EFFECT_OF = {
    "links": e.GO, "buttons": e.TOGGLE, "table": e.TOGGLE, "checks": e.TOGGLE, "list": e.TOGGLE, "radios": e.PICK,
    "menu": e.PICK,
}  # fmt: skip
DOOR_OF = {"link": (e.LINK, e.GO), "button": (e.BUTTON, e.GO), "submit": (e.SUBMIT, e.SEND), "tab": (e.TAB, e.GO)}
PREFILLED, CHECKED, UNDECIDED = 15, 15, 50
"""In how many of 100 cases an asked input holds something wrong at first, a box is on at first, and nothing is chosen
at first where something is asked for."""


@lru_cache(maxsize=256)
def build(site: Site, number: int) -> Built:
    """The site for request `number`, 0 .. 15, of its session."""
    return Builder(site, Draws(int(mix(number * SEEDS + site.seed)))).built()


class Builder:
    """A site under way."""

    def __init__(self, site: Site, draws: Draws) -> None:
        self.site, self.draws, self.names = site, draws, Names(draws, site.theme)
        self.pages = tuple(self.names.name() for _ in site.pages)
        self.elements: list[Element] = []
        self.parts: list[Part] = []
        self.panels: list[tuple[int, int]] = []
        self.doors = [-1] * len(site.pages)
        self.groups, self.commit = 0, -1
        self.asked: list[list[int]] = [[] for _ in site.goals]

    def built(self) -> Built:
        for page in range(len(self.site.pages)):
            self._page(page)
        text = request(self.site, self.draws, self.pages, self.elements, self.doors, self.asked, self.commit)
        reading = read(text)
        spans = {reading.words(span): span + 1 for span in range(len(reading.spans))}
        elements = tuple(
            element._replace(wanted=spans.get(element.text, FAR)) if element.text else element
            for element in self.elements
        )
        dialogs = tuple(any(block.kind == "dialog" for block in page.blocks) for page in self.site.pages)
        parents = tuple(page.parent for page in self.site.pages)
        return Built(
            elements, tuple(self.parts), tuple(self.panels), parents, self.pages, tuple(self.doors), dialogs,
            self.commit, text, reading,
        )  # fmt: skip

    def _page(self, page: int) -> None:
        blocks = self.site.pages[page].blocks
        order = self.draws.shuffled(range(len(blocks)))
        below = self.draws.chance(50)
        if not below:
            self._doors(page)
        headers = self._tabs(page, order)
        for number in order:
            self._block(page, number, headers.get(number))
        if below:
            self._doors(page)

    def _part(self, kind: str, page: int, panel: int, made: list[Element], **more: object) -> int:
        """Add elements that stand together; gives the first one's place."""
        first = len(self.elements)
        self.elements += [element._replace(page=page, panel=panel, group=self.groups) for element in made]
        self.groups += 1
        self.parts.append(Part(kind, page, panel, first, len(self.elements), **more))  # type: ignore[arg-type]
        return first

    def _doors(self, page: int) -> None:
        children = [child for child, other in enumerate(self.site.pages) if other.parent == page]
        made: list[Element] = []
        for child in self.draws.shuffled(children):
            via, name = self.site.pages[child].via, self.pages[child]
            if via == "search":
                query = self.names.value(False)
                made.append(Element(e.INPUT, e.QUERY, 0, 0, 0, ("search", *name), text=query))
                made.append(Element(e.BUTTON, e.SEARCH, 0, 0, 0, ("find", *name), target=child))
            else:
                kind, effect = DOOR_OF[via]
                made.append(Element(kind, effect, 0, 0, 0, name, target=child))
            self.doors[child] = len(made) - 1
        if made:
            first = self._part("nav", page, -1, made)
            for child in children:
                self.doors[child] += first

    def _tabs(self, page: int, order: list[int]) -> dict[int, tuple[int, int]]:
        """The panels of the blocks behind tabs, and their tabs."""
        hidden = [number for number in order if self.site.pages[page].blocks[number].hide == "tab"]
        if not hidden:
            return {}
        made = [Element(e.TAB, e.SHOW, 0, 0, 0, ("overview",), first=1)]
        for _ in hidden:
            made.append(Element(e.TAB, e.SHOW, 0, 0, 0, self.names.name(), target=len(self.panels)))
            self.panels.append((e.PANEL, page))
        first = self._part("tabs", page, -1, made)
        return {number: (made[place + 1].target, first + place + 1) for place, number in enumerate(hidden)}

    def _block(self, page: int, number: int, behind: tuple[int, int] | None) -> None:
        block = self.site.pages[page].blocks[number]
        goal = next((i for i, goal in enumerate(self.site.goals) if (goal.page, goal.block) == (page, number)), -1)
        panel, header = behind or (-1, -1)
        if block.hide == "section":
            panel, header = len(self.panels), len(self.elements)
            self.panels.append((e.SECTION, page))
            self.elements.append(Element(e.HEADER, e.OPEN, page, -1, self.groups, self.names.name(), target=panel))
            self.groups += 1
        if block.kind in ("text", "dialog"):
            text = tuple(self.draws.one(words.LOREM) for _ in range(2 * block.size))
            shut = [Element(e.CLOSE, e.SHUT, 0, 0, 0, self.names.of(words.CLOSERS))] if block.kind == "dialog" else []
            self._part(block.kind, page, panel, shut, words=text, header=header)
            return
        self._items(page, panel, header, block, goal)
        if goal == len(self.site.goals) - 1 and not ends(self.site, goal):
            self._end(page, panel, header)

    def _items(self, page: int, panel: int, header: int, block: Block, goal: int) -> None:
        asked = self.draws.some(self.site.goals[goal].count if goal >= 0 else 0, block.size)
        titled = block.kind in ("menu", "list") or (block.kind != "table" and self.draws.chance(50))
        title = self.names.name() if titled else ()
        names = self._names(block, asked)
        rows = tuple((self.names.person(), (self.draws.one(words.TOWNS),)) for _ in names) * (block.kind == "table")
        contexts = [row[0] + row[1] for row in rows] or [title] * len(names)
        if block.kind == "form":
            made = [self._input(name, title, item in asked, block) for item, name in enumerate(names)]
        else:
            kind, effect = KIND_OF[block.kind], EFFECT_OF[block.kind]
            made = [
                Element(kind, effect, 0, 0, 0, name, context, target=page)
                for name, context in zip(names, contexts, strict=True)
            ]
            self._values(made, effect, asked, goal)
        first = self._part(block.kind, page, panel, made, title=title, names=block.names, rows=rows, header=header)
        if goal >= 0:
            self.asked[goal] = [first + item for item in asked]
            if ends(self.site, goal):
                self.commit = first + asked[0]

    def _names(self, block: Block, asked: list[int]) -> list[Words]:
        if block.kind == "table":
            return [self.names.of(words.ACTS)] * block.size
        names = [self.names.name() for _ in range(block.size)]
        others = [item for item in range(block.size) if item not in asked]
        for item, other in zip(asked[: self.site.lookalikes], self.draws.shuffled(others), strict=False):
            names[other] = self.names.lookalike(names[item])
        return names

    def _input(self, name: Words, context: Words, asked: bool, block: Block) -> Element:
        draws = self.draws
        numeric, area, full = draws.chance(25), draws.chance(15), draws.chance(PREFILLED)
        value, other = self.names.value(numeric), self.names.value(numeric)
        made = Element(
            e.AREA if area and not numeric else e.INPUT, e.TYPE, 0, 0, 0, name, context,
            required=asked and block.required, numeric=numeric,
        )  # fmt: skip
        if not asked:
            return made
        return made._replace(text=value, first=e.FILLED if full else 0, initial=other if full else ())

    def _values(self, made: list[Element], effect: int, asked: list[int], goal: int) -> None:
        """Values at first, and those wanted."""
        draws = self.draws
        if effect == e.PICK:
            others = [item for item in range(len(made)) if item not in asked]
            undecided, chosen = draws.chance(UNDECIDED), draws.one(others)
            first = {chosen} if not asked or not undecided else set()
            wanted = set(asked) or first
        elif effect == e.TOGGLE and made[0].kind != e.BUTTON:
            first = {item for item in range(len(made)) if draws.chance(CHECKED)}
            wanted = first | set(asked)
        else:
            first, wanted = set(), set(asked)
        final = goal >= 0 and ends(self.site, goal)
        for item, element in enumerate(made):
            made[item] = element._replace(
                first=int(item in first), wanted=int(item in wanted), effect=e.END if final else effect
            )

    def _end(self, page: int, panel: int, header: int) -> None:
        """The button that ends the request, often beside one that ends it wrongly."""
        right = Element(e.SUBMIT, e.COMMIT, 0, 0, 0, self.names.of(words.COMMITS), wanted=1)
        made = [right]
        if self.draws.chance(50):
            made.insert(self.draws.below(2), Element(e.BUTTON, e.END, 0, 0, 0, self.names.of(words.COMMITS)))
        self.commit = self._part("end", page, panel, made, header=header) + made.index(right)


FAR = 10_000
"""Where an input that is never asked for would have its span: nothing that can be typed is there."""
