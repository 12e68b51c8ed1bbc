"""The oracle: it knows the site's rules and follows a shortest plan, always the first action that shortens the rest.

What tasks are measured by, and the proof that every request can be done.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...simd.compiled import inlined, kernel
from ..sites.limits import REQUESTS
from .episode import ACTIONS, CANDIDATES, PLAN, VERDICT, begin, turn
from .plan import left
from .see import BACK, CLICK, NAMED, SPAN
from .state import State, new_state
from .step import OVER, step
from .tables import ELEMENTS

LENGTH, HIDDEN, RIVALS, DONE = range(4)
"""What `measure` fills in for a request: actions of the plan; those on elements that were not to be seen at first; mean
log2 of the candidates that agree with the request at least as well as the right one; whether it was done."""


class Advice(NamedTuple):
    """Room to try things: a state, and what was to be seen at first, uint8[ELEMENTS]."""

    tried: State
    first: NDArray[np.uint8]


def new_advice() -> Advice:
    """Room to try things."""
    return Advice(new_state(), np.zeros(ELEMENTS, np.uint8))


@inlined
def copy(look, rules, r, state, to):
    """Copy what a site holds, not what a visitor remembers."""
    for i in range(look.start[r + 1] - look.start[r]):
        to.value[i] = state.value[i]
    for panel in range(rules.panels[r]):
        to.open[panel] = state.open[panel]
    for page in range(rules.pages[r]):
        to.tab[page], to.shut[page] = state.tab[page], state.shut[page]
    for k in range(len(state.now)):
        to.now[k] = state.now[k]


@kernel
def advise(look, rules, r, room, candidates, advice):
    """The first candidate that shortens the plan, or ends the request rightly; -1 if there is none."""
    rest = left(look, rules, r, room.state, room.counts)
    for candidate in range(candidates):
        element, span = room.seen.candidates[candidate, 0], room.seen.candidates[candidate, 1]
        copy(look, rules, r, room.state, advice.tried)
        over = step(look, rules, r, advice.tried, element, span) == OVER
        if over and rest == 1 and element == rules.commit[r]:
            return candidate
        if not over and left(look, rules, r, advice.tried, room.counts) < rest:
            return candidate
    return -1


@inlined
def agreement(row):
    """How well a candidate agrees with the request, in words alone."""
    return row[NAMED] + row[NAMED + 2] + row[NAMED + 5] + max(row[SPAN], row[SPAN + 1])


@inlined
def log2(count):
    """The logarithm of a whole number to base 2, linear between powers of two, so that it is exact everywhere."""
    whole, power = 0, 1
    while 2 * power <= count:
        whole, power = whole + 1, 2 * power
    return whole + np.float64(count - power) / np.float64(power)


@kernel
def measure(look, rules, first, room, advice, found):
    """Let the oracle do the requests first .. first + 15; fills `found` float64[16, 4], see `LENGTH`."""
    for number in range(REQUESTS):
        r = first + number
        begin(look, rules, r, room)
        for i in range(len(advice.first)):
            advice.first[i] = room.state.before[i]
        hidden, rivals, over = 0, 0.0, False
        while not over and room.now[ACTIONS] < room.now[PLAN]:
            candidates = room.now[CANDIDATES]
            chosen = advise(look, rules, r, room, candidates, advice)
            if chosen < 0:
                break
            element, span = room.seen.candidates[chosen, 0], room.seen.candidates[chosen, 1]
            if element != BACK:
                hidden += advice.first[element] == 0
                right, equals = agreement(room.seen.features[chosen]), 0
                for i in range(candidates):
                    typed = room.seen.candidates[i, 1] != CLICK
                    equals += typed == (span != CLICK) and agreement(room.seen.features[i]) >= right
                rivals += log2(equals)
            _, over = turn(look, rules, r, room, element, span)
        found[number, LENGTH], found[number, HIDDEN] = room.now[ACTIONS], hidden
        found[number, RIVALS] = rivals / max(room.now[ACTIONS], 1)
        found[number, DONE] = room.now[VERDICT] > 0 and room.now[ACTIONS] == room.now[PLAN]
