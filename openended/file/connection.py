"""Opening a run file: one mode, one behaviour, and readers that never repair what they may not write.

Journal TRUNCATE with synchronous FULL survives both a kill and a power cut; locking NORMAL lets readers in between
commits. The modes `immutable` and `nolock` are never used: they show generations that were not committed.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from openended.file import schema
from openended.file.errors import Damaged, Failure, Locked, Resources, Usage

WAIT = 5.0
"""Seconds that a reader waits for a lock. A writer tries again, see `writer.Writer`."""

TRY = 1.0
"""Seconds that a writer waits for a lock before it lets others in and tries again."""

GAP = 0.05
"""Seconds in which a writer that waits lets others in."""

PRAGMAS = (
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "foreign_keys = ON",
    "mmap_size = 0",
    "temp_store = MEMORY",
    "locking_mode = NORMAL",
    "synchronous = FULL",
)

UNLOCKABLE = ("SQLITE_IOERR_LOCK", "SQLITE_IOERR_RDLOCK", "SQLITE_IOERR_CHECKRESERVEDLOCK", "SQLITE_PROTOCOL")
"""Errors of a file system without locks. It cannot hold a live run, but it may hold a finished copy."""

WRITER = ("cache_size = -65536", "journal_mode = TRUNCATE")
"""A large cache, because a spill in the middle of a transaction would lock readers out early."""


def translated(error: sqlite3.Error, path: Path) -> Failure:
    """What a database error means to the user."""
    name = getattr(error, "sqlite_errorname", "") or type(error).__name__
    if name.startswith("SQLITE_FULL"):
        return Resources(f"No space is left for {path}; it is intact up to its last generation: free some and resume.")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Locked(f"{path} is locked by another process; wait for it or stop it.")
    if name.startswith(("SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_NOMEM", "SQLITE_PERM")):
        return Resources(f"{path} cannot be read or written ({error}); see to disk and permissions, then resume.")
    if name.startswith("SQLITE_NOTADB"):
        return Damaged(f"{path} is not a run file of openended; name another file.")
    return Damaged(f"{path} is damaged ({error}); go back to a copy of it.")


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Turn the database's errors into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error, path) from error
    except UnicodeDecodeError as error:
        raise Damaged(f"{path} holds text that is none ({error.reason}); the file is damaged.") from error


def connect(path: Path, mode: str, *pragmas: str, wait: float = WAIT) -> sqlite3.Connection:
    """A connection without implicit transactions; `mode` is SQLite's: `ro`, `rw` or `rwc`; `wait` seconds for locks."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=wait
    )
    for pragma in (*PRAGMAS, *pragmas):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def writer(path: Path) -> sqlite3.Connection:
    """Open an existing run file for writing; rolls back what a crash left unfinished. Raises Failure."""
    present(path)
    with guarded(path):
        connection = connect(path, "rw", *WRITER, wait=TRY)
        try:
            schema.version(connection, path)
            schema.check(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def reader(path: Path) -> Iterator[tuple[sqlite3.Connection, str]]:
    """Open a run file for reading, live or crashed; also gives a note, empty unless reading needed a copy.

    Raises Failure.

    Where the file may be written, SQLite itself rolls back what a crash left behind (a hot journal), unless a living
    writer is at work. Where it may not, or where nothing can be locked, file and journal are copied to a temporary
    folder and the copy is repaired.
    """
    present(path)
    note = ""
    with guarded(path), ExitStack() as stack:
        writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
        try:
            connection = opened(path, "rw" if writable else "ro")
        except sqlite3.OperationalError as error:
            name = getattr(error, "sqlite_errorname", "")
            hot = not writable and name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN"))
            if not hot and name not in UNLOCKABLE:
                raise
            copy = Path(stack.enter_context(tempfile.TemporaryDirectory()), path.name)
            for ending in ("", "-journal") if Path(f"{path}-journal").exists() else ("",):
                shutil.copyfile(f"{path}{ending}", f"{copy}{ending}")
            connection = opened(copy, "rw")
            reason = "was left in the middle of a commit and may not be written" if hot else "cannot be locked there"
            note = f"{path} {reason}: a repaired copy was read."
        stack.callback(connection.close)
        yield connection, note


def opened(path: Path, mode: str) -> sqlite3.Connection:
    """A checked connection that can only read, within one transaction: one moment of the run, of whatever schema."""
    connection = connect(path, mode, "query_only = ON")
    try:
        connection.execute("BEGIN")
        if schema.version(connection, path) == schema.VERSION:
            schema.check(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def present(path: Path) -> None:
    """Raise unless `path` is a file with something in it."""
    if path.is_dir():
        raise Usage(f"{path} is a folder; name a run file.")
    if not path.exists():
        raise Usage(f"{path} does not exist; `openended run RECIPE --out {path}` makes it.")
    if not path.stat().st_size:
        raise Damaged(f"{path} is empty, not a run file of openended; name another file.")
