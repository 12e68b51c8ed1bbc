"""Whether the rows of a run file fit each other: pages, generations and their digests, tables whose rows are replaced.

Each check yields what is wrong, one sentence each. `search` are the tables that generations write, of any schema that
has chained digests.
"""

import json
from collections.abc import Callable, Iterator, Sequence

from openended.file import digest, tables, values
from openended.file.housekeeping import Housekeeping
from openended.file.table import Table


def pages(run: Housekeeping) -> Iterator[str]:
    """SQLite's checks of its pages and indices."""
    for pragma in ("quick_check", "integrity_check", "foreign_key_check"):
        for found in run.database.execute(f"PRAGMA {pragma}").fetchall():
            if found[0] != "ok":
                yield f"{pragma}: {' '.join(str(part) for part in found)}"


def history(run: Housekeeping, search: Sequence[Table], genesis: bytes, migrated: int) -> Iterator[str]:
    """Generations are numbered without gaps, hold the rows that they wrote, and each chain follows from the last.

    Args:
        run: the file.
        search: see the module.
        genesis: what stands before the first chain.
        migrated: the last generation of schema 1; the chains up to it cannot be computed again and are taken as they
            are. -1: there is none.

    """
    ledgers = [Ledger(run, table) for table in search if not table.replaced]
    chain = genesis
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

    def __init__(self, run: Housekeeping, table: Table):
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


def replaced(run: Housekeeping, search: Sequence[Table]) -> Iterator[str]:
    """Tables whose rows are replaced hold those that the last generation left."""
    found = run.database.execute("SELECT did FROM generation ORDER BY id DESC LIMIT 1").fetchone()
    did = values.digests(found[0]) if found else {}
    for table in (table for table in search if table.replaced):
        total = digest.multiset(bytes(digest.SIZE), [], (row for row, _ in run.digested(table)))
        if (total.hex() if any(total) else "") != did.get(table.name, ""):
            yield (
                f"the rows of table {table.name} are not those that the last generation left: one is missing, old, or"
                " too many."
            )


def order(run: Housekeeping) -> Iterator[str]:
    """Events are numbered without gaps; there is one owner at most."""
    for expected, row in enumerate(run.rows(tables.EVENT)):
        if row[0] != expected:
            yield f"event {expected} is missing."
            return
        json.loads(row[3])
    list(run.rows(tables.OWNER))


def past(run: Housekeeping, search: Sequence[Table], genesis: Callable[[Housekeeping], bytes]) -> Iterator[str]:
    """What is wrong with a file of an older schema whose tables are as they should be.

    `genesis` gives what stands before its first chain.
    """
    yield from pages(run)
    if missing := {"id", "recipe", "config", "fingerprint"} - set(run.settings):
        yield f"table run lacks {', '.join(sorted(missing))}"
        return
    migrated = values.whole(values.parsed(run.settings.get("migrated", '{"generation":-1}'), dict)["generation"])
    yield from history(run, search, genesis(run), migrated)
    yield from replaced(run, search)
    yield from order(run)
    run.owner()
