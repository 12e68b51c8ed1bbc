"""Says what is asked for on a site that has been built."""

from collections.abc import Sequence

from . import kinds as e
from .draws import Draws
from .elements import Element, Words
from .task import Goal, Site
from .validity import ends, way
from .wording import Saying, ordered


def request(
    site: Site,
    draws: Draws,
    pages: Sequence[Words],
    elements: Sequence[Element],
    doors: Sequence[int],
    asked: Sequence[Sequence[int]],
    commit: int,
) -> str:
    """The request: for every goal the pages on the way that have not been named yet, then what to do there."""
    saying, named = Saying(site.wording), set[int]()
    groups = []
    for goal, items in zip(site.goals, asked, strict=True):
        sentences = []
        for page in way(site, goal.page):
            if page not in named:
                named.add(page)
                query = elements[doors[page] - 1].text
                searched = elements[doors[page]].effect == e.SEARCH
                sentences.append(saying.search(pages[page], query) if searched else saying.open(pages[page]))
        groups.append([*sentences, _goal(saying, site, goal, [elements[item] for item in items])])
    itself = ends(site, len(site.goals) - 1)
    sentences = ordered(site.wording, groups, itself, draws)
    return saying.whole(sentences, None if itself else elements[commit].name)


def _goal(saying: Saying, site: Site, goal: Goal, items: list[Element]) -> str:
    if goal.verb == "fill":
        return saying.fill([(item.name, item.text) for item in items])
    names = [item.name for item in items]
    if site.pages[goal.page].blocks[goal.block].kind == "table":
        return saying.row(names[0], [item.context[:-1] for item in items])
    return saying.click(names) if goal.verb == "click" else saying.choose(names)
