"""Writing a run file: one generation, one transaction, one writer."""

import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Self, TypeVar

from openended.core.types import Changes
from openended.file import connection, digest, machine, migrate, schema, tables
from openended.file.contents import Contents
from openended.file.database import insert, patiently, transaction
from openended.file.errors import Damaged, Failure, Owned, Resources
from openended.file.filesystem import synchronise
from openended.file.owner import Owner, owned
from openended.file.settings import identity
from openended.file.table import Row, Table
from openended.file.values import plain

T = TypeVar("T")


def create(path: Path, recipe: str, config: dict[str, Any], fingerprint: dict[str, str]) -> None:
    """Make a run file without generations. It appears under its name complete, or not at all.

    Raises Resources if the folder cannot be written, Owned if another process was faster.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    settings = {
        "id": secrets.token_hex(8),
        "recipe": recipe,
        "config": digest.text(config),
        "fingerprint": digest.text(fingerprint),
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        with (
            connection.guarded(path),
            closing(connection.connect(draft, "rwc", "page_size = 4096")) as database,
            transaction(database),
        ):
            schema.create(database)
            insert(database, tables.RUN, settings.items())
        publish(draft, path)
    except OSError as error:
        raise Resources(f"{path} cannot be made ({error.strerror}); choose another place with --out.") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def publish(draft: Path, path: Path) -> None:
    """Give a finished file its name, durably, unless there is one of that name."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise Owned(f"{path} was made by another process just now; run the command again to see its state.") from None
    except OSError:  # a file system without hard links
        os.rename(draft, path)
    synchronise(path.parent)


class Writer(Contents):
    """A run file opened for continuing it. To be closed after use; as a context manager it closes itself.

    While another process has the file locked, such as a reader that was stopped in the middle of its look, everything
    that is written waits. `say` takes the sentence about it.

    A file of an older schema is migrated first. Raises Failure if the file is damaged, foreign, newer than this code,
    or owned by a living process, unless `steal`: then that process stops at its next commit, which the compare-and-swap
    refuses.
    """

    def __init__(self, path: Path, steal: bool = False, say: Callable[[str], None] = lambda message: None):
        migrate.upgrade(path, steal, say)
        super().__init__(connection.writer(path), path)
        self._file = path.stat()
        self._say = say
        self._commit_seconds = 0.0
        self._cpu = time.process_time()
        try:
            with connection.guarded(path):
                _ = self.codec
                self._me = self._claim(steal)
                self._generation, self._chain, self._did = self.last()
        except BaseException:
            self.database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def generation(self) -> int:
        """The last generation committed; -1 if there is none."""
        return self._generation

    def commit(self, changes: Changes, seconds: float) -> float:
        """Write one generation, all or nothing, durably. Returns the wall-clock seconds that it took.

        Args:
            changes: what the generation altered; its number must follow the last one's.
            seconds: wall clock of the generation, kept beside the data, not part of the digest.

        Raises:
            Owned: another process has continued the run.
            Damaged: the file was replaced or removed under us.
            Resources: it cannot be written; the file is intact up to the generation before.

        """
        started = time.perf_counter()
        brought = {table: self._rows(table, changes) for table in tables.SEARCH}
        self._check_file()

        def write() -> tuple[bytes, dict[str, str]]:
            self._check_turn(changes.generation)
            did, measured = dict(self._did), dict[str, str]()
            for table in tables.SEARCH:
                (did if table.chained else measured)[table.name] = self._put(table, brought[table])
            did, measured = ({name: value for name, value in each.items() if value} for each in (did, measured))
            chain = digest.chain(self._chain, changes.generation, digest.text(did))
            counters = digest.text({name: int(value) for name, value in vars(changes.counters).items()})
            metrics = digest.text({name: plain(value) for name, value in changes.metrics.items()})
            known = counters, metrics, digest.text(did), digest.text(measured), chain
            clock = seconds, self._commit_seconds, time.time()
            insert(self.database, tables.GENERATION, [(changes.generation, *known, *clock)])
            return chain, did

        self._chain, self._did = self._write(write)
        self._generation = changes.generation
        self._commit_seconds = time.perf_counter() - started
        return self._commit_seconds

    def note(self, kind: str, **detail: Any) -> None:
        """Write an event. Raises Owned if another process has continued the run."""

        def write() -> None:
            self._check_turn(self._generation + 1)
            self._event(kind, detail)

        self._write(write)

    def adopt(self, copy: Contents, kind: str, **detail: Any) -> None:
        """Take over the generations with which a copy of this run has gone on, all or nothing, and write an event.

        Every row is checked against its digest as it is read.

        Raises:
            Owned: another process has continued the run.
            Damaged: the copy did not go on from where this run stands, or holds a row that does not fit.
            Resources: it cannot be written; the file is as it was.

        """
        self._check_file()
        if copy.id != self.id or copy.chain(self._generation) != self._chain:
            raise Damaged(f"{copy.path} did not go on from generation {self._generation} of {self.path}; remove it.")

        def write() -> None:
            self._check_turn(self._generation + 1)
            for table in (tables.GENERATION, *tables.SEARCH):
                highest = self.database.execute(f"SELECT max({table.key}) FROM {table.name}").fetchone()[0]
                newer = f"{table.key} > {-1 if highest is None else int(highest)}"
                insert(self.database, table, copy.rows(table, where="" if table.replaced else newer))
            self._event(kind, detail)

        self._write(write)
        self._generation, self._chain, self._did = self.last()

    def extend(self, config: dict[str, Any]) -> None:
        """Replace the settings by ones that differ in nothing but the budget, the prose, and what could not be said
        yet when the run began (`driver.agree`). What stands before the first chain stays.
        """
        changed = {name: config[name] for name in config if config[name] != self.config.get(name)}
        genesis = self.genesis

        def write() -> None:
            insert(self.database, tables.RUN, [("config", digest.text(config))])
            if digest.genesis(identity(config)) != genesis:
                insert(self.database, tables.RUN, [("genesis", genesis.hex())])
            self._event("settings", changed)

        self._write(write)
        del self.settings

    def close(self, reason: str = "closed") -> None:
        """Give the run up and close the file. What cannot be written any more is left to the next owner."""
        with suppress(sqlite3.Error, Failure), transaction(self.database):
            if self.owner() == self._me:
                self.database.execute("DELETE FROM owner")
                spent = round(time.process_time() - self._cpu, 2)
                self._event("stop", {"reason": reason, "generation": self._generation, "cpu_seconds": spent})
        with suppress(sqlite3.Error):
            self.database.execute("PRAGMA journal_mode = DELETE")  # leaves one file, without an empty journal
        self.database.close()

    def _write(self, work: Callable[[], T]) -> T:
        """What `work` gives, done in one transaction."""

        def attempt() -> T:
            with transaction(self.database):
                return work()

        return patiently(self.path, attempt, self._say)

    def _rows(self, table: Table, changes: Changes) -> list[Row]:
        """The rows that a generation brings to a table, without keys if those are given by the file."""
        found = [table.write(value, self.codec) for value in table.pick(changes)] if table.pick else []
        if table.generation is not None:
            place = table.generation - table.numbered
            if any(row[place] != changes.generation for row in found):
                raise ValueError(f"generation {changes.generation} holds a {table.name} of another one")
        return found

    def _put(self, table: Table, rows: Sequence[Row]) -> str:
        """Write the rows of a generation, and give the table's digest after it, hexadecimal; empty if it has none."""
        if table.numbered:
            query = f"SELECT coalesce(max({table.key}), -1) + 1 FROM {table.name}"
            rows = [(id, *row) for id, row in enumerate(rows, self.database.execute(query).fetchone()[0])]
        if not table.replaced:
            added = insert(self.database, table, rows)
            return digest.added(added).hex() if added else ""
        before = bytes.fromhex(self._did.get(table.name, "")) or bytes(digest.SIZE)
        query = f"SELECT digest FROM {table.name} WHERE {table.key} = ?"
        removed = [old for row in rows for (old,) in self.database.execute(query, (row[0],)).fetchall()]
        after = digest.multiset(before, removed, insert(self.database, table, rows))
        return after.hex() if any(after) else ""

    def _claim(self, steal: bool) -> Owner:
        me = machine.me()

        def write() -> None:
            owner, (sign, patience) = self.owner(), self.pace()
            alive = owner is not None and machine.alive(owner, sign, patience)
            if owner and alive and not steal:
                raise Owned(owned(self.path, owner, sign))
            insert(self.database, tables.OWNER, [(1, me.host, me.pid, me.boot, me.started, me.since)])
            former = f"{owner.host}:{owner.pid}" if owner else None
            self._event("start", {"host": me.host, "pid": me.pid, "stolen" if alive else "crashed": former})

        self._write(write)
        return me

    def _check_turn(self, generation: int) -> None:
        """The compare-and-swap: nobody has committed since our last look, and the run is still ours."""
        head = self.database.execute("SELECT id, chain FROM generation ORDER BY id DESC LIMIT 1").fetchone()
        if (head or (-1, self._chain)) != (generation - 1, self._chain) or self.owner() != self._me:
            raise Owned(f"{self.path} has been continued by another process; this one has stopped.")

    def _check_file(self) -> None:
        try:
            now = self.path.stat()
        except OSError as error:
            raise Damaged(f"{self.path} is gone ({error.strerror}); put it back and resume.") from error
        if (now.st_dev, now.st_ino) != (self._file.st_dev, self._file.st_ino):
            raise Damaged(f"{self.path} was replaced while it was run; decide which file is the right one and resume.")

    def _event(self, kind: str, detail: dict[str, Any]) -> None:
        id = self.database.execute("SELECT count(*) FROM event").fetchone()[0]
        insert(self.database, tables.EVENT, [(id, time.time(), kind, digest.text(detail))])
