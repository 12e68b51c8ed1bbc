"""Comparisons of groups of runs, and evaluations on suites and tasks."""

import json

import numpy as np
import pytest

from openended import envs
from openended.core.measures.suites import measure, result
from openended.core.types import Changes, Counters, Outcome
from openended.file.errors import Usage
from openended.file.writer import Writer, create
from openended.run.evaluate import evaluate
from openended.run.evaluate import text as table
from openended.view import compare as view
from openended.view.compare import compare, plot, text
from tests.support.altered import altered
from tests.support.point import POINT, Errand

from .conftest import CELLS, settings

LINE = altered(POINT, id="line-v1")


def write(path, scores, steps=100, **changes):
    """A run whose metric `annecs` is one of the scores per generation, each after so many steps more."""
    create(path, "made", settings(CELLS) | changes, {})
    with Writer(path) as run:
        for generation, score in enumerate(scores):
            counters = Counters(env_steps=steps * generation)
            metrics = {"annecs": score, "qd_score": float(score or 0)}
            run.commit(Changes(generation, counters=counters, metrics=metrics), seconds=1.0)
    return path


@pytest.fixture
def groups(point, tmp_path):
    good = [write(tmp_path / f"good-seed{seed}.run", [0, 3, 5 + seed]) for seed in range(3)]
    bad = [write(tmp_path / f"bad-seed{seed}.run", [0, seed, seed, 99], steps=100) for seed in range(3)]
    return good, bad


def test_groups_are_compared_at_equal_steps(groups):
    found = compare(*groups, metric="annecs")
    assert found.names == ("good", "bad")
    assert found.places[-1] == 200
    assert found.curves[1][:, -1].tolist() == [0, 1, 2]
    assert found.means[0].value == pytest.approx(6)
    assert found.means[0].low <= 6 <= found.means[0].high
    assert found.improvement.value == 1
    assert "annecs after 200 environment steps" in text(found)
    assert "probability 1.00 [1.00, 1.00]" in text(found)


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_comparison_can_be_drawn_and_the_same_runs_give_the_same_bytes(groups, tmp_path, ending):
    one, other = tmp_path / f"one.{ending}", tmp_path / f"other.{ending}"
    assert plot(compare(*groups, metric="annecs"), one) == one
    plot(compare(*groups, metric="annecs"), other)
    assert len(one.read_bytes()) > 5000
    assert one.read_bytes() == other.read_bytes()


def test_what_cannot_be_compared_is_refused(groups, tmp_path, monkeypatch):
    good, bad = groups
    with pytest.raises(Usage, match="no metric 'score'; choose one of: annecs,"):
        compare(good, bad, "score")
    with pytest.raises(Usage, match="nothing to compare with"):
        compare(good, [])
    with pytest.raises(Usage, match="holds no generation yet"):
        compare(good, [write(tmp_path / "empty.run", [])])
    with pytest.raises(Usage, match="has no annecs after"):
        compare(good, [write(tmp_path / "none.run", [0, None, None])], "annecs")
    monkeypatch.setitem(envs.DOMAINS, "line-v1", "tests.view.test_compare:LINE")
    other = [write(tmp_path / "line.run", [0, 1, 2], domain="line-v1")]
    with pytest.raises(Usage, match=r"point-v1 and .* of line-v1; compare runs of one domain, or say --across"):
        compare(good, other, "annecs")
    assert compare(good, other, "annecs", across=True).improvement.value == 1
    with pytest.raises(Usage, match="different archives"):
        compare(good, other, "qd_score", across=True)


def test_a_value_holds_until_the_next_generation(groups):
    run = view.history(groups[0][0], "annecs")
    assert run.at(np.array([0.0, 99.0, 100.0, 150.0, 200.0])).tolist() == [0, 0, 3, 3, 5]


def test_results_by_hand():
    class Script:
        def evaluate(self, batch):
            self.keys = batch.keys.reshape(len(batch.agents), -1)
            return Outcome(np.array([batch.genomes[task] * (1 + agent) for task, agent in batch.which]), None, {})

    script = Script()
    suite = {"easy": [230.0, 229.0], "hard": [-10.0, np.nan, 100.0]}
    one, two = measure(suite, [np.zeros(2), np.ones(2)], script, 230, 10)
    assert [(each.course, each.episodes, each.solved_rate, each.mean_return) for each in one] == [
        ("easy", 2, 0.5, 229.5),
        ("hard", 3, 0.0, 45.0),
    ]
    assert [(each.solved_rate, each.mean_return) for each in two] == [(1.0, 459.0), (0.0, 90.0)]
    assert (script.keys[0] == script.keys[1]).all()
    assert result("none", [np.nan], 230).mean_return is None


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


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"{" * 9000, b'{"x":1}'])
def test_a_file_that_holds_no_task_is_refused(made, tmp_path, content):
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(Usage, match=r"holds no task of point-v1: .*"):
        evaluate(made({(0, 0): 290.0}), str(path))
    with pytest.raises(Usage, match="cannot be read"):
        evaluate(tmp_path / "made.run", str(tmp_path / "missing.json"))
