"""Sites as arrays for the kernels: `Look`, what a visitor can see of every element, and `Rules`, what elements do."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..sites import kinds as e
from ..sites.elements import Built
from ..sites.limits import PAGES, SPANS
from ..sites.reading import Request, number
from .match import NAME, match

PANELS = 48
"""Most panels of a site."""
ELEMENTS = 512
"""Most elements of a site."""


class Look(NamedTuple):
    """Elements of n requests one after the other, those of request r in rows start[r] .. start[r + 1] - 1.

    Attributes:
        start: int32[n + 1].
        kind: uint8[t]; group, alike, same: int16[t]; numeric: uint8[t]; typed: int32[t]; matches, cover, keys: see
            `match`.
        spans, words: int32[n], how many of them a request has.
        numbers: uint8[n, SPANS], whether a span is a number.
    """

    start: NDArray[np.int32]
    kind: NDArray[np.uint8]
    group: NDArray[np.int16]
    alike: NDArray[np.int16]
    same: NDArray[np.int16]
    numeric: NDArray[np.uint8]
    typed: NDArray[np.int32]
    matches: NDArray[np.float32]
    cover: NDArray[np.uint64]
    keys: NDArray[np.float32]
    spans: NDArray[np.int32]
    words: NDArray[np.int32]
    numbers: NDArray[np.uint8]


class Rules(NamedTuple):
    """What the elements of n requests do; rows as in `Look`.

    Attributes:
        effect, page, required: uint8[t]; panel, target, first, wanted: int16[t]; see `kinds`.
        pages: int32[n]; begin: int32[n, PAGES + 1], the first element of every page; parent: int16[n, PAGES]; door:
            int16[n, PAGES]; dialog: uint8[n, PAGES].
        panels: int32[n]; panel_kind, panel_page: uint8[n, PANELS].
        commit: int32[n].
    """

    effect: NDArray[np.uint8]
    page: NDArray[np.uint8]
    required: NDArray[np.uint8]
    panel: NDArray[np.int16]
    target: NDArray[np.int16]
    first: NDArray[np.int16]
    wanted: NDArray[np.int16]
    pages: NDArray[np.int32]
    begin: NDArray[np.int32]
    parent: NDArray[np.int16]
    door: NDArray[np.int16]
    dialog: NDArray[np.uint8]
    panels: NDArray[np.int32]
    panel_kind: NDArray[np.uint8]
    panel_page: NDArray[np.uint8]
    commit: NDArray[np.int32]


class Tables(NamedTuple):
    """All that the simulator knows of some requests; those of genome i are 16 i .. 16 i + 15."""

    look: Look
    rules: Rules


def look(
    kinds: Sequence[int],
    groups: Sequence[int],
    numeric: Sequence[bool],
    names: Sequence[Sequence[str]],
    contexts: Sequence[Sequence[str]],
    request: Request,
) -> Look:
    """What is seen of the elements of one request, evolved or extracted from a real page."""
    numbers: dict[str, int] = {}
    rows = np.full((2, len(kinds), NAME), -1, np.int32)
    for row, texts in zip(rows, (names, contexts), strict=True):
        for place, words in enumerate(texts):
            for k, word in enumerate(words[:NAME]):
                row[place, k] = numbers.setdefault(word, len(numbers))
    tokens = np.array([numbers.setdefault(word, len(numbers)) for word in request.tokens], np.int32)
    spans = np.array(request.spans, np.int32).reshape(-1, 2)
    typed, inputs = np.full(len(kinds), -1, np.int32), 0
    for place, kind in enumerate(kinds):
        if kind in (e.INPUT, e.AREA):
            typed[place], inputs = inputs, inputs + 1
    count = len(kinds)
    matches, cover = np.zeros((count, 4), np.float32), np.zeros((count, 2), np.uint64)
    same, alike = np.zeros(count, np.int16), np.zeros(count, np.int16)
    keys = np.zeros((inputs, SPANS, 2), np.float32)
    match(rows[0], rows[1], typed, tokens, spans, matches, cover, same, alike, keys)
    known = np.zeros((1, SPANS), np.uint8)
    known[0, : len(spans)] = [number(request.words(span)) for span in range(len(spans))]
    return Look(
        np.array([0, count], np.int32), np.array(kinds, np.uint8), np.array(groups, np.int16), alike, same,
        np.array(numeric, np.uint8), typed, matches, cover, keys, np.array([len(spans)], np.int32),
        np.array([len(tokens)], np.int32), known,
    )  # fmt: skip


def rules(built: Built) -> Rules:
    """What the elements of one request do."""
    elements, pages = built.elements, len(built.parents)
    begin = np.zeros((1, PAGES + 1), np.int32)
    begin[0, :] = [sum(element.page < page for element in elements) for page in range(PAGES + 1)]
    by_page = {name: np.zeros((1, PAGES), np.int16) for name in ("parent", "door", "dialog")}
    by_page["parent"][0, :pages], by_page["door"][0, :pages] = built.parents, built.doors
    by_page["dialog"][0, :pages] = built.dialogs
    panels = np.zeros((2, 1, PANELS), np.uint8)
    panels[:, 0, : len(built.panels)] = np.array(built.panels, np.uint8).reshape(-1, 2).T

    def column(name: str, dtype: Any) -> NDArray[Any]:
        return np.array([getattr(element, name) for element in elements], dtype)

    return Rules(
        *(column(name, np.uint8) for name in ("effect", "page", "required")),
        *(column(name, np.int16) for name in ("panel", "target", "first", "wanted")),
        np.array([pages], np.int32), begin, by_page["parent"], by_page["door"], by_page["dialog"].astype(np.uint8),
        np.array([len(built.panels)], np.int32), panels[0], panels[1], np.array([built.commit], np.int32),
    )  # fmt: skip


def table(built: Built) -> Tables:
    """The arrays of one request."""
    elements = built.elements
    seen = look(
        [element.kind for element in elements],
        [element.group for element in elements],
        [element.numeric for element in elements],
        [element.name for element in elements],
        [element.context for element in elements],
        built.request,
    )
    return Tables(seen, rules(built))


def stack(tables: Sequence[Tables]) -> Tables:
    """The arrays of several requests as one."""
    looks, known = [each.look for each in tables], [each.rules for each in tables]
    counts = [len(each.kind) for each in looks]
    joined = {name: np.concatenate([getattr(each, name) for each in looks]) for name in Look._fields}
    inputs = np.cumsum([0, *(len(each.keys) for each in looks)])[:-1]
    shift = np.repeat(inputs, counts).astype(np.int32)
    joined["typed"] = np.where(joined["typed"] >= 0, joined["typed"] + shift, np.int32(-1))
    before = np.cumsum([0, *counts])
    starts = [each.start[1:] + shift for each, shift in zip(looks, before[:-1], strict=True)]
    joined["start"] = np.concatenate([[0], *starts]).astype(np.int32)
    together = {name: np.concatenate([getattr(each, name) for each in known]) for name in Rules._fields}
    return Tables(Look(**joined), Rules(**together))
