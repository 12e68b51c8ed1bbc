"""What a run file holds, however damaged it is."""

import sqlite3

from openended.file.errors import Failure
from openended.file.reader import Reader
from openended.file.tables import TABLES
from openended.file.verify import verify


def content(path):
    """Every value of every table, or None where it cannot be read."""
    try:
        database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        try:
            return {
                table.name: database.execute(f"SELECT * FROM {table.name} ORDER BY 1").fetchall() for table in TABLES
            }
        finally:
            database.close()
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def digest(path):
    """The last generation and the digest of a run file, which must be sound."""
    assert verify(path) == []
    with Reader(path) as run:
        return run.last()[0], run.digest


def found(path):
    """Whether `verify` has something to say."""
    try:
        return bool(verify(path))
    except Failure:
        return True
