"""Run files of schema 1 brought to the present one: the same run, with the same agents.

A pair becomes three rows: the pair, its learner and its elite. Schema 1 did not record elites; they are
reconstructed. An elite whose fitness equals that of an accepted transfer came from it. For the others, only a range of
generations is known. The chain of the old generations is unchanged, and the next generation continues it.
"""

import atexit
import json
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import Any

from openended.file import connection, digest, machine, reconstruct, schema, schema_1, tables
from openended.file.database import insert, patiently, transaction
from openended.file.errors import Damaged, Owned, Resources
from openended.file.filesystem import synchronise
from openended.file.owner import owned
from openended.file.schema_1 import Old
from openended.file.table import Row, Table

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
        if schema.version(database, path) == schema.VERSION:
            return True
        database.execute("BEGIN IMMEDIATE")
        now = place.stat()
        if (before.st_dev, before.st_ino) != (now.st_dev, now.st_ino):
            return False
        run = Old(database, path)
        refuse(run)
        _respect_owner(run, steal)
        draft = place.with_name(f".{place.name}.schema-{schema.VERSION}")
        try:
            write(run, draft)
            os.chmod(draft, before.st_mode)
            synchronise(draft)
            os.replace(draft, place)
            synchronise(place.parent)
        except OSError as error:
            raise Resources(f"{path} cannot be migrated ({error.strerror}); free some space or move it.") from error
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        say(f"{path} had schema 1 and was migrated to schema {schema.VERSION}; older releases cannot read it any more.")
    return True


def copied(database: sqlite3.Connection, path: Path) -> Path:
    """A migrated copy of the run file that is open for reading; it lasts as long as this process needs it.

    Raises Damaged if a digest does not hold.
    """
    found = path.stat()
    key = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
    if key not in COPIES:
        run = Old(database, path)
        refuse(run)
        forget(MOST - 1)
        copy = Path(tempfile.mkdtemp(), path.name)
        try:
            write(run, copy)
        except BaseException:
            shutil.rmtree(copy.parent, ignore_errors=True)
            raise
        COPIES[key] = copy
    return COPIES[key]


def refuse(run: Old) -> None:
    """Raise Damaged unless all digests of the old file hold."""
    try:
        problem = next(schema_1.check(run), "")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        problem = f"a row cannot be read ({error})"
    if problem:
        raise Damaged(f"{run.path} has schema 1 and is damaged: {problem}; it was left as it is, go back to a copy.")


def write(run: Old, draft: Path) -> None:
    """Write the run as a new file of the present schema. Raises Damaged if a row cannot be read."""
    draft.unlink(missing_ok=True)
    pragmas = "page_size = 4096", "journal_mode = OFF", "synchronous = OFF"
    with closing(connection.connect(draft, "rwc", *pragmas)) as new, transaction(new):
        schema.create(new)
        try:
            _fill(run, new)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise Damaged(f"{run.path} holds a row that cannot be read ({error}); it was left as it is.") from error


def _fill(run: Old, new: sqlite3.Connection) -> None:
    config = completed(json.loads(run.settings["config"]))
    head = run.database.execute("SELECT id, chain FROM generation ORDER BY id DESC LIMIT 1").fetchone()
    wrote: dict[int, dict[str, list[bytes]]] = {}
    left = {table.name: bytes(digest.SIZE) for table in tables.SEARCH if table.replaced}

    def enter(table: Table, rows: Iterator[Row]) -> None:
        """Write rows one by one, and keep what they add to the digests."""
        for row in rows:
            (added,) = insert(new, table, [row])
            if table.replaced:
                left[table.name] = digest.multiset(left[table.name], [], [added])
            else:
                generation = row[table.generation] if table.generation is not None else 0
                wrote.setdefault(generation, {}).setdefault(table.name, []).append(added)

    for table, rows in reconstruct.rows(run, config, head[0] if head else -1):
        enter(table, rows)
    insert(new, tables.RUN, (run.settings | {"config": digest.text(config)}).items())
    insert(new, tables.OWNER, run.rows(tables.OWNER))
    insert(new, tables.EVENT, run.rows(tables.EVENT))
    elites = 0
    for id, counters, metrics, _, chain, *clock in run.rows(schema_1.GENERATION):
        did: dict[str, str] = {}
        measured: dict[str, str] = {}
        for table in (table for table in tables.SEARCH if table.name in wrote.get(id, {})):
            (did if table.chained else measured)[table.name] = digest.added(wrote[id][table.name]).hex()
        if id == head[0]:
            did |= {name: total.hex() for name, total in left.items() if any(total)}
        elites += len(wrote.get(id, {}).get(tables.ELITE.name, []))
        counted = digest.text(json.loads(counters) | {"elites_found": elites})
        insert(new, tables.GENERATION, [(id, counted, metrics, digest.text(did), digest.text(measured), chain, *clock)])
    told = digest.text({"schema": 1, "generation": head[0] if head else -1, "digest": head[1].hex() if head else ""})
    insert(new, tables.RUN, [("migrated", told)])
    events = new.execute("SELECT count(*) FROM event").fetchone()[0]
    insert(new, tables.EVENT, [(events, time.time(), "migrated", told)])


def _respect_owner(run: Old, steal: bool) -> None:
    """Raise Owned if a living process runs the file, unless `steal`."""
    owner, (sign, patience) = run.owner(), run.pace()
    if owner and machine.alive(owner, sign, patience) and not steal:
        raise Owned(owned(run.path, owner, sign))


def completed(config: dict[str, Any]) -> dict[str, Any]:
    """Settings of schema 1 as they are today: `es` is one kind of learner, new settings have their defaults."""
    from openended.core.algorithms import algorithm

    given = {name: value for name, value in config.items() if name != "es"}
    if "es" in config:
        given["learner"] = {"kind": "es"} | config["es"]
    defaults: dict[str, Any] = {}
    for field in fields(algorithm(config["algorithm"]).Params):
        if field.default_factory is not MISSING:
            defaults[field.name] = json.loads(digest.text(asdict(field.default_factory())))
        elif field.default is not MISSING:
            defaults[field.name] = field.default
    return defaults | {
        name: defaults[name] | value if isinstance(value, dict) and isinstance(defaults.get(name), dict) else value
        for name, value in given.items()
    }
