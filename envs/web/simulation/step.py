"""What happens when something is done on a site: the only thing that changes a page."""

import numpy as np

from ...simd.compiled import inlined
from ..sites import kinds as e
from .see import BACK, CLICK
from .state import PAGE, VISITED

TOGGLE, PICK, OPEN, SHOW, GO, SEND = e.TOGGLE, e.PICK, e.OPEN, e.SHOW, e.GO, e.SEND
SEARCH, SHUT, TYPE, QUERY, COMMIT, END = e.SEARCH, e.SHUT, e.TYPE, e.QUERY, e.COMMIT, e.END
GOES_ON, OVER = 0, 1
"""What `step` returns."""


@inlined
def enter(state, page):
    """Show a page."""
    state.now[PAGE] = page
    state.now[VISITED] |= np.int64(1) << page


@inlined
def complete(look, rules, r, state):
    """Whether no required input of the page is empty: what a browser asks before it sends a form."""
    start, page = look.start[r], state.now[PAGE]
    for i in range(rules.begin[r, page], rules.begin[r, page + 1]):
        if rules.required[start + i] != 0 and state.value[i] == 0:
            return False
    return True


@inlined
def step(look, rules, r, state, element, span):
    """Do something to an element, or go back; returns `OVER` if that ends the request, else `GOES_ON`."""
    start = look.start[r]
    if element == BACK:
        enter(state, rules.parent[r, state.now[PAGE]])
        return GOES_ON
    at = start + element
    effect, target = rules.effect[at], rules.target[at]
    if span != CLICK:
        state.value[element] = span + 1
        return GOES_ON
    if effect == TOGGLE:
        state.value[element] = 1 - state.value[element]
    elif effect == PICK:
        for i in range(rules.begin[r, rules.page[at]], rules.begin[r, rules.page[at] + 1]):
            if look.group[start + i] == look.group[at]:
                state.value[i] = 0
        state.value[element] = 1
    elif effect == OPEN:
        state.open[target] = 1 - state.open[target]
    elif effect == SHOW:
        state.tab[state.now[PAGE]] = target
    elif effect == GO:
        enter(state, target)
    elif effect == SEND:
        if complete(look, rules, r, state):
            enter(state, target)
    elif effect == SEARCH:
        if state.value[element - 1] == rules.wanted[at - 1]:
            enter(state, target)
    elif effect == SHUT:
        state.shut[state.now[PAGE]] = 1
    elif effect == COMMIT:
        return OVER if complete(look, rules, r, state) else GOES_ON
    elif effect == END:
        return OVER
    return GOES_ON
