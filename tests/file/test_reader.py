import math
import os
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from openended.core.states import after
from openended.core.types import Snapshot, State
from openended.file import connection, schema, tables
from openended.file.errors import Damaged, Owned, Resources, Usage
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.file.writer import Writer, create
from tests.support import made


def expected_state(generations):
    state = State(-1)
    for generation in range(generations):
        state = after(state, made.changes(generation))
    held = {pair.elite for pair in state.pairs.values()}
    return replace(state, elites={id: elite for id, elite in state.elites.items() if id in held})


def bits(value):
    """Everything that a value holds, as something that can be compared."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, Mapping):
        return sorted((key, bits(each)) for key, each in value.items())
    return [bits(each) for each in vars(value).values()] if hasattr(value, "__dataclass_fields__") else str(value)


def test_the_state_read_is_all_changes_added_up(file):
    with Reader(file) as run:
        assert bits(run.state()) == bits(expected_state(6))


def test_without_agents_the_state_has_all_but_learners_and_elites(file):
    with Reader(file) as run:
        assert bits(run.state(agents=False)) == bits(replace(expected_state(6), learners={}, elites={}))
        assert run.steps() == {id: learner.steps for id, learner in expected_state(6).learners.items()}


def test_tasks_that_were_not_admitted_stay_in_the_file_but_not_in_the_state(point, tmp_path):
    path, changes = tmp_path / "rejected.run", made.changes(0)
    kept = [pair for pair in changes.pairs if pair.task != 1]
    create(path, "rejected", {"domain": "point-v1"}, {})
    with Writer(path) as file:
        file.commit(replace(changes, pairs=tuple(kept)), 0.0)
    with Reader(path) as run:
        assert sorted(run.tasks()) == [0, 1, 2]
        assert sorted(run.state().tasks) == sorted(pair.task for pair in kept) != [0, 1, 2]


def test_every_elite_ever_found_can_be_read_by_its_id_alone(file):
    expected = [elite for generation in range(6) for elite in made.changes(generation).elites]
    with Reader(file) as run:
        found = run.finds()
        assert [vars(find) for find in found] == [
            {name: value for name, value in vars(elite).items() if name != "agent"} for elite in expected
        ]
        queries = []
        run.database.set_trace_callback(queries.append)
        assert bits(run.elites([expected[3].id])[expected[3].id]) == bits(expected[3])
        assert [query for query in queries if "FROM elite" in query] == [
            "SELECT digest, id, task, generation, fitness, origin, (SELECT data FROM agent WHERE agent.digest ="
            f" elite.agent) FROM elite WHERE id = {expected[3].id} ORDER BY id"
        ]
        with pytest.raises(Damaged, match="lacks elite 99"):
            run.elites([99])


def test_equal_agents_are_stored_once_and_come_back_as_one_array(point, tmp_path):
    path, agent = tmp_path / "shared.run", made.agent(22, 1)
    create(path, "shared", {"domain": "point-v1"}, {})
    with Writer(path) as file:
        first = made.changes(0)
        elites = tuple(replace(elite, agent=agent.copy()) for elite in first.elites)
        file.commit(replace(first, elites=elites, snapshots=(Snapshot(0, 0, agent),)), 0.1)
        assert file.database.execute("SELECT count(*) FROM agent").fetchone() == (1,)
    with Reader(path) as run:
        state = run.state()
        assert len(state.elites) == 2
        assert len({id(elite.agent) for elite in state.elites.values()}) == 1
        assert [bits(snapshot) for snapshot in run.snapshots()] == [bits(Snapshot(0, 0, agent))]
    assert verify(path) == []


def test_what_visits_told_comes_back_in_order(file):
    expected = [told for generation in range(6) for told in made.changes(generation).potentials]
    with Reader(file) as run:
        assert [str(told) for told in run.potentials()] == [str(told) for told in expected]


def test_scores_come_in_the_order_of_trials(file):
    with Reader(file) as run:
        found = run.scores()
    expected = [score for generation in range(6) for score in made.changes(generation).scores]
    assert [str(score) for score in found] == [str(score) for score in expected]


def test_generations_carry_counters_metrics_and_clock(file):
    with Reader(file) as run:
        last = run.generations()[-1]
    assert (last["generation"], last["env_steps"], last["best"], last["hardest"]) == (5, 5000, 5.0, None)
    assert last["seconds"] == 0.5
    assert 0 < last["commit_seconds"] < 1
    assert len(last["digest"]) == 64


def test_transfers_come_in_the_order_of_trials(file):
    with Reader(file) as run:
        found = run.transfers()
    expected = [transfer for generation in range(6) for transfer in made.changes(generation).transfers]
    assert [t.fitness for t in found] == [t.fitness for t in expected]
    assert all(math.isnan(t.incumbent) for t in found)


def test_arrays_belong_to_the_digest_and_the_last_of_a_name_holds(point, tmp_path):
    digests = []
    for value in (0.0, 1.0):
        path = tmp_path / f"{value}.run"
        create(path, "cvt", {"domain": "point-v1"}, {})
        with Writer(path) as file:
            file.commit(replace(made.changes(0), arrays={"centroids": np.array([[value, 0.5]]), "x": np.zeros(1)}), 0.0)
            digests.append(file.digest)
            file.commit(replace(made.changes(1), arrays={"x": np.ones(2)}), 0.0)
        with Reader(path) as run:
            state = run.state()
        assert {name: array.tolist() for name, array in state.arrays.items()} == {
            "centroids": [[value, 0.5]],
            "x": [1.0, 1.0],
        }
        assert verify(path) == []
    assert digests[0] != digests[1]


def test_clock_host_names_and_what_was_measured_do_not_enter_the_digest_but_all_that_was_done_does(point, tmp_path):
    def digest_of(name, changes, config=(("domain", "point-v1"), ("seed", 1)), seconds=0.1):
        path = tmp_path / f"{name}.run"
        create(path, name, dict(config), {"host": name})
        with Writer(path) as file:
            file.commit(changes, seconds)
            return file.digest

    plain = made.changes(0)
    assert digest_of("one", plain) == digest_of("other", plain, seconds=9.0)
    measured = [
        replace(plain, counters=replace(plain.counters, nonfinite=1)),
        replace(plain, metrics=plain.metrics | {"best": 0.1}),
        replace(plain, scores=plain.scores[1:]),
    ]
    assert {digest_of(f"measured{i}", changes) for i, changes in enumerate(measured)} == {digest_of("again", plain)}
    task, transfer, elite, learner, pair = (
        rows[0] for rows in (plain.tasks, plain.transfers, plain.elites, plain.learners, plain.pairs)
    )
    agent = elite.agent.copy()
    agent.view(np.uint32)[0] ^= 1
    others = [
        replace(plain, tasks=(replace(task, score=0.5), *plain.tasks[1:])),
        replace(plain, tasks=(replace(task, maker="given"), *plain.tasks[1:])),
        replace(plain, transfers=(replace(transfer, accepted=True), *plain.transfers[1:])),
        replace(plain, elites=(replace(elite, agent=agent), *plain.elites[1:])),
        replace(plain, learners=(replace(learner, agent=agent), *plain.learners[1:])),
        replace(plain, learners=(replace(learner, memory=learner.memory | {"t": np.array(8)}), *plain.learners[1:])),
        replace(plain, pairs=(replace(pair, potential=0.25), *plain.pairs[1:])),
        replace(plain, arrays={}),
    ]
    digests = {digest_of(f"changed{i}", changes) for i, changes in enumerate(others)}
    digests |= {digest_of("seed", plain, (("domain", "point-v1"), ("seed", 2))), digest_of("same", plain)}
    assert len(digests) == 10


def test_rows_of_another_generation_are_not_written(file):
    with Writer(file) as writer:
        for name in ("tasks", "transfers", "scores", "elites"):
            rows = getattr(made.changes(6), name)
            wrong = replace(made.changes(6), **{name: (replace(rows[0], generation=5), *rows[1:])})
            with pytest.raises(ValueError, match="generation 6 holds a"):
                writer.commit(wrong, 0.1)
        assert writer.commit(made.changes(6), 0.1) > 0


def test_a_sound_file_has_nothing_wrong_and_leaves_no_journal(file):
    assert verify(file) == []
    assert [path.name for path in file.parent.iterdir()] == ["made.run"]


def test_a_second_writer_is_refused_with_the_name_of_the_first(file):
    with (
        Writer(file),
        pytest.raises(Owned, match=rf"run by process {os.getpid()} on .* \(last sign of life \d+ s ago\)"),
    ):
        Writer(file)
    with Writer(file) as again:
        assert again.generation == 5


def test_the_file_of_a_dead_process_is_taken_over_and_the_crash_noted(file):
    writer = Writer(file)
    with writer.database:
        dead = (1, writer.owner().host, 2**22 + 1, writer.owner().boot, "1", 0.0)
        from openended.file.writer import insert

        insert(writer.database, tables.OWNER, [dead])
    writer.database.close()
    with Writer(file) as again:
        assert again.events()[-1].detail["crashed"] == f"{dead[1]}:{dead[2]}"


def test_the_cpu_time_of_all_processes_is_known_once_each_has_stopped(file):
    with Reader(file) as run:
        first = run.cpu_seconds()
    with Writer(file) as writer:
        sum(range(1_000_000))
        assert writer.cpu_seconds() is None
    with Reader(file) as run:
        assert run.cpu_seconds() > first >= 0
    writer = Writer(file)  # a process that dies
    writer.database.close()
    Writer(file, steal=True).close()
    with Reader(file) as run:
        assert run.cpu_seconds() is None


@pytest.mark.parametrize(("age", "refused"), [(5.0, True), (3600.0, False)])
def test_an_owner_on_another_machine_is_believed_alive_for_a_while(file, age, refused):
    import time

    from openended.file.writer import insert

    writer = Writer(file)
    insert(writer.database, tables.OWNER, [(1, "node17", 4121, "boot", "1", time.time() - age)])
    row = writer.database.execute("SELECT * FROM generation WHERE id = 5").fetchone()
    columns = dict(zip(tables.GENERATION.columns, row, strict=True)) | {"finished": time.time() - age}
    writer.database.execute("DELETE FROM generation WHERE id = 5")
    insert(writer.database, tables.GENERATION, [tuple(columns[name] for name in tables.GENERATION.names)])
    writer.database.close()
    if refused:
        with pytest.raises(Owned, match="process 4121 on node17"):
            Writer(file)
    else:
        Writer(file).close()


def test_a_stolen_run_goes_on_and_the_one_it_was_stolen_from_stops(file):
    first = Writer(file)
    with Writer(file, steal=True) as second:
        assert second.events()[-1].detail["stolen"] == f"{first.owner().host}:{os.getpid()}"
        second.commit(made.changes(6), 0.1)
    with pytest.raises(Owned, match="continued by another process"):
        first.commit(made.changes(6), 0.1)
    first.close()
    assert verify(file) == []
    with Reader(file) as run:
        assert run.last()[0] == 6


def test_of_two_writers_one_commits_and_the_other_stops(file):
    """Even if the owner row failed to keep the second one out, the compare-and-swap does."""
    for _ in range(10):
        first = Writer(file)
        first.database.execute("DELETE FROM owner")
        second = Writer(file)
        generation = first.generation + 1
        second.commit(made.changes(generation), 0.1)
        with pytest.raises(Owned, match="continued by another process"):
            first.commit(made.changes(generation), 0.1)
        first.close()
        second.close()
        assert verify(file) == []
    with Reader(file) as run:
        assert run.last()[0] == 15


def test_a_generation_out_of_turn_is_refused(file):
    with Writer(file) as writer:
        for generation in (5, 7):
            with pytest.raises(Owned):
                writer.commit(made.changes(generation), 0.1)
        assert writer.last()[0] == 5


class Faulty:
    """A connection whose n-th statement raises, before or after it is executed."""

    def __init__(self, database, fails, after):
        self.database, self.left, self.after = database, fails, after

    def __getattr__(self, name):
        method = getattr(self.database, name)
        if not name.startswith("execute"):
            return method

        def run(*arguments):
            self.left -= 1
            if self.left or self.after:
                found = method(*arguments)
            if not self.left:
                raise sqlite3.OperationalError("disk I/O error")
            return found

        return run


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_fault_at_any_statement_leaves_one_generation_or_the_next(file, after):
    outcomes = []
    for fails in range(1, 100):
        copy = file.with_name(f"copy-{fails}-{after}.run")
        shutil.copy(file, copy)
        with Writer(copy) as writer:
            sound = writer.database
            writer.database = Faulty(sound, fails, after)
            try:
                writer.commit(made.changes(6), 0.1)
                done = True
            except (Damaged, Resources):
                done = False
            writer.database = sound
        with Reader(copy) as run:
            outcomes.append(run.last()[0])
            assert bits(run.state()) == bits(expected_state(run.last()[0] + 1))
        assert verify(copy) == []
        if done:
            break
    assert done
    assert len(outcomes) > 10
    assert outcomes[:-2] == [5] * (len(outcomes) - 2)  # only a fault after the commit itself leaves the next one
    assert outcomes[-2:] == ([6, 6] if after else [5, 6])


def test_a_full_disk_stops_the_run_and_leaves_the_file_intact(file):
    with Writer(file) as writer:
        pages = writer.database.execute("PRAGMA page_count").fetchone()[0]
        writer.database.execute(f"PRAGMA max_page_count = {pages + 1}")
        big = replace(made.changes(6), metrics={str(i): float(i) for i in range(2000)})
        with pytest.raises(Resources, match="No space is left"):
            writer.commit(big, 0.1)
    assert verify(file) == []
    with Writer(file) as writer:
        writer.commit(big, 0.1)
        assert writer.generation == 6


def test_a_file_that_is_replaced_or_removed_while_it_is_run_stops_the_run(file):
    copy = file.with_name("copy.run")
    shutil.copy(file, copy)
    with Writer(file) as writer:
        os.replace(copy, file)
        with pytest.raises(Damaged, match="was replaced"):
            writer.commit(made.changes(6), 0.1)
        file.unlink()
        with pytest.raises(Damaged, match="is gone"):
            writer.commit(made.changes(6), 0.1)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "flat").write_text("")
    with pytest.raises(Resources, match="cannot be made"):
        create(tmp_path / "flat" / "x.run", "r", {}, {})


def test_a_file_made_by_another_process_meanwhile_is_not_overwritten(file):
    before = file.read_bytes()
    with pytest.raises(Owned, match="made by another process"):
        create(file, "other", {"domain": "point-v1"}, {})
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["made.run"]


def crashed(file):
    """Give the file and its journal as a crash in the middle of a commit leaves them; the file is half written."""
    folder = file.parent / "crashed"
    folder.mkdir()
    writer = Writer(file)
    writer.database.execute("PRAGMA cache_spill = 1")
    writer.database.execute("PRAGMA cache_size = 1")
    writer.database.execute("BEGIN IMMEDIATE")
    writer.database.execute("UPDATE learner SET steps = -1, agent = zeroblob(5000)")
    for path in (file, file.with_name("made.run-journal")):
        shutil.copy(path, folder / path.name)
    writer.database.execute("ROLLBACK")
    writer.close()
    assert (folder / "made.run").read_bytes() != file.read_bytes()
    assert (folder / "made.run-journal").stat().st_size > 0
    return folder / "made.run"


def test_a_reader_who_may_write_rolls_a_crashed_commit_back(file):
    left = crashed(file)
    with Reader(left) as run:
        assert run.note == ""
        assert bits(run.state()) == bits(expected_state(6))
    assert verify(left) == []


def test_a_reader_who_may_not_write_reads_a_repaired_copy_and_says_so(file, monkeypatch):
    left = crashed(file)
    before = left.read_bytes()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Reader(left) as run:
        assert "a repaired copy was read" in run.note
        assert bits(run.state()) == bits(expected_state(6))
    assert left.read_bytes() == before


def test_a_reader_who_may_not_write_reads_a_sound_file_as_it_is(file, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Reader(file) as run:
        assert run.note == ""
        assert run.state().generation == 5


@pytest.mark.parametrize("name", connection.UNLOCKABLE)
def test_a_copy_on_a_file_system_without_locks_can_be_read(file, monkeypatch, name):
    opened = connection.opened

    def unlockable(path, mode):
        if path == file:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorname = name
            raise error
        return opened(path, mode)

    monkeypatch.setattr(connection, "opened", unlockable)
    with Reader(file) as run:
        assert "cannot be locked" in run.note
        assert bits(run.state()) == bits(expected_state(6))


def test_a_reader_cannot_write(file):
    with pytest.raises(Resources), Reader(file) as run:
        run.database.execute("DELETE FROM pair")


def spoil_header(path, offset, value):
    with open(path, "r+b") as stream:
        stream.seek(offset)
        stream.write(value)


def foreign(path):
    path.unlink()
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE t (x)")
    database.close()


def add(sql):
    def change(path):
        database = sqlite3.connect(path)
        database.execute(sql)
        database.commit()
        database.close()

    return change


UNFIT = {
    "text": (lambda path: path.write_text("hello " * 100), "is not a run file"),
    "another application's": (foreign, "is not a run file"),
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
    "truncated": (lambda path: os.truncate(path, path.stat().st_size // 2), "damaged"),
    "short of a page": (lambda path: os.truncate(path, path.stat().st_size - 4096), "damaged"),
    "newer": (add(f"PRAGMA user_version = {schema.VERSION + 1}"), f"newer than the {schema.VERSION} known here"),
    "without a schema": (add("PRAGMA user_version = 0"), "has schema 0"),
    "with a trigger": (
        add("CREATE TRIGGER x AFTER INSERT ON pair BEGIN DELETE FROM task; END"),
        r"other tables.*\(x\)",
    ),
    "with a view": (add("CREATE VIEW x AS SELECT 1"), r"other tables.*\(x\)"),
    "with a table gone": (add("DROP TABLE event"), r"other tables.*\(event\)"),
}


@pytest.mark.parametrize(("change", "message"), UNFIT.values(), ids=UNFIT)
def test_a_file_that_is_not_a_sound_run_file_is_refused_and_left_untouched(file, change, message):
    change(file)
    before = file.read_bytes()
    for opening in (Reader, Writer, verify):
        with pytest.raises(Damaged, match=message):
            opening(file)
    assert file.read_bytes() == before


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(Usage, match="does not exist"):
        Reader(tmp_path / "x.run")
    with pytest.raises(Usage, match="is a folder"):
        Reader(tmp_path)


@pytest.mark.parametrize("policy", [{"kind": "mlp", "hidden": [9]}, {"kind": 7}, {"hidden": 3}, [], {"hidden": ["x"]}])
def test_a_policy_that_the_domain_cannot_run_is_damage(point, tmp_path, policy):
    path = tmp_path / "policy.run"
    create(path, "policy", {"domain": "point-v1", "policy": policy}, {})
    with pytest.raises(Damaged, match="policy"), Reader(path) as run:
        assert run.policy
