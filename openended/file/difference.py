"""Where two runs part: the first generation and table that differ, found by their digests."""

import json
from collections.abc import Collection, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from openended.file import tables, values
from openended.file.contents import Contents
from openended.file.reader import Reader
from openended.file.settings import differences, essential
from openended.file.table import Table

RECONSTRUCTED = {tables.ELITE, tables.LEARNER, tables.PAIR}
"""The tables that a migration makes out of the last generation alone; of earlier ones only the chain is left."""


LATER = {tables.MILESTONE}
"""Tables of what was measured that older schemas lacked: of a run that began with one, they are not compared."""


class Generation(NamedTuple):
    """What is compared of a generation: its chain if it was written with schema 1, digests of its rows by table,
    and what it counted and measured by name.
    """

    old: bytes
    digests: dict[str, str]
    numbers: dict[str, dict[str, float | int | None]]


def difference(one: Path, other: Path) -> str:
    """One sentence about the first generation and table in which two run files differ; empty if the runs are equal.

    Clocks, machines, events, the budget, names and how a specification was to grow do not count, nor does a metric that
    only one of them has. Raises Failure where a file cannot be read.
    """
    with Reader(one) as a, Reader(other) as b:
        different = list(differences(essential(a.config), essential(b.config)))
        if different:
            return f"The settings differ: {'; '.join(different)} (there: {one}, here: {other})."
        ends = [run.last()[0] for run in (a, b)]
        skipped = LATER if any({"genesis", "migrated"} & set(run.settings) for run in (a, b)) else set[Table]()
        for generation, (there, here) in enumerate(zip(generations(a), generations(b), strict=False)):
            if culprit := parted(there, here, skipped):
                rows = where(a, b, culprit, generation) if isinstance(culprit, Table) else f"table {culprit}"
                return f"Generation {generation} is the first that differs: {rows}."
        if ends[0] != ends[1]:
            (end, short), (goal, far) = sorted(zip(ends, (one, other), strict=True), key=lambda run: run[0])
            return f"{short} ends at generation {end}, up to which both are equal; {far} continues to {goal}."
        return ""


def generations(run: Contents) -> list[Generation]:
    migrated = run.migrated
    with run.readable():
        return [
            Generation(
                chain if id <= migrated else b"",
                values.digests(did) | values.digests(measured),
                {"counters": json.loads(counters), "metrics": json.loads(metrics)},
            )
            for id, counters, metrics, did, measured, chain, *_ in run.rows(tables.GENERATION)
        ]


def parted(there: Generation, here: Generation, skipped: Collection[Table]) -> Table | str:
    """The table that differs, the first in the order in which they are written, those skipped left out, or what differs
    of a generation's own row; empty if nothing does.
    """
    for table in tables.SEARCH:
        if (there.old or here.old) and table in RECONSTRUCTED:
            continue
        if table not in skipped and there.digests.get(table.name) != here.digests.get(table.name):
            return table
    for name in there.numbers:
        before, now = there.numbers[name], here.numbers[name]
        for key in sorted({*before} & {*now}):
            if before[key] != now[key]:
                return f"generation, {name}: {key} is {before[key]} there and {now[key]} here"
    if there.old and here.old and there.old != here.old:
        return "pair (whose rows of that generation no longer exist)"
    return ""


def where(a: Contents, b: Contents, table: Table, generation: int) -> str:
    """The table and the first row of it that differs, where both files still hold the rows of that generation."""
    if table.replaced and not a.last()[0] == b.last()[0] == generation:
        return f"table {table.name} (whose rows the runs have overwritten since)"
    one, other = (digests(run, table, generation) for run in (a, b))
    for here, there in zip_longest(one.items(), other.items()):
        if here != there:
            return f"table {table.name}, row {(here or there or ('',))[0]}"
    return f"table {table.name}"


def digests(run: Contents, table: Table, generation: int) -> Mapping[int, bytes]:
    """Digests by key of the rows that a generation added to a table, or, where rows are replaced, of all."""
    condition = "" if table.replaced else f"generation = {generation}"
    return {row[0]: found for found, row in run.digested(table, where=condition)}
