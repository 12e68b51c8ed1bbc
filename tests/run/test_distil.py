"""Distillation of an archive of the toy domain: what holds of every generation, and one digest however it is run."""

import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from openended import envs
from openended.core.evaluation import Trial
from openended.file.errors import Usage
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.run import driver, recipe
from tests.support.run_content import digest
from tests.support.serial import means
from tests.support.short_runs import WALKERS, source

GENERATIONS = 8
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def recorded(monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.recorded_point:RECORDED")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The run file of an archive."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(envs.DOMAINS, "point-v1", "")
        return source("map-elites", tmp_path_factory.mktemp("archive"))


def config(archive, generations=GENERATIONS, **changed):
    settings = WALKERS["distil"] | {"generations": generations, "start": {"run": str(archive)}} | changed
    return recipe.check(settings, "toy", "toy.toml")


def history(path, config):
    """States and changes of a run of one thread."""
    seen = []
    driver.run(path, config, threads=1, observe=lambda state, changes, timing: seen.append((state, changes)))
    return seen


@pytest.fixture(scope="module")
def straight(archive, tmp_path_factory):
    """A run, and its states and changes."""
    path = tmp_path_factory.mktemp("straight") / "straight.run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(envs.DOMAINS, "point-v1", "tests.support.recorded_point:RECORDED")
        return path, history(path, config(archive))


def test_the_student_learns_what_the_elites_can_do(straight):
    path, seen = straight
    with Reader(path) as run:
        rows = run.generations()
    assert rows[0]["retention"] < 0.5
    assert rows[-1]["retention"] > rows[0]["retention"] + 0.3
    assert rows[-1]["student_solved"] > rows[0]["student_solved"]
    assert rows[1]["episodes_shown"] == 2 * 4
    assert 0 < rows[1]["episodes_kept"] <= rows[1]["episodes_shown"]
    assert seen[-1][0].learners[0].steps == GENERATIONS
    assert verify(path) == []


def test_a_pair_has_the_students_fitness_and_the_best_agents(straight, archive):
    search = means(config(archive).params, envs.domain("point-v1"))
    replaced = 0
    for (before, _), (after, changes) in pairwise(straight[1]):
        student = after.learners[0].agent
        for pair in after.pairs.values():
            (fitness,) = search.evaluate([Trial(after.tasks[pair.task], student)], 1).fitness
            assert pair.fitness == fitness
            assert pair.best_fitness == max(fitness, before.pairs[pair.task].best_fitness)
        for elite in changes.elites:
            replaced += 1
            assert elite.fitness > before.pairs[elite.task].best_fitness
            np.testing.assert_array_equal(elite.agent, student)
        assert changes.metrics["elites_replaced"] == len(changes.elites)
        assert set(after.tasks) == set(before.tasks)
    assert replaced


def test_every_niche_has_its_turn_before_any_has_it_again(straight):
    last = straight[1][-1][0]
    visits = [pair.visits for pair in last.pairs.values()]
    assert len(visits) > 2
    assert max(visits) - min(visits) <= 1
    assert sum(visits) == 2 * GENERATIONS
    for _, changes in straight[1][1:]:
        assert sum(pair.seen == changes.generation for pair in changes.pairs) == 2


def test_one_digest_on_two_threads_stopped_and_killed(straight, archive, tmp_path):
    two, stopped, killed = (tmp_path / f"{name}.run" for name in ("two", "stopped", "killed"))
    driver.run(two, config(archive), threads=2)
    for generation in (0, 1, 4, GENERATIONS):
        driver.run(stopped, config(archive, generation), threads=1 + generation % 2)
    script = (
        "import sys, os, signal\n"
        "from pathlib import Path\n"
        "from tests.run.test_distil import config, driver, envs\n"
        "envs.DOMAINS['point-v1'] = 'tests.support.recorded_point:RECORDED'\n"
        "def die(state, changes, timing):\n"
        "    if changes.generation == 3:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "driver.run(Path(sys.argv[1]), config(sys.argv[2]), threads=2, observe=die)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, killed, archive], cwd=ROOT, check=False, env=dict(os.environ))
    assert done.returncode == -signal.SIGKILL
    driver.run(killed, driver.load_config(killed), threads=2)
    assert digest(two) == digest(stopped) == digest(killed) == digest(straight[0])


@pytest.mark.parametrize("student", ["best", "new"])
def test_without_lessons_the_student_is_only_compared(archive, tmp_path, student):
    path = tmp_path / "control.run"
    seen = history(path, config(archive, 1, teaching={"student": student, "lessons": False}))
    first, last = (state for state, _ in seen)
    assert first.learners[0].agent.tobytes() == last.learners[0].agent.tobytes()
    with Reader(path) as run:
        solved = run.generations()[0]["student_solved"]
    agents = {elite.agent.tobytes() for elite in first.elites.values()}
    assert (last.learners[0].agent.tobytes() in agents) == (student == "best")
    if student == "best":
        search = means(config(archive).params, envs.domain("point-v1"))
        tasks = list(first.tasks.values())
        others = [
            sum(value >= 150 for value in search.evaluate([Trial(task, elite.agent) for task in tasks], 1).fitness)
            for elite in first.elites.values()
        ]
        assert solved == max(others)


def test_a_distilled_agent_may_go_on_learning(straight, tmp_path):
    path = tmp_path / "on.run"
    seen = history(path, config(straight[0], 1, teaching={"niches": 2, "student": "learner"}))
    before, after = straight[1][-1][0].learners[0], seen[0][0].learners[0]
    np.testing.assert_array_equal(before.agent, after.agent)
    np.testing.assert_array_equal(before.memory["m"], after.memory["m"])
    assert seen[0][1].metrics["student_solved"] == straight[1][-1][1].metrics["student_solved"]
    assert after.steps == 0


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"start": None}, "start.run is missing: distil learns from the elites of another run"),
        ({"learner": {"kind": "es"}}, "learner.kind is \"es\", but should be 'imitation'"),
        ({"teaching": {"student": "old"}}, 'teaching.student is "old"'),
    ],
)
def test_what_cannot_be_distilled_gets_one_sentence(archive, changed, message):
    with pytest.raises(Usage, match=message):
        config(archive, **changed)


def test_other_algorithms_have_no_teachers_and_a_domain_must_record(archive, monkeypatch):
    tree = {"question": "?", "domain": "point-v1", "learner": {"kind": "imitation"}}
    with pytest.raises(Usage, match=r'learner\.kind is "imitation"'):
        recipe.check(tree, "x", "x")
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.point:POINT")
    with pytest.raises(Usage, match="distil records episodes, and point-v1 has no `experience`"):
        config(archive)
