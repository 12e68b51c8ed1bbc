"""Run files of schema 3 (2026): their tables, and whether all their digests hold. Nothing here is ever written again.

There were no offers and no milestones; all else is as it is today.
"""

import json
import sqlite3
from collections.abc import Iterator

from openended.file import digest, schema, soundness, tables
from openended.file.completion import completed
from openended.file.database import insert
from openended.file.housekeeping import Housekeeping
from openended.file.settings import identity

TABLES = tuple(table for table in tables.TABLES if table not in (tables.OFFER, tables.MILESTONE))
SEARCH = tuple(table for table in TABLES if table.pick)


def check(run: Housekeeping) -> Iterator[str]:
    """What is wrong with the file, one sentence each. Raises Damaged for rows that do not match their digests."""
    schema.check(run.database, run.path, TABLES)
    yield from soundness.past(run, SEARCH, genesis)


def genesis(run: Housekeeping) -> bytes:
    """What stands before the file's first chain."""
    kept = run.settings.get("genesis")
    return digest.genesis(identity(json.loads(run.settings["config"]))) if kept is None else bytes.fromhex(kept)


def fill(run: Housekeeping, new: sqlite3.Connection) -> None:
    """Write all rows into a new file. Their digests are what they were."""
    for table in TABLES:
        if table is not tables.AGENT:  # agents come with the rows that name them
            for row in run.rows(table):
                insert(new, table, [row])
    config = completed(json.loads(run.settings["config"]))
    later = {"config": digest.text(config), "genesis": genesis(run).hex()}
    insert(new, tables.RUN, later.items())
