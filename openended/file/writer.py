"""Writing a run file: one generation, one transaction, one writer."""

import os
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from openended.core.types import Changes
from openended.file import connection, digest, machine, rows, schema
from openended.file.digest import Value
from openended.file.errors import Damaged, Failure, Owned, Resources
from openended.file.reader import Contents, Owner
from openended.file.settings import identity


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
            insert(database, "run", settings.items())
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
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Writer(Contents):
    """A run file opened for continuing it. To be closed after use; as a context manager it closes itself.

    Raises Failure if the file is damaged, foreign, newer than this code, or owned by a living process, unless `steal`:
    then that process stops at its next commit, which the compare-and-swap refuses.
    """

    def __init__(self, path: Path, steal: bool = False):
        super().__init__(connection.writer(path), path)
        self._file = path.stat()
        self._commit_seconds = 0.0
        try:
            with connection.guarded(path):
                self._encode = self.domain.tasks.encode
                self._me = self._claim(steal)
                self._generation, self._chain, self._archive = self.last()
                self._pairs: dict[int, bytes] = dict(self.database.execute("SELECT task, digest FROM pair").fetchall())
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

    def commit(self, changes: Changes, seconds: float, centroids: NDArray[np.float64] | None = None) -> float:
        """Write one generation, all or nothing, durably. Returns the wall-clock seconds that it took.

        Args:
            changes: what the generation altered; its number must follow the last one's.
            seconds: wall clock of the generation, kept beside the data, not part of the digest.
            centroids: of the archive, with the first generation.

        Raises:
            Owned: another process has continued the run.
            Damaged: the file was replaced or removed under us.
            Resources: it cannot be written; the file is intact up to the generation before.

        """
        started = time.perf_counter()
        tasks = [rows.task_row(task, self._encode) for task in sorted(changes.tasks, key=lambda task: task.id)]
        pairs = [rows.pair_row(pair) for pair in changes.pairs]
        arrays = [] if centroids is None else [rows.array_row("centroids", centroids)]
        numbers = {task.generation for task in changes.tasks} | {transfer.generation for transfer in changes.transfers}
        if (numbers | {score.generation for score in changes.scores}) - {changes.generation}:
            raise ValueError(f"generation {changes.generation} holds tasks, transfers or scores of another one")
        self._check_file()
        with connection.guarded(self.path), transaction(self.database):
            self._check_turn(changes.generation)
            transfers = [
                rows.transfer_row(id, each) for id, each in enumerate(changes.transfers, self._next("transfer"))
            ]
            scores = [rows.score_row(id, each) for id, each in enumerate(changes.scores, self._next("score"))]
            added = {pair.task: digest.row("pair", row) for pair, row in zip(changes.pairs, pairs, strict=True)}
            removed = [self._pairs[task] for task in added if task in self._pairs]
            archive = digest.archive(self._archive, removed, added.values())
            counters, metrics = rows.counters_text(changes), rows.metrics_text(changes)
            kept = [digest.row(name, row) for name, table in (("task", tasks), ("array", arrays)) for row in table]
            tried = [
                digest.row(name, row) for name, table in (("transfer", transfers), ("score", scores)) for row in table
            ]
            chain = digest.chain(self._chain, changes.generation, (*kept, *tried), archive, counters, metrics)
            insert(self.database, "task", tasks)
            insert(self.database, "array", arrays)
            insert(self.database, "pair", pairs)
            insert(self.database, "transfer", transfers)
            insert(self.database, "score", scores)
            row = (changes.generation, counters, metrics, archive, chain, seconds, self._commit_seconds, time.time())
            insert(self.database, "generation", [row])
        self._generation, self._chain, self._archive = changes.generation, chain, archive
        self._pairs |= added
        self._commit_seconds = time.perf_counter() - started
        return self._commit_seconds

    def note(self, kind: str, **detail: Any) -> None:
        """Write an event."""
        with connection.guarded(self.path), transaction(self.database):
            self._event(kind, detail)

    def extend(self, config: dict[str, Any]) -> None:
        """Replace the settings by ones that differ in nothing but the budget and the prose."""
        if identity(config) != identity(self.config):
            raise ValueError("the settings are those of another run")
        with connection.guarded(self.path), transaction(self.database):
            insert(self.database, "run", [("config", digest.text(config))])
            self._event("settings", {name: config[name] for name in config if config[name] != self.config.get(name)})
        del self.settings

    def close(self, reason: str = "closed") -> None:
        """Give the run up and close the file. What cannot be written any more is left to the next owner."""
        with suppress(sqlite3.Error, Failure), transaction(self.database):
            if self.owner() == self._me:
                self.database.execute("DELETE FROM owner")
                self._event("stop", {"reason": reason, "generation": self._generation})
        with suppress(sqlite3.Error):
            self.database.execute("PRAGMA journal_mode = DELETE")  # leaves one file, without an empty journal
        self.database.close()

    def _claim(self, steal: bool) -> Owner:
        me = machine.me()
        with transaction(self.database):
            owner, (sign, patience) = self.owner(), self.pace()
            alive = owner is not None and machine.alive(owner, sign, patience)
            if owner and alive and not steal:
                raise Owned(owned(self.path, owner, sign))
            insert(self.database, "owner", [(1, me.host, me.pid, me.boot, me.started, me.since)])
            former = f"{owner.host}:{owner.pid}" if owner else None
            self._event("start", {"host": me.host, "pid": me.pid, "stolen" if alive else "crashed": former})
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

    def _next(self, table: str) -> int:
        return int(self.database.execute(f"SELECT coalesce(max(id), -1) + 1 FROM {table}").fetchone()[0])

    def _event(self, kind: str, detail: dict[str, Any]) -> None:
        id = self.database.execute("SELECT count(*) FROM event").fetchone()[0]
        insert(self.database, "event", [(id, time.time(), kind, digest.text(detail))])


def owned(path: Path, owner: Owner, sign: float) -> str:
    """The sentence for who finds a run file owned; `sign` is when the owner was last heard of."""
    age = max(0.0, time.time() - max(sign, owner.since))
    return (
        f"{path} is being run by process {owner.pid} on {owner.host} (last sign of life {age:.0f} s ago);"
        " wait for it or stop it, or pass --steal if you know that it is dead."
    )


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


def insert(database: sqlite3.Connection, table: str, found: Iterable[tuple[Value, ...]]) -> None:
    """Write rows, given without digest, in place of those that have the same key. Tasks, transfers, scores and
    generations are never replaced: for them a known key raises sqlite3.IntegrityError.
    """
    names = schema.columns(table)
    if "digest" in schema.TABLES[table]:
        names = (*names, "digest")
        found = [(*row, digest.row(table, row)) for row in found]
    verb = "REPLACE" if table in {"run", "pair", "owner"} else "INSERT"
    database.executemany(
        f"{verb} INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", list(found)
    )
