"""Runs that begin with the faults of an attack beside what the attacked run had come to."""

import pytest

from openended import envs
from openended.file.atlas import atlas
from openended.file.errors import Usage
from openended.file.reader import Reader
from openended.file.snapshot import snapshot
from openended.run import driver, recipe
from tests.support.short_runs import ATTACK

GENERALIST = {
    "question": "?",
    "domain": "point-v1",
    "algorithm": "generalist",
    "generations": 1,
    "archive": {"cells": [6]},
    "learner": {"kind": "es", "population": 64, "learning_rate": 0.1},
    "criterion": {"low": -60, "solved": 150},
    "potential": {"kind": "variance"},
    "invention": {"count": 6},
    "replay": {"batch": 8},
}


@pytest.fixture
def attacked(grown_toy, tmp_path, monkeypatch):
    """The toy run and an attack on one of its elites."""
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.errands:ERRANDS")
    settings = ATTACK | {"domain": "point-v1"} | {"attack": {"agent": str(grown_toy(20)), "niche": 0}}
    driver.run(tmp_path / "attack.run", recipe.check(settings, "attack", "attack.toml"), threads=1)
    return grown_toy(20), tmp_path / "attack.run"


def begun(path, start, **more):
    driver.run(path, recipe.check(GENERALIST | {"start": start} | more, "g", "g.toml"), threads=1)
    with Reader(path) as run:
        return run.state(), run.config["start"]


def test_the_faults_come_first_in_their_niches_and_the_old_tasks_in_the_others(attacked, tmp_path):
    source, attack = attacked
    state, noted = begun(tmp_path / "next.run", {"run": str(source), "tasks": str(attack)}, generations=0)
    view, old = snapshot(attack), snapshot(source)
    faults = atlas(view).faults
    here = {pair.niche: state.tasks[pair.task].genome for pair in state.pairs.values() if pair.active}
    assert len(faults) >= 5
    for niche, fault in faults.items():
        assert here[niche] == view.state.tasks[fault.test.pair.task].genome
    alone = {pair.niche for pair in old.state.pairs.values() if pair.retired < 0} - set(faults)
    assert alone <= set(here)
    assert not {view.state.tasks[pair.task].genome for pair in atlas(view).holders.values()} & {
        here[niche] for niche in alone
    }
    assert (noted["digest"], noted["tasks_digest"]) == (old.metrics["digest"], view.metrics["digest"])


def test_the_witnesses_come_with_the_faults(attacked, tmp_path):
    source, attack = attacked
    state, _ = begun(tmp_path / "next.run", {"run": str(source), "tasks": str(attack)}, generations=0)
    view = snapshot(attack)
    best = {state.tasks[pair.task].genome: pair.best_fitness for pair in state.pairs.values()}
    for fault in atlas(view).faults.values():
        assert best[view.state.tasks[fault.test.pair.task].genome] >= fault.test.pair.best_fitness


def test_a_run_goes_on_without_the_files_and_refuses_others(attacked, tmp_path):
    source, attack = attacked
    copy, path = tmp_path / "copy.run", tmp_path / "next.run"
    copy.write_bytes(attack.read_bytes())
    begun(path, {"run": str(source), "tasks": str(copy)})
    copy.unlink()
    begun(path, {"run": str(source), "tasks": str(copy)}, generations=2)
    with pytest.raises(Usage, match=r"start.tasks is .*copy.run, which does not exist"):
        begun(tmp_path / "other.run", {"run": str(source), "tasks": str(copy)})
    with pytest.raises(Usage, match=r"start.tasks is .*attack.run, whose digest is "):
        begun(tmp_path / "other.run", {"run": str(source), "tasks": str(attack), "tasks_digest": "00"})
