from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from openended.file.errors import Usage
from openended.file.reader import Reader
from openended.file.snapshot import chosen, snapshot
from openended.view.episode import episode
from openended.view.replay import in_training, named, replay, wanted
from tests.support.altered import altered
from tests.support.point import Errand
from tests.view.test_episode import FITNESS


def red_columns(picture):
    """How many separate goals there are from left to right."""
    red = (np.asarray(picture.convert("RGB")) == (200, 40, 40)).all(axis=2).any(axis=0)
    return np.count_nonzero(np.diff(red.astype(int)) == 1)


def test_an_unknown_ending_is_refused(made, tmp_path):
    path = made(FITNESS)
    with pytest.raises(Usage, match=r"\.gif, \.mp4, \.png"):
        replay(path, tmp_path / "a.avi")


def test_a_page_is_refused_where_tasks_are_no_web_pages(made, tmp_path):
    with pytest.raises(Usage, match="an html shows one elite, where tasks are web pages"):
        replay(made(FITNESS), tmp_path / "a.html")
    assert not (tmp_path / "a.html").exists()


@pytest.mark.parametrize("two", [{"niches": (0,), "best": True}, {"best": True, "everyone": True}])
def test_two_ways_to_name_elites_are_refused(made, tmp_path, two):
    path = made(FITNESS)
    with pytest.raises(Usage, match="choose one of them"):
        replay(path, tmp_path / "a.gif", **two)


@pytest.mark.parametrize("ending", ["gif", "png"])
@pytest.mark.parametrize("arguments", [{}, {"everyone": True}, {"on": "0"}])
def test_a_run_without_elites_is_refused(unstarted, tmp_path, ending, arguments):
    with pytest.raises(Usage, match="no elites yet"):
        replay(unstarted, tmp_path / f"a.{ending}", **arguments)
    assert not (tmp_path / f"a.{ending}").exists()


def test_one_elite_is_a_film_or_a_strip(made, tmp_path):
    path = made(FITNESS)
    with Image.open(replay(path, tmp_path / "a.gif", niches=(47,))) as film:
        assert film.size == (520, 246)
    with Image.open(replay(path, tmp_path / "a.png", niches=(47,))) as picture:
        assert picture.size == (1800, 246)


def test_several_elites_are_shown_on_one_task_in_the_order_given(made, tmp_path):
    path = made(FITNESS)
    view = snapshot(path)
    task = named(view, "33")
    assert task == ("the task of niche 33", view.state.tasks[1].genome)
    assert [pair.niche for pair in wanted(view, (47, 0), False, False)] == [47, 0]
    with Image.open(replay(path, tmp_path / "a.png", niches=(47, 0), on="33", width=300, height=100)) as picture:
        assert picture.size == (300, 2 * 126)
        drawn = np.asarray(picture.convert("RGB"))
    shown = episode(view, chosen(view, 0, False), task)
    assert (drawn[126:226, 200:300] == view.domain.pictures.draw(task[1], shown.trace, shown.steps, 100, 100))[
        :, 2:
    ].all()


def test_a_task_may_come_from_a_file(made, tmp_path, point):
    view = snapshot(made(FITNESS))
    place = tmp_path / "windy.json"
    place.write_text(point.tasks.encode(Errand(2.0, 1.0, 0.2)))
    assert named(view, str(place)) == ("windy.json", Errand(2.0, 1.0, 0.2))


def test_a_task_may_be_a_course_of_a_suite(made, point):
    view = snapshot(made(FITNESS))
    suite = {"calm": [point.tasks.first()], "windy": [point.tasks.mutate(point.tasks.first(), 1)]}
    view = replace(view, domain=altered(point, suites={"small-v1": lambda: suite}))
    assert named(view, "small:windy") == ("windy of small", suite["windy"][0])
    with pytest.raises(Usage, match="'small' names no course; write small:COURSE with one of: calm, windy"):
        named(view, "small")


@pytest.mark.parametrize(
    ("on", "words"), [("3", "niche 3 is empty"), ("no.json", "cannot be read"), ("suite:a", "has no suites")]
)
def test_a_task_that_is_not_there_is_refused_in_one_sentence(made, tmp_path, on, words):
    path = made(FITNESS)
    with pytest.raises(Usage, match=words):
        replay(path, tmp_path / "a.png", on=on)


def test_all_elites_make_one_sheet_from_easy_to_hard(made, tmp_path):
    path = made({**FITNESS, (7, 0): 10.0})
    assert [pair.niche for pair in wanted(snapshot(path), (), False, True)] == [0, 33, 42, 47]
    with Image.open(replay(path, tmp_path / "a.png", everyone=True, width=300, height=100)) as picture:
        assert picture.size == (300, 26 + 4 * 126)


def test_some_elites_are_spread_from_easy_to_hard(made, tmp_path):
    path = made({(column, row): 100.0 for column in range(8) for row in range(2)})
    ordered = [pair.niche for pair in wanted(snapshot(path), (), False, True)]
    some = [pair.niche for pair in wanted(snapshot(path), (), False, False, 5)]
    assert len(some) == 5
    assert some == [niche for niche in ordered if niche in some]
    assert {ordered[0], ordered[-1]} <= set(some)
    assert len(wanted(snapshot(path), (), False, False, 99)) == 16
    with Image.open(replay(path, tmp_path / "a.png", some=5, width=300, height=100)) as picture:
        assert picture.size == (612, 26 + 3 * 126)


def test_a_learner_is_shown_as_it_is_now_on_the_task_named(made, tmp_path):
    path = made(FITNESS)
    view = snapshot(path)
    shown = in_training(view, 0, "33")
    with Reader(path) as run:
        agent = run.learner(0).agent
    task = view.state.tasks[1].genome
    expected = view.domain.simulator.trace(task, view.policy, agent, 0, view.config["episodes"]["cap"])
    assert (shown.trace.rewards == expected.rewards).all()
    assert shown.caption.startswith(f"learner 0 on the task of niche 33   |   return {expected.rewards.sum():.1f}")
    with Image.open(replay(path, tmp_path / "a.gif", learner=0, on="33")) as film:
        assert film.n_frames > 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"learner": 99, "on": "33"}, "has no learner 99; there are: 0"),
        ({"learner": 0}, "name one with --on"),
        ({"learner": 0, "on": "33", "best": True}, "choose one of them"),
        ({"learner": 0, "some": 3}, "choose one of them"),
    ],
)
def test_a_learner_that_cannot_be_shown_is_refused_in_one_sentence(made, tmp_path, arguments, words):
    with pytest.raises(Usage, match=words):
        replay(made(FITNESS), tmp_path / "a.png", **arguments)


def test_many_elites_stand_in_columns(made, tmp_path):
    path = made({(column, row): 100.0 for column in range(8) for row in range(2)})
    with Image.open(replay(path, tmp_path / "a.png", everyone=True, width=300, height=100)) as picture:
        assert picture.size == (612, 26 + 8 * 126)


def test_a_film_of_too_many_agents_is_refused(made, tmp_path):
    path = made({(column, row): 100.0 for column in range(8) for row in range(2)})
    with pytest.raises(Usage, match="8 agents at most, these are 16"):
        replay(path, tmp_path / "a.gif", everyone=True)


def test_a_domain_without_a_strip_is_shown_in_tiles(made, tmp_path):
    with Image.open(replay(made(FITNESS), tmp_path / "a.png", niches=(33,), width=900, height=150)) as picture:
        assert picture.size == (900, 176)
        assert red_columns(picture) == 6, "the goal is drawn once per tile"


def test_a_domain_with_a_strip_draws_it_itself(made, point, tmp_path, monkeypatch):
    blue = np.full((80, 500, 3), (0, 0, 255), np.uint8)
    other = altered(point, pictures={"strip": lambda task, trace, width, height: blue})
    monkeypatch.setattr("tests.support.point.POINT", other)
    with Image.open(replay(made(FITNESS), tmp_path / "a.png", width=500, height=80)) as picture:
        assert (np.asarray(picture.convert("RGB"))[:80] == (0, 0, 255)).all()
