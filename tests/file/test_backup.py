import os
import shutil
import sqlite3
import threading
import time

import pytest

from openended.file.backup import backup
from openended.file.errors import Owned, Resources, Usage
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.file.writer import Writer, create
from tests.support import made


def test_a_copy_is_sound_belongs_to_nobody_and_goes_on(file, tmp_path):
    to = tmp_path / "folder" / "copy.run"
    with Writer(file):
        assert backup(file, to) == 5
    assert verify(to) == []
    with Reader(file) as one, Reader(to) as other:
        assert (one.digest, one.id) == (other.digest, other.id)
        assert other.owner() is None
    with Writer(to) as writer:
        writer.commit(made.changes(6), 0.1)
    assert [path.name for path in to.parent.iterdir()] == ["copy.run"]


def test_copies_of_a_live_run_are_each_one_moment_of_it(file, tmp_path):
    to, done = tmp_path / "copy.run", threading.Event()

    def run():
        with Writer(file) as writer:
            while not done.is_set():
                writer.commit(made.changes(writer.generation + 1), 0.1)
                time.sleep(0.002)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        moments = []
        for _ in range(15):
            moments.append(backup(file, to))
            assert verify(to) == []
    finally:
        done.set()
        thread.join()
    assert moments == sorted(moments)
    assert moments[-1] > moments[0]


def other_run(path):
    create(path, "other", {"domain": "point-v1", "seed": 2}, {})


def further(path):
    made.write(path, 9)


def text(path):
    path.write_text("notes")


def database(path):
    sqlite3.connect(path).executescript("CREATE TABLE t (x)")


def orphan(path):
    path.with_name(f"{path.name}-journal").write_text("x")


IN_THE_WAY = {
    "another run": (other_run, "holds another run"),
    "text": (text, "no sound run file"),
    "a database": (database, "no sound run file"),
    "a folder": (os.mkdir, "is a folder"),
    "a journal without its file": (orphan, "belongs to a file that is gone"),
}


@pytest.mark.parametrize(("put", "message"), IN_THE_WAY.values(), ids=IN_THE_WAY)
def test_nothing_but_an_older_copy_is_overwritten(file, tmp_path, put, message):
    to = tmp_path / "there.run"
    put(to)
    before = to.read_bytes() if to.is_file() else None
    with pytest.raises(Usage, match=message):
        backup(file, to)
    assert (to.read_bytes() if to.is_file() else None) == before


def test_a_copy_that_is_further_on_or_live_or_the_file_itself_is_not_overwritten(file, tmp_path):
    to = tmp_path / "copy.run"
    backup(file, to)
    with Writer(to) as writer, pytest.raises(Owned, match=f"process {os.getpid()}"):
        backup(file, to)
    with Writer(to) as writer:
        writer.commit(made.changes(6), 0.1)
    with pytest.raises(Usage, match="generation 6, further than"):
        backup(file, to)
    with pytest.raises(Usage, match="itself"):
        backup(file, file)
    with pytest.raises(Usage, match="does not exist"):
        backup(tmp_path / "nowhere.run", to)


def test_an_older_copy_is_replaced_as_a_whole(file, tmp_path):
    to, kept = tmp_path / "copy.run", tmp_path / "kept.run"
    backup(file, to)
    os.link(to, kept)
    with Writer(file) as writer:
        writer.commit(made.changes(6), 0.1)
    assert backup(file, to) == 6
    assert (verify(to), verify(kept)) == ([], [])
    with Reader(kept) as run:
        assert run.last()[0] == 5


def test_a_copy_left_in_the_middle_of_a_commit_is_repaired_before_it_is_replaced(file, tmp_path):
    """Its journal would otherwise be rolled back into the new copy."""
    to = tmp_path / "copy.run"
    backup(file, to)
    writer = Writer(to)
    writer.database.execute("PRAGMA cache_spill = 1")
    writer.database.execute("PRAGMA cache_size = 1")
    writer.database.execute("BEGIN IMMEDIATE")
    writer.database.execute("UPDATE learner SET steps = -1, agent = zeroblob(5000)")
    folder = tmp_path / "crashed"
    folder.mkdir()
    for name in ("copy.run", "copy.run-journal"):
        shutil.copy(tmp_path / name, folder / name)
    writer.database.execute("ROLLBACK")
    writer.close()
    assert (folder / "copy.run-journal").stat().st_size > 0
    claimed = sqlite3.connect(folder / "copy.run")
    claimed.execute("DELETE FROM owner")
    claimed.commit()
    claimed.close()
    with Writer(file) as writer:
        writer.commit(made.changes(6), 0.1)
    backup(file, folder / "copy.run")
    assert verify(folder / "copy.run") == []


def test_a_place_that_cannot_be_written_leaves_nothing(file, tmp_path):
    (tmp_path / "flat").write_text("")
    with pytest.raises((Resources, Usage)):
        backup(file, tmp_path / "flat" / "copy.run")
    assert (tmp_path / "flat").read_text() == ""
