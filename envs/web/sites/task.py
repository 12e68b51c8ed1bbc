"""The genome of a web task: a site, and what its visitors are asked to do there.

A site is a program, not a page: the words on it, their order, the values and the request itself are drawn anew for
each of the requests of a session (`build`). The genome says which pages there are, how one comes from one to the other,
what stands on them, and what is asked for.
"""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from .validity import check


@dataclass(frozen=True)
class Page:
    """A page. `parent`: the page that leads to it, -1 for page 0; `via`: what leads to it there; `blocks`: what is on
    it.
    """

    parent: int
    via: str
    blocks: tuple["Block", ...]


@dataclass(frozen=True)
class Block:
    """Something on a page.

    Attributes:
        kind: one of `KINDS`; a menu is a list to choose one of, a list one to choose several of.
        size: how many items (buttons, inputs, rows, words ...), 1 .. 8.
        hide: where it is: open to see, in a section that is closed at first, or behind a tab.
        names: how the inputs of a form are named; `label` for other kinds.
        required: whether inputs that are asked for must be filled before the page can be submitted; forms only.
    """

    kind: str
    size: int
    hide: str = "no"
    names: str = "label"
    required: bool = False


@dataclass(frozen=True)
class Goal:
    """What is asked for in a block: to click, fill, choose or check so many of its items."""

    page: int
    block: int
    verb: str
    count: int = 1


@dataclass(frozen=True)
class Wording:
    """How requests are put.

    Attributes:
        frame: which sentences, 0 .. 3.
        quotes: what stands in quotes: names and values, values, or nothing.
        order: of the sentences: that of the pages, or any.
        filler: polite phrases around it, 0 .. 2.
    """

    frame: int = 0
    quotes: str = "all"
    order: str = "plan"
    filler: int = 0


@dataclass(frozen=True)
class Site:
    """A site and what is asked for there.

    Attributes:
        pages: 1 .. 8 of them, each behind its parent.
        goals: 1 .. 6, sorted by page and block, one for a block; the last one's block has the button that ends a
            request.
        wording: how requests are put.
        lookalikes: for so many asked items of a block another one has a name that shares a word, 0 .. 3.
        theme: what the words are about, 0 .. 7.
        seed: of all draws, 0 .. 999,999.

    Raises:
        ValueError: a value is of the wrong kind or out of range, or the parts do not fit each other; says what is
            allowed.
    """

    pages: tuple[Page, ...]
    goals: tuple[Goal, ...]
    wording: Wording = Wording()
    lookalikes: int = 0
    theme: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        check(self)


def first_task() -> Site:
    """One page with two buttons; the request names one of them."""
    return Site((Page(-1, "link", (Block("buttons", 2),)),), (Goal(0, 0, "click"),))


def encode(site: Site) -> str:
    """Canonical JSON: keys sorted, no spaces."""
    return json.dumps(asdict(site), sort_keys=True, separators=(",", ":"), allow_nan=False)


def decode(text: str) -> Site:
    """The site of a canonical text.

    Raises:
        ValueError: not JSON, a field missing, unknown or out of range, or not in canonical form.
    """
    try:
        value = json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"web task is not JSON ({error})") from None
    known = _given(value, Site, "web task")
    pages = tuple(
        Page(**_given(page, Page, "a page") | {"blocks": tuple(_made(part, Block) for part in _list(page["blocks"]))})
        for page in _list(known["pages"])
    )
    goals = tuple(_made(part, Goal) for part in _list(known["goals"]))
    site = Site(**known | {"pages": pages, "goals": goals, "wording": _made(known["wording"], Wording)})
    if encode(site) != text:
        raise ValueError(f"web task is not in canonical form; write {encode(site)}")
    return site


def _made(value: Any, kind: Any) -> Any:
    return kind(**_given(value, kind, f"a {kind.__name__.lower()}"))


def _given(value: Any, kind: Any, place: str) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    if not isinstance(value, dict) or value.keys() != names:
        given = sorted(value) if isinstance(value, dict) else type(value).__name__
        raise ValueError(f"{place} must be an object with exactly the keys {sorted(names)}, not {given!s:.200}")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > 64:
        raise ValueError(f"pages, blocks and goals must be short lists, not {value!r:.100}")
    return value
