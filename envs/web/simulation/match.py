"""How names agree with a request, computed once for every element: shares, runs and places, never the words themselves.

Words are numbers here, the same for the same word; -1 stands behind the last one.
"""

import numpy as np

from ...simd.compiled import inlined, kernel

NAME = 8
"""Most words of a name or context."""
WINDOW = 4
"""How many words before and after a span are looked at for what it is the value of."""
SHARE, RUN, ORDER, CONTEXT = range(4)
"""Columns of `matches`: which share of the name's words the request has; the longest run of them in the request, as a
share of the name; how early that run is, 1 at the start, 0 if there is none; the share of the context's words."""
BEFORE, AFTER = 0, 1
"""Columns of `keys`: which share of an input's name stands before a span, and behind it."""


@inlined
def ratio(a, b):
    """A / b in float32, 0 where b is 0."""
    return np.float32(a) / np.float32(b) if b > 0 else np.float32(0.0)


@inlined
def length(words):
    count = 0
    while count < len(words) and words[count] >= 0:
        count += 1
    return count


@inlined
def share(words, tokens, start, end):
    """Which share of the words is among tokens[start:end]."""
    count, found = length(words), 0
    for k in range(count):
        for place in range(max(start, 0), min(end, len(tokens))):
            if tokens[place] == words[k]:
                found += 1
                break
    return ratio(found, count)


@inlined
def longest(words, tokens, matches):
    """Fill RUN and ORDER of an element."""
    count, best, at = length(words), 0, 0
    for place in range(len(tokens)):
        for k in range(count):
            run = 0
            while k + run < count and place + run < len(tokens) and words[k + run] == tokens[place + run]:
                run += 1
            if run > best:
                best, at = run, place
    matches[RUN] = ratio(best, count)
    matches[ORDER] = ratio(len(tokens) - at, len(tokens)) if best > 0 else np.float32(0.0)


@inlined
def equal_span(words, tokens, spans):
    """The span that has exactly these words, or -1."""
    count = length(words)
    for span in range(len(spans)):
        start, end = spans[span, 0], spans[span, 1]
        if end - start == count:
            same = True
            for k in range(count):
                same = same and tokens[start + k] == words[k]
            if same:
                return span
    return -1


@kernel
def match(names, contexts, typed, tokens, spans, matches, cover, same, alike, keys):
    """Compare elements with a request.

    names, contexts: int32[n, NAME]; typed: int32[n], the row of `keys` of an input, -1 for other elements; tokens:
    int32[t] and spans: int32[s, 2], the request. To be filled: matches float32[n, 4]; cover uint64[n, 2], the places of
    the request's words that the name has; same int16[n], the span that is the name, or -1; alike int16[n], a number
    that elements share if their names are equal; keys float32[inputs, SPANS, 2].
    """
    for i in range(len(names)):
        name = names[i]
        matches[i, SHARE] = share(name, tokens, 0, len(tokens))
        longest(name, tokens, matches[i])
        matches[i, CONTEXT] = share(contexts[i], tokens, 0, len(tokens))
        same[i] = equal_span(name, tokens, spans)
        cover[i, 0], cover[i, 1] = np.uint64(0), np.uint64(0)
        for k in range(length(name)):
            for place in range(len(tokens)):
                if tokens[place] == name[k]:
                    cover[i, place // 64] |= np.uint64(1) << np.uint64(place % 64)
        alike[i] = i
        for j in range(i):
            equal = True
            for k in range(NAME):
                equal = equal and names[j, k] == name[k]
            if equal:
                alike[i] = j
                break
        if typed[i] >= 0:
            for span in range(len(spans)):
                start, end = spans[span, 0], spans[span, 1]
                keys[typed[i], span, BEFORE] = share(name, tokens, start - WINDOW, start)
                keys[typed[i], span, AFTER] = share(name, tokens, end, end + WINDOW)
