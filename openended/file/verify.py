"""Looking for damage: every digest, the chain, and SQLite's own checks."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from openended.file import digest, tables, values
from openended.file.contents import Contents
from openended.file.errors import Damaged
from openended.file.reader import Reader
from openended.file.settings import identity
from openended.file.table import Table

SETTINGS = {"id", "recipe", "config", "fingerprint"}


def verify(path: Path | str) -> list[str]:
    """What is wrong with a run file, one sentence each; nothing if it is sound.

    Every change of content is found: altered rows by their digests, missing or additional ones by those of their
    generation, by the chain and by unbroken numbering. Raises Failure where the file cannot be read at all.
    """
    problems: list[str] = []
    with Reader(path) as run:
        for check in (pages, settings, history, replaced, order):
            try:
                problems += check(run)
            except Damaged as error:
                problems.append(str(error))
            except (sqlite3.Error, ValueError, TypeError, KeyError, RecursionError) as error:
                problems.append(f"{path} cannot be read through ({error}); the file is damaged.")
    return problems


def pages(run: Contents) -> Iterator[str]:
    """SQLite's checks of its pages and indices."""
    for pragma in ("quick_check", "integrity_check", "foreign_key_check"):
        for found in run.database.execute(f"PRAGMA {pragma}").fetchall():
            if found[0] != "ok":
                yield f"{pragma}: {' '.join(str(part) for part in found)}"


def settings(run: Contents) -> Iterator[str]:
    """The settings are complete."""
    if set(run.settings) - {"migrated"} != SETTINGS:
        yield f"table run holds {sorted(run.settings)} where {sorted(SETTINGS)} belong."
    digest.text(run.config | run.fingerprint)


def history(run: Contents) -> Iterator[str]:
    """Generations are numbered without gaps, hold the rows that they wrote, and each chain follows from the last.

    The chains of generations of an older schema cannot be computed again; they are taken as they are.
    """
    ledgers = [Ledger(run, table) for table in tables.SEARCH if not table.replaced]
    chain, migrated = digest.genesis(identity(run.config)), run.migrated
    for expected, (id, _, _, did, measured, kept, *_) in enumerate(run.rows(tables.GENERATION)):
        if id != expected:
            yield f"generation {expected} is missing."
            return
        wrote = values.digests(did), values.digests(measured)
        for ledger in ledgers:
            if ledger.digest(id) != wrote[not ledger.table.chained].get(ledger.table.name, ""):
                yield f"generation {id} wrote other rows of table {ledger.table.name} than there are."
                return
        chain = kept if id <= migrated else digest.chain(chain, id, did)
        if chain != kept:
            yield f"generation {id}: its digest does not follow from what it did."
            return
    for ledger in ledgers:
        if ledger.next is not None:
            yield f"there is a {ledger.table.name} of generation {ledger.next}, not reached or not in this order."


class Ledger:
    """The rows of a table, generation by generation.

    Attributes:
        next: the generation of the next row; None after the last.
    """

    def __init__(self, run: Contents, table: Table):
        self.table = table
        self._rows = run.digested(table)
        self._advance()

    def digest(self, generation: int) -> str:
        """The digest of the rows of a generation, from the next row on; empty if it has none."""
        found = []
        while self.next == generation:
            found.append(self._digest)
            self._advance()
        return digest.added(found).hex() if found else ""

    def _advance(self) -> None:
        place = self.table.generation
        assert place is not None
        self._digest, row = next(self._rows, (b"", ()))
        self.next: int | None = row[place] if row else None


def replaced(run: Contents) -> Iterator[str]:
    """Tables whose rows are replaced hold those that the last generation left."""
    did = run.last()[2]
    for table in (table for table in tables.SEARCH if table.replaced):
        total = digest.multiset(bytes(digest.SIZE), [], (row for row, _ in run.digested(table)))
        if (total.hex() if any(total) else "") != did.get(table.name, ""):
            yield (
                f"the rows of table {table.name} are not those that the last generation left: one is missing, old, or"
                " too many."
            )


def order(run: Contents) -> Iterator[str]:
    """Events are numbered without gaps; there is one owner at most."""
    for expected, row in enumerate(run.rows(tables.EVENT)):
        if row[0] != expected:
            yield f"event {expected} is missing."
            return
        json.loads(row[3])
    list(run.rows(tables.OWNER))
