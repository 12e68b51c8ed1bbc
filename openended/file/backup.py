"""Copies of a run file, taken while it is run: one moment of the run, complete under its name or not there at all."""

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from openended.file import connection, machine
from openended.file.database import transaction
from openended.file.errors import Failure, Owned, Resources, Usage
from openended.file.filesystem import synchronise
from openended.file.owner import Owner
from openended.file.reader import Reader


@dataclass(frozen=True)
class Glance:
    """What tells whether one run file may take the place of another: the run's id, its last generation and that one's
    chain, who runs it and whether that process is believed to be alive.
    """

    id: str
    generation: int
    chain: bytes
    owner: Owner | None
    alive: bool


def glance(path: Path) -> Glance:
    """A look at a run file, which also rolls back what a crash left in it. Raises Failure if it is none."""
    with Reader(path) as run, connection.guarded(path):
        generation, chain, _ = run.last()
        owner = run.owner()
        return Glance(run.id, generation, chain, owner, bool(owner and machine.alive(owner, *run.pace())))


def backup(source: Path, target: Path) -> int:
    """Copy the run file `source`, live or not, to `target`, and give the generation that the copy holds.

    The copy belongs to nobody. It replaces an older copy of the same run and nothing else.

    Raises:
        Usage: `target` is something else, a folder, or further on.
        Owned: `target` is being run.
        Resources: it cannot be written; what was there is untouched.

    """
    refuse(source, target)
    return copy(source, target, owned=False)


def refuse(source: Path, target: Path) -> None:
    """Raise unless `source` may take the place of `target`."""
    connection.present(source)
    if target.is_dir():
        raise Usage(f"{target} is a folder; name the file to write.")
    if not target.exists():
        orphan = Path(f"{target}-journal")
        if orphan.exists() and orphan.stat().st_size:
            raise Usage(f"{orphan} belongs to a file that is gone and would spoil the copy; move it away.")
        return
    if os.path.samefile(source, target):
        raise Usage(f"{target} is {source} itself; name another file.")
    try:
        there = glance(target)
    except Failure as error:
        raise Usage(f"{target} exists and would be overwritten, but it is no sound run file ({error})") from error
    here = glance(source)
    if there.id != here.id:
        raise Usage(f"{target} exists and holds another run ({there.id}, not {here.id}); name another file.")
    if there.generation > here.generation:
        raise Usage(
            f"{target} is at generation {there.generation}, further than {source} at {here.generation};"
            " name another file, or remove it first."
        )
    if there.alive and there.owner:
        raise Owned(f"{target} is being run by process {there.owner.pid} on {there.owner.host}; name another file.")


def copy(source: Path, target: Path, owned: bool) -> int:
    """Write the copy beside `target`, make it durable, and give it the name; `owned`: it keeps its owner."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        with Reader(source) as run, connection.guarded(target):
            generation = run.last()[0]
            with closing(sqlite3.connect(draft, isolation_level=None)) as database:
                run.database.backup(database)
                if not owned:
                    with transaction(database):
                        database.execute("DELETE FROM owner")
        synchronise(draft)
        os.replace(draft, target)
        synchronise(target.parent)
    except OSError as error:
        raise Resources(f"{target} cannot be written ({error.strerror}); choose another place.") from error
    finally:
        for path in (draft, Path(f"{draft}-journal")):
            with suppress(OSError):
                path.unlink(missing_ok=True)
    return generation
