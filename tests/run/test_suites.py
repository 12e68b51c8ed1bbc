"""Suites that grow by tasks that no learner solves and some elite does."""

import json
import tomllib

import pytest

from openended import envs
from openended.core.algorithms import SHARING
from openended.file.errors import Usage
from openended.file.given import given
from openended.file.reader import Reader
from openended.file.snapshot import snapshot
from openended.run import driver, evaluate, recipe, suites
from tests.support import toy
from tests.support.point import Errand

SOLVED = 150


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.errands:ERRANDS")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run of pairs, and a curriculum that has hardly begun."""
    folder = tmp_path_factory.mktemp("suites")
    tree = tomllib.loads(toy.SETTINGS) | {"generations": 20, "criterion": {"low": -50, "solved": SOLVED}}
    shared = {name: tree[name] for name in ("question", "domain", "archive", "learner", "criterion")}
    shared |= {"algorithm": "curriculum", "generations": 3, "source": {"count": 4}, "snapshots": {"every": 1}}
    shared |= {"learner": tree["learner"] | {"kind": "es"}, "potential": {"kind": "variance"}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(envs.DOMAINS, "point-v1", "tests.support.errands:ERRANDS")
        for name, settings in (("pairs", tree), ("shared", shared)):
            driver.run(folder / f"{name}.run", recipe.check(settings, name, "toy.toml"), threads=1)
    return folder / "shared.run", folder / "pairs.run"


def reached(domain, policy, agent, task):
    return float(domain.simulator.trace(task, policy, agent, 0, 2000).rewards.sum())


def test_added_are_tasks_that_an_elite_solves_and_the_learner_never_did(runs, tmp_path):
    grown = suites.grow("errand-suite", list(runs), tmp_path / "second.json", 100, threads=1)
    added = grown.suite.courses["grown-v2"]
    view, learners = snapshot(runs[1]), suites.learners(snapshot(runs[0]))
    assert len(learners) == 1 + len(snapshot(runs[0]).snapshots()) == grown.judges > 1
    assert 1 <= len(added) <= grown.witnessed - grown.known
    agents = view.best_agents(view.agents)
    expected = []
    for pair, agent in zip(view.agents, agents, strict=True):
        task = view.state.tasks[pair.task].genome
        solved = reached(view.domain, view.policy, agent, task) >= SOLVED
        if solved and all(reached(view.domain, view.policy, other, task) < SOLVED for other in learners):
            expected.append(task)
    assert sorted(map(view.domain.tasks.encode, added)) == sorted(
        {view.domain.tasks.encode(task) for task in expected} - {view.domain.tasks.encode(Errand(1.0, 0.0, 0.0))}
    )

    held = json.loads((tmp_path / "second.json").read_text())
    assert (held["suite"], held["version"], held["domain"]) == ("errand-suite", 2, "point-v1")
    with Reader(runs[0]) as shared, Reader(runs[1]) as pairs:
        assert held["grown"] == [{"added": len(added), "runs": [shared.digest, pairs.digest], "version": 2}]
        assert shared.config["algorithm"] in SHARING
    assert "version 2 of errand-suite" in suites.text(grown, tmp_path / "second.json")


def test_a_suite_file_is_evaluated_on_and_grows_further(runs, tmp_path):
    place = tmp_path / "second.json"
    grown = suites.grow("errand-suite-v1", list(runs), place, 1, threads=2)
    assert len(grown.suite.courses["grown-v2"]) == 1
    report = evaluate.evaluate(runs[0], str(place), learner=0)
    by_name = {each["course"]: each["solved_rate"] for each in report["agents"][0]["courses"]}
    assert by_name["grown-v2"] == 0.0
    assert list(by_name) == ["near", "grown-v2"]
    assert given(snapshot(runs[1]), str(place)).courses == grown.suite.courses

    further = suites.grow(str(place), list(runs), tmp_path / "third.json", 100, threads=1)
    assert list(further.suite.courses) == ["near", "grown-v2", "grown-v3"]
    assert [each.version for each in further.suite.grown] == [2, 3]
    assert further.suite.courses["grown-v2"] == grown.suite.courses["grown-v2"]
    with pytest.raises(Usage, match=r"none is new to .*fourth.json is not written"):
        suites.grow(str(tmp_path / "third.json"), list(runs), tmp_path / "fourth.json", 100, threads=1)
    assert not (tmp_path / "fourth.json").exists()


def test_what_cannot_be_grown_is_refused_in_one_sentence(runs, tmp_path):
    shared, pairs = runs
    (tmp_path / "broken.json").write_text('{"suite": "errand-suite", "domain": "point-v1"}')
    (tmp_path / "other.json").write_text('{"suite": "x", "domain": "maze-v1"}')
    (tmp_path / "text.json").write_text("no JSON")
    new = tmp_path / "new.json"
    for name, files, place, message in (
        ("errand-suite", [pairs], new, "None of the runs has a shared learner"),
        ("no-suite", [shared, pairs], new, "there is no suite 'no-suite'"),
        (str(tmp_path / "broken.json"), [shared, pairs], new, "holds no suite of point-v1"),
        (str(tmp_path / "other.json"), [shared, pairs], new, "is a suite of 'maze-v1', but the runs are of point-v1"),
        (str(tmp_path / "text.json"), [shared, pairs], new, "is no JSON"),
        (str(tmp_path / "missing.json"), [shared, pairs], new, "cannot be read"),
        ("errand-suite", [shared, pairs], tmp_path / "text.json", "exists, and a version of a suite is never altered"),
        ("errand-suite", [shared, pairs], tmp_path / "new.txt", "ends in .json"),
        ("errand-suite", [shared, pairs], tmp_path / "no" / "new.json", "is no folder"),
    ):
        with pytest.raises(Usage, match=message) as error:
            suites.grow(name, files, place, 100, threads=1)
        assert "\n" not in str(error.value)
    assert not new.exists()
