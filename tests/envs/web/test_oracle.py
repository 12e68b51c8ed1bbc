"""Every request can be done, in as many actions as the closed form says and no fewer, and by looking alone."""

from collections import deque

import numpy as np
import pytest

from openended.envs.web.policy import DEFAULT
from openended.envs.web.reader import read
from openended.envs.web.sessions import describe, measured, prepare
from openended.envs.web.simulation.episode import CANDIDATES, LIMIT, VERDICT, begin, new_room, turn
from openended.envs.web.simulation.oracle import DONE
from openended.envs.web.sites.build import build
from openended.envs.web.sites.draws import Draws
from openended.envs.web.sites.limits import REQUESTS
from openended.envs.web.sites.mutation import mutate
from openended.envs.web.sites.task import Block, Goal, Page, Site, encode, first_task
from openended.envs.web.visit import Visit


def sites(chains, length, start=0, every=1):
    """Sites of unselected chains of mutations."""
    for chain in range(start, start + chains):
        site = first_task()
        for step in range(length):
            site = mutate(site, chain * 1000 + step)
            if step % every == 0:
                yield site


def test_the_oracle_does_every_request_as_fast_as_its_plan_says():
    for site in sites(6, 25, every=3):
        assert measured(site)[:, DONE].all(), encode(site)


@pytest.mark.slow
def test_the_oracle_does_twenty_thousand_random_tasks():
    for site in sites(200, 100, start=100):
        assert measured(site)[:, DONE].all(), encode(site)


def shortest(site, number, most):
    """Actions of the shortest plan, found by breadth-first search over all that can be done; None: more than `most`."""
    tables = prepare([site])
    seen, queue = set(), deque([()])
    while queue:
        done = queue.popleft()
        room = new_room(DEFAULT)
        begin(tables.look, tables.rules, number, room)
        room.now[LIMIT] = 0
        for element, span in done:
            turn(tables.look, tables.rules, number, room, element, span)
        if room.now[VERDICT]:
            if room.now[VERDICT] > 0:
                return len(done)
            continue
        state = room.state
        key = b"".join(part.tobytes() for part in (state.value, state.open, state.tab, state.shut, state.now[:1]))
        if key in seen or len(done) == most:
            continue
        seen.add(key)
        queue += [(*done, tuple(map(int, candidate))) for candidate in room.seen.candidates[: room.now[CANDIDATES]]]
    return None


HOME = Page(-1, "link", (Block("checks", 2, "tab"), Block("radios", 2, "tab"), Block("dialog", 1)))
SMALL = (
    Site((Page(-1, "link", (Block("checks", 2), Block("buttons", 1, "section"))),), (Goal(0, 0, "check", 2),)),
    Site((HOME,), (Goal(0, 0, "check"), Goal(0, 1, "choose"))),
    Site(
        (Page(-1, "link", (Block("buttons", 1),)), Page(0, "search", (Block("dialog", 1), Block("links", 1)))),
        (Goal(0, 0, "click"), Goal(1, 1, "click")),
    ),
    Site(
        (Page(-1, "link", (Block("form", 1, required=True),)), Page(0, "submit", (Block("buttons", 1),)),
         Page(0, "link", (Block("table", 1, "section"),))),
        (Goal(0, 0, "fill"), Goal(1, 0, "click"), Goal(2, 0, "click")),
    ),
)  # fmt: skip


@pytest.mark.parametrize("site", SMALL, ids=lambda site: f"{len(site.pages)} pages")
def test_no_plan_is_shorter_than_the_oracles(site):
    for number in (0, 5):
        plan = Visit(site, number).plan
        assert plan <= 7
        assert shortest(site, number, plan) == plan


def test_whatever_has_been_done_can_be_undone():
    """After random actions the request can still be done, unless it was ended."""
    from openended.envs.web.simulation.oracle import advise, new_advice

    done = 0
    for site in sites(5, 24, start=40, every=4):
        tables, room, draws = prepare([site]), new_room(DEFAULT), Draws(site.seed)
        begin(tables.look, tables.rules, 0, room)
        room.now[LIMIT] = 0
        over = False
        for _ in range(15):
            element, span = room.seen.candidates[draws.below(int(room.now[CANDIDATES]))]
            over = over or turn(tables.look, tables.rules, 0, room, element, span)[1]
        while not over:
            chosen = advise(tables.look, tables.rules, 0, room, room.now[CANDIDATES], new_advice())
            assert chosen >= 0, encode(site)
            over = turn(tables.look, tables.rules, 0, room, *room.seen.candidates[chosen])[1]
            done += over
    assert done > 5


def test_the_reader_does_nearly_all_requests_by_looking():
    tries = [read(Visit(site, number, patient=True)) for site in sites(5, 25, 20, 5) for number in (0, 3)]
    assert np.mean(tries) >= 0.95


@pytest.mark.slow
def test_the_reader_does_99_per_cent():
    tries = [read(Visit(site, number, patient=True)) for site in sites(50, 40, 300, 4) for number in (0, 3)]
    assert np.mean(tries) >= 0.99


def everything(site, number, kinds, typing):
    """Act once on all that is seen of some kinds, or type into all inputs; gives the visit."""
    visit = Visit(site, number)
    for thing in visit.things():
        if not visit.over and typing and thing.text is not None and visit.spans:
            visit.type(thing.place, visit.spans[0])
        elif not visit.over and thing.kind in kinds:
            visit.click(thing.place)
    return visit


@pytest.mark.parametrize(
    ("kinds", "typing"), [(("check", "option", "radio"), False), ((), True), (("header", "tab"), False)],
    ids=["check-all", "fill-all", "open-all"],
)  # fmt: skip
def test_doing_everything_and_ending_the_request_earns_nothing(kinds, typing):
    """Unless everything is what was asked for, as on pages with one input and a request with one span."""
    totals, right = [], 0
    for site in sites(6, 30, 70, 6):
        for number in range(0, REQUESTS, 6):
            visit = everything(site, number, kinds, typing)
            if visit.actions and not visit.over:
                visit.click(build(site, number).commit)
            right += visit.right
            totals += [] if visit.right else [visit.total]
    assert right <= len(totals) / 9
    assert np.mean(totals) <= 0.0


def test_opening_everything_earns_next_to_nothing():
    """Opening what has to be opened is a part of the way; all that is not ended rightly is less than a fiftieth."""
    totals = [
        everything(site, number, ("header", "tab"), False).total
        for site in sites(6, 30, 70, 6)
        for number in range(0, REQUESTS, 6)
    ]
    assert np.mean(totals) <= 0.02 * 300 / REQUESTS


def test_descriptors_are_within_reason_and_grow_with_the_site():
    first, grown = describe(first_task()), describe(list(sites(1, 40))[-1])
    assert first.tolist() == [1.0, 0.0, 0.0]
    assert (grown > first).all()
