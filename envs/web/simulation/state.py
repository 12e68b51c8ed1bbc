"""The state of a request under way, and what its visitor sees now."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...simd.compiled import inlined
from ..sites import kinds as e
from ..sites.limits import PAGES
from .tables import ELEMENTS, PANELS

GO, QUERY, SEARCH, SEND = e.GO, e.QUERY, e.SEARCH, e.SEND
HEADER, INPUT, AREA, LINK = e.HEADER, e.INPUT, e.AREA, e.LINK
OPEN, SHOW, TYPE, PANEL = e.OPEN, e.SHOW, e.TYPE, e.PANEL
PAGE, VISITED, USED = 0, 1, 2
"""Places in `State.now`: the page; bits of the pages seen so far; bits of the spans typed so far."""


class State(NamedTuple):
    """A request under way.

    Attributes:
        value: int16[ELEMENTS]; open: uint8[PANELS]; tab: int16[PAGES], the panel that a page's tabs show, or -1; shut:
            uint8[PAGES], whether its dialog has been closed; now: int64[3].
        acted: uint8[ELEMENTS], what has been acted on; named: uint8[ELEMENTS], the `alike` of what has been acted on;
            before: uint8[ELEMENTS], what was seen before the last action. These three are the visitor's own memory.
    """

    value: NDArray[np.int16]
    open: NDArray[np.uint8]
    tab: NDArray[np.int16]
    shut: NDArray[np.uint8]
    now: NDArray[np.int64]
    acted: NDArray[np.uint8]
    named: NDArray[np.uint8]
    before: NDArray[np.uint8]


class View(NamedTuple):
    """The elements that are seen now, in the order of the document.

    Attributes:
        element: int16[ELEMENTS]; on, visited, required, disabled: uint8[ELEMENTS]; value: int16[ELEMENTS], of inputs.
    """

    element: NDArray[np.int16]
    on: NDArray[np.uint8]
    visited: NDArray[np.uint8]
    required: NDArray[np.uint8]
    disabled: NDArray[np.uint8]
    value: NDArray[np.int16]


def new_state() -> State:
    """Room for a state."""
    bytes_ = (np.zeros(ELEMENTS, np.uint8) for _ in range(3))
    return State(
        np.zeros(ELEMENTS, np.int16), np.zeros(PANELS, np.uint8), np.zeros(PAGES, np.int16),
        np.zeros(PAGES, np.uint8), np.zeros(3, np.int64), *bytes_,
    )  # fmt: skip


def new_view() -> View:
    """Room for a view."""
    short = (np.zeros(ELEMENTS, np.uint8) for _ in range(4))
    return View(np.zeros(ELEMENTS, np.int16), *short, np.zeros(ELEMENTS, np.int16))


@inlined
def reset(look, rules, r, state):
    """Begin request r."""
    start = look.start[r]
    for i in range(look.start[r + 1] - start):
        state.value[i] = rules.first[start + i]
        state.acted[i] = state.named[i] = 0
        state.before[i] = 0
    for panel in range(rules.panels[r]):
        state.open[panel] = 0
    for page in range(rules.pages[r]):
        state.tab[page], state.shut[page] = -1, 0
    state.now[PAGE], state.now[VISITED], state.now[USED] = 0, 1, 0


@inlined
def dialog_open(rules, r, state):
    """Whether the page's dialog is open, so that nothing else can be reached."""
    page = state.now[PAGE]
    return rules.dialog[r, page] != 0 and state.shut[page] == 0


@inlined
def shown(look, rules, r, state, view):
    """Fill `view`; returns how many elements are seen."""
    start, page, count = look.start[r], state.now[PAGE], 0
    inside = dialog_open(rules, r, state)
    for i in range(rules.begin[r, page], rules.begin[r, page + 1]):
        at = start + i
        panel, effect, target = rules.panel[at], rules.effect[at], rules.target[at]
        if inside != (effect == e.SHUT):
            continue
        if panel >= 0:
            seen = state.tab[page] == panel if rules.panel_kind[r, panel] == PANEL else state.open[panel] != 0
            if not seen:
                continue
        view.element[count] = i
        view.value[count] = view.required[count] = view.disabled[count] = view.visited[count] = 0
        on = state.value[i] > 0
        if effect in (TYPE, QUERY):
            view.value[count], on = state.value[i], False
            view.required[count] = rules.required[at]
        elif effect == OPEN:
            on = state.open[target] != 0
        elif effect == SHOW:
            on = state.tab[page] == target
        elif look.kind[at] == LINK and effect == GO:
            view.visited[count] = (state.now[VISITED] >> target) & 1
        view.on[count] = on
        count += 1
    return count


@inlined
def remember(view, count, state, span, element, alike):
    """What the visitor remembers of an action on an element (-1: back), and a span (below 0: none)."""
    for i in range(len(state.before)):
        state.before[i] = 0
    for i in range(count):
        state.before[view.element[i]] = 1
    if element >= 0:
        state.acted[element] = 1
        state.named[alike] = 1
    if span >= 0:
        state.now[USED] |= np.int64(1) << span
