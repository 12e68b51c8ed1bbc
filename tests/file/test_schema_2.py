"""Run files of schema 2: the one in `schemas`, which its own code wrote."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from openended.file import migrate, schema_2
from openended.file.difference import difference
from openended.file.errors import Damaged
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.file.writer import Writer
from openended.run import driver, recipe
from tests.file.test_golden import FOLDER, GENERATIONS
from tests.support import toy


@pytest.fixture
def old(point, tmp_path):
    return shutil.copy(FOLDER / "2.run", tmp_path / "old.run")


def rows(path, query):
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def test_all_rows_keep_their_digests_and_the_run_its_chain(old):
    names = {table.name for table in schema_2.TABLES} - {"run", "event"}
    before = {name: rows(old, f"SELECT digest FROM {name} ORDER BY 1") for name in names}
    agents = rows(old, "SELECT id, agent FROM elite ORDER BY id")
    migrate.upgrade(old, False, lambda message: None)
    assert {name: rows(old, f"SELECT digest FROM {name} ORDER BY 1") for name in before} == before
    assert rows(old, "SELECT id, data FROM elite JOIN agent ON agent.digest = elite.agent ORDER BY id") == agents
    assert verify(old) == []


def test_a_migrated_run_equals_one_that_today_s_code_made(old, tmp_path):
    settings = tmp_path / "toy.toml"
    settings.write_text(toy.SETTINGS)
    new = tmp_path / "new.run"
    config = recipe.load(str(settings), [f"generations={GENERATIONS + 2}"])
    driver.run(new, config, threads=1)
    driver.run(old, config, threads=1)
    assert difference(old, new) == ""
    with Reader(old) as one, Reader(new) as other:
        assert one.digest == other.digest
        assert [event.detail["schema"] for event in one.events() if event.kind == "migrated"] == [2]


def test_settings_that_came_later_do_not_break_the_chain(old, monkeypatch):
    monkeypatch.setattr("openended.file.schema_2.completed", lambda config: config | {"snapshots": {"every": 0}})
    with Writer(old) as file:
        assert file.config["snapshots"] == {"every": 0}
        assert verify(old) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE elite SET agent = zeroblob(length(agent)) WHERE id = 1",
        "DELETE FROM elite WHERE id = 1",
        "UPDATE pair SET best_fitness = 9 WHERE task = 0",
        "DELETE FROM learner WHERE id = 0",
        "UPDATE generation SET chain = zeroblob(32) WHERE id = 3",
        "DELETE FROM transfer WHERE id = 0",
        "DELETE FROM run WHERE key = 'config'",
        "DELETE FROM event WHERE id = 0",
        "CREATE TABLE agent (digest BLOB PRIMARY KEY, data BLOB NOT NULL)",
    ],
)
def test_a_damaged_file_is_refused_and_left_as_it_is(old, sql):
    with closing(sqlite3.connect(old)) as database:
        database.execute(sql)
        database.commit()
    before = old.read_bytes()
    for opening in (Writer, Reader, verify):
        with pytest.raises(Damaged):
            opening(old)
    assert old.read_bytes() == before
