"""Looking for damage: every digest, the chain, and SQLite's own checks."""

import json
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from openended.file import digest, schema
from openended.file.errors import Damaged
from openended.file.reader import Reader
from openended.file.settings import identity

SETTINGS = {"id", "recipe", "config", "fingerprint"}


def verify(path: Path | str) -> list[str]:
    """What is wrong with a run file, one sentence each; nothing if it is sound.

    Every change of content is found: rows by their digests, missing or additional rows by the archive's digest, the
    chain and unbroken numbering. Raises Failure where the file cannot be read at all.
    """
    problems: list[str] = []
    with Reader(path) as run:
        for check in (pages, settings, history, archive, order):
            try:
                problems += check(run)
            except Damaged as error:
                problems.append(str(error))
            except (sqlite3.Error, ValueError, TypeError, RecursionError) as error:
                problems.append(f"{path} cannot be read through ({error}); the file is damaged.")
    return problems


def pages(run: Reader) -> Iterator[str]:
    """SQLite's checks of its pages and indices."""
    for pragma in ("quick_check", "integrity_check", "foreign_key_check"):
        for found in run.database.execute(f"PRAGMA {pragma}").fetchall():
            if found[0] != "ok":
                yield f"{pragma}: {' '.join(str(part) for part in found)}"


def settings(run: Reader) -> Iterator[str]:
    """The settings are complete."""
    if set(run.settings) != SETTINGS:
        yield f"table run holds {sorted(run.settings)} where {sorted(SETTINGS)} belong."
    digest.text(run.config | run.fingerprint)


def history(run: Reader) -> Iterator[str]:
    """Generations are numbered without gaps, and the chain follows from what each of them wrote."""
    tasks = groupby(by_generation(run, "task"), lambda found: found[0])
    transfers = groupby(by_generation(run, "transfer"), lambda found: found[0])
    scores = groupby(by_generation(run, "score"), lambda found: found[0])
    arrays = [digest.row("array", row) for row in run.rows("array")]
    next_tasks, next_transfers, next_scores = next(tasks, None), next(transfers, None), next(scores, None)
    chain = digest.genesis(identity(run.config))
    for expected, (id, counters, metrics, pairs, kept, *_) in enumerate(run.rows("generation")):
        if id != expected:
            yield f"generation {expected} is missing."
            return
        written = list(arrays) if id == 0 else []
        if next_tasks and next_tasks[0] == id:
            written = [row for _, row in next_tasks[1]] + written
            next_tasks = next(tasks, None)
        if next_transfers and next_transfers[0] == id:
            written += [row for _, row in next_transfers[1]]
            next_transfers = next(transfers, None)
        if next_scores and next_scores[0] == id:
            written += [row for _, row in next_scores[1]]
            next_scores = next(scores, None)
        chain = digest.chain(chain, id, written, pairs, counters, metrics)
        if chain != kept:
            yield f"generation {id}: its digest does not follow from its tasks, transfers, scores, counters, metrics."
            return
    for name, left in (("task", next_tasks), ("transfer", next_transfers), ("score", next_scores)):
        if left:
            yield f"there is a {name} of generation {left[0]}, which the run has not reached or not in this order."


def archive(run: Reader) -> Iterator[str]:
    """The pairs are those that the last generation left."""
    total = digest.archive(bytes(digest.SIZE), [], (digest.row("pair", row) for row in run.rows("pair")))
    if total != run.last()[2]:
        yield "the pairs are not those that the last generation left: a row is missing, old, or too many."


def order(run: Reader) -> Iterator[str]:
    """Events are numbered without gaps; there is one owner at most."""
    for expected, row in enumerate(run.rows("event")):
        if row[0] != expected:
            yield f"event {expected} is missing."
            return
        json.loads(row[3])
    list(run.rows("owner"))


def by_generation(run: Reader, table: str) -> Iterator[tuple[int, bytes]]:
    """Generation and digest of every row of `table`, in the order of ids."""
    names = schema.columns(table)
    found = (
        run.rows(table)
        if "digest" in schema.TABLES[table]
        else run.database.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY id")
    )
    place = names.index("generation")
    for row in found:
        yield row[place], digest.row(table, row)
