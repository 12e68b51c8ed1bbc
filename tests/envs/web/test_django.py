"""Every family of tasks in Django's administration can be done with what an agent sees, and nothing else passes."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from openended.envs.web.browser.chromium import chromium
from openended.envs.web.browser.foreign import ACTIONS, Visit
from openended.envs.web.browser.render import script
from openended.envs.web.sites.reading import tokens
from tests.support.browser import program

pytest.importorskip("django")
pytestmark = pytest.mark.slow
BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
WAYS = {
    "log-in": 'type "Username:" 0, type "Password:" 1, click "Log in"',
    "add-one": 'click "Categories", click "Add category", type "Name:" 0, click "Save"',
    "add-customer": 'click "Customers", click "Add customer", type "Name:" 0, type "Email:" 1, type "Town:" 2, '
    'click "Save"',
    "change-one": 'click "Products", click 0, type "Price:" 1, click "Save"',
    "change-two": 'click "Products", click 0, type "Price:" 1, type "Stock:" 2, click "Save"',
    "tick": 'click "Customers", click 0, click "Active", click "Save"',
    "filter-and-tick": 'click "Orders", click "No", click 0, click "Paid", click "Save"',
    "search-and-change": 'click "Products", type "" 0, click "Search", click 1, type "Stock:" 2, click "Save"',
    "delete": 'click "Orders", click 0, click "Delete", click "Yes, I’m sure"',  # noqa: RUF001
    "choose-key": 'click "Products", click 0, click 1, click "Save"',
    "add-two": 'click "Categories", click "Add category", type "Name:" 0, click "Save and add another", '
    'type "Name:" 2, click "Save"',
    "add-order": 'click "Orders", click "Add order", type "Number:" 0, click 1, click 2, click "Save"',
}  # fmt: skip
"""What is done, by the names of things; a number is what the request has between its quotes."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    program()
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import web_django
    finally:
        sys.path.remove(str(BENCHMARKS))
    with (
        web_django.shop(tmp_path_factory.mktemp("shop")) as (address, database),
        chromium() as page,
    ):
        template = shutil.copyfile(database, f"{database}.template")
        page.first(script("listen.js"))
        page.first(script("extract.js"))
        page.call("Network.enable")
        yield lambda family, seed: web_django.Episode(
            page, address, template, database, web_django.tasks.draw(family, seed)
        )


def play(episode, way):
    """Do what a way says; returns whether it was a success before its last step, and after it."""
    visit, quoted = Visit(episode.visitor), re.findall('"([^"]*)"', episode.task.text)
    steps = re.findall(r'(click|type) (?:"([^"]*)"|(\d))(?: (\d))?', way)
    early = False
    assert len(steps) < ACTIONS
    for what, name, place, value in steps:
        early = early or episode.success()
        episode.visitor.look()
        wanted = tokens(quoted[int(place)] if place else name)
        thing = next(
            each for each in visit.things() if each.name == wanted and (what == "click" or each.text is not None)
        )
        visit.click(thing.place) if what == "click" else visit.type(thing.place, tokens(quoted[int(value)]))
    return early, episode.success()


@pytest.mark.parametrize("family", WAYS)
def test_a_task_can_be_done_by_what_is_seen(shop, family):
    for seed in (3, 4):
        assert play(shop(family, seed), WAYS[family]) == (False, True)


def test_what_else_is_changed_fails(shop):
    episode = shop("change-one", 5)
    way = WAYS["change-one"].replace('click "Save"', 'type "Stock:" 1, click "Save"')
    assert play(episode, way) == (False, False)
