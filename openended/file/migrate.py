"""Run files of older schemas brought to the present one: the same run, with the same agents.

All digests of the old file must hold. The chain of the old generations is unchanged, and the next generation continues
it. What each schema lacked, and what becomes of its rows, `reconstruct` (schema 1), `schema_2` and `schema_3` say.
"""

import atexit
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openended.file import connection, digest, machine, reconstruct, schema, schema_1, schema_2, schema_3, tables
from openended.file.database import insert, patiently, transaction
from openended.file.errors import Damaged, Owned, Resources
from openended.file.filesystem import synchronise
from openended.file.housekeeping import Housekeeping
from openended.file.owner import owned


@dataclass(frozen=True)
class Past:
    """An older schema: how its files are opened, what is wrong with one, and how its rows enter a new file."""

    opened: type[Housekeeping]
    check: Callable[[Any], Iterator[str]]
    fill: Callable[[Any, sqlite3.Connection], None]


PAST = {
    1: Past(schema_1.Old, schema_1.check, reconstruct.fill),
    2: Past(Housekeeping, schema_2.check, schema_2.fill),
    3: Past(Housekeeping, schema_3.check, schema_3.fill),
}
"""The older schemas that can be read."""

COPIES: dict[tuple[int, ...], Path] = {}
"""Migrated copies that this process reads, by what identifies the files they were made of; at most `MOST`."""
MOST = 4


@atexit.register
def forget(left: int = 0) -> None:
    """Remove the oldest copies until only `left` are there."""
    while len(COPIES) > left:
        shutil.rmtree(COPIES.pop(next(iter(COPIES))).parent, ignore_errors=True)


def upgrade(path: Path, steal: bool, say: Callable[[str], None]) -> None:
    """Migrate a run file in its place; one of the present schema is left alone.

    The new file is written beside the old one and then replaces it atomically, so a kill leaves the old file or the new
    one. The run is locked meanwhile.

    Raises:
        Damaged: a digest does not hold; the file is untouched.
        Owned: a living process runs it, unless `steal`.
        Resources: the new file cannot be written; the old one is untouched.

    """
    connection.present(path)
    place = path.resolve()
    while not patiently(path, lambda: _upgraded(place, path, steal, say), say):
        pass


def _upgraded(place: Path, path: Path, steal: bool, say: Callable[[str], None]) -> bool:
    """Migrate the file if need be. False if another process did so in the meantime, so that it has to be opened again.

    `place` is the file itself, `path` its name for the user.
    """
    before = place.stat()
    with closing(connection.connect(place, "rw", wait=connection.TRY)) as database:
        found = schema.version(database, path)
        if found == schema.VERSION:
            return True
        database.execute("BEGIN IMMEDIATE")
        now = place.stat()
        if (before.st_dev, before.st_ino) != (now.st_dev, now.st_ino):
            return False
        run = PAST[found].opened(database, path)
        refuse(run, found)
        _respect_owner(run, steal)
        draft = place.with_name(f".{place.name}.schema-{schema.VERSION}")
        try:
            write(run, found, draft)
            os.chmod(draft, before.st_mode)
            synchronise(draft)
            os.replace(draft, place)
            synchronise(place.parent)
        except OSError as error:
            raise Resources(f"{path} cannot be migrated ({error.strerror}); free some space or move it.") from error
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        say(
            f"{path} had schema {found} and was migrated to schema {schema.VERSION}; older releases cannot read it any"
            " more."
        )
    return True


def copied(database: sqlite3.Connection, path: Path) -> Path:
    """A migrated copy of the run file that is open for reading; it lasts as long as this process needs it.

    Raises Damaged if a digest does not hold.
    """
    found = path.stat()
    key = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
    if key not in COPIES:
        old = schema.version(database, path)
        run = PAST[old].opened(database, path)
        refuse(run, old)
        forget(MOST - 1)
        copy = Path(tempfile.mkdtemp(), path.name)
        try:
            write(run, old, copy)
        except BaseException:
            shutil.rmtree(copy.parent, ignore_errors=True)
            raise
        COPIES[key] = copy
    return COPIES[key]


def refuse(run: Housekeeping, found: int) -> None:
    """Raise Damaged unless all digests of the old file, of the schema `found`, hold."""
    try:
        problem = next(PAST[found].check(run), "")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        problem = f"a row cannot be read ({error})"
    if problem:
        raise Damaged(
            f"{run.path} has schema {found} and is damaged: {problem.rstrip('.')}; it was left as it is, go back to a"
            " copy."
        )


def write(run: Housekeeping, found: int, draft: Path) -> None:
    """Write the run, of the schema `found`, as a file of the present one. Raises Damaged if a row cannot be read."""
    draft.unlink(missing_ok=True)
    pragmas = "page_size = 4096", "journal_mode = OFF", "synchronous = OFF"
    with closing(connection.connect(draft, "rwc", *pragmas)) as new, transaction(new):
        schema.create(new)
        try:
            PAST[found].fill(run, new)
            told = digest.text({"schema": found} | reconstruct.head(run))
            events = new.execute("SELECT count(*) FROM event").fetchone()[0]
            insert(new, tables.EVENT, [(events, time.time(), "migrated", told)])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise Damaged(f"{run.path} holds a row that cannot be read ({error}); it was left as it is.") from error


def _respect_owner(run: Housekeeping, steal: bool) -> None:
    """Raise Owned if a living process runs the file, unless `steal`."""
    owner, (sign, patience) = run.owner(), run.pace()
    if owner and machine.alive(owner, sign, patience) and not steal:
        raise Owned(owned(run.path, owner, sign))
