"""Run files of schema 1 as its code wrote them, written here by hand: that code no longer exists.

    python schema_1_file.py

reads lines with a file and seconds, migrates the file in a process of its own, kills that after the seconds if it is
still at work, and prints whether it was, and the seconds that passed.
"""

import hashlib
import json
import os
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np

from openended.file.digest import canonical

SETTINGS = {
    "question": "Do run files of schema 1 go on?",
    "domain": "point-v1",
    "algorithm": "map-elites",
    "seed": 3,
    "generations": 40,
    "archive": {"kind": "grid", "cells": [40], "samples": 1000},
    "episodes": {"cap": 50, "train_cap": 0, "stall": 0, "evaluation_stall": 0, "repeats": 5},
    "es": {"population": 32, "learning_rate": 0.1, "sigma": 0.1},
    "criterion": {"low": -50.0, "high": 300.0, "solved": 230.0},
}
TABLES = {
    "run": "key TEXT PRIMARY KEY, value TEXT NOT NULL, digest BLOB NOT NULL",
    "generation": "id INTEGER PRIMARY KEY, counters TEXT NOT NULL, metrics TEXT NOT NULL, archive BLOB NOT NULL, "
    "chain BLOB NOT NULL, seconds REAL NOT NULL, commit_seconds REAL NOT NULL, finished REAL NOT NULL, "
    "digest BLOB NOT NULL",
    "task": "id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, generation INTEGER NOT NULL, niche INTEGER NOT NULL, "
    "outcome TEXT NOT NULL, score REAL, descriptor TEXT NOT NULL, digest BLOB NOT NULL, genome TEXT NOT NULL",
    "pair": "task INTEGER PRIMARY KEY REFERENCES task (id), niche INTEGER NOT NULL, fitness REAL, best_fitness REAL, "
    "origin INTEGER NOT NULL, es_steps INTEGER NOT NULL, visits INTEGER NOT NULL, progress REAL, "
    "active INTEGER NOT NULL, admitted INTEGER NOT NULL, retired INTEGER NOT NULL, recent TEXT NOT NULL, "
    "t INTEGER NOT NULL, learning_rate REAL, sigma REAL, digest BLOB NOT NULL, agent BLOB NOT NULL, "
    "best_agent BLOB NOT NULL, m BLOB NOT NULL, v BLOB NOT NULL",
    "transfer": "id INTEGER PRIMARY KEY, generation INTEGER NOT NULL, source INTEGER NOT NULL, "
    "target INTEGER NOT NULL, kind TEXT NOT NULL, fitness REAL, incumbent REAL, accepted INTEGER NOT NULL",
    "score": "id INTEGER PRIMARY KEY, generation INTEGER NOT NULL, agent INTEGER NOT NULL, task INTEGER NOT NULL, "
    "fitness REAL, digest BLOB NOT NULL",
    "array": "name TEXT PRIMARY KEY, dtype TEXT NOT NULL, shape TEXT NOT NULL, digest BLOB NOT NULL, "
    "data BLOB NOT NULL",
    "owner": "id INTEGER PRIMARY KEY CHECK (id = 1), host TEXT NOT NULL, pid INTEGER NOT NULL, boot TEXT NOT NULL, "
    "started TEXT NOT NULL, since REAL NOT NULL, digest BLOB NOT NULL",
    "event": "id INTEGER PRIMARY KEY, time REAL NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL, "
    "digest BLOB NOT NULL",
}
UNDIGESTED = {"transfer"}


def text(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def digest_of(table, row):
    return hashlib.sha256(canonical([table, *row])).digest()


def names(table):
    return [column.split()[0] for column in TABLES[table].split(", ") if column.split()[0] != "digest"]


def put(database, table, *rows):
    """Write rows in place of those with the same key, and give their digests."""
    for row in rows:
        values = (*row,) if table in UNDIGESTED else (*row, digest_of(table, row))
        columns = names(table) if table in UNDIGESTED else [*names(table), "digest"]
        marks = ", ".join("?" * len(values))
        database.execute(f"REPLACE INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)
    return [digest_of(table, row) for row in rows]


def agent(parameters, *seed):
    return np.random.default_rng(seed).normal(size=parameters).astype("<f4").tobytes()


def generation(number, pairs, parameters):
    """The rows of a generation by table: 0 makes three tasks, every later one another, which gets an agent from 0; pair
    1 retires in generation 2.
    """
    made = range(3) if number == 0 else [number + 2]
    altered = sorted({*np.random.default_rng(number).integers(0, number + 3, pairs).tolist(), *made})
    genome = '{{"x":1.0,"y":0.0,"wind":{}}}'
    tasks = [(id, id - 1, number, id, "admitted", 0.5 * id, text([1.0, 0.0]), genome.format(0.0)) for id in made]
    rows = []
    for id in altered:
        arrays = [agent(parameters, id, number, place) for place in range(4)]
        retired = 2 if id == 1 and number >= 2 else -1
        clock = (max(id - 2, 0), retired, text([0.1, None]), number, 0.01, 0.1)
        rows.append((id, id, 0.5 * number, 2.0 + number, 0, number, 1, 0.25, int(retired < 0), *clock, *arrays))
    tried = [(number, 0, id, "direct", 2.0 + number, 1.0, 1) for id in made if id]
    scores = [(number, 1, id, 3.0 * id) for id in made] if number >= 2 else []
    return tasks, rows, tried, scores


def write(path, generations, pairs=3, parameters=22, crash=False):
    """A run file of made-up generations; with `crash` a process died in the middle of the next commit: the file is
    half written, and its journal lies beside it.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA application_id = 1329942084")
        database.execute("PRAGMA user_version = 1")
        database.execute("BEGIN")
        for table, columns in TABLES.items():
            database.execute(f"CREATE TABLE {table} ({columns})")
        settings = {"id": "00112233aabbccdd", "recipe": "old", "config": text(SETTINGS)}
        put(database, "run", *(settings | {"fingerprint": text({"python": "3"})}).items())
        identity = text({key: value for key, value in SETTINGS.items() if key not in ("generations", "question")})
        chain = hashlib.sha256(canonical(["openended", identity])).digest()
        kept, known = {}, {"transfer": 0, "score": 0}
        for number in range(generations):
            tasks, altered, *numbered = generation(number, pairs, parameters)
            array = [("centroids", "<f8", "[1,2]", np.ones(2).tobytes())] if number == 0 else []
            wrote = put(database, "task", *tasks) + put(database, "array", *array)
            for table, rows in zip(known, numbered, strict=True):
                wrote += put(database, table, *((id, *row) for id, row in enumerate(rows, known[table])))
                known[table] += len(rows)
            kept |= dict(zip([row[0] for row in altered], put(database, "pair", *altered), strict=True))
            total = sum(int.from_bytes(digest, "little") for digest in kept.values()) % (1 << 256)
            left = total.to_bytes(32, "little")
            counters = text({"evaluations": 10 * number, "env_steps": 1000 * number, "tasks_created": number + 3})
            metrics = text({"best": 2.0 + number, "hardest": None})
            chain = hashlib.sha256(canonical([chain, number, b"".join(wrote), left, counters, metrics])).digest()
            put(database, "generation", (number, counters, metrics, left, chain, 0.5, 0.1, 1.7e9 + number))
        put(database, "event", (0, 1.7e9, "start", text({"host": "x", "pid": 1, "crashed": None})))
        database.execute("COMMIT")
        if crash:
            crash_during_commit(database, path)


def crash_during_commit(database, path):
    """Leave file and journal as a process leaves them that dies in the middle of a commit."""
    database.execute("PRAGMA cache_spill = 1")
    database.execute("PRAGMA cache_size = 1")
    database.execute("BEGIN IMMEDIATE")
    database.execute("UPDATE pair SET fitness = -1, agent = zeroblob(5000)")
    halves = {each: each.read_bytes() for each in (path, Path(f"{path}-journal"))}
    database.execute("ROLLBACK")
    database.close()
    for each, half in halves.items():
        each.write_bytes(half)


def killed(path, seconds):
    """Migrate a file in a forked process, for some seconds at most. Whether it was killed, and after how long."""
    from openended.file import migrate

    begun = time.monotonic()
    child = os.fork()
    if not child:
        migrate.upgrade(Path(path), False, lambda message: None)
        os._exit(0)
    done = 0
    while not done and time.monotonic() - begun < seconds:
        time.sleep(0.0005)
        done, _ = os.waitpid(child, os.WNOHANG)
    if not done:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return not done, time.monotonic() - begun


if __name__ == "__main__":
    from openended import envs
    from openended.core.algorithms import algorithm

    envs.DOMAINS["point-v1"] = "tests.support.point:POINT"
    algorithm("map-elites")
    for line in sys.stdin:
        file, limit = line.rsplit(maxsplit=1)
        print(json.dumps(killed(file, float(limit))), flush=True)
