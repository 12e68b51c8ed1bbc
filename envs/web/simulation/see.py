"""What an agent sees: 48 numbers for every candidate, that is, for everything that can be done now.

Candidates, in the order of the document: click an element; for an input also type a span into it, every span in turn,
and clear it if it holds something; last, go back, except at home. Only relations between words are seen, never which
words they are, and neither pixels nor places on a screen, so an evolved site and a real page are seen alike.

     0- 2  action     click, type, back
     3-14  kind       in the order of `kinds`
    15-22  state      on; filled; holds this span; required and empty; disabled; in the open dialog; acted on; new
    23-32  name       share in the request; is a span; longest run; best run here; 1 / how many match as well; share of
                      the context; how early in the request; an equal name was acted on; best context of equal names;
                      unique here
    33-39  span       input's name before it; behind it; best share that another input has; typed before; a number for a
                      number; some element here is called so; only input
    40-44  page       share of the request's words in names here; share of spans not typed; a required input is empty;
                      dialog open; candidates / 128
    45-47  place      on the page; in its group; a link to a page seen before
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...simd.compiled import inlined, kernel
from ..sites import kinds as e
from ..sites.limits import SPANS, VISIBLE
from .match import AFTER, BEFORE, CONTEXT, ORDER, RUN, SHARE, ratio
from .state import USED
from .tables import ELEMENTS

FEATURES = 48
CANDIDATES = 2 * VISIBLE + 8 * (SPANS + 2)
"""Most candidates; what does not fit is not seen."""
GROUPS = 256
CLICK, CLEAR = -2, -1
"""What is done to an element, where it is no span."""
BACK = -1
"""The element of the candidate that goes back."""
INPUT, AREA, SELECT = e.INPUT, e.AREA, e.SELECT
KIND, STATE, NAMED, SPAN, WHOLE, PLACE = 3, 15, 23, 33, 40, 45
ZERO, ONE = np.float32(0.0), np.float32(1.0)


class Seen(NamedTuple):
    """What an agent sees, and room to work in.

    Attributes:
        features: float32[CANDIDATES, 48]; candidates: int16[CANDIDATES, 2], element and span of each.
        groups: int32[GROUPS, 2], elements of a group, and how many have been met; equals: int32[ELEMENTS], elements of
            a name; context: float32[ELEMENTS], the best context of a name; span: float32[SPANS, 2], the best and
            second-best share that an input has in a span; called: uint8[SPANS].
    """

    features: NDArray[np.float32]
    candidates: NDArray[np.int16]
    groups: NDArray[np.int32]
    equals: NDArray[np.int32]
    context: NDArray[np.float32]
    span: NDArray[np.float32]
    called: NDArray[np.uint8]


def new_seen() -> Seen:
    """Room for what is seen."""
    return Seen(
        np.zeros((CANDIDATES, FEATURES), np.float32), np.zeros((CANDIDATES, 2), np.int16),
        np.zeros((GROUPS, 2), np.int32), np.zeros(ELEMENTS, np.int32), np.zeros(ELEMENTS, np.float32),
        np.zeros((SPANS, 2), np.float32), np.zeros(SPANS, np.uint8),
    )  # fmt: skip


@inlined
def bits(word):
    """How many bits of a uint64 are set."""
    count = 0
    while word != np.uint64(0):
        word &= word - np.uint64(1)
        count += 1
    return count


@inlined
def typable(kind):
    return kind in (INPUT, AREA)


@inlined
def key_share(look, at, span):
    """How much of an input's name stands next to a span."""
    row = look.typed[at]
    return max(look.keys[row, span, BEFORE], look.keys[row, span, AFTER])


@inlined
def survey(look, r, view, count, seen):
    """Fill the room of `seen` from all elements; returns places of the request that are named, the best run, whether
    a required input is empty, inputs and candidates.
    """
    start, spans = look.start[r], look.spans[r]
    for i in range(count):
        at = start + view.element[i]
        seen.groups[look.group[at], 0] = seen.groups[look.group[at], 1] = 0
        seen.equals[look.alike[at]] = 0
        seen.context[look.alike[at]] = ZERO
    for span in range(spans):
        seen.span[span, 0] = seen.span[span, 1] = ZERO
        seen.called[span] = 0
    low, high, best, empty, inputs, candidates = np.uint64(0), np.uint64(0), ZERO, False, 0, 0
    for i in range(count):
        at = start + view.element[i]
        seen.groups[look.group[at], 0] += 1
        seen.equals[look.alike[at]] += 1
        seen.context[look.alike[at]] = max(seen.context[look.alike[at]], look.matches[at, CONTEXT])
        low |= look.cover[at, 0]
        high |= look.cover[at, 1]
        best = max(best, look.matches[at, RUN])
        candidates += 1
        if look.same[at] >= 0:
            seen.called[look.same[at]] = 1
        if typable(look.kind[at]):
            inputs += 1
            candidates += spans + (view.value[i] != 0)
            empty = empty or (view.required[i] != 0 and view.value[i] == 0)
            for span in range(spans):
                share = key_share(look, at, span)
                if share > seen.span[span, 0]:
                    seen.span[span, 1], seen.span[span, 0] = seen.span[span, 0], share
                elif share > seen.span[span, 1]:
                    seen.span[span, 1] = share
    return bits(low) + bits(high), best, empty, inputs, candidates


@inlined
def element_features(look, r, view, i, count, state, inside, best, seen, row):
    """What is the same for all candidates of an element."""
    element = view.element[i]
    start = look.start[r]
    at = start + element
    for k in range(FEATURES):
        row[k] = ZERO
    row[KIND + look.kind[at]] = ONE
    row[STATE] = view.on[i]
    row[STATE + 1] = view.value[i] != 0
    row[STATE + 3] = view.required[i] != 0 and view.value[i] == 0
    row[STATE + 4] = view.disabled[i]
    row[STATE + 5] = inside
    row[STATE + 6] = state.acted[element]
    row[STATE + 7] = state.before[element] == 0
    share, name, equals = look.matches[at, SHARE], look.alike[at], 0
    if share > ZERO:
        for j in range(count):
            equals += look.matches[start + view.element[j], SHARE] == share
    row[NAMED] = share
    row[NAMED + 1] = look.same[at] >= 0
    row[NAMED + 2] = look.matches[at, RUN]
    row[NAMED + 3] = share > ZERO and look.matches[at, RUN] == best
    row[NAMED + 4] = ratio(1, equals)
    row[NAMED + 5] = look.matches[at, CONTEXT]
    row[NAMED + 6] = look.matches[at, ORDER]
    row[NAMED + 7] = state.named[name] != 0 and state.acted[element] == 0
    row[NAMED + 8] = look.matches[at, CONTEXT] > ZERO and look.matches[at, CONTEXT] == seen.context[name]
    row[NAMED + 9] = seen.equals[name] == 1
    row[PLACE] = ratio(i + 1, count)
    group = look.group[at]
    seen.groups[group, 1] += 1
    row[PLACE + 1] = ratio(seen.groups[group, 1], seen.groups[group, 0])
    row[PLACE + 2] = view.visited[i]


@inlined
def span_features(look, r, view, i, span, state, inputs, seen, row):
    """What tells of typing a span (-1: nothing) into an input; the rest of the row is filled."""
    at = look.start[r] + view.element[i]
    row[0], row[1] = ZERO, ONE
    row[SPAN + 6] = inputs == 1
    if span < 0:
        return
    share = key_share(look, at, span)
    first, second = seen.span[span, 0], seen.span[span, 1]
    row[STATE + 2] = view.value[i] == span + 1
    row[SPAN] = look.keys[look.typed[at], span, BEFORE]
    row[SPAN + 1] = look.keys[look.typed[at], span, AFTER]
    row[SPAN + 2] = second if share == first else first
    row[SPAN + 3] = (state.now[USED] >> span) & 1
    row[SPAN + 4] = look.numbers[r, span] == look.numeric[at]
    row[SPAN + 5] = seen.called[span]


@kernel
def see(look, r, view, count, inside, home, state, seen):
    """Fill the features and candidates of `seen`; returns how many there are.

    inside: whether a dialog is open; home: whether there is no way back. Of `state` only the visitor's memory is read.
    """
    named, best, empty, inputs, total = survey(look, r, view, count, seen)
    spans, unused = look.spans[r], 0
    for span in range(spans):
        unused += 1 - ((state.now[USED] >> span) & 1)
    whole = (
        ratio(named, look.words[r]), ratio(unused, spans), np.float32(empty), np.float32(inside),
        min(np.float32(total) / np.float32(128.0), ONE),
    )  # fmt: skip
    made = 0
    for i in range(count):
        kind = look.kind[look.start[r] + view.element[i]]
        options = 1 + (spans + (view.value[i] != 0) if typable(kind) else 0)
        if made + options >= CANDIDATES:
            break
        first = seen.features[made]
        element_features(look, r, view, i, count, state, inside, best, seen, first)
        for k in range(5):
            first[WHOLE + k] = whole[k]
        for option in range(1, options):
            row = seen.features[made + option]
            for k in range(FEATURES):
                row[k] = first[k]
            span = option - 1 if option <= spans else CLEAR
            span_features(look, r, view, i, span, state, inputs, seen, row)
            seen.candidates[made + option, 0] = view.element[i]
            seen.candidates[made + option, 1] = span
        first[0] = ONE
        seen.candidates[made, 0], seen.candidates[made, 1] = view.element[i], CLICK
        made += options
    if not home:
        row = seen.features[made]
        for k in range(FEATURES):
            row[k] = ZERO
        row[2] = ONE
        for k in range(5):
            row[WHOLE + k] = whole[k]
        seen.candidates[made, 0], seen.candidates[made, 1] = BACK, CLICK
        made += 1
    return made
