import random
import subprocess
import sys
import time

from openended.file.reader import Reader
from openended.file.verify import verify
from tests.support import ROOT, made

SIZE = ("300", "22")
"""Pairs and parameters: a commit takes as long as the way to it."""

KILLS = 14
"""Every other one hits a commit: it comes as soon as the journal of one is there."""


def inside_a_commit(journal):
    """Whether a rollback journal with content is there: a commit is under way, or was cut short."""
    return journal.exists() and journal.stat().st_size > 0


def test_a_process_killed_at_any_moment_loses_no_generation_that_it_reported(point, tmp_path):
    straight, path = tmp_path / "straight.run", tmp_path / "killed.run"
    journal = path.with_name("killed.run-journal")
    moments = random.Random(4)
    reported, hits = -1, 0
    for kill in range(KILLS):
        command = [sys.executable, made.__file__, path, "100000", *SIZE]
        environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            first = int(process.stdout.readline())
            assert first == reported + 1 or (first == reported + 2 and reported >= 0)
            time.sleep(moments.uniform(0.0, 0.15))
            while kill % 2 and not inside_a_commit(journal) and process.poll() is None:
                time.sleep(0.0002)
            process.kill()
            lines = [line for line in process.stdout.read().split("\n") if line]
        hits += inside_a_commit(journal)
        reported = max([first, *map(int, lines)])
        assert verify(path) == []
        with Reader(path) as run:
            last = run.last()[0]
            assert reported <= last <= reported + 1
            digest = run.digest
        reported = last
    assert hits > 0
    assert made.write(straight, reported + 1, *map(int, SIZE)) == digest
