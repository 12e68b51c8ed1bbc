import itertools
import random
import subprocess
import sys
from pathlib import Path

from openended.file.reader import Reader
from openended.file.verify import verify
from tests.support import ROOT, made

SIZE = ("300", "22")
"""Pairs and parameters: a commit takes as long as the way to it, so that many kills hit one."""

KILLS, INSIDE, MOST = 14, 3, 80
"""So many kills, and on until so many have hit a commit, which on a busy machine takes luck; at most `MOST`."""


def test_a_process_killed_at_any_moment_loses_no_generation_that_it_reported(point, tmp_path, capsys):
    straight, path = tmp_path / "straight.run", tmp_path / "killed.run"
    moments = random.Random(4)
    script = Path(made.__file__)
    reported, journals = -1, 0
    for kills in itertools.count(1):
        command = [sys.executable, script, path, "100000", *SIZE]
        environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            first = int(process.stdout.readline())
            assert first == reported + 1 or (first == reported + 2 and reported >= 0)
            try:
                process.wait(moments.uniform(0.0, 0.15))
            except subprocess.TimeoutExpired:
                process.kill()
            lines = [line for line in process.stdout.read().split("\n") if line]
        journal = path.with_name("killed.run-journal")
        journals += journal.exists() and journal.stat().st_size > 0
        reported = max([first, *map(int, lines)])
        assert verify(path) == []
        with Reader(path) as run:
            last = run.last()[0]
            assert reported <= last <= reported + 1
            digest = run.digest
        reported = last
        if kills >= KILLS and journals >= INSIDE:
            break
        assert kills < MOST, "too few kills hit a commit for this test to mean something"
    assert made.write(straight, reported + 1, *map(int, SIZE)) == digest
