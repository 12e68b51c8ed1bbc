"""The parts of a site as built for one request: the table that simulator and HTML are both made of."""

from dataclasses import dataclass
from typing import NamedTuple

from .reading import Request

Words = tuple[str, ...]


class Element(NamedTuple):
    """Something that can be clicked or typed into.

    Attributes:
        kind, effect, target: see above.
        page, panel, group: where it is; panel -1: always to be seen. A group is what stands together.
        name, context: its words, and those of its group or row.
        first: its value at first: 1 if it is on; 0, or `FILLED` for an input that holds `initial`.
        wanted: its value in the end; of an input the place of its span, counted from 1, or 0 if it stays empty; of a
            button with END or COMMIT 1 if it is the right one.
        required, numeric: whether an input must be filled, and whether it takes numbers.
        initial: what an input holds at first.
        text: what is wanted of an input, in words.
    """

    kind: int
    effect: int
    page: int
    panel: int
    group: int
    name: Words
    context: Words = ()
    target: int = -1
    first: int = 0
    wanted: int = 0
    required: bool = False
    numeric: bool = False
    initial: Words = ()
    text: Words = ()


class Part(NamedTuple):
    """Elements that stand together, in the order of the document.

    Attributes:
        kind: of the block, or `nav` (links to other pages), `tabs`, `end` (what ends a request).
        page, panel: where it is.
        first, last: its elements, last excluded.
        title: what stands above it.
        names: how inputs are named.
        rows: the cells of a table before its buttons.
        words: of a text or dialog.
        header: the element that opens or shows its panel; -1: there is none.
    """

    kind: str
    page: int
    panel: int
    first: int
    last: int
    title: Words = ()
    names: str = "label"
    rows: tuple[tuple[Words, ...], ...] = ()
    words: Words = ()
    header: int = -1


@dataclass(frozen=True)
class Built:
    """A site for one request.

    Attributes:
        elements: by page, in the order of the document.
        parts: likewise.
        panels: what they are, `SECTION` or `PANEL`, and their pages.
        parents: of the pages.
        names: of the pages.
        doors: the element that leads to each page, -1 for home; of a search the button.
        dialogs: whether each page has a dialog.
        commit: the element that ends the request rightly.
        text: the request.
        request: how it is read.
    """

    elements: tuple[Element, ...]
    parts: tuple[Part, ...]
    panels: tuple[tuple[int, int], ...]
    parents: tuple[int, ...]
    names: tuple[Words, ...]
    doors: tuple[int, ...]
    dialogs: tuple[bool, ...]
    commit: int
    text: str
    request: Request
