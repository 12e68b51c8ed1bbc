"""What an attack takes from other files, and what it says where they do not fit."""

from dataclasses import replace

import numpy as np
import pytest

from openended.core.witnesses import AGENTS, LAYOUT, OF, POINTS, SOURCES, TARGET
from openended.file.errors import Usage
from openended.file.reader import Reader
from openended.file.snapshot import snapshot
from openended.run import driver, recipe, targets
from openended.view.network import model as exported
from tests.support.short_runs import ATTACK, done


@pytest.fixture
def attack(grown_toy, point):
    """Makes the config of an attack on the toy run, with other settings if wanted: `attack(niche=3)`."""
    source = str(grown_toy(20))
    return lambda **target: recipe.check(
        ATTACK | {"domain": "point-v1"} | {"attack": {"agent": source, "niche": 0} | target}, "attack", "attack.toml"
    )


def test_the_agent_and_the_solved_elites_are_taken_with_the_digest_of_their_run(attack, grown_toy):
    view, given = snapshot(grown_toy(20)), targets.given(attack())
    assert given[TARGET].tolist() == view.best_agent(view.elites[0]).tolist()
    assert given[LAYOUT].tolist() == view.policy.code.tolist()
    assert {row.tobytes().hex() for row in given[SOURCES]} == {view.metrics["digest"]}
    solved = [pair for _, pair in sorted(view.state.pairs.items()) if pair.best_fitness >= 150]
    assert [given[AGENTS][number].tolist() for number in given[OF]] == [
        agent.tolist() for agent in view.best_agents(solved)
    ]
    assert len(given[POINTS]) == len(solved)
    assert len(np.unique(given[AGENTS], axis=0)) == len(given[AGENTS])


def test_the_agent_may_be_a_learner(attack, grown_toy):
    with Reader(grown_toy(20)) as run:
        assert targets.given(attack(niche=-1, learner=1))[TARGET].tolist() == run.learner(1).agent.tolist()


def test_a_network_alone_has_no_witnesses(attack, tmp_path, grown_toy):
    view = snapshot(grown_toy(20))
    (tmp_path / "a.onnx").write_bytes(exported(view.policy, view.policy.init(1), {}).SerializeToString())
    with pytest.raises(Usage, match=r"a.onnx is a network alone, which has no witnesses; name a run"):
        targets.given(attack(agent=str(tmp_path / "a.onnx")))


def test_an_exported_network_is_attacked_as_the_elite_itself_is(attack, tmp_path, grown_toy):
    view = snapshot(grown_toy(20))
    place = tmp_path / "elite.onnx"
    place.write_bytes(exported(view.policy, view.best_agent(view.elites[0]), {}).SerializeToString())
    driver.run(tmp_path / "run.run", attack(), threads=1)
    driver.run(tmp_path / "onnx.run", attack(agent=str(place), witnesses=str(grown_toy(20))), threads=1)
    one, other = (snapshot(tmp_path / name) for name in ("run.run", "onnx.run"))
    assert one.state.pairs == other.state.pairs


def test_an_attack_stopped_and_continued_is_the_same_without_its_sources(attack, tmp_path, grown_toy):
    copy = tmp_path / "toy.run"
    copy.write_bytes(grown_toy(20).read_bytes())
    config = attack(agent=str(copy))
    driver.run(tmp_path / "whole.run", config, threads=2)
    driver.run(tmp_path / "parts.run", replace(config, head=replace(config.head, generations=2)), threads=1)
    copy.unlink()
    driver.run(tmp_path / "parts.run", config, threads=1)
    assert done(tmp_path / "whole.run") == done(tmp_path / "parts.run")


def test_what_does_not_fit_is_refused_before_a_run_file_is_made(attack, tmp_path):
    cases = {
        "attack.agent is 'no.run', which is no file": {"agent": "no.run"},
        "attack.witnesses is 'no.run', which is no file": {"witnesses": "no.run"},
        "is an archive, whose pickled parts are not opened": {"agent": "agent.zip"},
        "niche 35 is empty": {"niche": 35},
        "no snapshot of learner 0 in generation 7; attack.snapshot can be one of: none": {"niche": -1, "snapshot": 7},
        "has no learner 99": {"niche": -1, "learner": 99},
    }
    for message, target in cases.items():
        with pytest.raises(Usage, match=message):
            driver.run(tmp_path / "a.run", attack(**target))
    strict = attack()
    strict = replace(strict, params=replace(strict.params, criterion=replace(strict.params.criterion, solved=400.0)))
    with pytest.raises(Usage, match="no elite that returns 400"):
        driver.run(tmp_path / "a.run", strict)
    wrong = replace(attack(), head=replace(attack().head, domain="maze-v1"))
    with pytest.raises(Usage, match="is a run of point-v1, but the recipe's domain is maze-v1"):
        driver.run(tmp_path / "a.run", wrong)
    assert not (tmp_path / "a.run").exists()


def test_an_attack_names_its_agent(point):
    for text in ({}, {"attack": {}}, {"attack": {"agent": ""}}):
        settings = {name: ATTACK[name] for name in ATTACK if name != "attack"} | {"domain": "point-v1"} | text
        with pytest.raises(Usage, match=r'attack.* is (missing|"")'):
            recipe.check(settings, "attack", "attack.toml")
