"""Sites in Chromium are what the simulator says, to the byte, and a fault that is planted in a page is noticed."""

import re
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from openended.envs.web.browser import chromium as browser
from openended.envs.web.browser.parity import compare
from openended.envs.web.browser.render import page as render
from openended.envs.web.policy import DEFAULT
from openended.envs.web.sessions import prepare
from openended.envs.web.simulation.episode import CANDIDATES, begin, new_room, turn
from openended.envs.web.simulation.oracle import advise, new_advice
from openended.envs.web.sites import kinds, limits
from openended.envs.web.sites.build import build
from openended.envs.web.sites.mutation import mutate
from openended.envs.web.sites.task import Block, Goal, Page, Site, first_task
from tests.support.browser import program

HOME = Page(
    -1,
    "link",
    (Block("form", 3, "section", "before", True), Block("checks", 3, "tab"), Block("menu", 3), Block("dialog", 2)),
)
SHOP = Site(
    (HOME, Page(0, "search", (Block("table", 3), Block("list", 3, "tab"), Block("radios", 3)))),
    (Goal(0, 0, "fill", 2), Goal(0, 1, "check"), Goal(0, 2, "choose"), Goal(1, 0, "click"), Goal(1, 2, "choose")),
)
"""A site with nearly everything."""
DOORS = Site(
    (Page(-1, "link", (Block("links", 2),)), *(Page(0, via, (Block("buttons", 2),)) for via in limits.VIAS)),
    tuple(Goal(page, 0, "click") for page in range(1, 6)),
)
"""A site with all ways from page to page."""


def sites(first, chains=3, length=30, every=3):
    for chain in range(first, first + chains):
        site = first_task()
        for step in range(length):
            site = mutate(site, chain * 1000 + step)
            if step % every == 0:
                yield site


def random(seen):
    """Any candidate, a function of what is seen."""
    return int.from_bytes(sha256(seen.tobytes()).digest()[:8]) % len(seen)


def oracle(site, number):
    tables, room, plan = prepare([site]), new_room(DEFAULT), []
    begin(tables.look, tables.rules, number, room)
    over = False
    while not over:
        plan.append(advise(tables.look, tables.rules, number, room, room.now[CANDIDATES], new_advice()))
        over = turn(tables.look, tables.rules, number, room, *room.seen.candidates[plan[-1]])[1]
    steps = iter(plan)
    return lambda seen: next(steps)


@pytest.fixture(scope="module")
def chromium():
    program()
    with browser.chromium() as page:
        yield page


def test_a_site_in_chromium_is_what_the_simulator_says(chromium):
    steps = 0
    for site, number in ((first_task(), 3), (SHOP, 0), (DOORS, 5)):
        for choose in (oracle(site, number), random):
            more, difference = compare(chromium, site, number, choose)
            assert difference is None, difference.what
            steps += more
    assert steps > 20


@pytest.mark.slow
def test_many_sites_in_chromium_are_what_the_simulator_says(chromium):
    for place, site in enumerate(sites(500)):
        for choose in (oracle(site, place % limits.REQUESTS), random):
            _, difference = compare(chromium, site, place % limits.REQUESTS, choose)
            assert difference is None, difference


FAULTS = {
    "the dialog is not modal": ("dialog.showModal()", "dialog.show()"),
    "the dialog comes back": ('close("shut")', "close()"),
    "no input is required": (" required", ""),
    "a button stays pressed": ('String(element.getAttribute("aria-pressed") !== "true")', '"true"'),
    "a search finds anything": (".value) === wanted", ".value) !== null"),
    "a search finds nothing": (".value) === wanted", ".value) === null"),
    "buttons lead home": ('location.hash = "#p" + target; },', 'location.hash = "#p0"; },'),
    "submit buttons lead nowhere": ('else location.hash = "#p" + target;', ""),
    "tabs show nothing": ('each.id !== "t" + panel', "true"),
    "tabs do not tell which is shown": ("String(other === tab)", '"false"'),
    "anything is right": ("plan.wanted.every(([at, wanted]) => value(all[at]) === wanted)", "true"),
    "nothing is right": ('right ? "1" : "-1"', '"-1"'),
    "any button is right": ("place === plan.commit &&", ""),
    "radio buttons do not exclude each other": (r' name="g\d+"', ""),
    "a list takes one option": (" multiple", ""),
    "boxes are empty at first": (" checked", ""),
    "nothing is chosen at first": (" selected", ""),
    "sections are open": ("<details>", "<details open>"),
    "all pages are shown": ("page.hidden = true;", ""),
    "inputs take any text": (' inputmode="numeric"', ""),
    "labels are lost": (r"<label for=\S+>", "<label>"),
    "legends are lost": ("legend>", "div>"),
    "rows are lost": (r"<td>[^<]*</td>", ""),
    "inputs are empty at first": (r' value="[^"]+"', ' value=""'),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(chromium, fault):
    before, after = FAULTS[fault]
    pattern = before if "\\" in before or "[" in before else re.escape(before)

    def alter(page):
        return re.sub(pattern, lambda _: after, page)

    tries = 0
    for site in (SHOP, DOORS, *sites(600, chains=20)):
        for number in range(limits.REQUESTS):
            page = render(build(site, number))
            if re.sub(r"script-src '[^']*'", "", alter(page)) == re.sub(r"script-src '[^']*'", "", page):
                continue
            for choose in (oracle(site, number), random):
                tries += 1
                try:
                    difference = compare(chromium, site, number, choose, lambda page: resigned(alter(page)))[1]
                except browser.BrowserError as error:
                    difference = error
                if difference:
                    return
            if tries > 100:
                pytest.fail(f"not noticed in {tries} visits: {fault}")


def resigned(page):
    """The page with its content security policy made to fit its script again."""
    from base64 import b64encode

    script = page.rpartition("<script>")[2].partition("</script>")[0]
    return re.sub(r"sha256-[^']*", f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}", page, count=1)


class Tags(HTMLParser):
    """The tags and attributes of a page, and its texts."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.controls = set(), set(), 0
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attributes}
        self.controls += tag in ("a", "button", "input", "textarea", "option", "summary")


def test_a_page_is_complete_in_itself_and_its_controls_are_those_of_the_table():
    for site in (first_task(), SHOP, DOORS, *sites(700, chains=1)):
        built = build(site, 2)
        page = render(built)
        found = Tags(page)
        assert found.controls == len(built.elements)
        assert not {name for _, name in found.attributes} & {"src", "onclick", "action", "srcset"}
        assert not re.search(r"https?://|Math\.random|Date|setTimeout|fetch", page)
        assert "default-src 'none'" in page
        assert not any(name.startswith("data-") for _, name in found.attributes)


def test_what_is_wanted_cannot_be_seen_in_the_markup():
    """Two draws that differ in nothing but what is asked for give the same markup."""
    built = build(SHOP, 0)
    swapped = list(built.elements)
    for place, element in enumerate(swapped):
        if element.effect in (kinds.TOGGLE, kinds.PICK):
            swapped[place] = element._replace(wanted=1 - element.wanted)
    from dataclasses import replace

    markup = [render(each).partition("<script>")[0] for each in (built, replace(built, elements=tuple(swapped)))]
    hidden = [re.sub(r"sha256-[^']*", "", each) for each in markup]
    assert hidden[0] == hidden[1]


def test_words_are_escaped():
    built = build(first_task(), 0)
    from dataclasses import replace

    mean = tuple(element._replace(name=("<img src=x onerror=alert(1)>",)) for element in built.elements)
    page = render(replace(built, elements=mean, text="</p><script>alert(1)</script>"))
    assert "<img" not in page.lower()
    assert page.count("<script>") == 1


def test_without_a_browser_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(browser.shutil, "which", lambda name: None)
    with pytest.raises(browser.BrowserError, match="there is no browser; install one of chromium"):
        browser.program()
