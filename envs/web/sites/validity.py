"""What makes a site valid: values in range, parts that fit each other, pages and requests that stay small enough."""

from typing import Any

from . import limits as t

Site = Any
"""A `task.Site`, which this file must not import: a site checks itself when it is made."""


def check(site: Site) -> None:
    """Raise ValueError, in one sentence, unless the site is valid."""
    _integer(len(_tuple(site.pages, "pages")), "the number of pages", 1, t.PAGES)
    _integer(len(_tuple(site.goals, "goals")), "the number of goals", 1, t.GOALS)
    for place, page in enumerate(site.pages):
        _check_page(page, place)
    for place, goal in enumerate(site.goals):
        _check_goal(site, goal, f"goal {place}")
    places = [(goal.page, goal.block) for goal in site.goals]
    if sorted(set(places)) != places:
        raise ValueError(f"goals are at (page, block) {places}; sort them, one for a block")
    _integer(site.wording.frame, "frame", 0, 3)
    _integer(site.wording.filler, "filler", 0, 2)
    _choice(site.wording.quotes, "quotes", t.QUOTES)
    _choice(site.wording.order, "order", t.ORDERS)
    _integer(site.lookalikes, "lookalikes", 0, 3)
    _integer(site.theme, "theme", 0, 7)
    _integer(site.seed, "seed", 0, t.SEEDS - 1)
    for place in range(len(site.pages)):
        _within(elements(site, place), t.VISIBLE, f"elements on page {place}")
        _within(inputs(site, place), t.INPUTS, f"inputs on page {place}")
    _within(named(site), t.SPANS, "names and values in a request")


def _check_page(page: Any, place: int) -> None:
    where = f"page {place}: "
    _integer(page.parent, f"{where}parent", -1 if place == 0 else 0, place - 1)
    _choice(page.via, f"{where}via", ("link",) if place == 0 else t.VIAS)
    _integer(len(_tuple(page.blocks, f"{where}blocks")), f"{where}the number of blocks", 1, t.BLOCKS)
    for number, block in enumerate(page.blocks):
        inside = f"{where}block {number}: "
        _choice(block.kind, f"{inside}kind", t.KINDS)
        _integer(block.size, f"{inside}size", t.LEAST.get(block.kind, 1), t.SIZE)
        _choice(block.hide, f"{inside}hide", t.HIDES if block.kind != "dialog" else ("no",))
        form = block.kind == "form"
        _choice(block.names, f"{inside}names", t.NAMES if form else ("label",))
        if not isinstance(block.required, bool) or (block.required and not form):
            raise ValueError(f"{inside}required is {block.required!r}; it must be true or false, false outside forms")
    if sum(block.kind == "dialog" for block in page.blocks) > 1:
        raise ValueError(f"{where}there are several dialogs; a page has one at most")


def _check_goal(site: Site, goal: Any, where: str) -> None:
    _integer(goal.page, f"{where}: page", 0, len(site.pages) - 1)
    _integer(goal.block, f"{where}: block", 0, len(site.pages[goal.page].blocks) - 1)
    block = site.pages[goal.page].blocks[goal.block]
    if block.kind not in t.VERB_OF:
        raise ValueError(f"{where} is in a {block.kind}; goals are in {', '.join(t.VERB_OF)}")
    _choice(goal.verb, f"{where} in a block of {block.kind}: verb", (t.VERB_OF[block.kind],))
    most = 1 if goal.verb == "choose" or block.kind == "links" else min(block.size, t.COUNT)
    _integer(goal.count, f"{where} in {block.size} {block.kind}: count", 1, most)
    if block.kind == "links" and goal is not site.goals[-1]:
        raise ValueError(f"{where} is a link; only the last goal can be one, because a link ends the request")


def ends(site: Site, number: int) -> bool:
    """Whether the asked item of a goal ends the request itself: the only button or link of the last goal."""
    goal = site.goals[number]
    return goal.verb == "click" and goal.count == 1 and number == len(site.goals) - 1


def way(site: Site, page: int) -> tuple[int, ...]:
    """The pages to be entered on the way from home to a page, itself last; none for home."""
    pages: tuple[int, ...] = ()
    while page > 0:
        pages = (page, *pages)
        page = site.pages[page].parent
    return pages


def entered(site: Site) -> tuple[int, ...]:
    """The pages that a request needs, home left out, sorted."""
    return tuple(sorted({page for goal in site.goals for page in way(site, goal.page)}))


def elements(site: Site, place: int) -> int:
    """Most elements that a page can have, its hidden ones included."""
    blocks = site.pages[place].blocks
    items = sum({"text": 0, "dialog": 1}.get(block.kind, block.size) for block in blocks)
    tabs = sum(block.hide == "tab" for block in blocks)
    doors = sum(1 + (page.via == "search") for page in site.pages if page.parent == place)
    return int(items + doors + sum(block.hide == "section" for block in blocks) + (tabs and tabs + 1) + 2)


def inputs(site: Site, place: int) -> int:
    """How many inputs a page has, its hidden ones included."""
    fields = sum(block.size for block in site.pages[place].blocks if block.kind == "form")
    return int(fields + sum(page.parent == place and page.via == "search" for page in site.pages))


def named(site: Site) -> int:
    """How many names and values a request says."""
    said = sum(1 + (site.pages[page].via == "search") for page in entered(site))
    for goal in site.goals:
        pair = goal.verb == "fill" or site.pages[goal.page].blocks[goal.block].kind == "table"
        said += goal.count * (2 if pair else 1)
    return int(said + (not ends(site, len(site.goals) - 1)))


def _within(count: int, most: int, what: str) -> None:
    if count > most:
        raise ValueError(f"there are {count} {what}; {most} are allowed")


def _tuple(value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, tuple):
        raise ValueError(f"{where} is {value!r:.50}; it must be a tuple")
    return value


def _integer(value: Any, where: str, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{where} is {value!r:.50}; it must be an integer within {low} .. {high}")


def _choice(value: Any, where: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{where} is {value!r:.50}; choose {' or '.join(choices)}")
