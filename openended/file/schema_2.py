"""Run files of schema 2 (2026): their tables, and whether all their digests hold. Nothing here is ever written again.

Each elite had its agent in its own row; pairs had no best return; there were neither snapshots, potentials nor offers.
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace

from openended.file import digest, schema, soundness, tables
from openended.file.completion import completed
from openended.file.database import insert
from openended.file.housekeeping import Housekeeping
from openended.file.settings import identity
from openended.file.tables import BLOB

ELITE = replace(tables.ELITE, columns={**tables.ELITE.columns, "agent": BLOB}, shared="")
PAIR = replace(
    tables.PAIR, columns={name: kind for name, kind in tables.PAIR.columns.items() if name != "best_return"}, later=()
)

SEARCH = (tables.TASK, tables.ARRAY, tables.TRANSFER, ELITE, tables.LEARNER, PAIR, tables.SCORE)
TABLES = (tables.RUN, tables.GENERATION, *SEARCH, tables.OWNER, tables.EVENT)


def check(run: Housekeeping) -> Iterator[str]:
    """What is wrong with the file, one sentence each. Raises Damaged for rows that do not match their digests."""
    schema.check(run.database, run.path, TABLES)
    yield from soundness.past(run, SEARCH, genesis)


def genesis(run: Housekeeping) -> bytes:
    """What stands before the file's first chain."""
    return digest.genesis(identity(json.loads(run.settings["config"])))


def fill(run: Housekeeping, new: sqlite3.Connection) -> None:
    """Write all rows into a new file. Their digests are what they were; what they lacked is unknown."""
    for table in TABLES:
        today = {ELITE: tables.ELITE, PAIR: tables.PAIR}.get(table, table)
        unknown = (None,) * (len(today.names) - len(table.names))
        for row in run.rows(table):
            insert(new, today, [(*row, *unknown)])
    config = completed(json.loads(run.settings["config"]))
    later = {"config": digest.text(config), "genesis": genesis(run).hex()}
    insert(new, tables.RUN, later.items())
