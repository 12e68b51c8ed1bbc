"""The rows of today's tables out of those of schema 1, which held less; what is missing is found where it can be.

A pair becomes three rows: the pair, its learner and its elite. Schema 1 did not record elites; they are
reconstructed. An elite whose fitness equals that of an accepted transfer came from it. For the others, only a range of
generations is known.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from openended.core.types import Elite, Learner, Pair
from openended.file import digest, schema_1, tables
from openended.file.completion import completed
from openended.file.database import Database, insert
from openended.file.schema_1 import Old
from openended.file.table import Codec, Row, Table
from openended.file.values import parsed, real, unpacked

VERBATIM = Codec(str, str, 0)
"""Rows are moved without a look at genomes."""


class Arrival(NamedTuple):
    """An accepted transfer into a pair."""

    generation: int
    source: int
    fitness: float


class Origin(NamedTuple):
    """When an elite was found at the earliest, on which task, and from which one its agent had come."""

    generation: int
    task: int
    origin: int


def fill(run: Old, new: sqlite3.Connection) -> None:
    """Write all rows into a new file."""
    config = completed(with_learner(json.loads(run.settings["config"])))
    last = head(run)["generation"]
    wrote: dict[int, dict[str, list[bytes]]] = {}
    left = {table.name: bytes(digest.SIZE) for table in tables.SEARCH if table.replaced}

    def enter(table: Table, found: Iterator[Row]) -> None:
        """Write rows one by one, and keep what they add to the digests."""
        for row in found:
            (added,) = insert(new, table, [row])
            if table.replaced:
                left[table.name] = digest.multiset(left[table.name], [], [added])
            else:
                generation = row[table.generation] if table.generation is not None else 0
                wrote.setdefault(generation, {}).setdefault(table.name, []).append(added)

    for table, found in rows(run, config, last):
        enter(table, found)
    insert(new, tables.RUN, (run.settings | {"config": digest.text(config)}).items())
    insert(new, tables.OWNER, run.rows(tables.OWNER))
    insert(new, tables.EVENT, run.rows(tables.EVENT))
    elites = 0
    for id, counters, metrics, _, chain, *clock in run.rows(schema_1.GENERATION):
        did: dict[str, str] = {}
        measured: dict[str, str] = {}
        for table in (table for table in tables.SEARCH if table.name in wrote.get(id, {})):
            (did if table.chained else measured)[table.name] = digest.added(wrote[id][table.name]).hex()
        if id == last:
            did |= {name: total.hex() for name, total in left.items() if any(total)}
        elites += len(wrote.get(id, {}).get(tables.ELITE.name, []))
        counted = digest.text(json.loads(counters) | {"elites_found": elites})
        insert(new, tables.GENERATION, [(id, counted, metrics, digest.text(did), digest.text(measured), chain, *clock)])
    insert(new, tables.RUN, [("migrated", digest.text({"schema": 1} | head(run)))])


def head(run: Database) -> dict[str, Any]:
    """The last generation of an old file and its digest."""
    found = run.database.execute("SELECT id, chain FROM generation ORDER BY id DESC LIMIT 1").fetchone()
    return {"generation": found[0], "digest": found[1].hex()} if found else {"generation": -1, "digest": ""}


def with_learner(config: dict[str, Any]) -> dict[str, Any]:
    """Settings in which `es` is one kind of learner."""
    given = {name: value for name, value in config.items() if name != "es"}
    return given | ({"learner": {"kind": "es"} | config["es"]} if "es" in config else {})


def rows(run: Old, config: Mapping[str, Any], last: int) -> Iterator[tuple[Table, Iterator[Row]]]:
    """The rows of every table that generations write, in its order; `last` is the run's last generation."""
    origins = sorted(found(run))
    ids = {each.task: id for id, each in enumerate(origins)}
    yield tables.TASK, (with_maker(row, config) for row in run.rows(schema_1.TASK))
    yield tables.ARRAY, ((id, 0, *row) for id, row in enumerate(run.rows(schema_1.ARRAY)))
    yield tables.TRANSFER, run.rows(schema_1.TRANSFER)
    yield tables.ELITE, (elite(run, id, each) for id, each in enumerate(origins))
    yield tables.LEARNER, (learner(each) for each in pairs(run))
    yield tables.PAIR, (pair(each, ids[each["task"]], last) for each in pairs(run))
    yield tables.SCORE, run.rows(tables.SCORE)


def pairs(run: Old, where: str = "") -> Iterator[dict[str, Any]]:
    """The old pairs, their columns by name."""
    return (dict(zip(schema_1.PAIR.names, row, strict=True)) for row in run.rows(schema_1.PAIR, where=where))


def with_maker(row: Row, config: Mapping[str, Any]) -> Row:
    """A task with what made it."""
    id, parent, generation, niche, outcome, *rest = row
    if config["algorithm"] == "direct":
        maker = "path" if parent >= 0 else "first" if config["curriculum"] else "given"
    else:
        maker = "mutation" if parent >= 0 else "first"
    return id, parent, generation, niche, outcome, maker, *rest


def found(run: Old) -> Iterator[Origin]:
    """Where each pair's best agent came from.

    One whose fitness is that of an accepted transfer came with it. Otherwise it was found in training: after the last
    arrival that it surpasses, or, if there is none, after the pair's admission.
    """
    arrivals: dict[int, list[Arrival]] = {}
    for _, generation, source, target, _, fitness, _, accepted in run.rows(schema_1.TRANSFER):
        if accepted:
            arrivals.setdefault(target, []).append(Arrival(generation, source, real(fitness)))
    parents = {row[0]: row[1] for row in run.rows(schema_1.TASK)}
    for old in pairs(run):
        came = arrivals.get(old["task"], [])
        best, first = real(old["best_fitness"]), old["origin"] if not came else parents[old["task"]]
        brought = [each for each in came if each.fitness == best][:1] or [each for each in came if each.fitness < best]
        if brought:
            yield Origin(brought[-1].generation, old["task"], brought[-1].source)
        else:
            yield Origin(old["admitted"], old["task"], first)


def elite(run: Old, id: int, origin: Origin) -> Row:
    (old,) = pairs(run, f"task = {origin.task}")
    agent = unpacked(old["best_agent"], "<f4", (len(old["best_agent"]) // 4,))
    best = Elite(id, origin.task, origin.generation, real(old["best_fitness"]), origin.origin, agent)
    return tables.ELITE.write(best, Codec(str, str, len(agent)))


def learner(old: Mapping[str, Any]) -> Row:
    """The agent in training with Adam's memory, named by its task."""
    agent, m, v = (unpacked(old[name], "<f4", (len(old[name]) // 4,)) for name in ("agent", "m", "v"))
    memory = {
        "m": m,
        "v": v,
        "t": np.array(old["t"], np.int64),
        "learning_rate": np.array(real(old["learning_rate"])),
        "sigma": np.array(real(old["sigma"])),
    }
    return tables.LEARNER.write(Learner(old["task"], agent, memory, old["es_steps"]), Codec(str, str, len(agent)))


def pair(old: Mapping[str, Any], elite: int, last: int) -> Row:
    """A pair without its arrays; `last` is the run's last generation."""
    known = ("task", "niche", "origin", "visits", "admitted", "retired")
    return tables.PAIR.write(
        Pair(
            **{name: old[name] for name in known},
            fitness=real(old["fitness"]),
            best_fitness=real(old["best_fitness"]),
            learner=old["task"],
            elite=elite,
            seen=seen(old, last),
            potential=real(old["progress"]),
            active=bool(old["active"]),
            recent=tuple(real(value) for value in parsed(old["recent"], list)),
        ),
        VERBATIM,
    )


def seen(old: Mapping[str, Any], last: int) -> int:
    """The last generation in which a pair was active; of a resting one, the first that it can have been."""
    if not old["visits"]:
        return -1
    if old["active"]:
        return last
    return int(max(old["admitted"], old["retired"] - 1, old["admitted"] + old["visits"] - 1))
