"""Evaluations on suites, tasks, and fresh tasks."""

import json

import pytest

from openended.core.measures.suites import fresh
from openended.file.errors import Resources, Usage
from openended.run.evaluate import evaluate, write
from openended.run.evaluate import text as table
from tests.support.altered import altered
from tests.support.point import NOISY, Errand


def test_a_run_is_evaluated_on_a_task(made, tmp_path):
    run = made({(0, 0): 290.0, (3, 1): 240.0})
    task = tmp_path / "near.json"
    task.write_text('{"x": 2.0, "y": 0.5,\n "wind": 0.0}\n')
    with pytest.raises(Usage, match="holds no task of point-v1"):
        evaluate(run, str(task))  # the toy's own text does not sort its keys
    task.write_text('{"x":2.0,"y":0.5,"wind":0.0}\n')
    report = evaluate(run, str(task), everyone=True)
    assert [elite["courses"][0]["solved_rate"] for elite in report["agents"]] == [1.0, 1.0]
    assert "2 elites" in table(report)
    (elite,) = evaluate(run, str(task))["agents"]
    assert elite["task"] == 1  # that of the hardest task
    assert "near" in table(evaluate(run, str(task)))
    json.dumps(report, allow_nan=False)


def test_a_suite_of_the_domain_is_evaluated_course_by_course(made, point, monkeypatch):
    run = made({(0, 0): 290.0})
    with pytest.raises(Usage, match="point-v1 has no suites; name a file"):
        evaluate(run, "point-suite")
    with pytest.raises(Usage, match="--sampled draws an agent's actions; in point-v1 its actions are no choice among"):
        evaluate(run, "random:10", sampled=True)

    suite = {"near": [Errand(1.0), Errand(2.0)], "windy": [Errand(1.0, 0.0, 0.6)]}
    other = altered(point, suites={"point-suite-v1": lambda: suite, "point-suite-v0": dict})
    monkeypatch.setattr("tests.support.point.POINT", other)
    with pytest.raises(Usage, match="no suite 'other'; choose point-suite-v1 or point-suite-v0, or name a file"):
        evaluate(run, "other")
    courses = evaluate(run, "point-suite-v1", threads=2)["agents"][0]["courses"]
    assert evaluate(run, "point-suite")["agents"][0]["courses"] == courses
    assert [(each["course"], each["episodes"], each["solved_rate"]) for each in courses] == [
        ("near", 2, 1.0),
        ("windy", 1, 0.0),
    ]


NO_TASK = "bad.json holds no task of point-v1: "
CONTENTS = {b"": NO_TASK, b"[]": NO_TASK, b"\xff": "bad.json is no text: ", b"{" * 9000: NO_TASK, b'{"x":1}': NO_TASK}


@pytest.mark.parametrize("content", CONTENTS)
def test_a_file_that_holds_no_task_is_refused(made, tmp_path, content):
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(Usage, match=CONTENTS[content]):
        evaluate(made({(0, 0): 290.0}), str(path))
    with pytest.raises(Usage, match="cannot be read"):
        evaluate(tmp_path / "made.run", str(tmp_path / "missing.json"))


def test_fresh_tasks_that_cannot_be_solved_are_left_out(point):
    tasks = altered(point, tasks={"random": winds, "solvable": lambda errand: errand.wind == 0}).tasks
    drawn = fresh(altered(point, tasks={"random": winds}).tasks, 300)
    assert fresh(tasks, 200) == [errand for errand in drawn if errand.wind == 0][:200]
    assert len({errand.wind for errand in drawn}) == 2


def winds(key):
    """Every tenth errand is hopeless."""
    return Errand(1.0 + key % 4, 0.0, 0.6 if key % 10 == 0 else 0.0)


def test_fresh_tasks_have_tails_and_are_the_same_for_every_agent(made, point, monkeypatch):
    run = made({(0, 0): 290.0, (3, 1): 240.0})
    with pytest.raises(Usage, match="point-v1: random tasks cannot be drawn; name a suite"):
        evaluate(run, "random:5")
    monkeypatch.setattr("tests.support.point.POINT", altered(point, tasks={"random": winds}))
    for wrong in ("random", "random:", "random:0", "random:x", "random:-3", "random:1000001"):
        with pytest.raises(Usage, match=r"names no fresh tasks; write random:N with 1 <= N <= 1,000,000"):
            evaluate(run, wrong)
    report = evaluate(run, "random:3000", everyone=True)
    one, two = (agent["courses"][0] for agent in report["agents"])
    assert one == two
    assert one["episodes"] == 3000
    assert 0.85 < one["solved_rate"] < 0.95
    assert [(part["share"], part["tasks"]) for part in one["worst"]] == [
        (0.001, 3),
        (0.01, 30),
        (0.05, 150),
        (0.1, 300),
    ]
    assert [part["solved_rate"] for part in one["worst"][:3]] == [0.0, 0.0, 0.0]
    means = [part["mean_return"] for part in one["worst"]]
    assert means == sorted(means)
    assert evaluate(run, "random:3000", threads=2)["agents"][0]["courses"][0] == one
    lines = table(evaluate(run, "random:3000")).splitlines()
    assert [line.split("  ")[1].strip() for line in lines[3:]] == [
        "worst 10 %",
        "worst 5 %",
        "worst 1 %",
        "worst 0.1 %",
    ]


def test_tasks_whose_episodes_vary_are_played_several_times(made, point, monkeypatch):
    run = made({(0, 0): 290.0})
    noisy = altered(NOISY, tasks={"random": winds}, suites={"point-suite-v1": lambda: {"near": [Errand(1.0)]}})
    monkeypatch.setattr("tests.support.point.POINT", noisy)
    assert evaluate(run, "random:20")["agents"][0]["courses"][0]["episodes"] == 200
    assert evaluate(run, "point-suite")["agents"][0]["courses"][0]["episodes"] == 1


def test_a_report_says_which_run_it_is_of_and_is_written_whole(made, tmp_path):
    run = made({(0, 0): 290.0})
    task = tmp_path / "near.json"
    task.write_text('{"x":2.0,"y":0.5,"wind":0.0}')
    report = evaluate(run, str(task))
    assert (report["recipe"], report["config"]["seed"], report["generation"]) == ("made", 7, 0)
    assert report["agents"][0]["env_steps"] == 12_000
    assert report["seconds"] == 2.0
    assert report["cpu_seconds"] >= 0
    write(report, tmp_path / "near-report.json")
    assert json.loads((tmp_path / "near-report.json").read_text()) == json.loads(json.dumps(report))
    assert [path.name for path in tmp_path.glob(".*.part")] == []
    with pytest.raises(Usage, match="is no folder"):
        write(report, tmp_path / "missing" / "near.json")
    (tmp_path / "taken.json").mkdir()
    with pytest.raises(Resources, match="cannot be written"):
        write(report, tmp_path / "taken.json")
