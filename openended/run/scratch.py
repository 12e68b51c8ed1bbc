"""A run on a node's own disk with copies on a shared one: for file systems that are slow or cannot lock.

The run file proper is called live; the copy on the shared disk carries its owner, so that others see who runs it. The
promise gets weaker: the loss of the node costs everything committed since the last copy.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from openended.file import backup
from openended.file.backup import Glance, glance
from openended.file.errors import Damaged, Failure, Owned, Resources
from openended.file.owner import Owner, owned
from openended.file.reader import Reader

EVERY = 60.0
"""Seconds from one copy to the next; a generation that takes longer is copied at once."""
SHARE = 0.1
"""Most of the time that copying may take."""


class Copies:
    """Copies the run file `live` to `shared` at intervals.

    Attributes:
        seconds: what the last copy took.

    """

    def __init__(self, live: Path, shared: Path, stolen_from: Owner | None, say: Callable[[str], None]):
        self.live = live
        self.shared = shared
        self.stolen_from = stolen_from
        self.say = say
        self.seconds = 0.0
        self._due = 0.0
        self._me: Owner | None = None

    def after_commit(self) -> bool:
        """Copy if a copy is due, and say whether one was made. A failed copy is reported and tried again later, because
        the live file is intact.
        """
        if time.monotonic() < self._due:
            return False
        try:
            self.now()
        except Resources as error:
            self.say(f"The copy failed, so the loss of this node would now cost more: {error}")
            self._due = time.monotonic() + EVERY
            return False
        return True

    def now(self, keep_owner: bool = True) -> None:
        """Copy, with or without the owner.

        Raises Owned if another process has continued the copy, Resources if it cannot be written.
        """
        start = time.monotonic()
        here = glance(self.live)
        self._me = here.owner or self._me
        if self.shared.exists():
            there = glance(self.shared)
            separate(self.live, here, self.shared, there)
            foreign = there.alive and there.owner not in (self._me, self.stolen_from)
            if there.generation > here.generation or foreign:
                raise Owned(f"{self.shared} has been continued by another process; this one has stopped.")
        backup.copy(self.live, self.shared, keep_owner)
        end = time.monotonic()
        self.seconds = end - start
        self._due = end + max(EVERY, self.seconds / SHARE)


@contextmanager
def mirrored(shared: Path, folder: Path, steal: bool, say: Callable[[str], None]) -> Iterator[Copies]:
    """The live file for `shared` in `folder`, brought up to the newer of the two, and who copies it back.

    At the end, whatever its reason, makes a last copy without an owner and removes the live file.

    Raises:
        Owned: `shared` is being run.
        Damaged: both exist, but neither continues the other.
        Resources: one of them cannot be written.

    """
    live, stolen_from = place(shared, folder), None
    if shared.exists():
        there = glance(shared)
        if there.owner and there.alive:
            if not steal:
                with Reader(shared) as run:
                    raise Owned(owned(shared, there.owner, run.pace()[0]))
            stolen_from = there.owner
        here = glance(live) if live.exists() else None
        if here:
            separate(live, here, shared, there)
        if here is None or here.generation < there.generation:
            backup.copy(shared, live, owned=False)
        elif here.generation > there.generation:
            say(f"{live} is at generation {here.generation}, {shared} at {there.generation}; the former is continued.")
    copies = Copies(live, shared, stolen_from, say)
    say(
        f"The run continues in {live}; {shared} gets a copy every {EVERY:.0f} s or, if that takes longer, after each"
        " generation: the loss of this node costs what was done since the last copy."
    )
    try:
        yield copies
    finally:
        if live.exists():
            try:
                copies.now(keep_owner=False)
                live.unlink()
            except Resources as error:
                raise Resources(f"{error} The newest generations are in {live}; run it again on this node.") from error


def place(shared: Path, folder: Path) -> Path:
    """Where the live file lies: its name tells different files of one name apart."""
    mark = hashlib.sha256(str(shared.resolve()).encode()).hexdigest()[:8]
    return folder / f"{shared.stem}-{mark}{shared.suffix}"


def separate(live: Path, here: Glance, shared: Path, there: Glance) -> None:
    """Raise Damaged if the files are not two moments of one run."""
    older, further = (here, shared) if here.generation <= there.generation else (there, live)
    try:
        with Reader(further) as run:
            row = run.database.execute("SELECT chain FROM generation WHERE id = ?", (older.generation,)).fetchone()
    except Failure as error:
        raise Damaged(f"{further} cannot be compared ({error})") from error
    if here.id != there.id or (row and row[0] != older.chain):
        raise Damaged(
            f"{live} (run {here.id}, generation {here.generation}) and {shared} (run {there.id}, generation"
            f" {there.generation}) have gone separate ways; move one of them away."
        )
