"""Check: asked about are tasks of others that nothing has solved, the least answered first."""

import asyncio
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from openended import envs
from openended.core.offers import Taken
from openended.file.inbox import Inbox, offer
from openended.studio.checking import Checking
from openended.studio.guard import Keys
from openended.studio.look import Looker
from openended.studio.session import Studio
from tests.support.studio import HANDS, PATIENCE, served

HARD = '{"x":5.0,"y":5.0,"wind":0.55}'
ODD = {"x": 4.5, "y": 5.0, "wind": 0.55}


def task(name, author, outcome="parked", solved=0, given=HARD):
    payload = {"task": given, "from": None, "beat": None, "hints": []}
    return Taken(3, "task", name, author, outcome, -1, {"solved": solved}, payload)


def check(number, author, about, verdict="yes"):
    payload = {"task": about, "verdict": verdict, "reason": ""}
    return Taken(4, "check", f"c{number}", author, "counted", -1, {}, payload)


ROWS = (
    task("a", "ann"),
    task("b", "bob"),
    task("c", "bob", solved=2),
    task("d", "bob", outcome="duplicate"),
    task("e", "bob", outcome="invalid: no"),
    task("f", "bob", given=ODD),
    task("g", "eve"),
    check(1, "eve", "b"),
    check(2, "ann", "g", "no"),
    check(3, "bob", "g", "no"),  # two agree: nobody else is asked
    check(4, "ann", "f"),
    check(5, "fay", "f", "no"),  # two disagree: a third may help
)


@pytest.fixture
def checking(finished, monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.handmade_point:HANDS")
    looker = Looker(finished)
    now = replace(looker.moment(), offers=ROWS)
    monkeypatch.setattr(looker, "moment", lambda: now)
    return Checking(Studio(looker, Keys()))


def names(checking, author):
    return [each.name for each in checking.open(author)]


def test_nobody_is_asked_about_his_own_nor_twice_nor_about_what_is_settled(checking):
    assert names(checking, "ann") == ["b"]
    assert names(checking, "bob") == ["a"]
    assert names(checking, "eve") == ["a", "f"]
    assert names(checking, "gus") == ["a", "b", "f"]
    checking.studio.checked.add(("gus", "a"))
    assert names(checking, "gus") == ["b", "f"]
    assert names(checking, "eve") == ["a", "f"]


def test_the_least_answered_is_asked_about_first(checking):
    def asked(author):
        body = asyncio.run(checking.unchecked(SimpleNamespace(query_params={"author": author}))).body
        return json.loads(body)

    assert {name: asked("gus")[name] for name in ("offer", "left", "checks", "outcome")} == {
        "offer": "a", "left": 3, "checks": 0, "outcome": "parked",
    }  # fmt: skip
    checking.studio.checked |= {("gus", "a"), ("gus", "b")}
    assert asked("gus")["task"] == {"x": 4.5, "y": 5.0, "wind": 0.55}
    checking.studio.checked.add(("gus", "f"))
    assert asked("gus") == {"offer": None, "left": 0}


@pytest.mark.slow
def test_a_check_is_made_in_the_browser_and_counted_by_the_run(chromium, grown_toy, tmp_path):
    path = shutil.copy(grown_toy(12), tmp_path / "toy.run")
    offer(path, "task", "bob", {"task": HARD, "from": None, "beat": None, "hints": []})

    def resumed(generations):
        command = [sys.executable, str(HANDS), "resume", str(path), "--generations", str(generations), "--threads", "1"]
        subprocess.run(command, check=True, capture_output=True, timeout=5 * PATIENCE)

    resumed(14)
    with served(path, "--as", "ann") as studio:
        page = chromium
        page.errors.clear()
        page.visit(studio.link)
        page.until("document.querySelectorAll('.tile').length > 3")
        page.click("#tab-check")
        said = "document.querySelector('#check [role=status]').textContent"
        page.until(f"{said}.includes('1 to check') && !document.querySelector('#check .actions button').disabled")
        page.click("#check .actions button:nth-of-type(2)")
        page.until(f"{said}.includes('Say in a few words')")
        page.run("document.querySelector('#check input').value = 'the wind is stronger'")
        page.click("#check .actions button:nth-of-type(2)")
        page.until(f"{said}.startsWith('Thank you. There is nothing to check now')")
        assert page.errors == []
        page.visit("about:blank")
    (sent,) = Inbox(path).take(lambda name: False, {"check": 9})
    assert (sent.author, sent.payload["verdict"], sent.payload["reason"]) == ("ann", "no", "the wind is stronger")
    resumed(15)
    with served(path, "--as", "ann") as studio:
        assert studio.get("/api/offers?author=ann")["counts"] == {"check: counted": 1}
