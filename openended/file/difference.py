"""Where two runs part: the first generation and table that differ, found by their digests."""

import json
from itertools import zip_longest
from pathlib import Path
from typing import Any

from openended.file import digest
from openended.file.reader import Reader
from openended.file.settings import differences

History = dict[int, tuple[str, str, bytes, bytes]]
"""Counters, metrics, archive's digest and chain by generation."""


def difference(one: Path, other: Path) -> str:
    """One sentence about the first generation and table in which two run files differ; empty if the runs are equal.

    Clocks, machines, events, the budget and names do not count. Raises Failure where a file cannot be read.
    """
    with Reader(one) as a, Reader(other) as b:
        different = list(differences(a.config, b.config))
        if different:
            return f"The settings differ: {'; '.join(different)} (there: {one}, here: {other})."
        here, there = history(a), history(b)
        for generation in range(min(len(here), len(there))):
            if here[generation][3] != there[generation][3]:
                table = culprit(a, b, generation, here[generation], there[generation])
                return f"Generation {generation} is the first that differs: {table}."
        if len(here) != len(there):
            (short, end), (far, goal) = sorted(((one, len(here) - 1), (other, len(there) - 1)), key=lambda run: run[1])
            return f"{short} ends at generation {end}, up to which both are equal; {far} goes on to {goal}."
        return ""


def history(run: Reader) -> History:
    return {id: (counters, metrics, pairs, chain) for id, counters, metrics, pairs, chain, *_ in run.rows("generation")}


def culprit(a: Reader, b: Reader, generation: int, here: Any, there: Any) -> str:
    """Which table differs in a generation, the earliest in the order in which its rows come about, and where."""
    for table in ("task", "array", "transfer"):
        if table == "array" and generation:
            continue
        for one, other in zip_longest(written(a, table, generation), written(b, table, generation)):
            if one != other:
                return f"table {table}, row {(one or other)[0]}"
    if here[2] != there[2]:
        return f"table pair{altered(a, b, generation)}"
    for name, one, other in (("counters", here[0], there[0]), ("metrics", here[1], there[1])):
        before, now = json.loads(one), json.loads(other)
        for key in sorted({*before, *now}):
            if before.get(key) != now.get(key):
                return f"table generation, {name}: {key} is {before.get(key)} there and {now.get(key)} here"
    return "table generation"


def written(run: Reader, table: str, generation: int) -> list[Any]:
    """The rows that a generation added to a table, in order."""
    if table == "task":
        return [row for row in run.rows("task") if row[2] == generation]
    if table == "array":
        return list(run.rows("array"))
    query = "SELECT * FROM transfer WHERE generation = ? ORDER BY id"
    return run.database.execute(query, (generation,)).fetchall()


def altered(a: Reader, b: Reader, generation: int) -> str:
    """The first pair that differs, where both files still hold the pairs of that generation."""
    if a.last()[0] != generation or b.last()[0] != generation:
        return " (whose rows both runs have overwritten since)"
    for one, other in zip_longest(a.rows("pair"), b.rows("pair")):
        if one is None or other is None or digest.row("pair", one) != digest.row("pair", other):
            return f", row {(one or other)[0]}"
    return ""
