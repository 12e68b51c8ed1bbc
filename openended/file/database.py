"""The rows of an open run file, each checked against its digest as it is read."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openended.file import digest
from openended.file.errors import Damaged
from openended.file.table import Row, Table


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
        query = f"SELECT digest, {', '.join(table.names)} FROM {table.name}{condition} ORDER BY {table.key}"
        newest = () if last is None else self.database.execute(f"{query} DESC LIMIT ?", (last,)).fetchall()
        for kept, *row in self.database.execute(query) if last is None else reversed(newest):
            if digest.row(table.name, row) != kept:
                raise Damaged(f"{self.path}: {table.name} {row[0]} does not match its digest; the file is damaged.")
            yield kept, tuple(row)
