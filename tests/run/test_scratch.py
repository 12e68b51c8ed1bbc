import shutil
import sqlite3
import time

import pytest

from openended.file import machine, tables
from openended.file.backup import glance
from openended.file.database import insert
from openended.file.errors import Damaged, Interrupted, Owned, Resources
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.run import driver, scratch
from tests.support.run_content import digest


@pytest.fixture
def places(tmp_path):
    """The shared path, the node's folder, and the live file there."""
    shared, folder = tmp_path / "shared" / "toy.run", tmp_path / "node"
    shared.parent.mkdir()
    folder.mkdir()
    return shared, folder, scratch.place(shared, folder)


def test_the_result_is_that_of_a_run_in_place_and_nothing_is_left_on_the_node(places, config, tmp_path):
    shared, folder, _ = places
    said = []
    driver.run(shared, config(), threads=1, scratch=folder, say=said.append)
    driver.run(tmp_path / "straight.run", config(), threads=1)
    assert digest(shared) == digest(tmp_path / "straight.run")
    assert verify(shared) == []
    assert list(folder.iterdir()) == []
    assert "the loss of this node costs what was done since the last copy" in said[0]


def test_copies_are_made_in_time_and_say_who_runs_it(places, config, monkeypatch):
    shared, folder, live = places
    monkeypatch.setattr(scratch, "EVERY", 0.0)
    monkeypatch.setattr(scratch, "SHARE", 1e9)
    seen = []

    def look(state, changes, timing):
        if changes.generation:
            found = glance(shared)
            seen.append((changes.generation - found.generation, found.alive, found.owner == glance(live).owner))

    driver.run(shared, config(), threads=1, observe=look, scratch=folder)
    assert seen == [(1, True, True)] * 12
    assert glance(shared).owner is None


def test_between_copies_the_shared_disk_is_left_alone(places, config):
    shared, folder, _ = places
    held = []
    driver.run(shared, config(), threads=1, scratch=folder, observe=lambda *_: held.append(glance(shared).generation))
    assert held[0] == held[-1] == -1
    assert glance(shared).generation == 12


def crash(places, config, until, then):
    """A run that has committed generation `until` in the live file when its node crashes."""
    shared, folder, live = places
    kept = folder / "kept"

    def keep(state, changes, timing):
        if changes.generation == until:
            shutil.copy(live, kept)

    driver.run(shared, config(f"generations={until}"), threads=1, observe=keep, scratch=folder)
    then(shared, kept)
    shutil.move(kept, live)
    own(live, None)


def own(path, host):
    """The file is owned by a process of `host`; None: by a dead one of this machine."""
    database = sqlite3.connect(path)
    here = machine.me()
    owner = (1, host or here.host, 2**22 + 1, here.boot if host is None else "boot", "1", time.time())
    insert(database, tables.OWNER, [owner])
    database.commit()
    database.close()


def older(shared, kept):
    """The shared copy is two generations behind."""
    with Reader(shared) as run:
        settings = run.config
    shared.unlink()
    from openended.run import recipe

    driver.run(shared, recipe.check(settings | {"generations": 4}, "toy", "toy"), threads=1)
    database = sqlite3.connect(shared)
    with Reader(kept) as run:
        insert(database, tables.RUN, [("id", run.id)])
    database.commit()
    database.close()


@pytest.mark.parametrize("then", [older, lambda shared, kept: None], ids=["node newer", "both equal"])
def test_after_a_crash_the_same_node_goes_on_from_the_newer_file(places, config, tmp_path, then):
    shared, folder, _ = places
    crash(places, config, 6, then)
    said = []
    driver.run(shared, config(), threads=1, scratch=folder, say=said.append)
    driver.run(tmp_path / "straight.run", config(), threads=1)
    assert digest(shared) == digest(tmp_path / "straight.run")
    assert any("the former is continued" in line for line in said) == (then is older)


def test_another_node_goes_on_from_the_copy(places, config, tmp_path):
    shared, folder, _ = places
    driver.run(shared, config("generations=5"), threads=1, scratch=folder)
    driver.run(shared, config("generations=8"), threads=1, scratch=tmp_path / "other node")
    driver.run(shared, config(), threads=1)
    driver.run(tmp_path / "straight.run", config(), threads=1)
    assert digest(shared) == digest(tmp_path / "straight.run")


def test_an_old_file_on_the_node_gives_way_to_a_newer_copy(places, config, tmp_path):
    shared, folder, live = places
    driver.run(shared, config("generations=3"), threads=1)
    shutil.copy(shared, live)
    driver.run(shared, config("generations=6"), threads=1)
    driver.run(shared, config(), threads=1, scratch=folder)
    driver.run(tmp_path / "straight.run", config(), threads=1)
    assert digest(shared) == digest(tmp_path / "straight.run")


def test_files_that_have_gone_separate_ways_are_told_apart(places, config):
    shared, folder, live = places
    driver.run(shared, config("generations=3"), threads=1)
    driver.run(live, config("generations=5", "seed=9"), threads=1)
    before = shared.read_bytes(), live.read_bytes()
    with pytest.raises(Damaged, match="have gone separate ways"):
        driver.run(shared, config(), scratch=folder)
    assert (shared.read_bytes(), live.read_bytes()) == before


def test_a_run_that_another_node_has_is_refused_and_can_be_stolen(places, config, tmp_path):
    shared, folder, _ = places
    driver.run(shared, config("generations=3"), threads=1)
    own(shared, "node17")
    with pytest.raises(Owned, match=r"process 4194305 on node17 .*--steal"):
        driver.run(shared, config(), threads=1, scratch=folder)
    assert list(folder.iterdir()) == []
    driver.run(shared, config(), threads=1, scratch=folder, steal=True)
    assert glance(shared).generation == 12


def test_the_node_from_which_a_run_was_stolen_stops_at_its_next_copy(places, config, monkeypatch):
    shared, folder, _ = places
    monkeypatch.setattr(scratch, "EVERY", 0.0)
    monkeypatch.setattr(scratch, "SHARE", 1e9)

    def steal(state, changes, timing):
        if changes.generation == 4:
            own(shared, "node17")

    with pytest.raises(Owned, match="continued by another process"):
        driver.run(shared, config(), threads=1, observe=steal, scratch=folder)
    assert glance(shared).owner.host == "node17"


def test_a_shared_disk_that_fails_is_said_and_the_newest_generations_stay_on_the_node(places, config, monkeypatch):
    shared, folder, live = places
    copy = scratch.backup.copy
    broken = []

    def fail(source, target, owned):
        if target == shared and broken:
            raise Resources("No space is left.")
        return copy(source, target, owned)

    monkeypatch.setattr(scratch, "EVERY", 0.0)
    monkeypatch.setattr(scratch.backup, "copy", fail)
    said = []
    with pytest.raises(Resources, match=f"newest generations are in {live}"):
        driver.run(shared, config(), threads=1, scratch=folder, say=said.append, observe=lambda *_: broken.append(True))
    assert any("loss of this node would now cost more" in line for line in said)
    assert glance(live).generation == 12
    broken.clear()
    own(shared, None)
    monkeypatch.setattr(scratch.backup, "copy", copy)
    driver.run(shared, config(), threads=1, scratch=folder)
    assert glance(shared).generation == 12


def test_a_request_to_stop_leaves_a_copy_of_the_last_generation(places, config):
    import signal

    shared, folder, live = places

    def stop(state, changes, timing):
        if changes.generation == 4:
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(Interrupted, match=r"resume .*toy.run --scratch .*node"):
        driver.run(shared, config(), threads=1, observe=stop, scratch=folder)
    assert glance(shared).generation == 4
    assert not live.exists()
