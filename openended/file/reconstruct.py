"""The rows of today's tables out of those of schema 1, which held less; what is missing is found where it can be."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from openended.core.types import Elite, Learner, Pair
from openended.file import schema_1, tables
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
