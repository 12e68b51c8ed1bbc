"""Votes in a run: they steer it if the recipe says so, and then it resumes to the same digest."""

import json
from hashlib import sha256
from itertools import combinations

import pytest

from openended import envs
from openended.file import tables
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.run import driver, recipe
from tests.support.short_runs import POET, TOY, done

PREFERRED = {"map-elites": TOY, "poet": POET | {"algorithm": "poet"}}


@pytest.fixture
def votes(tmp_path):
    """Lines with votes of generations 1 to 7: that the newer of two tasks is the more interesting one. Those on tasks
    without a pair do not count.
    """
    lines = []
    for generation in range(1, 8):
        for left, right in combinations(range(8), 2):
            payload = {"left": left, "right": right, "choice": "right"}
            name = sha256(f"{generation} {left} {right}".encode()).hexdigest()
            line = {"generation": generation, "kind": "vote", "name": name, "author": "ann", "payload": payload}
            lines.append(json.dumps(line | {"outcome": "counted"}))
    path = tmp_path / "votes.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return path


def made(path, settings, inputs, preference, *budgets):
    envs.DOMAINS["point-v1"] = "tests.support.point:POINT"
    for generations in budgets:
        config = recipe.check(
            settings | {"people": {"preference": preference}, "generations": generations}, "short", "short.toml"
        )
        driver.run(path, config, threads=1, inputs=inputs)
    return done(path)


@pytest.mark.parametrize("name", PREFERRED)
def test_votes_steer_a_run_that_lets_them_and_it_resumes_to_the_same_digest(name, votes, tmp_path):
    settings = PREFERRED[name]
    steered = made(tmp_path / "steered.run", settings, votes, 1.0, 8)
    assert made(tmp_path / "resumed.run", settings, votes, 1.0, 4, 8) == steered
    assert made(tmp_path / "same.run", settings, tmp_path / "steered.run", 1.0, 8) == steered
    assert made(tmp_path / "unsteered.run", settings, votes, 0.0, 8) != steered
    assert verify(tmp_path / "steered.run") == []
    with Reader(tmp_path / "steered.run") as run, Reader(tmp_path / "unsteered.run") as other:
        assert len(run.state().votes) > 4
        parents = [[(task.id, task.parent) for task in each.read(tables.TASK)] for each in (run, other)]
    assert parents[0] != parents[1]


def test_without_preference_votes_are_recorded_and_change_nothing_else(votes, tmp_path):
    made(tmp_path / "voted.run", TOY, votes, 0.0, 8)
    made(tmp_path / "silent.run", TOY, None, 0.0, 8)
    states = []
    for name in ("voted", "silent"):
        with Reader(tmp_path / f"{name}.run") as run:
            states.append(run.state())
    assert states[0].tasks == states[1].tasks
    assert states[0].pairs == states[1].pairs
    assert states[0].votes != states[1].votes == ()
