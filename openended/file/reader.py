"""Reading a run file: its settings, its state, its history.

>>> with Reader(path) as run:
...     run.config  # {"question": ..., "domain": "walker-v1", "seed": 1, "archive": {"kind": ...}, ...}
...     run.generations()  # one dict per generation: counters, metrics, clock
...     run.state()  # State of the last generation: tasks, pairs, learners, elites, counters
"""

import sqlite3
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from openended.file import connection, migrate, schema
from openended.file.contents import Contents
from openended.file.pause import postponed


class Reader(Contents):
    """A run file opened for reading, live or crashed: one moment of the run, for as long as it is open.

    A writer cannot commit while a reader is open, so read and close; a stop from the keyboard (Ctrl-Z) waits until
    then. Raises Failure if the file cannot be read.

    Attributes:
        note: what was special about opening it, or nothing.

    """

    def __init__(self, path: Path | str):
        self._stack = ExitStack()
        try:
            self._stack.enter_context(postponed())
            database, self.note = self._open(Path(path))
        except BaseException:
            self._stack.close()
            raise
        super().__init__(database, Path(path))

    def _open(self, path: Path) -> tuple[sqlite3.Connection, str]:
        """The run file, or a migrated copy of one with an older schema, and what is special about it."""
        with ExitStack() as first:
            database, note = first.enter_context(connection.reader(path))
            found = schema.version(database, path)
            if found == schema.VERSION:
                self._stack.push(first.pop_all())
                return database, note
            with connection.guarded(path):
                copy = migrate.copied(database, path)
        database, _ = self._stack.enter_context(connection.reader(copy))
        return database, f"{path} has schema {found}: a migrated copy was read; `openended resume` migrates the file."

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)
