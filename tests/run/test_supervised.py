"""Runs that learn from labels through time: the same on any threads, and killed and resumed."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from openended.run import driver, recipe
from tests.support.marked import Marked
from tests.support.run_content import digest
from tests.support.short_runs import WALKERS

pytestmark = pytest.mark.slow  # the recurrent kernels take half a minute to compile
LEARNER = {"kind": "supervised", "examples": 64, "minibatches": 1, "learning_rate": 0.01}
SHARED = {
    "question": "?",
    "domain": "digits-v1",
    "algorithm": "curriculum",
    "archive": {"cells": [9, 5, 15]},
    "criterion": {"solved": 1.0},
    "policy": {"kind": "gru", "hidden": [8, 16]},
    "learner": LEARNER,
    "potential": {"kind": "learnability"},
    "source": {"kind": "random"},
    "replay": {"probability": 0.5, "capacity": 8, "batch": 4, "edits": 2},
}
PAIRS = {
    "question": "?",
    "domain": "digits-v1",
    "archive": {"cells": [9, 5, 15]},
    "episodes": {"cap": 200},
    "criterion": {"low": 0.0, "high": 1.0, "solved": 1.0},
    "policy": {"kind": "gru", "hidden": [8, 16]},
    "learner": LEARNER,
    "reproduction": {"every": 1, "threshold": 0.0, "children": 6},
    "transfer": {"every": 2},
    "active": {"count": 3},
}
IMPROVED = WALKERS["self-improvement"] | {"policy": {"kind": "gru", "hidden": [8, 16]}}
GENERATIONS = 6
ROOT = Path(__file__).parents[2]


def config(settings, generations=GENERATIONS):
    return recipe.check(settings | {"generations": generations}, "short", "short.toml")


kinds = pytest.mark.parametrize("settings", [SHARED, PAIRS, IMPROVED], ids=["shared", "pairs", "improved"])


@kinds
def test_threads_and_stops_change_nothing(settings, tmp_path):
    straight, halting = tmp_path / "straight.run", tmp_path / "halting.run"
    driver.run(straight, config(settings), threads=1)
    for generation in range(GENERATIONS + 1):
        state = driver.run(halting, config(settings, generation), threads=1 + generation % 2)
        assert state.generation == generation
    assert digest(halting) == digest(straight)
    assert len(state.tasks) > 3
    assert any(learner.steps for learner in state.learners.values())


@kinds
def test_a_killed_run_goes_on_and_a_local_cluster_does_the_same(settings, tmp_path):
    straight, killed = tmp_path / "straight.run", tmp_path / "killed.run"
    driver.run(straight, config(settings), threads=2)
    script = (
        "import sys, os, signal, json\n"
        "from pathlib import Path\n"
        "from tests.run.test_supervised import config, driver\n"
        "def die(state, changes, timing):\n"
        "    if changes.generation == 3:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "driver.run(Path(sys.argv[1]), config(json.loads(sys.argv[2])), threads=2, observe=die)\n"
    )
    words = [sys.executable, "-c", script, str(killed), json.dumps(settings)]
    assert subprocess.run(words, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    assert driver.run(killed, driver.load_config(killed), threads=1).generation == GENERATIONS
    assert digest(killed) == digest(straight)
    (tmp_path / "short.toml").write_text(toml(settings | {"generations": GENERATIONS}))
    with Marked(tmp_path, "run", "short.toml", "--out", "ray.run", "--ray", "local", "--threads", 2) as run:
        code, errors = run.end(600)
        assert (code, errors) == (0, "")
    assert digest(tmp_path / "ray.run") == digest(straight)


def toml(settings):
    """A recipe's text; JSON writes values as TOML reads them, tables but for inline ones."""
    head = [f"{key} = {json.dumps(value)}" for key, value in settings.items() if not isinstance(value, dict)]
    tables = [
        "\n".join([f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())])
        for name, table in settings.items()
        if isinstance(table, dict)
    ]
    return "\n".join([*head, *tables])
