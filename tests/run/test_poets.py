"""Runs of POET and Enhanced POET in run files: the digest does not depend on stops or threads."""

import pytest

from openended.file.reader import Reader
from openended.file.verify import verify
from openended.run import driver, recipe
from tests.support.run_content import digest

CHANGES = [
    "reproduction.every=4",
    "reproduction.threshold=-100",
    "transfer.every=3",
    "active.count=2",
    "criterion.low=-100",
    "archive.cells=[6]",
    "learner.population=32",
    "learner.learning_rate=0.1",
    "generations=24",
]
"""Every child is admitted: the oldest pairs retire from generation 8 on, and from 12 on scores are made on the retired,
whatever the agents have learnt by then.
"""


@pytest.fixture(params=["poet", "enhanced-poet"])
def config(request, point, tmp_path):
    path = tmp_path / "poets.toml"
    path.write_text(f"question = '?'\ndomain = 'point-v1'\nalgorithm = '{request.param}'\n")
    return lambda *overrides: recipe.load(str(path), [*CHANGES, *overrides])


def test_the_digest_is_the_same_stopped_and_resumed_on_one_thread_or_two(config, tmp_path):
    straight, stopped = tmp_path / "straight.run", tmp_path / "stopped.run"
    driver.run(straight, config(), threads=1)
    for generation in (0, 7, 8, 12, 23, 24):
        driver.run(stopped, config(f"generations={generation}"), threads=1 + generation % 2)
    assert digest(stopped) == digest(straight)
    assert verify(stopped) == []
    with Reader(straight) as run:
        state = run.state()
        assert state.scores
        assert any(pair.retired >= 0 for pair in state.pairs.values())
        assert {"annecs", "annecs_code"} <= run.generations()[-1].keys()


def test_a_changed_score_is_noticed(config, tmp_path):
    import sqlite3

    path = tmp_path / "changed.run"
    driver.run(path, config())
    database = sqlite3.connect(path)
    database.execute("UPDATE score SET fitness = 1.5 WHERE id = 0")
    database.commit()
    database.close()
    assert any("score 0" in problem for problem in verify(path))
