import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from openended.file import digest, migrate, schema, tables
from openended.file.errors import Damaged, Owned, Resources
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.file.writer import Writer
from tests.support import made, schema_1_file

GENERATIONS = 8


@pytest.fixture
def old(point, tmp_path):
    path = tmp_path / "old.run"
    schema_1_file.write(path, GENERATIONS)
    return path


def quiet(*message):
    pass


def version(path):
    with closing(sqlite3.connect(path)) as database:
        return database.execute("PRAGMA user_version").fetchone()[0]


def rows(path, table):
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(f"SELECT * FROM {table} ORDER BY 1")]


def test_a_pair_becomes_a_pair_a_learner_and_an_elite_with_the_same_agents(old):
    before = {row["task"]: row for row in rows(old, "pair")}
    migrate.upgrade(old, False, quiet)
    with Reader(old) as run:
        state = run.state()
    assert list(state.pairs) == list(before)
    for task, pair in state.pairs.items():
        was, learner, elite = before[task], state.learners[pair.learner], state.elites[pair.elite]
        assert (learner.id, elite.task) == (task, task)
        assert learner.agent.tobytes() == was["agent"]
        assert elite.agent.tobytes() == was["best_agent"]
        assert {name: array.tobytes() for name, array in learner.memory.items()} == {
            "m": was["m"],
            "v": was["v"],
            "t": np.array(was["t"]).tobytes(),
            "learning_rate": np.array(was["learning_rate"]).tobytes(),
            "sigma": np.array(was["sigma"]).tobytes(),
        }
        assert learner.steps == was["es_steps"]
        for name in ("niche", "fitness", "best_fitness", "origin", "visits", "admitted", "retired"):
            assert getattr(pair, name) == was[name]
        assert (elite.fitness, pair.potential, pair.active) == (
            was["best_fitness"],
            was["progress"],
            bool(was["active"]),
        )
        assert pair.seen == (GENERATIONS - 1 if pair.active else 1)
        assert str(pair.recent) == "(0.1, nan)"


def test_everything_else_is_as_it_was(old):
    tables = {"task": "maker", "transfer": "digest", "score": "", "event": ""}
    before = {table: rows(old, table) for table in (*tables, "generation", "array")}
    migrate.upgrade(old, False, quiet)
    for table, new in tables.items():
        after = rows(old, table)[: len(before[table])]
        assert [{name: row[name] for name in row if name not in (new, "digest")} for row in after] == [
            {name: row[name] for name in row if name != "digest"} for row in before[table]
        ]
    kept = ("id", "metrics", "chain", "seconds", "commit_seconds", "finished")
    assert [[row[name] for name in kept] for row in rows(old, "generation")] == [
        [row[name] for name in kept] for row in before["generation"]
    ]
    (array,) = rows(old, "array")
    assert (array["generation"], array["name"], array["data"]) == (0, "centroids", before["array"][0]["data"])
    assert [row["maker"] for row in rows(old, "task")] == ["first"] + ["mutation"] * (GENERATIONS + 1)
    assert rows(old, "event")[-1]["kind"] == "migrated"
    assert verify(old) == []


def test_the_run_continues_and_its_chain_begins_at_the_last_digest(old):
    chain = rows(old, "generation")[-1]["chain"]
    with Writer(old) as file:
        assert (file.generation, file.digest) == (GENERATIONS - 1, chain.hex())
        assert file.counters().elites_found == len(file.finds())
        file.commit(made.changes(GENERATIONS), 0.1)
        did = digest.text(file.last()[2])
        assert file.digest == digest.chain(chain, GENERATIONS, did).hex()
    assert verify(old) == []


def test_settings_are_those_of_a_recipe_of_today(old):
    migrate.upgrade(old, False, quiet)
    with Reader(old) as run:
        config = run.config
    assert "es" not in config
    assert {name: config["learner"][name] for name in ("kind", "population", "learning_rate", "sigma_decay")} == {
        "kind": "es",
        "population": 32,
        "learning_rate": 0.1,
        "sigma_decay": 0.999,
    }
    assert {name: config[name] for name in schema_1_file.SETTINGS if name not in ("es", "episodes")} == {
        name: value for name, value in schema_1_file.SETTINGS.items() if name not in ("es", "episodes")
    }
    assert config["policy"] == {"kind": "", "hidden": []}


def arrive(path, *transfers):
    """Give the file other transfers, of a generation, an agent's task, a task, and a fitness, each with its digests."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("DELETE FROM transfer")
        for id, (generation, source, target, fitness) in enumerate(transfers):
            database.execute(
                "INSERT INTO transfer VALUES (?, ?, ?, ?, 'direct', ?, 0, 1)", (id, generation, source, target, fitness)
            )


ORIGINS = {
    "the transfer that brought it": ([(3, 2, 1, 5.0), (4, 0, 1, 9.0)], 9.0, (4, 0)),
    "one of several": ([(3, 2, 1, 5.0), (4, 0, 1, 4.0)], 5.0, (3, 2)),
    "found after the last arrival": ([(3, 2, 1, 5.0), (4, 0, 1, 6.0)], 7.0, (4, 0)),
    "found before the last arrival": ([(3, 2, 1, 5.0), (4, 0, 1, 8.0)], 7.0, (3, 2)),
    "found before all arrivals, so that its origin was overwritten": ([(3, 2, 1, 8.0)], 7.0, (0, 0)),
    "without any arrival": ([], 7.0, (0, 77)),
}


@pytest.mark.parametrize(("transfers", "best", "expected"), ORIGINS.values(), ids=ORIGINS)
def test_generation_and_origin_of_an_elite_are_those_that_the_transfers_tell(
    old, monkeypatch, transfers, best, expected
):
    monkeypatch.setattr(migrate, "refuse", quiet)
    arrive(old, *transfers)
    with closing(sqlite3.connect(old, isolation_level=None)) as database:
        row = database.execute("SELECT * FROM pair WHERE task = 1").fetchone()
        names = [column[1] for column in database.execute("PRAGMA table_info(pair)")]
        values = dict(zip(names, row, strict=True)) | {"best_fitness": best, "origin": 77}
        schema_1_file.put(database, "pair", [values[name] for name in schema_1_file.names("pair")])
    migrate.upgrade(old, False, quiet)
    with Reader(old) as run:
        (found,) = (find for find in run.finds() if find.task == 1)
    assert (found.generation, found.origin) == expected


def test_a_reader_leaves_the_file_alone_and_says_that_it_read_a_migrated_copy(old):
    before = old.read_bytes()
    with Reader(old) as run:
        assert "has schema 1: a migrated copy was read" in run.note
        assert run.state().generation == GENERATIONS - 1
    assert verify(old) == []
    assert old.read_bytes() == before
    assert [path.name for path in old.parent.iterdir()] == ["old.run"]


def test_a_file_that_is_looked_at_again_is_migrated_once(old, monkeypatch):
    with Reader(old) as run:
        first = run.state()
    monkeypatch.setattr(migrate, "write", None)
    with Reader(old) as run:
        assert str(run.state()) == str(first)


def test_only_the_last_few_copies_are_kept(old, tmp_path):
    for number in range(migrate.MOST + 2):
        copy = tmp_path / f"copy-{number}.run"
        shutil.copy(old, copy)
        with Reader(copy) as run:
            assert run.last()[0] == GENERATIONS - 1
    assert len(migrate.COPIES) == migrate.MOST


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE pair SET best_agent = zeroblob(length(best_agent)) WHERE task = 1",
        "DELETE FROM pair WHERE task = 1",
        "UPDATE task SET niche = 9 WHERE id = 3",
        "DELETE FROM task WHERE id = 9",
        "UPDATE transfer SET fitness = 0 WHERE id = 3",
        "DELETE FROM transfer WHERE id = 3",
        "UPDATE score SET fitness = 0 WHERE id = 3",
        "DELETE FROM score",
        "UPDATE generation SET counters = '{}' WHERE id = 3",
        "DELETE FROM generation WHERE id = 3",
        "DELETE FROM generation WHERE id = 7",
        "UPDATE array SET data = zeroblob(16)",
        "DELETE FROM array",
        "UPDATE run SET value = 'x' WHERE key = 'config'",
        "DELETE FROM run WHERE key = 'config'",
        "UPDATE event SET kind = 'stop'",
        "CREATE TRIGGER x AFTER INSERT ON pair BEGIN DELETE FROM task; END",
    ],
)
def test_a_damaged_row_is_found_before_anything_is_written(old, sql):
    with closing(sqlite3.connect(old)) as database:
        database.execute(sql)
        database.commit()
    before = old.read_bytes()
    for opening in (Writer, Reader, verify):
        with pytest.raises(Damaged):
            opening(old)
    assert old.read_bytes() == before
    assert [path.name for path in old.parent.iterdir()] == ["old.run"]


def test_a_crashed_commit_is_rolled_back_first(point, tmp_path):
    path = tmp_path / "crashed.run"
    schema_1_file.write(path, GENERATIONS, crash=True)
    assert Path(f"{path}-journal").stat().st_size > 0
    migrate.upgrade(path, False, quiet)
    assert verify(path) == []
    with Reader(path) as run:
        assert run.migrated == run.last()[0] == GENERATIONS - 1
    assert [each.name for each in tmp_path.iterdir()] == ["crashed.run"]


def test_a_crashed_file_that_may_not_be_written_is_repaired_and_migrated_in_a_copy(point, tmp_path, monkeypatch):
    path = tmp_path / "crashed.run"
    schema_1_file.write(path, GENERATIONS, crash=True)
    before = path.read_bytes()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Reader(path) as run:
        assert run.state().generation == GENERATIONS - 1
    assert path.read_bytes() == before


def test_a_file_that_a_living_process_runs_is_not_migrated(old):
    from openended.file import machine

    me = machine.me()
    with closing(sqlite3.connect(old)) as database:
        schema_1_file.put(database, "owner", (1, me.host, me.pid, me.boot, me.started, me.since))
        database.commit()
    before = old.read_bytes()
    with pytest.raises(Owned, match=f"run by process {os.getpid()}"):
        Writer(old)
    assert old.read_bytes() == before
    with Writer(old, steal=True) as file:
        assert file.events()[-1].detail["stolen"].endswith(f":{os.getpid()}")
    assert verify(old) == []


def test_nobody_continues_the_old_file_while_it_is_migrated(old, monkeypatch):
    """Another process that opens it finds it locked; one that has it open finds it replaced."""
    write = migrate.write

    def watched(run, found, draft):
        with closing(sqlite3.connect(old, timeout=0)) as other, pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        write(run, found, draft)

    monkeypatch.setattr(migrate, "write", watched)
    migrate.upgrade(old, False, quiet)
    assert version(old) == schema.VERSION


def test_of_two_processes_that_migrate_one_does_it_and_the_other_finds_it_done(old, monkeypatch):
    said = []
    connect = migrate.connection.connect

    def beaten(path, mode, *pragmas, **options):
        """The other process is faster, just after this one has opened the file."""
        database = connect(path, mode, *pragmas, **options)
        monkeypatch.setattr(migrate.connection, "connect", connect)
        migrate.upgrade(old, False, said.append)
        return database

    monkeypatch.setattr(migrate.connection, "connect", beaten)
    migrate.upgrade(old, False, said.append)
    assert len(said) == 1
    assert verify(old) == []


def test_without_space_the_old_file_stays_and_nothing_beside_it(old, monkeypatch):
    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(migrate, "synchronise", full)
    before = old.read_bytes()
    with pytest.raises(Resources, match="cannot be migrated"):
        Writer(old)
    assert old.read_bytes() == before
    assert [path.name for path in old.parent.iterdir()] == ["old.run"]


def test_a_link_to_a_run_file_stays_one_and_permissions_are_kept(old, tmp_path):
    old.chmod(0o640)
    link = tmp_path / "link.run"
    link.symlink_to(old)
    migrate.upgrade(link, False, quiet)
    assert link.is_symlink()
    assert (version(old), old.stat().st_mode & 0o777) == (schema.VERSION, 0o640)


def test_a_run_without_generations_is_migrated_too(point, tmp_path):
    path = tmp_path / "new.run"
    schema_1_file.write(path, 0)
    with Writer(path) as file:
        assert file.generation == -1
        file.commit(made.changes(0), 0.1)
    assert verify(path) == []


def test_two_migrated_runs_are_compared_by_what_is_left_of_their_past(old, tmp_path):
    from openended.file.difference import difference

    longer = tmp_path / "longer.run"
    schema_1_file.write(longer, GENERATIONS + 2)
    assert "up to which both are equal" in difference(old, longer)
    other = tmp_path / "other.run"
    shutil.copy(old, other)
    migrate.upgrade(other, False, quiet)
    with closing(sqlite3.connect(other, isolation_level=None)) as database:
        names = tables.GENERATION.names
        row = database.execute(f"SELECT {', '.join(names)} FROM generation WHERE id = 4").fetchone()
        row = tuple((dict(zip(names, row, strict=True)) | {"chain": bytes(32)}).values())
        change = "UPDATE generation SET chain = ?, digest = ? WHERE id = 4"
        database.execute(change, (bytes(32), digest.row("generation", row)))
    assert "table pair (whose rows of that generation no longer exist)" in difference(old, other)


@pytest.fixture
def killing():
    """Migrates a file in a process of its own that is killed after some seconds: whether it was, and after how long."""
    server = subprocess.Popen(
        [sys.executable, schema_1_file.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )

    def kill(path, seconds):
        print(path, seconds, file=server.stdin, flush=True)
        return json.loads(server.stdout.readline())

    with server:
        yield kill
        server.stdin.close()


@pytest.mark.parametrize("kills", [14, pytest.param(200, marks=pytest.mark.slow)])
def test_a_migration_killed_at_any_moment_leaves_the_old_file_or_the_new_one(point, tmp_path, killing, kills):
    sound, path = tmp_path / "sound.run", tmp_path / "killed" / "old.run"
    schema_1_file.write(sound, 30, pairs=12, parameters=2804)
    path.parent.mkdir()
    shutil.copy(sound, path)
    was_killed, took = killing(path, 60.0)
    assert not was_killed
    seen, expected = [version(path)], content(path)
    for kill in range(kills):
        shutil.copy(sound, path)
        killing(path, took * kill / kills)
        seen.append(version(path))
        if seen[-1] == 1:
            assert path.read_bytes() == sound.read_bytes()
            migrate.upgrade(path, False, quiet)
        assert verify(path) == []
        assert content(path) == expected
        assert [each.name for each in path.parent.iterdir()] == ["old.run"]
    assert seen.count(1) > kills // 2


def content(path):
    """All rows but those that say when."""
    names = ("task", "array", "transfer", "agent", "elite", "learner", "pair", "score", "generation")
    return [rows(path, table) for table in names]
