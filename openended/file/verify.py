"""Looking for damage: every digest, the chain, and SQLite's own checks."""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from openended.file import digest, soundness, tables
from openended.file.contents import Contents
from openended.file.errors import Damaged
from openended.file.reader import Reader

SETTINGS = {"id", "recipe", "config", "fingerprint"}
MIGRATED = {"migrated", "genesis"}
"""Settings of files that began with an older schema or version."""


def verify(path: Path | str) -> list[str]:
    """What is wrong with a run file, one sentence each; nothing if it is sound.

    Every change of content is found: altered rows by their digests, missing or additional ones by those of their
    generation, by the chain and by unbroken numbering. Raises Failure where the file cannot be read at all.
    """
    problems: list[str] = []
    with Reader(path) as run:
        checks: tuple[Callable[[], Iterable[str]], ...] = (
            lambda: soundness.pages(run),
            lambda: settings(run),
            lambda: soundness.history(run, tables.SEARCH, run.genesis, run.migrated),
            lambda: soundness.replaced(run, tables.SEARCH),
            lambda: agents(run),
            lambda: soundness.order(run),
        )
        for check in checks:
            try:
                problems += check()
            except Damaged as error:
                problems.append(str(error))
            except (sqlite3.Error, ValueError, TypeError, KeyError, RecursionError) as error:
                problems.append(f"{path} cannot be read through ({error}); the file is damaged.")
    return problems


def settings(run: Contents) -> Iterable[str]:
    """The settings are complete."""
    if set(run.settings) - MIGRATED != SETTINGS:
        yield f"table run holds {sorted(run.settings)} where {sorted(SETTINGS)} belong."
    digest.text(run.config | run.fingerprint)


def agents(run: Contents) -> Iterable[str]:
    """Some row names each agent. (That a row has its agent, the row's digest says.)"""
    naming = " UNION ".join(f"SELECT {table.shared} FROM {table.name}" for table in tables.TABLES if table.shared)
    ((idle,),) = run.database.execute(f"SELECT count(*) FROM agent WHERE digest NOT IN ({naming})").fetchall()
    if idle:
        yield f"table agent holds {idle} that no other table names."
