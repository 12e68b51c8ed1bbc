"""Run files of schema 1 (2026): their tables, and whether all their digests hold. Nothing here is ever written again.

A pair held everything of its task: the agent in training with Adam's memory, and the best agent. The chain of a
generation covered its counters and metrics, too; transfers had no digests of their own.
"""

import json
from collections.abc import Iterator
from hashlib import sha256

from openended.file import digest, schema, tables
from openended.file.housekeeping import Housekeeping
from openended.file.settings import identity
from openended.file.table import Row, Table
from openended.file.tables import BLOB, KEY, REAL, TEXT, WHOLE

CLOCK = dict.fromkeys(("seconds", "commit_seconds", "finished"), "REAL NOT NULL")
COUNTED = {"counters": TEXT, "metrics": TEXT, "archive": BLOB, "chain": BLOB}
NUMBERS = dict.fromkeys(("origin", "es_steps", "visits"), WHOLE)
STATE = dict.fromkeys(("active", "admitted", "retired"), WHOLE) | {"recent": TEXT, "t": WHOLE}

GENERATION = Table("generation", {"id": KEY, **COUNTED, **CLOCK, "digest": BLOB})
TASK = Table("task", {name: kind for name, kind in tables.TASK.columns.items() if name != "maker"})
PAIR = Table(
    "pair",
    {
        "task": f"{KEY} REFERENCES task (id)",
        "niche": WHOLE,
        "fitness": REAL,
        "best_fitness": REAL,
        **NUMBERS,
        "progress": REAL,
        **STATE,
        "learning_rate": REAL,
        "sigma": REAL,
        "digest": BLOB,
        **dict.fromkeys(("agent", "best_agent", "m", "v"), BLOB),
    },
)
TRANSFER = Table("transfer", {name: kind for name, kind in tables.TRANSFER.columns.items() if name != "digest"})
ARRAY = Table("array", {"name": "TEXT PRIMARY KEY", "dtype": TEXT, "shape": TEXT, "digest": BLOB, "data": BLOB})

TABLES = (tables.RUN, GENERATION, TASK, PAIR, TRANSFER, tables.SCORE, ARRAY, tables.OWNER, tables.EVENT)


class Old(Housekeeping):
    """The rows of a file of schema 1."""

    def digested(self, table: Table, last: int | None = None, where: str = "") -> Iterator[tuple[bytes, Row]]:
        if "digest" in table.columns:
            yield from super().digested(table, last, where)
        else:
            query = f"SELECT {', '.join(table.names)} FROM {table.name} ORDER BY {table.key}"
            for row in self.database.execute(query):
                yield digest.row(table.name, row), row


def check(run: Old) -> Iterator[str]:
    """What is wrong with the file, one sentence each. Raises Damaged for rows that do not match their digests."""
    schema.check(run.database, run.path, TABLES)
    for pragma in ("integrity_check", "foreign_key_check"):
        for found in run.database.execute(f"PRAGMA {pragma}").fetchall():
            if found[0] != "ok":
                yield f"{pragma}: {' '.join(str(part) for part in found)}"
    if missing := {"id", "recipe", "config", "fingerprint"} - set(run.settings):
        yield f"table run lacks {', '.join(sorted(missing))}"
        return
    yield from history(run, digest.genesis(identity(json.loads(run.settings["config"]))))
    if any(row[0] != expected for expected, row in enumerate(run.rows(tables.EVENT))):
        yield "an event is missing"
    run.owner()


def history(run: Old, chain: bytes) -> Iterator[str]:
    """Generations are numbered without gaps, each chain follows from what its generation wrote, and the pairs are those
    that the last one left.
    """
    written: dict[int, list[bytes]] = {}
    for table in (TASK, ARRAY, TRANSFER, tables.SCORE):
        place = table.generation
        for found, row in run.digested(table):
            written.setdefault(0 if place is None else row[place], []).append(found)
    left = bytes(digest.SIZE)
    for expected, (id, counters, metrics, left, kept, *_) in enumerate(run.rows(GENERATION)):
        rows = b"".join(written.pop(id, []))
        chain = sha256(digest.canonical([chain, id, rows, left, counters, metrics])).digest()
        if id != expected or chain != kept:
            yield f"generation {expected}: its digest does not follow from its tasks, transfers, scores and metrics"
            return
    if written:
        yield f"there are rows of generation {min(written)}, which the run has not reached"
    if digest.multiset(bytes(digest.SIZE), [], (found for found, _ in run.digested(PAIR))) != left:
        yield "the pairs are not those that the last generation left"
