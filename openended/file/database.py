"""The rows of an open run file: each is checked against its digest as it is read, and written with it."""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from openended.file import connection, tables
from openended.file.errors import Damaged, Locked
from openended.file.table import Row, Table

SHARED = "(SELECT data FROM agent WHERE agent.digest = {}.{})"
"""A blob that a shared column names."""

PATIENCE = 5.0
"""Seconds that a writer waits for a lock before it says so."""

T = TypeVar("T")


class Database:
    """Tables read through `database`, a connection to the run file at `path`."""

    def __init__(self, database: sqlite3.Connection, path: Path):
        self.database = database
        self.path = path

    @contextmanager
    def readable(self) -> Iterator[None]:
        """Turn what reading a damaged or hostile row raises into Damaged."""
        try:
            yield
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            raise Damaged(f"{self.path} holds a row that cannot be read ({error}); the file is damaged.") from error

    def rows(self, table: Table, last: int | None = None, where: str = "") -> Iterator[Row]:
        """The rows of a table without their digests, in the order of its key; see `digested`."""
        return (row for _, row in self.digested(table, last, where))

    def digested(self, table: Table, last: int | None = None, where: str = "") -> Iterator[tuple[bytes, Row]]:
        """Digest and row of every row of a table, or of the last few, in the order of its key.

        `where` is an SQL condition. Raises Damaged for a row that does not match its digest.
        """
        condition = f" WHERE {where}" if where else ""
        names = ", ".join(SHARED.format(table.name, name) if name == table.shared else name for name in table.names)
        query = f"SELECT digest, {names} FROM {table.name}{condition} ORDER BY {table.key}"
        newest = () if last is None else self.database.execute(f"{query} DESC LIMIT ?", (last,)).fetchall()
        for kept, *row in self.database.execute(query) if last is None else reversed(newest):
            if table.digest(row) != kept:
                raise Damaged(f"{self.path}: {table.name} {row[0]} does not match its digest; the file is damaged.")
            yield kept, tuple(row)


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All or nothing. The write lock is taken at once, so that what is read inside cannot change before the end."""
    try:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            database.execute("ROLLBACK")
        raise


def insert(database: sqlite3.Connection, table: Table, rows: Iterable[Row]) -> list[bytes]:
    """Write rows, given without digest, and give their digests.

    Where rows are replaced they take the place of those with the same key; elsewhere a known key raises
    sqlite3.IntegrityError. Of equal blobs in a shared column the first is stored.
    """
    found = [(*row, table.digest(row)) for row in rows]
    if table.shared:
        found = list(named(database, table.names.index(table.shared), found))
    verb, names = "REPLACE" if table.replaced else "INSERT", (*table.names, "digest")
    query = f"{verb} INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    database.executemany(query, found)
    return [row[-1] for row in found]


def named(database: sqlite3.Connection, place: int, rows: Iterable[Row]) -> Iterator[Row]:
    """The rows with the name of a blob where it stood, at `place`; the blob is stored unless it is already there."""
    for row in rows:
        name = tables.AGENT.digest((row[place],))
        database.execute("INSERT OR IGNORE INTO agent (data, digest) VALUES (?, ?)", (row[place], name))
        yield *row[:place], name, *row[place + 1 :]


def patiently(path: Path, attempt: Callable[[], T], say: Callable[[str], None]) -> T:
    """What an attempt to write gives, tried again for as long as another process has a lock on the file.

    A lock that lasts is mentioned once. Raises Failure for everything else that can go wrong.
    """
    began, said = time.monotonic(), False
    while True:
        try:
            with connection.guarded(path):
                return attempt()
        except Locked:
            if not said and time.monotonic() - began >= PATIENCE:
                said = True
                say(
                    f"{path} is locked by another process, perhaps a stopped one (Ctrl-Z), and cannot be written; the"
                    " run waits. Continue or end that process."
                )
            time.sleep(connection.GAP)
