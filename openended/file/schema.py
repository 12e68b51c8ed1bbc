"""What a database must look like before anything is read from it."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from openended.file.errors import Damaged
from openended.file.table import Table
from openended.file.tables import TABLES

APPLICATION_ID = 0x4F45_4E44
"""The letters OEND in the file's header say that it is ours."""

VERSION = 4
"""The schema number (`PRAGMA user_version`); it grows whenever a table changes."""

OLDEST = 1
"""The oldest schema that can be migrated."""


def create(connection: sqlite3.Connection) -> None:
    """Mark an empty database as ours and make its tables. To be called inside a transaction."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    for table in TABLES:
        connection.execute(table.statement)


def version(connection: sqlite3.Connection, path: Path) -> int:
    """The schema of a run file. Raises Damaged unless the database is ours and its schema is known here."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise Damaged(f"{path} is not a run file of openended; name another file.")
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > VERSION:
        raise Damaged(f"{path} has schema {found}, newer than the {VERSION} known here; update openended.")
    if found < OLDEST:
        raise Damaged(f"{path} has schema {found}, which no release had; the file is damaged.")
    return found


def check(connection: sqlite3.Connection, path: Path, tables: Iterable[Table] = TABLES) -> None:
    """Raise Damaged unless the database has exactly these tables: no others, no triggers, no views."""
    found = {
        (kind, name, text)
        for kind, name, text in connection.execute("SELECT type, name, sql FROM sqlite_schema")
        if not (kind == "index" and text is None)
    }
    expected = {("table", table.name, table.statement) for table in tables}
    if found != expected:
        names = sorted({str(name) for _, name, _ in found ^ expected})
        raise Damaged(f"{path} has other tables than its schema says ({', '.join(names)}); the file is damaged.")
