"""How a request or a name is read: its words, and the spans of a request, which are what can be typed.

Evolved sites and real pages are read by the same rules. Spans are found generically: what stands in quotes, numbers and
dates, and, where nothing is quoted, runs of words that are not on the closed list of function words.
"""

import re
from typing import NamedTuple

from .limits import SPANS, TOKENS
from .words import FUNCTION

_EDGES = ".,:;!?()[]{}<>'\"*"
_NUMBER = re.compile(r"[0-9][0-9.,:/-]*")


class Request(NamedTuple):
    """A request as it is read: its words, at most `TOKENS`, and its spans (start, end), at most `SPANS`, in the order
    of their starts; no two spans have the same words.
    """

    tokens: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    def words(self, span: int) -> tuple[str, ...]:
        """The words of a span."""
        start, end = self.spans[span]
        return self.tokens[start:end]


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text: in lower case, without punctuation at their ends."""
    stripped = (word.strip(_EDGES) for word in text.lower().split())
    return tuple(word for word in stripped if word)


def number(words: tuple[str, ...]) -> bool:
    """Whether a span is a number or a date."""
    return len(words) == 1 and _NUMBER.fullmatch(words[0]) is not None


def read(text: str) -> Request:
    """The words and spans of a request."""
    words: list[str] = []
    quoted: list[tuple[int, int]] = []
    for place, piece in enumerate(text.split('"')):
        start = len(words)
        words += tokens(piece)
        if place % 2 and len(words) > start:
            quoted.append((start, len(words)))
    inside = {place for start, end in quoted for place in range(start, end)}
    found = list(quoted)
    found += [(at, at + 1) for at, word in enumerate(words) if at not in inside and number((word,))]
    if not quoted:
        found += _runs(words)
    kept: dict[tuple[str, ...], tuple[int, int]] = {}
    for start, end in sorted(set(found)):
        if end <= TOKENS:
            kept.setdefault(tuple(words[start:end]), (start, end))
    return Request(tuple(words[:TOKENS]), tuple(kept.values())[:SPANS])


def spoken(text: str) -> dict[tuple[str, ...], str]:
    """How the spans of a request are written, by their words: with capitals, and between quotes with punctuation."""
    request = read(text)
    stripped = (word.strip(_EDGES) for piece in text.split('"') for word in piece.split())
    said = [word for word in stripped if word]
    found = {request.words(span): " ".join(said[slice(*request.spans[span])]) for span in range(len(request.spans))}
    return found | {tokens(piece): piece.strip() for piece in text.split('"')[1::2] if tokens(piece) in found}


def _runs(words: list[str]) -> list[tuple[int, int]]:
    """The longest runs of words that are no function words."""
    runs, start = [], 0
    for place, word in enumerate([*words, "a"]):
        if word in FUNCTION:
            if place > start:
                runs.append((start, place))
            start = place + 1
    return runs
