"""Run files of schema 3: the one in `schemas`, which its own code wrote."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from openended.file import migrate, schema_3
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
    return shutil.copy(FOLDER / "3.run", tmp_path / "old.run")


def rows(path, query):
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def test_all_rows_keep_their_digests_and_agents(old):
    names = {table.name for table in schema_3.TABLES} - {"run", "event"}
    before = {name: rows(old, f"SELECT digest FROM {name} ORDER BY 1") for name in names}
    agents = rows(old, "SELECT id, data FROM elite JOIN agent ON agent.digest = elite.agent ORDER BY id")
    migrate.upgrade(old, False, lambda message: None)
    assert {name: rows(old, f"SELECT digest FROM {name} ORDER BY 1") for name in before} == before
    assert rows(old, "SELECT id, data FROM elite JOIN agent ON agent.digest = elite.agent ORDER BY id") == agents
    assert verify(old) == []


def test_a_migrated_run_equals_one_that_today_s_code_made(old, tmp_path):
    settings = tmp_path / "toy.toml"
    settings.write_text(toy.SETTINGS)
    new = tmp_path / "new.run"
    config = recipe.load(str(settings), [f"generations={GENERATIONS + 6}"])
    driver.run(new, config, threads=1)
    driver.run(old, config, threads=1)
    assert difference(old, new) == difference(new, old) == ""
    with Reader(old) as one, Reader(new) as other:
        assert one.digest == other.digest
        assert one.config == other.config
        assert "people" not in one.config
        assert [event.detail["schema"] for event in one.events() if event.kind == "migrated"] == [3]
        assert other.milestones() != []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE agent SET data = zeroblob(length(data))",
        "UPDATE pair SET best_fitness = 9 WHERE task = 0",
        "UPDATE generation SET chain = zeroblob(32) WHERE id = 3",
        "DELETE FROM transfer WHERE id = 0",
        "DELETE FROM run WHERE key = 'config'",
        "DELETE FROM event WHERE id = 0",
        "CREATE TABLE offer (id INTEGER PRIMARY KEY)",
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
