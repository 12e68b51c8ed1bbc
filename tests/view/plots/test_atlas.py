"""The atlas of an attack on the toy domain: what is read of it, and its picture."""

from dataclasses import replace

import pytest

from openended import envs
from openended.core.examination import FAILING
from openended.file.atlas import atlas, telling
from openended.file.errors import Usage
from openended.file.snapshot import snapshot
from openended.run import driver, recipe
from openended.view.plot import plot
from openended.view.plots.atlas import OPEN, PASSED, coloured, told
from openended.view.replay import replay
from openended.view.report.figures import others
from openended.view.versus import versus
from tests.support.short_runs import ATTACK
from tests.support.shrinkable import SHRINKABLE

POINT = replace(SHRINKABLE, id="point-v1")
"""The toy domain with parts and with chance to be drawn anew, by the name under which it is registered here."""


@pytest.fixture(scope="module")
def run(grown_toy, tmp_path_factory):
    """An attack on an elite of the toy run, at its last generation."""
    path = tmp_path_factory.mktemp("atlas") / "attack.run"
    settings = ATTACK | {"domain": "point-v1"} | {"attack": {"agent": str(grown_toy(20)), "niche": 0}, "generations": 5}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(envs.DOMAINS, "point-v1", f"{__name__}:POINT")
        driver.run(path, recipe.check(settings, "attack", "attack.toml"), threads=1)
        yield path


def test_the_atlas_has_the_faults_that_hold_niches_with_what_was_told_of_them(run):
    view = snapshot(run)
    found, kept = atlas(view), {each.task: each for each in view.potentials()}
    assert set(found.faults) < set(found.holders)
    assert found.tests == sum(row.get("tests") or 0 for row in view.history)
    for niche, fault in found.faults.items():
        pair, least = fault.test.pair, fault.minimal.pair
        assert (pair.niche, pair.active) == (niche, True)
        assert pair.fitness < view.solved <= pair.best_fitness
        assert fault.test.failing == (kept[pair.task].by_name[FAILING] if fault.examined else None)
        assert least == pair or view.state.tasks[least.task].parent == pair.task
        assert set(fault.minimal.parts) <= set(fault.test.parts)
    assert any(fault.minimal.pair != fault.test.pair for fault in found.faults.values())


def test_the_most_telling_faults_come_first(run):
    faults = telling(atlas(snapshot(run)), 100)
    shares = [-1.0 if fault.minimal.failing is None else fault.minimal.failing for fault in faults]
    assert shares == sorted(shares, reverse=True)
    assert telling(atlas(snapshot(run)), 2) == faults[:2]


def test_niches_without_a_fault_or_an_examination_have_colours_of_their_own(run):
    found = atlas(snapshot(run))
    faces, values = coloured(found)
    for niche in found.holders:
        fault = found.faults.get(niche)
        assert (faces[niche] == PASSED) == (fault is None)
        assert (faces[niche] == OPEN) == (fault is not None and fault.test.failing is None)
        assert values[niche] < 0 or values[niche] == fault.test.failing


def test_a_counter_example_is_told_in_two_lines(run):
    fault = telling(atlas(snapshot(run)), 1)[0]
    first, second = told(fault).splitlines()
    assert first.startswith(f"niche {fault.test.pair.niche}, task {fault.minimal.pair.task}")
    assert second.startswith(f"agent {fault.minimal.pair.fitness:.0f}, witness {fault.minimal.pair.best_fitness:.0f}")


def test_the_picture_is_the_same_twice_and_another_run_has_none(run, grown_toy, tmp_path):
    one, other = (plot([run], tmp_path / f"{name}.png", "atlas").read_bytes() for name in "ab")
    assert one == other
    with pytest.raises(Usage, match="is no attack but a run of map-elites"):
        plot([grown_toy(20)], tmp_path / "c.png", "atlas")


def test_the_agent_and_a_witness_are_shown_on_the_minimal_task(run, grown_toy, tmp_path):
    view = snapshot(run)
    for niche, fault in atlas(view).faults.items():
        agent, witness = versus(view, niche)
        assert agent.task == witness.task == view.state.tasks[fault.minimal.pair.task].genome
        assert agent.trace.rewards.sum() == pytest.approx(fault.minimal.pair.fitness)
        assert witness.trace.rewards.sum() == pytest.approx(fault.minimal.pair.best_fitness)
    least = telling(atlas(view), 1)[0].minimal.pair
    assert versus(view, None)[0].task == view.state.tasks[least.task].genome
    replay(run, tmp_path / "a.png", against=True)
    with pytest.raises(Usage, match="niche 35 shows no fault; among those that do are"):
        versus(view, 35)
    with pytest.raises(Usage, match="name it with --niche, and nothing else"):
        replay(run, tmp_path / "a.png", best=True, against=True)
    with pytest.raises(Usage, match="is no attack"):
        replay(grown_toy(20), tmp_path / "a.png", against=True)


def test_the_report_of_an_attack_shows_its_faults(run, grown_toy):
    assert "The atlas of the attack: faults in " in others(snapshot(run))["Faults"]
    assert "Faults" not in others(snapshot(grown_toy(20)))
