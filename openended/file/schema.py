"""The tables of a run file, one visible dict, and what a file must look like before anything is read from it.

A run file is one SQLite database; one generation is one transaction. Blobs stand last, so that reading the other
columns does not touch their pages. A REAL column holds NULL where the value is NaN (SQLite knows no NaN).
"""

import sqlite3
from pathlib import Path

from openended.file.errors import Damaged

APPLICATION_ID = 0x4F45_4E44
"""The letters OEND in the file's header say that it is ours."""

VERSION = 1
"""The schema number (`PRAGMA user_version`); it grows whenever a table changes."""

TABLES: dict[str, dict[str, str]] = {
    "run": {"key": "TEXT PRIMARY KEY", "value": "TEXT NOT NULL", "digest": "BLOB NOT NULL"},
    "generation": {
        "id": "INTEGER PRIMARY KEY",
        "counters": "TEXT NOT NULL",
        "metrics": "TEXT NOT NULL",
        "archive": "BLOB NOT NULL",
        "chain": "BLOB NOT NULL",
        "seconds": "REAL NOT NULL",
        "commit_seconds": "REAL NOT NULL",
        "finished": "REAL NOT NULL",
        "digest": "BLOB NOT NULL",
    },
    "task": {
        "id": "INTEGER PRIMARY KEY",
        "parent": "INTEGER NOT NULL",
        "generation": "INTEGER NOT NULL",
        "niche": "INTEGER NOT NULL",
        "outcome": "TEXT NOT NULL",
        "score": "REAL",
        "descriptor": "TEXT NOT NULL",
        "digest": "BLOB NOT NULL",
        "genome": "TEXT NOT NULL",
    },
    "pair": {
        "task": "INTEGER PRIMARY KEY REFERENCES task (id)",
        "niche": "INTEGER NOT NULL",
        "fitness": "REAL",
        "best_fitness": "REAL",
        "origin": "INTEGER NOT NULL",
        "es_steps": "INTEGER NOT NULL",
        "visits": "INTEGER NOT NULL",
        "progress": "REAL",
        "active": "INTEGER NOT NULL",
        "admitted": "INTEGER NOT NULL",
        "retired": "INTEGER NOT NULL",
        "recent": "TEXT NOT NULL",
        "t": "INTEGER NOT NULL",
        "learning_rate": "REAL",
        "sigma": "REAL",
        "digest": "BLOB NOT NULL",
        "agent": "BLOB NOT NULL",
        "best_agent": "BLOB NOT NULL",
        "m": "BLOB NOT NULL",
        "v": "BLOB NOT NULL",
    },
    "transfer": {
        "id": "INTEGER PRIMARY KEY",
        "generation": "INTEGER NOT NULL",
        "source": "INTEGER NOT NULL",
        "target": "INTEGER NOT NULL",
        "kind": "TEXT NOT NULL",
        "fitness": "REAL",
        "incumbent": "REAL",
        "accepted": "INTEGER NOT NULL",
    },
    "score": {
        "id": "INTEGER PRIMARY KEY",
        "generation": "INTEGER NOT NULL",
        "agent": "INTEGER NOT NULL",
        "task": "INTEGER NOT NULL",
        "fitness": "REAL",
        "digest": "BLOB NOT NULL",
    },
    "array": {
        "name": "TEXT PRIMARY KEY",
        "dtype": "TEXT NOT NULL",
        "shape": "TEXT NOT NULL",
        "digest": "BLOB NOT NULL",
        "data": "BLOB NOT NULL",
    },
    "owner": {
        "id": "INTEGER PRIMARY KEY CHECK (id = 1)",
        "host": "TEXT NOT NULL",
        "pid": "INTEGER NOT NULL",
        "boot": "TEXT NOT NULL",
        "started": "TEXT NOT NULL",
        "since": "REAL NOT NULL",
        "digest": "BLOB NOT NULL",
    },
    "event": {
        "id": "INTEGER PRIMARY KEY",
        "time": "REAL NOT NULL",
        "kind": "TEXT NOT NULL",
        "detail": "TEXT NOT NULL",
        "digest": "BLOB NOT NULL",
    },
}


def statement(table: str) -> str:
    """The text that creates `table`, as SQLite keeps it in `sqlite_schema`."""
    columns = ", ".join(f"{name} {kind}" for name, kind in TABLES[table].items())
    return f"CREATE TABLE {table} ({columns})"


def columns(table: str) -> tuple[str, ...]:
    """Names of the columns that a row's digest covers, in order: all but the digest itself."""
    return tuple(name for name in TABLES[table] if name != "digest")


def create(connection: sqlite3.Connection) -> None:
    """Mark an empty database as ours and make its tables. To be called inside a transaction."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    for table in TABLES:
        connection.execute(statement(table))


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raise Damaged unless the database is ours, of this schema, with exactly our tables (no triggers, no views)."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise Damaged(f"{path} is not a run file of openended; name another file.")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise Damaged(f"{path} has schema {version}, newer than the {VERSION} known here; update openended.")
    if version < VERSION:
        raise Damaged(f"{path} has schema {version}, older than the {VERSION} known here; begin the run anew.")
    found = {
        (kind, name, text)
        for kind, name, text in connection.execute("SELECT type, name, sql FROM sqlite_schema")
        if not (kind == "index" and text is None)
    }
    expected = {("table", table, statement(table)) for table in TABLES}
    if found != expected:
        names = sorted({str(name) for _, name, _ in found ^ expected})
        raise Damaged(f"{path} has other tables than schema {VERSION} says ({', '.join(names)}); the file is damaged.")
