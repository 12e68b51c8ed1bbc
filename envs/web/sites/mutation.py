"""How sites mutate. A child has a new seed and one to three changes; every change maps a valid site to a valid one."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial, reduce

from . import limits
from .draws import Draws
from .task import Block, Goal, Page, Site, Wording, first_task

LONGEST = 40
"""Most mutations of a random site."""

Operator = Callable[[Site, Draws], Site | None]
"""A site and draws in; the changed site out, or None where the change cannot be made. It may raise ValueError, too."""


def mutate(site: Site, key: int) -> Site:
    """A child: 1 + Binomial(2, 0.3) changes. What cannot be done, or changes nothing, is drawn
    again.
    """
    draws = Draws(key)
    child = site
    while child == site:
        for _ in range(1 + draws.chance(30) + draws.chance(30)):
            child = _changed(child, draws)
    return replace(child, seed=draws.below(limits.SEEDS))


def grown(keys: Iterable[int]) -> Site:
    """The site after a mutation of the first one by each of these keys, none of which anybody chose."""
    return reduce(mutate, keys, first_task())


def chain(length: int, key: int) -> Site:
    """The site after so many such mutations."""
    draws = Draws(key)
    return grown(draws.below(2**32) for _ in range(length))


def wandered(key: int) -> Site:
    """A site after 1 to LONGEST such mutations, each number as likely."""
    draws = Draws(key)
    return chain(1 + draws.below(LONGEST), draws.below(2**32))


KINDS: dict[str, Callable[[int], Site]] = {f"chain{length}": partial(chain, length) for length in (5, 15, 40, 100)}
"""Sites by how many mutations made them."""


def reseed(site: Site, key: int) -> Site:
    """The same program, whose words, orders and requests are drawn anew."""
    return replace(site, seed=Draws(key).below(limits.SEEDS))


def _changed(site: Site, draws: Draws) -> Site:
    weights = [weight for weight, _ in OPERATORS]
    while True:
        operator = OPERATORS[draws.weighted(weights)][1]
        try:
            child = operator(site, draws)
        except ValueError:
            continue
        if child is not None and child != site:
            return child


def random_block(draws: Draws) -> Block:
    """A block of any kind, with one to three items where that is enough."""
    kind = draws.one(limits.KINDS)
    size = max(1 + draws.below(3), limits.LEAST.get(kind, 1))
    hide = "no" if kind == "dialog" or draws.chance(70) else draws.one(limits.HIDES[1:])
    if kind == "form":
        return Block(kind, size, hide, draws.one(limits.NAMES), draws.chance(30))
    return Block(kind, size, hide)


def _with_block(site: Site, page: int, number: int, block: Block) -> Site:
    blocks = site.pages[page].blocks
    return _with_blocks(site, page, (*blocks[:number], block, *blocks[number + 1 :]), site.goals)


def _with_blocks(site: Site, page: int, blocks: tuple[Block, ...], goals: tuple[Goal, ...]) -> Site:
    pages = site.pages
    changed = replace(pages[page], blocks=blocks)
    return replace(site, pages=(*pages[:page], changed, *pages[page + 1 :]), goals=goals)


def add_block(site: Site, draws: Draws) -> Site | None:
    page = draws.below(len(site.pages))
    blocks = site.pages[page].blocks
    place = draws.below(len(blocks) + 1)
    goals = tuple(
        replace(goal, block=goal.block + 1) if goal.page == page and goal.block >= place else goal
        for goal in site.goals
    )
    return _with_blocks(site, page, (*blocks[:place], random_block(draws), *blocks[place:]), goals)


def remove_block(site: Site, draws: Draws) -> Site | None:
    page = draws.below(len(site.pages))
    blocks = site.pages[page].blocks
    place = draws.below(len(blocks))
    if any((goal.page, goal.block) == (page, place) for goal in site.goals):
        return None
    goals = tuple(
        replace(goal, block=goal.block - 1) if goal.page == page and goal.block > place else goal for goal in site.goals
    )
    return _with_blocks(site, page, blocks[:place] + blocks[place + 1 :], goals)


def change_block(site: Site, draws: Draws) -> Site | None:
    """Its size by 1 or 2 (.45), its kind (.20), where it hides (.15), how its inputs are named (.10), required
    (.10).
    """
    page = draws.below(len(site.pages))
    number = draws.below(len(site.pages[page].blocks))
    block = site.pages[page].blocks[number]
    what = draws.weighted((45, 20, 15, 10, 10))
    if what == 0:
        size = block.size + draws.one((-2, -1, 1, 2))
        return _with_block(site, page, number, replace(block, size=min(max(size, 1), limits.SIZE)))
    if what == 1:
        drawn = random_block(draws)
        hide = "no" if drawn.kind == "dialog" else block.hide
        size = max(block.size, limits.LEAST.get(drawn.kind, 1))
        return _with_kind(site, page, number, replace(drawn, size=size, hide=hide))
    if what == 2:
        return _with_block(site, page, number, replace(block, hide=draws.one(limits.HIDES)))
    if what == 3:
        return _with_block(site, page, number, replace(block, names=draws.one(limits.NAMES)))
    return _with_block(site, page, number, replace(block, required=not block.required))


def _with_kind(site: Site, page: int, number: int, block: Block) -> Site:
    """The site with another kind of block; a goal in it asks for what can be asked for there."""
    goals = tuple(
        replace(goal, verb=limits.VERB_OF.get(block.kind, "none"), count=1)
        if (goal.page, goal.block) == (page, number)
        else goal
        for goal in site.goals
    )
    blocks = site.pages[page].blocks
    return _with_blocks(site, page, (*blocks[:number], block, *blocks[number + 1 :]), goals)


def add_page(site: Site, draws: Draws) -> Site | None:
    blocks = tuple(random_block(draws) for _ in range(1 + draws.below(2)))
    page = Page(draws.below(len(site.pages)), draws.one(limits.VIAS), blocks)
    return replace(site, pages=(*site.pages, page))


def remove_page(site: Site, draws: Draws) -> Site | None:
    """Remove a page that leads nowhere and has no goal."""
    place = draws.below(len(site.pages))
    used = {page.parent for page in site.pages} | {goal.page for goal in site.goals} | {0}
    if place in used:
        return None
    pages = tuple(
        replace(page, parent=page.parent - (page.parent > place))
        for number, page in enumerate(site.pages)
        if number != place
    )
    goals = tuple(replace(goal, page=goal.page - (goal.page > place)) for goal in site.goals)
    return replace(site, pages=pages, goals=goals)


def move_page(site: Site, draws: Draws) -> Site | None:
    if len(site.pages) == 1:
        return None
    place = 1 + draws.below(len(site.pages) - 1)
    return _with_page(site, place, replace(site.pages[place], parent=draws.below(place)))


def change_via(site: Site, draws: Draws) -> Site | None:
    if len(site.pages) == 1:
        return None
    place = 1 + draws.below(len(site.pages) - 1)
    return _with_page(site, place, replace(site.pages[place], via=draws.one(limits.VIAS)))


def _with_page(site: Site, place: int, page: Page) -> Site:
    return replace(site, pages=(*site.pages[:place], page, *site.pages[place + 1 :]))


def add_goal(site: Site, draws: Draws) -> Site | None:
    place = _free_block(site, draws)
    if place is None:
        return None
    kind = site.pages[place[0]].blocks[place[1]].kind
    count = 1 if draws.chance(60) else 2
    return _with_goals(site, (*site.goals, Goal(*place, limits.VERB_OF[kind], count)))


def _free_block(site: Site, draws: Draws) -> tuple[int, int] | None:
    """A block that can have a goal and has none."""
    taken = {(goal.page, goal.block) for goal in site.goals}
    free = [
        (page, number)
        for page in range(len(site.pages))
        for number, block in enumerate(site.pages[page].blocks)
        if block.kind in limits.VERB_OF and (page, number) not in taken
    ]
    return draws.one(free) if free else None


def _with_goals(site: Site, goals: tuple[Goal, ...]) -> Site:
    return replace(site, goals=tuple(sorted(goals, key=lambda goal: (goal.page, goal.block))))


def remove_goal(site: Site, draws: Draws) -> Site | None:
    place = draws.below(len(site.goals))
    return replace(site, goals=site.goals[:place] + site.goals[place + 1 :])


def change_goal(site: Site, draws: Draws) -> Site | None:
    """One more item or one less, or another block."""
    place = draws.below(len(site.goals))
    goal = site.goals[place]
    rest = site.goals[:place] + site.goals[place + 1 :]
    if draws.chance(60):
        return _with_goals(site, (*rest, replace(goal, count=max(goal.count + draws.one((-1, 1)), 1))))
    free = _free_block(site, draws)
    if free is None:
        return None
    return _with_goals(site, (*rest, Goal(*free, limits.VERB_OF[site.pages[free[0]].blocks[free[1]].kind])))


def change_wording(site: Site, draws: Draws) -> Site | None:
    """One thing about the request's words, or what the site is about."""
    wording = Wording(draws.below(4), draws.one(limits.QUOTES), draws.one(limits.ORDERS), draws.below(3))
    what = draws.one(("frame", "quotes", "order", "filler", "theme"))
    if what == "theme":
        return replace(site, theme=draws.below(8))
    return replace(site, wording=replace(site.wording, **{what: getattr(wording, what)}))


def change_lookalikes(site: Site, draws: Draws) -> Site | None:
    return replace(site, lookalikes=min(max(site.lookalikes + draws.one((-1, 1)), 0), 3))


OPERATORS: tuple[tuple[int, Operator], ...] = (
    (16, add_block), (8, remove_block), (22, change_block), (10, add_page), (4, remove_page), (3, move_page),
    (4, change_via), (12, add_goal), (5, remove_goal), (8, change_goal), (5, change_wording), (3, change_lookalikes),
)  # fmt: skip
"""The changes, each with its weight in per cent."""
