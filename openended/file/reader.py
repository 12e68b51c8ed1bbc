"""Reading a run file: its settings, its state, its history.

>>> with Reader(path) as run:
...     run.config  # {"question": ..., "domain": "walker-v1", "seed": 1, "archive": {"kind": ...}, ...}
...     run.generations()  # one dict per generation: counters, metrics, clock
...     run.state()  # State of the last generation: tasks, pairs, learners, elites, counters
"""

from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from openended.file import connection
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
            database, self.note = self._stack.enter_context(connection.reader(Path(path)))
        except BaseException:
            self._stack.close()
            raise
        super().__init__(database, Path(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)
