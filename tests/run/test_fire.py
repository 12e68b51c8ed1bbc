"""The run file under fire, at the scale that is promised. Minutes each: `pytest -m slow tests/run/test_fire.py`."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from openended.file.reader import Reader
from openended.file.verify import verify
from tests.support import ROOT, made, toy
from tests.support.marked import Marked
from tests.support.run_content import content, found

pytestmark = pytest.mark.slow

PAIRS, PARAMETERS = 2000, 22


def inside_a_commit(journal):
    """Whether a rollback journal tells of a commit that was cut short: it is there, and it is not empty."""
    return journal.exists() and journal.stat().st_size > 0


def test_200_kills_of_a_run_of_2000_elites_lose_no_generation_that_was_reported(point, tmp_path, capsys):
    straight, path = tmp_path / "straight.run", tmp_path / "killed.run"
    moments = random.Random(7)
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    made.write(path, 1, PAIRS, PARAMETERS)
    digests = {}
    reported, journals, kills = 0, 0, 0
    while kills < 200:
        command = [sys.executable, ROOT / "tests" / "support" / "made.py", path, "100000", str(PAIRS), str(PARAMETERS)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            lines = [process.stdout.readline()]
            try:
                process.wait(moments.uniform(0.0, 0.4))
            except subprocess.TimeoutExpired:
                process.kill()
                kills += 1
            lines += process.stdout.read().split("\n")
        journals += inside_a_commit(path.with_name("killed.run-journal"))
        told = max(int(line) for line in lines if line.strip())
        assert verify(path) == []
        with Reader(path) as run:
            last = run.last()[0]
            digests[last] = run.digest
            rows = run.database.execute("SELECT count(*) FROM pair").fetchone()[0]
        assert told <= last <= told + 1
        assert last > reported
        assert rows >= 2000
        reported = last
    assert made.write(straight, reported + 1, PAIRS, PARAMETERS) == digests[reported]
    with Reader(straight) as run:
        chains = {row["generation"]: row["digest"] for row in run.generations()}
    assert all(chains[generation] == found for generation, found in digests.items())
    with capsys.disabled():
        print(f"\n{kills} kills, {journals} inside a commit, {reported} generations, 0 lost, 0 damaged")
    assert journals >= 20, "too few kills hit a commit for this test to mean something"


def test_500_flipped_bits_in_a_real_run_are_all_found_where_they_change_content(config, tmp_path, capsys):
    from openended.run import driver

    path, flipped = tmp_path / "sound.run", tmp_path / "flipped.run"
    driver.run(path, config("generations=30", "archive.cells=[20]"), threads=1)
    sound, before = path.read_bytes(), content(path)
    bits = random.Random(11)
    changed = missed = 0
    for _ in range(500):
        place = bits.randrange(len(sound) * 8)
        spoilt = bytearray(sound)
        spoilt[place // 8] ^= 1 << place % 8
        flipped.write_bytes(spoilt)
        if content(flipped) != before:
            changed += 1
            missed += not found(flipped)
    with capsys.disabled():
        print(f"\n500 flips, {changed} changed content, {missed} missed")
    assert missed == 0
    assert changed > 100


def test_20_requests_to_stop_at_random_moments_end_the_run(config, tmp_path, capsys):
    (tmp_path / "toy.toml").write_text(toy.SETTINGS)
    path = tmp_path / "stopped.run"
    moments = random.Random(3)
    longest, reached = 0.0, -1
    for number in range(20):
        sent = moments.choice([signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGHUP, signal.SIGUSR2])
        command = ("run", "toy.toml", "--out", path, "--generations", 1_000_000, "--threads", 1 + number // 2 % 2)
        with Marked(tmp_path, *command) as run:
            while not heeded(run.process.pid, sent) or (number % 2 and last(path) <= reached):
                assert run.process.poll() is None
                time.sleep(0.01)
            time.sleep(moments.uniform(0.0, 2.0 if number % 2 else 12.0))  # every other one while libraries load
            started = time.monotonic()
            run.process.send_signal(sent)
            code, errors = run.end(30)
            took = time.monotonic() - started
            assert code == 75, (sent, errors)
            assert run.all_gone()
        longest = max(longest, took)
        assert last(path) >= reached + number % 2
        reached = last(path)
        assert reached < 0 or verify(path) == []
    with capsys.disabled():
        print(f"\n20 requests, longest {longest:.2f} s, {reached} generations")
    from openended.run import driver

    driver.run(tmp_path / "straight.run", config(f"generations={reached}"), threads=1)
    with Reader(path) as one, Reader(tmp_path / "straight.run") as other:
        assert (one.last()[0], one.digest) == (other.last()[0], other.digest)


def last(path):
    """The last generation of a run file, -1 if there is none or no file yet."""
    if not path.exists():
        return -1
    with Reader(path) as file:
        return file.last()[0]


def heeded(pid, number):
    """Whether a process has a handler for a signal."""
    status = dict(line.split(":\t") for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(status["SigCgt"], 16) >> (number - 1) & 1


def fuzzed(data, dice, text):
    """A mutation: flipped, deleted, doubled or swapped parts, hostile words, another length."""
    data = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 5, 40])):
        place, length = dice.randrange(len(data) or 1), dice.choice([1, 4, 16, 200])
        kind = dice.randrange(6)
        if kind == 0 and data:
            data[place] ^= 1 << dice.randrange(8)
        elif kind == 1:
            del data[place : place + length]
        elif kind == 2:
            data[place:place] = data[place : place + length] * dice.choice([1, 3, 100])
        elif kind == 3:
            data[place : place + length] = dice.randbytes(length)
        elif kind == 4:
            data[place:place] = dice.choice(WORDS).encode()
        elif text or dice.random() < 0.3:
            data = data[:place] or data
    return bytes(data)


WORDS = (
    "= 1e999",
    "[[[[[[",
    '"../../x"',
    "nan",
    "inf",
    "-1",
    "'''",
    "\x00",
    "é",
    "[learner]\n",
    "= 99999999999999999999",
)


def sabotage(dice):
    """Statements that make a stranger's run file hostile rather than damaged."""
    return dice.choice(
        [
            "UPDATE run SET value = '{\"domain\": \"../../x\"}' WHERE key = 'config'",
            "UPDATE run SET value = 'null' WHERE key = 'config'",
            "UPDATE run SET value = '../../../x' WHERE key = 'recipe'",
            f"UPDATE run SET value = '{'[' * 100000}' WHERE key = 'config'",
            "UPDATE learner SET agent = zeroblob(50000000)",
            "UPDATE agent SET data = zeroblob(50000000)",
            "UPDATE agent SET data = 7",
            "UPDATE snapshot SET learner = 'x'",
            "UPDATE learner SET agent = 'text', memory = 7",
            "UPDATE elite SET agent = 7, origin = 'x'",
            'UPDATE learner SET declared = \'[["m","<f4",[99999999999,99999999999]]]\'',
            'UPDATE learner SET declared = \'[["m","<f4",[-1]]]\'',
            "UPDATE learner SET declared = '[]', memory = x''",
            "UPDATE pair SET best_fitness = 'high', niche = 1.5",
            "UPDATE task SET genome = '__import__(''os'')'",
            "UPDATE task SET descriptor = '[1e999]'",
            "UPDATE task SET id = id - 5",
            "UPDATE generation SET counters = '{\"__class__\": 1}'",
            "UPDATE generation SET metrics = '[]', id = id + 1000000000000",
            "UPDATE array SET shape = '[99999999999, 99999999999]', dtype = '|O'",
            "INSERT INTO array VALUES (9, 0, '../x', '|O', '[1]', x'00', x'80')",
            "CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM task; END",
            "CREATE VIEW v AS SELECT load_extension('x')",
            "DROP TABLE owner",
            "PRAGMA user_version = 999",
            "PRAGMA application_id = 1",
            "DELETE FROM pair",
            "UPDATE pair SET niche = 1000000000",
            "UPDATE task SET niche = 1000000000",
            "UPDATE task SET descriptor = '[1e300, -1e300]'",
            "UPDATE learner SET memory = zeroblob(length(memory))",
            "UPDATE learner SET memory = randomblob(length(memory))",
            "UPDATE pair SET potential = 1e308, fitness = 1e308, best_fitness = -1e308",
            "UPDATE pair SET learner = 99, elite = NULL",
            "UPDATE pair SET elite = 0",
            "DELETE FROM elite",
            "DELETE FROM learner",
            "UPDATE generation SET did = '{\"pair\": 7}'",
            "UPDATE generation SET did = '[', measured = 'null'",
            "INSERT INTO run VALUES ('migrated', '{\"generation\": 1e99}', x'00')",
            "PRAGMA user_version = 1",
            "UPDATE task SET parent = 77, generation = -9223372036854775808",
            "UPDATE pair SET origin = 99, seen = -9, visits = 9223372036854775807",
            "UPDATE learner SET agent = memory, memory = agent, steps = -1",
            "UPDATE owner SET pid = 'me'",
            "INSERT INTO owner VALUES (1, '../x', -1, 'x', 'x', 1e999, x'')",
            "UPDATE transfer SET source = 'x', kind = 7",
            "DELETE FROM generation",
            "UPDATE event SET detail = '\x1b]0;x', kind = x'ff'",
        ]
    )


def digested(path):
    """Give every row the digest that fits it, as somebody who means harm would."""
    import sqlite3

    from openended.file.database import SHARED
    from openended.file.tables import AGENT, TABLES

    database = sqlite3.connect(path)
    database.text_factory = bytes
    for table in (table for table in TABLES if table is not AGENT):
        try:
            database.text_factory = str
            names = ", ".join(SHARED.format(table.name, name) if name == table.shared else name for name in table.names)
            for row in database.execute(f"SELECT rowid, {names} FROM {table.name}").fetchall():
                fit = table.digest(row[1:])
                database.execute(f"UPDATE {table.name} SET digest = ? WHERE rowid = ?", (fit, row[0]))
        except (sqlite3.Error, UnicodeError):
            continue
    database.commit()
    database.close()


def test_300_fuzzed_run_files_and_recipes_are_refused_without_a_traceback(config, tmp_path, capsys):
    import sqlite3

    from openended.run import driver

    path = tmp_path / "sound.run"
    driver.run(path, config("generations=6"), threads=1)
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "x").write_text("untouched")
    dice = random.Random(int(os.environ.get("FUZZ_SEED", "5")))
    codes, wrong = {}, []
    requests = []
    for number in range(300):
        if number % 3 == 0:
            name = inside / f"{number}.toml"
            name.write_bytes(fuzzed(toy.SETTINGS.encode(), dice, text=True))
            requests.append(["run", name.name, "--generations", "0", "--out", f"{number}.run"])
        else:
            name = inside / f"{number}.run"
            shutil.copy(path, name)
            if number % 3 == 1:
                name.write_bytes(fuzzed(name.read_bytes(), dice, text=False))
            else:
                database = sqlite3.connect(name)
                database.execute("PRAGMA foreign_keys = OFF")
                database.execute(sabotage(dice))
                database.commit()
                database.close()
                if dice.random() < 0.7:
                    digested(name)
            verb = dice.choice(["status", "verify", "resume", "plot", "replay", "diff", "backup"])
            requests.append(command(verb, name.name, str(path)))
    for request, (code, errors) in zip(requests, answers(inside, requests), strict=True):
        if code not in {0, 2, 3, 4, 6} or "Traceback" in errors or len(errors) > 2000:
            wrong.append((request, code, errors[-1500:]))
        codes[code] = codes.get(code, 0) + 1
    with capsys.disabled():
        print(f"\n300 files, exit codes {dict(sorted(codes.items()))}")
    assert not wrong, "\n\n".join(map(str, wrong))
    assert (tmp_path / "x").read_text() == "untouched"
    assert {found.name for found in tmp_path.iterdir()} == {"inside", "sound.run", "toy.toml", "x"}


def command(verb, name, sound):
    """A command line for a file."""
    more = {
        "resume": ["--generations", "7", "--threads", "1"],
        "plot": ["-o", f"{name}.png"],
        "replay": ["-o", f"{name}.gif"],
        "diff": [sound],
        "backup": [f"{name}.copy"],
    }
    return [verb, name, *more.get(verb, [])]


SERVER = """
import io, json, signal, sys
from contextlib import redirect_stderr, redirect_stdout
from openended import envs
from openended import cli
envs.DOMAINS["point-v1"] = "tests.support.point:POINT"
for line in sys.stdin:
    sys.argv = ["openended", *json.loads(line)]
    output, errors = io.StringIO(), io.StringIO()
    signal.alarm(60)
    code = 0
    with redirect_stdout(output), redirect_stderr(errors):
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
    signal.alarm(0)
    print(json.dumps([code, errors.getvalue()]), flush=True)
"""


def answers(folder, requests):
    """Exit code and error output of each command line, all in one process, which dies if one takes a minute."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"}
    with subprocess.Popen(
        [sys.executable, "-c", SERVER],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        for request in requests:
            server.stdin.write(json.dumps(request) + "\n")
            server.stdin.flush()
            answer = server.stdout.readline()
            assert answer, f"{request} took a minute or ended the process ({server.poll()})"
            yield json.loads(answer)
        server.stdin.close()
