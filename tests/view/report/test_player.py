"""The page in a real browser."""

import re
from dataclasses import replace

import numpy as np
import pytest

from openended import envs
from openended.envs.sketch import Shape
from openended.file.snapshot import chosen, snapshot
from openended.view.episode import episode
from tests.support import browser
from tests.support.altered import altered
from tests.support.point import POINT, sketch
from tests.view.report.conftest import FITNESS

TOLD = "document.getElementById('told').textContent"
SEEN = "document.getElementById('screen').toDataURL()"


@pytest.fixture(params=["POINT", "SKETCHER"])
def path(request, made, monkeypatch):
    """A run of a domain that only draws, and of one that sketches."""
    monkeypatch.setitem(envs.DOMAINS, "point-v1", f"tests.support.point:{request.param}")
    return made(FITNESS)


def test_an_episode_plays_to_its_end_without_a_word_of_complaint(opened, path):
    view = snapshot(path)
    shown = episode(view, chosen(view, None, best=True))
    page = opened(path)
    before = page.run(SEEN)
    assert page.run("document.getElementById('episode').value") == "33"
    page.run("document.getElementById('speed').value = '4'")
    page.click("#play")
    page.until("document.getElementById('play').textContent === 'Play'")
    told = page.run(TOLD)
    assert told.endswith(f"{shown.steps / 25:.1f} s · return {shown.trace.rewards.sum():.1f}")
    if view.domain.pictures.sketch:
        assert float(told.partition(" m")[0]) == pytest.approx(shown.trace.scene["position"][-1, 0], abs=0.051)
    assert page.run(SEEN) != before
    assert page.errors == []
    assert [each for each in page.requests if not each.startswith("data:")] == [page.run("location.href")]


def test_shapes_are_drawn_the_farthest_first_whether_they_move_or_not(opened, made, monkeypatch):
    def square(reach, colour, body, edge=None):
        corners = [(-reach, -reach), (reach, -reach), (reach, reach), (-reach, reach)]
        return Shape("area", np.array(corners, np.float32), colour, body, edge=edge)

    # What the body senses lies below a thing that stands still, which lies below the body.
    shapes = (square(9.0, (250, 0, 0), 0), square(2.0, (0, 250, 0), -1), square(0.5, (0, 0, 250), 0, (0, 0, 250)))
    domain = altered(POINT, pictures={"sketch": lambda errand, trace: replace(sketch(errand, trace), shapes=shapes)})
    monkeypatch.setattr("tests.support.point.LAYERED", domain, raising=False)
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.point:LAYERED")
    page = opened(made(FITNESS))
    drawn = page.run("""(() => {
        const canvas = document.getElementById('screen'), pen = canvas.getContext('2d');
        const {data} = pen.getImageData(0, 0, canvas.width, canvas.height), found = new Set();
        for (let at = 0; at < data.length; at += 4) {
            const strong = [0, 1, 2].filter((place) => data[at + place] > 200);
            if (strong.length === 1) found.add(strong[0]);
        }
        return [...found].sort();
    })()""")
    assert drawn == [0, 1, 2]
    assert page.errors == []


def test_it_can_be_paused_moved_and_begun_again(opened, path):
    page = opened(path)
    page.run("document.getElementById('speed').value = '0.25'")
    page.click("#play")
    page.until(f"!{TOLD}.includes(' 0.0 s') && !{TOLD}.startsWith('0.0 s')")
    page.click("#play")
    still = page.run(TOLD)
    page.run("new Promise(done => setTimeout(done, 200))")
    assert page.run(TOLD) == still
    page.run("(() => { const time = document.getElementById('time'); time.value = 3; time.oninput(); })()")
    assert "0.1 s" in page.run(TOLD)
    assert page.errors == []


def test_cards_tiles_and_the_list_choose_the_episode(opened, path):
    page = opened(path)
    for selector, niche in (
        ("#niche-47 button", "47"),
        (".plate button[data-niche='0']", "0"),
        (".plate button[data-niche='33']", "33"),
    ):
        page.click(selector)
        assert page.run("document.getElementById('episode').value") == niche
        assert page.run("document.querySelector('.card.chosen').dataset.niche") == niche
        assert page.run("document.getElementById('play').textContent") == "Pause"
    page.run("(() => { const list = document.getElementById('episode'); list.value = '0'; list.onchange(); })()")
    assert page.run("document.getElementById('caption').textContent").startswith("niche 0:")
    assert page.errors == []


def test_the_gallery_is_sorted_and_filtered(opened, made):
    page = opened(made(FITNESS))

    def seen(sort, only):
        page.run(f"document.getElementById('sort').value = '{sort}'")
        page.run(
            f"(() => {{ const only = document.getElementById('only'); only.value = '{only}'; only.onchange(); }})()"
        )
        return page.run("[...document.querySelectorAll('.card')].filter(c => !c.hidden).map(c => c.dataset.niche)")

    assert seen("fitness", "all") == ["0", "33", "47"]
    assert seen("hardness", "all") == ["0", "33", "47"]
    assert seen("niche", "solved") == ["0", "33"]
    assert seen("niche", "open") == ["47"]
    assert page.run("document.getElementById('seen').textContent") == "1 of 3"
    assert page.errors == []


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1600, True)])
def test_it_fits_a_narrow_and_a_wide_window_by_day_and_by_night(opened, made, width, dark):
    page = opened(made(FITNESS), width=width, height=800, dark=dark)
    assert page.run("document.documentElement.scrollWidth") == width
    red, _, _ = map(int, re.findall(r"\d+", page.run("getComputedStyle(document.body).backgroundColor"))[:3])
    assert (red < 60) == dark
    page.resize(800, 800)
    page.until("document.getElementById('screen').width < 800")
    assert page.run("document.documentElement.scrollWidth") == 800
    assert page.errors == []


def test_a_run_without_elites_complains_of_nothing(opened, unstarted):
    page = opened(unstarted)
    assert "no elites yet" in page.run("document.body.textContent")
    assert page.errors == []


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_without_a_browser_these_tests_are_skipped_but_fail_in_ci(monkeypatch, ci, outcome):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="there is no browser; install one of chromium"):
        browser.program()
