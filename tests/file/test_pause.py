"""Stops from the keyboard while a run file is read, with real processes."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from openended.file import connection, database
from openended.file.pause import postponed
from openended.file.reader import Reader
from openended.file.verify import verify
from openended.file.writer import Writer
from tests.support import made, session

ROOT = Path(__file__).parents[2]
LOOKS = """
import sys, time
from openended import envs
from openended.file.reader import Reader
envs.DOMAINS["point-v1"] = "tests.support.point:POINT"
print("ready", flush=True)
while True:
    with Reader(sys.argv[1]) as run:
        run.last()
        if len(sys.argv) > 2:
            print("looking", flush=True)
            time.sleep(float(sys.argv[2]))
"""
DEADLINE = 60.0
"""Seconds after which a test has hung."""


@contextmanager
def looking(file, *seconds):
    """A process that looks at the file again and again, and its id; it may be stopped from the keyboard."""
    command = [sys.executable, session.__file__, "-c", LOOKS, str(file), *map(str, seconds)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True)
    child = int(parent.stdout.readline())
    assert parent.stdout.readline() == "ready\n"
    try:
        yield child, parent.stdout
    finally:
        os.kill(child, signal.SIGKILL)
        parent.wait()
        parent.stdout.close()


def state(process):
    """The state of a process, as the system names it: `T` is stopped."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def wait_for(condition):
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_reader_that_is_stopped_from_the_keyboard_holds_no_lock(file):
    """Stopped at ten moments, most of them inside a look; the run commits each time, without waiting."""
    with looking(file) as (reader, _), Writer(file) as writer:
        writer._say = pytest.fail
        for number in range(10):
            time.sleep(0.005 * number)
            os.kill(reader, signal.SIGTSTP)
            wait_for(lambda: state(reader) == "T")
            writer.commit(made.changes(writer.generation + 1), 0.1)
            os.kill(reader, signal.SIGCONT)
            wait_for(lambda: state(reader) != "T")
        assert writer.generation == 15
    assert verify(file) == []


def test_a_stop_waits_for_the_end_of_the_look(file):
    with looking(file, 0.5) as (reader, output):
        assert output.readline() == "looking\n"
        asked = time.monotonic()
        os.kill(reader, signal.SIGTSTP)
        time.sleep(0.1)
        assert state(reader) != "T" or time.monotonic() - asked > 0.5
        wait_for(lambda: state(reader) == "T")
        os.kill(reader, signal.SIGCONT)
        assert output.readline() == "looking\n"


def test_a_writer_waits_for_a_reader_that_sleeps_with_its_lock_and_says_so_once(file, monkeypatch):
    """Stopped by a signal that nobody can postpone, longer than a writer waits before it tries again."""
    monkeypatch.setattr(database, "PATIENCE", 0.2)
    said, opened, asleep = [], threading.Event(), threading.Event()

    def run():
        with Writer(file, say=said.append) as writer:
            opened.set()
            asleep.wait(DEADLINE)
            writer.commit(made.changes(6), 0.1)

    thread = threading.Thread(target=run)
    thread.start()
    assert opened.wait(DEADLINE)
    with looking(file, 60) as (reader, output):
        assert output.readline() == "looking\n"
        os.kill(reader, signal.SIGSTOP)
        wait_for(lambda: state(reader) == "T")
        asleep.set()
        wait_for(lambda: said)
        time.sleep(1.5 * connection.TRY)
        assert thread.is_alive()
    thread.join(DEADLINE)
    assert len(said) == 1
    assert "is locked by another process, perhaps a stopped one (Ctrl-Z)" in said[0]
    with Reader(file) as look:
        assert look.last()[0] == 6


def test_only_the_main_thread_postpones_and_only_stops_that_are_the_systems(monkeypatch):
    before = signal.getsignal(signal.SIGTSTP)
    assert before is signal.SIG_DFL
    found = []

    def elsewhere():
        with postponed():
            found.append(signal.getsignal(signal.SIGTSTP))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert found == [signal.SIG_DFL]
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    try:
        with postponed():
            assert signal.getsignal(signal.SIGTSTP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    with postponed(), postponed():
        assert signal.getsignal(signal.SIGTSTP) is not signal.SIG_DFL
    assert signal.getsignal(signal.SIGTSTP) is signal.SIG_DFL
