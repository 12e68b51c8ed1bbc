"""Runs with tasks of interest: from a kind or a file, stopped and resumed, judged on the held-out twin."""

import pytest

from openended import envs
from openended.core.interest import MAKER, drawn, held_out
from openended.file.errors import Usage
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.run import driver, recipe
from openended.run.evaluate import evaluate
from tests.support.errands import ERRANDS
from tests.support.point import Errand, encode
from tests.support.run_content import digest

RECIPE = {
    "question": "?",
    "domain": "point-v1",
    "algorithm": "generalist",
    "generations": 8,
    "archive": {"cells": [6]},
    "learner": {"kind": "es", "population": 64, "learning_rate": 0.1},
    "criterion": {"low": -60},
    "potential": {"kind": "variance"},
    "invention": {"count": 4},
    "replay": {"batch": 6},
    "interest": {"tasks": "far", "count": 4, "weight": 0.5, "every": 1},
}


@pytest.fixture(autouse=True)
def errands(monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.errands:ERRANDS")


def made(path, **more):
    driver.run(path, recipe.check(RECIPE | more, "interest", "interest.toml"), threads=1)
    return path


def of_interest(path):
    with Reader(path) as run:
        return [task.genome for task in run.tasks().values() if task.maker == MAKER]


@pytest.fixture
def listed(tmp_path):
    """Writes a file of tasks; gives the table of a recipe that names it."""

    def write(*lines):
        path = tmp_path / "mine.jsonl"
        path.write_text("\n".join(lines))
        return {"tasks": str(path), "weight": 0.5}

    return write


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(envs.DOMAINS, "point-v1", "tests.support.errands:ERRANDS")
        return made(tmp_path_factory.mktemp("interest") / "whole.run")


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(whole, tmp_path):
    for generations in (0, 3, 8):
        made(tmp_path / "parts.run", generations=generations)
    assert digest(tmp_path / "parts.run") == digest(whole)
    assert verify(whole) == []


def test_the_tasks_of_a_kind_are_in_the_run_and_their_twin_is_not(whole):
    assert of_interest(whole) == drawn(ERRANDS, "far", 4)
    report = evaluate(whole, "far:10", learner=0)
    (course,) = report["agents"][0]["courses"]
    assert (course["course"], course["episodes"]) == ("far", 10)
    with Reader(whole) as run:
        assert not {task.genome for task in run.tasks().values()} & set(held_out(ERRANDS, "far", 10))


def test_without_a_weight_a_run_does_what_it_does_without_interest(tmp_path):
    off = made(tmp_path / "off.run", interest=RECIPE["interest"] | {"weight": 0.0}, generations=4)
    none = made(tmp_path / "none.run", interest={}, generations=4)
    with Reader(off) as one, Reader(none) as other:
        done = [run.database.execute("SELECT id, did FROM generation ORDER BY id").fetchall() for run in (one, other)]
        assert "interest" not in other.config
    assert done[0] == done[1]


def test_tasks_of_a_file_are_taken_once_each_and_the_file_is_not_needed_again(listed, tmp_path):
    mine = [Errand(4.0, 1.0, 0.1), Errand(4.5, 0.0, 0.2)]
    interest = listed(encode(mine[0]), "", encode(mine[1]), encode(mine[0]))
    path = made(tmp_path / "listed.run", interest=interest, generations=1)
    assert of_interest(path) == mine
    listed("no task")
    made(path, interest=interest, generations=2)
    with Reader(path) as run:
        assert run.last()[0] == 2


def test_an_agent_is_judged_on_all_tasks_of_a_file(whole, listed):
    place = listed(*map(encode, held_out(ERRANDS, "far", 3)))["tasks"]
    (course,) = evaluate(whole, place, learner=0)["agents"][0]["courses"]
    assert (course["course"], course["episodes"]) == ("mine", 3)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "is empty; write a task of point-v1 on each line"),
        ([encode(Errand(4.0, 1.0, 0.1)), '{"x":1}'], "line 2 of .* holds no task of point-v1"),
        ([encode(Errand(4.0, 1.0, 0.1)), encode(Errand())], "task 2 of 2 is one of a suite of point-v1"),
        ([encode(Errand(4.0, place / 100, 0.1)) for place in range(257)], "257 different tasks; give 1 to 256"),
    ],
    ids=["nothing", "no task", "a suite's", "too many"],
)
def test_a_file_that_is_no_set_of_interest_is_refused_before_a_run_file_is_made(listed, tmp_path, lines, said):
    with pytest.raises(Usage, match=said):
        made(tmp_path / "bad.run", interest=listed(*lines))
    assert not (tmp_path / "bad.run").exists()


@pytest.mark.parametrize(
    ("interest", "said"),
    [
        ({"tasks": "errand-suite", "weight": 0.5}, "a suite, by which agents are judged and which none is trained on"),
        ({"tasks": "nowhere"}, "there is no kind 'nowhere'"),
        ({"weight": 1.5}, "interest.weight is 1.5, but should be at most 1"),
        ({"tasks": "none.jsonl", "weight": 0.5}, "none.jsonl cannot be read"),
    ],
)
def test_a_bad_table_is_refused_in_one_sentence(tmp_path, interest, said):
    with pytest.raises(Usage, match=said) as refused:
        made(tmp_path / "bad.run", interest=interest)
    assert str(refused.value).count(". ") == 0


def test_what_is_no_kind_is_no_place_to_judge_on(whole):
    with pytest.raises(Usage, match="there is no suite 'near:5'"):
        evaluate(whole, "near:5", learner=0)
    with pytest.raises(Usage, match="write far:N"):
        evaluate(whole, "far:0", learner=0)
    with pytest.raises(Usage, match="too few different tasks of the kind 'far'"):
        evaluate(whole, "far:50", learner=0)
