import random
import shutil
import sqlite3

import pytest

from openended.file.tables import OWNER, SEARCH, TABLES
from openended.file.verify import verify
from tests.support import made
from tests.support.run_content import content, found


@pytest.mark.parametrize("parameters", [22, 700], ids=["rows", "blobs"])
def test_every_flipped_bit_that_changes_content_is_found(point, tmp_path, parameters, capsys, monkeypatch):
    from openended.envs.policy import Mlp
    from tests.support.altered import altered
    from tests.support.point import POINT

    other = altered(POINT, policies={"default": Mlp((parameters - 1, 1))})
    monkeypatch.setattr("tests.support.point.POINT", other)
    path, flipped = tmp_path / "made.run", tmp_path / "flipped.run"
    made.write(path, 4, pairs=4, parameters=parameters)
    sound, before = path.read_bytes(), content(path)
    bits = random.Random(parameters)
    changed = missed = 0
    for _ in range(250):
        place = bits.randrange(len(sound) * 8)
        spoilt = bytearray(sound)
        spoilt[place // 8] ^= 1 << place % 8
        flipped.write_bytes(spoilt)
        if content(flipped) != before:
            changed += 1
            missed += not found(flipped)
    assert missed == 0
    assert changed > 30


def other_rows(generation, table):
    return f"generation {generation} wrote other rows of table {table}"


def left_rows(table):
    return f"the rows of table {table} are not those"


AGENT = "(SELECT agent FROM elite WHERE id = {})"
OF_ELITE = f"WHERE digest = {AGENT.format(4)}"

TAMPERED = {
    "setting": ("UPDATE run SET value = replace(value, '1', '2') WHERE key = 'config'", "run config does not match"),
    "setting gone": ("DELETE FROM run WHERE key = 'fingerprint'", "table run holds"),
    "metric": ("UPDATE generation SET metrics = '{}' WHERE id = 3", "generation 3 does not match"),
    "clock": ("UPDATE generation SET seconds = 9 WHERE id = 3", "generation 3 does not match"),
    "generation gone": ("DELETE FROM generation WHERE id = 3", "generation 3 is missing"),
    "last generation gone": ("DELETE FROM generation WHERE id = 5", "of generation 5"),
    "task": ("UPDATE task SET score = 1 WHERE id = 2", "task 2 does not match"),
    "task gone": ("DELETE FROM task WHERE id = 2", other_rows(0, "task")),
    "array": ("UPDATE array SET name = 'x' WHERE id = 2", "array 2 does not match"),
    "array gone": ("DELETE FROM array WHERE id = 3", other_rows(3, "array")),
    "transfer": ("UPDATE transfer SET accepted = 1 WHERE id = 4", "transfer 4 does not match"),
    "transfer gone": ("DELETE FROM transfer WHERE id = 7", other_rows(5, "transfer")),
    "elite": ("UPDATE elite SET origin = 9 WHERE id = 4", "elite 4 does not match"),
    "agent": (
        f"UPDATE agent SET data = zeroblob(length(data)) {OF_ELITE}",
        "elite 4 does not match",
    ),
    "agent gone": (f"DELETE FROM agent {OF_ELITE}", "elite 4 does not match"),
    "agent of another": (
        "UPDATE elite SET agent = (SELECT agent FROM elite WHERE id = 3) WHERE id = 4",
        "elite 4 does not match",
    ),
    "agent of nobody": ("INSERT INTO agent VALUES (x'00', x'00')", "table agent holds 1 that no other table names"),
    "snapshot": ("UPDATE snapshot SET learner = 9 WHERE id = 4", "snapshot 4 does not match"),
    "snapshot gone": ("DELETE FROM snapshot WHERE id = 2", other_rows(2, "snapshot")),
    "potential": ("UPDATE potential SET by_name = '{}' WHERE id = 2", "potential 2 does not match"),
    "potential gone": ("DELETE FROM potential WHERE id = 2", other_rows(2, "potential")),
    "offer": ("UPDATE offer SET outcome = 'admitted' WHERE id = 2", "offer 2 does not match"),
    "offer gone": ("DELETE FROM offer WHERE id = 2", other_rows(3, "offer")),
    "milestone": ("UPDATE milestone SET fitness = 9 WHERE id = 2", "milestone 2 does not match"),
    "milestone gone": ("DELETE FROM milestone WHERE id = 2", other_rows(2, "milestone")),
    "best return": ("UPDATE pair SET best_return = NULL WHERE task = 1", "pair 1 does not match"),
    "elite gone": ("DELETE FROM elite WHERE id = 4", other_rows(2, "elite")),
    "learner": ("UPDATE learner SET steps = 7 WHERE id = 1", "learner 1 does not match"),
    "learner gone": ("DELETE FROM learner WHERE id = 1", left_rows("learner")),
    "pair": ("UPDATE pair SET best_fitness = 3 WHERE task = 1", "pair 1 does not match"),
    "pair gone": ("DELETE FROM pair WHERE task = 1", left_rows("pair")),
    "score": ("UPDATE score SET fitness = 1 WHERE id = 2", "score 2 does not match"),
    "score gone": ("DELETE FROM score WHERE id = 2", other_rows(1, "score")),
    "event": ("UPDATE event SET time = 0 WHERE id = 0", "event 0 does not match"),
    "event gone": ("DELETE FROM event WHERE id = 0", "event 0 is missing"),
}


def test_every_table_is_tampered_with():
    named = " ".join(sql for sql, _ in TAMPERED.values())
    assert all(f" {table.name} " in named for table in TABLES if table is not OWNER)


def test_rows_that_no_generation_wrote_are_found_though_their_own_digests_are_right(file):
    from openended.file.writer import insert

    for table in SEARCH:
        copy = file.with_name(f"{table.name}.run")
        shutil.copy(file, copy)
        database = sqlite3.connect(copy)
        last = database.execute(f"SELECT {', '.join(table.names)} FROM {table.name} ORDER BY 1 DESC").fetchone()
        another = {"name": "f" * 64} if table.name == "offer" else {}  # which is unique
        copied = [another.get(name, value) for name, value in zip(table.names, last, strict=True)]
        insert(database, table, [(last[0] + 1, *copied[1:])])
        database.commit()
        database.close()
        assert any(f"table {table.name} " in problem for problem in verify(copy)), table.name


@pytest.mark.parametrize(("sql", "message"), TAMPERED.values(), ids=TAMPERED)
def test_a_changed_or_missing_row_is_named(file, sql, message):
    database = sqlite3.connect(file)
    assert database.execute(sql).rowcount == 1
    database.commit()
    database.close()
    problems = verify(file)
    assert any(message in problem for problem in problems), problems


def test_an_older_version_of_a_pair_with_its_own_digest_is_found(file):
    database = sqlite3.connect(file)
    old = database.execute("SELECT * FROM pair WHERE task = 2").fetchone()
    database.close()
    from openended.file.writer import Writer

    with Writer(file) as writer:
        generation = writer.generation
        while writer.database.execute("SELECT * FROM pair WHERE task = 2").fetchone() == old:
            generation += 1
            writer.commit(made.changes(generation), 0.1)
    assert verify(file) == []
    database = sqlite3.connect(file)
    database.execute(f"REPLACE INTO pair VALUES ({', '.join('?' * len(old))})", old)
    database.commit()
    database.close()
    assert any(left_rows("pair") in problem for problem in verify(file))
