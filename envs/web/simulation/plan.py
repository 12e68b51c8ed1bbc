"""How far a request is from being done: the length of the shortest plan, in closed form.

A plan puts every wrong value right, one action for each, and then ends the request at its right button. Pages are a
tree, so the shortest way over all pages that are needed, from here to the page of that button, is known: an edge
between the two is passed once, any other edge of the subtree that joins the needed pages twice. On the way there are
dialogs to close, sections to open and tabs to show. Whatever has been done can be undone, so there always is a plan.
"""

import numpy as np
from numpy.typing import NDArray

from ...simd.compiled import inlined
from ..sites import kinds as e
from ..sites.limits import PAGES
from .state import PAGE
from .tables import PANELS

SEARCH, TOGGLE, PICK, TYPE, PANEL = e.SEARCH, e.TOGGLE, e.PICK, e.TYPE, e.PANEL


def new_counts() -> NDArray[np.int32]:
    """Room for `left`: wrong values by page, by panel, and marks of the pages below each page."""
    return np.zeros((3, max(PAGES, PANELS)), np.int32)


@inlined
def wrong(effect, value, wanted):
    """How many actions put a value right."""
    if effect in (TOGGLE, TYPE):
        return 1 if value != wanted else 0
    return 1 if effect == PICK and wanted == 1 and value == 0 else 0


@inlined
def left(look, rules, r, state, counts):
    """Actions of the shortest plan from here, 1 or more; counts: see `new_counts`."""
    start, pages = look.start[r], rules.pages[r]
    by_page, by_panel, below = counts[0], counts[1], counts[2]
    for page in range(pages):
        by_page[page] = below[page] = 0
    for panel in range(rules.panels[r]):
        by_panel[panel] = 0
    total = 1
    for i in range(look.start[r + 1] - start):
        actions = wrong(rules.effect[start + i], state.value[i], rules.wanted[start + i])
        if actions:
            total += actions
            by_page[rules.page[start + i]] += 1
            if rules.panel[start + i] >= 0:
                by_panel[rules.panel[start + i]] += 1
    commit = start + rules.commit[r]
    last = rules.page[commit]
    if rules.panel[commit] >= 0:
        by_panel[rules.panel[commit]] += 1
    return (
        total
        + panels(rules, r, state, by_panel, last, rules.panel[commit])
        + tour(look, rules, r, state, by_page, below, last)
    )


@inlined
def panels(rules, r, state, by_panel, last, commit):
    """Sections to open and tabs to show. Of tabs, the one to end at comes last, the one that is shown first."""
    actions = 0
    for panel in range(rules.panels[r]):
        if by_panel[panel] == 0:
            continue
        page = rules.panel_page[r, panel]
        if rules.panel_kind[r, panel] != PANEL:
            actions += state.open[panel] == 0
        elif panel != state.tab[page]:
            actions += 1
        elif panel == commit:
            for other in range(rules.panels[r]):
                tabbed = rules.panel_kind[r, other] == PANEL and rules.panel_page[r, other] == page
                if tabbed and other != panel and by_panel[other] > 0:
                    actions += 1  # away from the button and back to it
                    break
    return actions


@inlined
def down(look, rules, r, state, page):
    """Actions that lead to a page from its parent: two for a search whose input does not hold what it waits for."""
    door = rules.door[r, page]
    at = look.start[r] + door
    if rules.effect[at] == SEARCH and state.value[door - 1] != rules.wanted[at - 1]:
        return 2
    return 1


@inlined
def tour(look, rules, r, state, by_page, below, last):
    """Ways from page to page, and dialogs to close where something is done or one goes further down."""
    pages, here = rules.pages[r], state.now[PAGE]
    marks, actions = 0, 0
    for page in range(pages):
        mark = (by_page[page] > 0) + (page == here) + (page == last)
        below[page] += mark
        marks += mark
        if page == last:
            by_page[page] += 1
    for page in range(pages - 1, 0, -1):
        below[rules.parent[r, page]] += below[page]
    for page in range(pages - 1, 0, -1):
        if 0 < below[page] < marks:
            mine, its = within(rules, r, here, page), within(rules, r, last, page)
            if mine and not its:
                actions += 1
                continue
            actions += down(look, rules, r, state, page) + (mine == its)
            by_page[rules.parent[r, page]] += 1
    for page in range(pages):
        actions += by_page[page] > 0 and rules.dialog[r, page] != 0 and state.shut[page] == 0
    return actions


@inlined
def within(rules, r, page, above):
    """Whether a page is another one or below it."""
    while page > above:
        page = rules.parent[r, page]
    return page == above
