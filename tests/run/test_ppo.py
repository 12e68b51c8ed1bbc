"""Runs by proximal policy optimization: one digest on any number of threads, on Ray, taken up again, killed."""

import time

import pytest

from openended import envs
from openended.file.reader import Reader
from openended.run import driver, recipe
from tests.support.marked import Marked
from tests.support.run_content import digest

TOY = {
    "question": "?",
    "domain": "line-v1",
    "archive": {"cells": [5]},
    "episodes": {"cap": 50},
    "learner": {"kind": "ppo", "environments": 8, "steps": 32, "minibatch": 64, "updates": 1},
}
WALKERS = """
question = "Do walkers learn the same everywhere?"
domain = "walker-v1"
generations = 6
archive = {cells = [12]}
episodes = {cap = 400, stall = 50}
learner = {kind = "ppo", environments = 16, steps = 64, minibatch = 256, updates = 1}
criterion = {low = -120}
reproduction = {every = 2, threshold = -120, children = 4}
transfer = {every = 2, close = 1000}
"""
ACCEL = """
question = "Does an agent learn the same from edits everywhere?"
algorithm = "curriculum"
generations = 12
episodes = {cap = 60}
criterion = {solved = 0.05}
potential = {kind = "max_mc"}
source = {kind = "easy"}
replay = {probability = 0.9, capacity = 8, batch = 4, edits = 2, robust = true}
learner = {kind = "ppo", environments = 16, steps = 64, minibatch = 256, sequence = 32, updates = 1}
"""
RECIPES = {"pairs": WALKERS, "accel": ACCEL + 'domain = "walker-v1"', "mazes": ACCEL + 'domain = "maze-v1"'}


@pytest.fixture(autouse=True)
def line(monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "line-v1", "tests.envs.test_queue:PUSHES")


def run(path, generations, threads):
    driver.run(path, recipe.check(TOY | {"generations": generations}, "toy", "toy.toml"), threads=threads)
    return digest(path)


def test_a_run_that_is_taken_up_again_does_what_one_without_a_break_does(tmp_path):
    straight = run(tmp_path / "straight.run", 6, 2)
    for generations in (0, 1, 3, 6):
        last = run(tmp_path / "broken.run", generations, 1)
    assert last == straight


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_a_run_has_one_digest_on_threads_and_on_ray_and_when_killed(tmp_path, name):
    (tmp_path / "recipe.toml").write_text(RECIPES[name])
    command = ("run", "recipe.toml")
    places = {"one": ("--threads", 1), "two": ("--threads", 2), "ray": ("--ray", "local", "--threads", 2)}
    for name, place in places.items():
        with Marked(tmp_path, *command, "--out", f"{name}.run", *place) as process:
            assert process.end(900) == (0, "")
    path = tmp_path / "killed.run"
    for generation in (2, 4):
        with Marked(tmp_path, *command, "--out", path, "--threads", 2) as process:
            while not (path.exists() and reached(path) >= generation):
                assert process.process.poll() is None
                time.sleep(0.02)
            process.process.kill()
    with Marked(tmp_path, *command, "--out", path, "--threads", 1) as process:
        assert process.end(900) == (0, "")
    assert {digest(tmp_path / f"{name}.run") for name in places} == {digest(path)}


def reached(path):
    """The last generation of a run file."""
    with Reader(path) as run:
        return run.last()[0]
