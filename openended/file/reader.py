"""Reading a run file: its settings, its state, its history.

>>> with Reader(path) as run:
...     run.config  # {"question": ..., "domain": "walker-v1", "seed": 1, "archive": {"kind": ...}, ...}
...     run.generations()  # one dict per generation: counters, metrics, clock
...     run.state()  # State of the last generation: tasks, pairs, counters
"""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from openended.core.types import Counters, State, Transfer
from openended.file import connection, digest, rows, schema
from openended.file.errors import Damaged, Usage
from openended.file.settings import identity


@dataclass(frozen=True)
class Owner:
    """The process that has the run: host, process id, boot id of the machine, start time of the process in the
    machine's own count, and when it took the run (seconds since 1970).
    """

    host: str
    pid: int
    boot: str
    started: str
    since: float


@dataclass(frozen=True)
class Event:
    """Something that happened to the run: when (seconds since 1970), what, and details."""

    time: float
    kind: str
    detail: dict[str, Any]


class Settings(dict[str, Any]):
    """Settings as a run file has them. Looking up one that it lacks raises Damaged."""

    def __missing__(self, key: str) -> Any:
        raise Damaged(f"The run file lacks the setting {key!r}; it is damaged.")


class Contents:
    """What a run file holds, read through `database`. Rows are checked against their digests as they are read.

    Raises Damaged where something is missing or does not fit.
    """

    def __init__(self, database: sqlite3.Connection, path: Path):
        self.database = database
        self.path = path

    @cached_property
    def settings(self) -> dict[str, str]:
        """Keys and values of the table `run`: `id`, `recipe`, `config`, `fingerprint`."""
        return {row[0]: row[1] for row in self.rows("run")}

    @property
    def config(self) -> dict[str, Any]:
        """The complete recipe, defaults filled in: question, domain, algorithm, seed, generations, and a table for each
        part of the algorithm.
        """
        return self.table("config")

    @property
    def recipe(self) -> str:
        """Name of the recipe."""
        return self.setting("recipe")

    @property
    def id(self) -> str:
        """What tells this run from every other, 16 hexadecimal digits."""
        return self.setting("id")

    @property
    def fingerprint(self) -> dict[str, str]:
        """Versions and CPU features of the machine that began the run."""
        return self.table("fingerprint")

    @cached_property
    def domain(self) -> Any:
        """The domain of the run's tasks. Loads its simulator. Raises Usage if it is not registered."""
        from openended import envs

        try:
            return envs.domain(self.config["domain"], self.config.get("environment"))
        except envs.DomainError as error:
            raise Usage(f"{self.path}: {error}.") from None

    def setting(self, key: str) -> str:
        if key not in self.settings:
            raise Damaged(f"{self.path} lacks its {key!r}; the file is damaged.")
        return self.settings[key]

    def table(self, key: str) -> dict[str, Any]:
        """A setting that is a JSON object."""
        try:
            return Settings(rows.parsed(self.setting(key), dict))
        except ValueError as error:
            raise Damaged(f"{self.path} has a {key!r} that cannot be read ({error}); the file is damaged.") from error

    def last(self) -> tuple[int, bytes, bytes]:
        """Number, chain and archive's digest of the last generation; -1 and what stands before the first if none is."""
        found = self.database.execute("SELECT id, chain, archive FROM generation ORDER BY id DESC LIMIT 1").fetchone()
        return found or (-1, digest.genesis(identity(self.config)), bytes(digest.SIZE))

    @property
    def digest(self) -> str:
        """The chain of the last generation, hexadecimal; equal for equal runs, and only for those."""
        return self.last()[1].hex()

    def generations(self, last: int | None = None) -> list[dict[str, Any]]:
        """One dict per generation, in order: `generation`, all counters, all metrics, `seconds` (wall clock of the
        generation), `commit_seconds` (of the commit before it), `finished` (seconds since 1970) and `digest`.

        With `last` only so many of the last ones, which takes no longer the longer the run is.
        """
        with self.readable():
            return [
                {"generation": rows.whole(id)}
                | vars(rows.read_counters(counters))
                | rows.read_metrics(metrics)
                | {"seconds": rows.real(seconds), "commit_seconds": rows.real(commit_seconds)}
                | {"finished": rows.real(finished), "digest": chain.hex()}
                for id, counters, metrics, _, chain, seconds, commit_seconds, finished in self.rows("generation", last)
            ]

    def clock(self) -> tuple[float, float]:
        """Wall-clock seconds of all generations, and those of their commits."""
        found = self.database.execute("SELECT total(seconds), total(commit_seconds) FROM generation").fetchone()
        return float(found[0]), float(found[1])

    def transfers(self) -> list[Transfer]:
        """All transfers tried, in order."""
        order = ", ".join(schema.columns("transfer"))
        found = self.database.execute(f"SELECT {order} FROM transfer ORDER BY id")
        with self.readable():
            return [rows.read_transfer(row) for row in found.fetchall()]

    def events(self) -> list[Event]:
        with self.readable():
            return [
                Event(rows.real(time), str(kind), rows.parsed(detail, dict))
                for _, time, kind, detail in self.rows("event")
            ]

    def owner(self) -> Owner | None:
        """Who runs it now, or ran it when the machine died."""
        with self.readable():
            return next(
                (
                    Owner(str(host), rows.whole(pid), str(boot), str(started), rows.real(since))
                    for _, host, pid, boot, started, since in self.rows("owner")
                ),
                None,
            )

    def pace(self) -> tuple[float, float]:
        """When the run was last heard of (seconds since 1970), and for how many seconds a silent owner on another
        machine is believed to live: a minute and twice the longest of the last ten generations.
        """
        finished = self.database.execute("SELECT finished FROM generation ORDER BY id DESC LIMIT 1").fetchall()
        owner = self.owner()
        signs = [*(row[0] for row in finished), *([owner.since] if owner else [])]
        return max(signs, default=0.0), 60.0 + 2 * max(self.recent(), default=0.0)

    def recent(self) -> list[float]:
        """Seconds of the last ten generations, commits not included."""
        found = self.database.execute("SELECT seconds FROM generation ORDER BY id DESC LIMIT 10").fetchall()
        return [row[0] for row in reversed(found)]

    def state(self) -> State:
        """The state after the last generation. Raises Damaged if there is none yet."""
        generation = self.last()[0]
        if generation < 0:
            raise Damaged(f"{self.path} holds no generation yet; run it first.")
        counters = self.database.execute("SELECT counters FROM generation WHERE id = ?", (generation,)).fetchone()[0]
        parameters = self.domain.policies.default.parameters
        with self.readable():
            arrays = {row[0]: rows.read_array(row) for row in self.rows("array")}
            state = State(
                generation=generation,
                tasks={row[0]: rows.read_task(row, self.domain.tasks.decode) for row in self.rows("task")},
                pairs={row[0]: rows.read_pair(row, parameters) for row in self.rows("pair")},
                counters=rows.read_counters(counters),
                centroids=arrays.get("centroids"),
                scores={(agent, task): rows.real(fitness) for _, _, agent, task, fitness in self.rows("score")},
            )
            rows.check_state(state, len(self.domain.axes))
        return state

    def counters(self) -> Counters:
        """What the run has done so far."""
        found = self.database.execute("SELECT counters FROM generation ORDER BY id DESC LIMIT 1").fetchone()
        with self.readable():
            return rows.read_counters(found[0]) if found else Counters()

    @contextmanager
    def readable(self) -> Iterator[None]:
        """Turn what reading a damaged or hostile row raises into Damaged."""
        try:
            yield
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            raise Damaged(f"{self.path} holds a row that cannot be read ({error}); the file is damaged.") from error

    def rows(self, table: str, last: int | None = None) -> Iterator[rows.Row]:
        """The rows of a table that has digests, or so many of the last, in the order of its key, without the digest.

        Raises Damaged.
        """
        names = schema.columns(table)
        query = f"SELECT digest, {', '.join(names)} FROM {table} ORDER BY {names[0]}"
        newest = () if last is None else self.database.execute(f"{query} DESC LIMIT ?", (last,)).fetchall()
        for kept, *values in self.database.execute(query) if last is None else reversed(newest):
            if digest.row(table, values) != kept:
                raise Damaged(f"{self.path}: {table} {values[0]} does not match its digest; the file is damaged.")
            yield tuple(values)


class Reader(Contents):
    """A run file opened for reading, live or crashed: one moment of the run, for as long as it is open.

    A writer cannot commit while a reader is open, so read and close. Raises Failure if the file cannot be read.

    Attributes:
        note: what was special about opening it, or nothing.

    """

    def __init__(self, path: Path | str):
        self._stack = ExitStack()
        database, self.note = self._stack.enter_context(connection.reader(Path(path)))
        super().__init__(database, Path(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)
