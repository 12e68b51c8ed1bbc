"""`evaluate`, `table` and `compare` from the command line."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def runs(openended):
    for seed in (1, 2):
        assert openended("run", "toy.toml", "--generations", 4, "--seed", seed)[0] == 0
    return [str(Path("runs", "results", f"toy-seed{seed}.run")) for seed in (1, 2)]


def test_evaluate_prints_a_table_or_json(openended, runs):
    Path("task.json").write_text('{"x":1.0,"y":0.0,"wind":0.0}')
    code, output, errors = openended("evaluate", runs[0], "--on", "task.json", "--threads", 1)
    assert (code, errors) == (0, "")
    assert "task.json; solved: return 230 or more" in output
    code, output, _ = openended("evaluate", runs[0], "--on", "task.json", "--all", "--json")
    report = json.loads(output)
    assert {elite["courses"][0]["episodes"] for elite in report["agents"]} == {1}


def test_a_learner_is_evaluated_in_place_of_an_elite(openended, runs):
    Path("task.json").write_text('{"x":1.0,"y":0.0,"wind":0.0}')
    code, output, _ = openended("evaluate", runs[0], "--on", "task.json", "--learner", 0)
    assert code == 0
    assert output.startswith("learner 0 on task.json")
    code, _, errors = openended("evaluate", runs[0], "--on", "task.json", "--learner", 99)
    assert code == 2
    assert "has no learner 99; there are: 0" in errors
    code, _, errors = openended("evaluate", runs[0], "--on", "task.json", "--learner", 0, "--all")
    assert code == 2
    assert "choose one of them" in errors


def test_evaluations_become_a_table_and_a_picture(openended, runs):
    Path("task.json").write_text('{"x":1.0,"y":0.0,"wind":0.0}')
    for seed, run in enumerate(runs, 1):
        assert openended("evaluate", run, "--on", "task.json", "--learner", 0, "-o", f"{seed}.json")[0] == 0
    code, output, errors = openended("table", "1.json", "2.json", "-o", "solved.png")
    assert (code, errors) == (0, "")
    assert "| toy |    2 |" in output
    assert Path("solved.png").stat().st_size > 5000
    code, output, _ = openended("table", "1.json", "2.json", "--json")
    (arm,) = json.loads(output)["arms"]
    assert [run["seed"] for run in arm["runs"]] == [1, 2]
    assert arm["core_hours"] > 0
    assert openended("table", "missing.json")[:2] == (2, "")


@pytest.mark.parametrize("on", ["walker-suite", "missing.json"])
def test_evaluate_refuses_what_there_is_not_in_one_sentence(openended, runs, on):
    code, output, errors = openended("evaluate", runs[0], "--on", on)
    assert (code, output, errors.count("\n")) == (2, "", 1)


def test_compare_takes_any_number_of_runs_on_both_sides_and_options_anywhere(openended, runs):
    one, two = runs
    code, first, _ = openended("compare", one, "--metric", "best", "--vs", two)
    assert code == 0
    assert "best after" in first
    assert "1 run\n" in first
    code, output, _ = openended("compare", one, two, "--vs", two, one, "-o", "c.png", "--metric", "elites")
    assert code == 0
    assert "2 runs" in output
    assert "probability 0.50" in output
    assert Path("c.png").stat().st_size > 5000


@pytest.mark.parametrize(
    "arguments",
    [["{}"], ["{}", "--vs"], ["--vs", "{}"], ["{}", "--vs", "missing.run"], ["{}", "--metric", "x", "--vs", "{}"]],
)
def test_compare_refuses_what_cannot_be_compared(openended, runs, arguments):
    code, output, errors = openended("compare", *(argument.format(runs[0]) for argument in arguments))
    assert code in (2, 3)
    assert output == ""
    assert "Traceback" not in errors
