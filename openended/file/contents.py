"""What a run file holds: its settings, its state, its history, read row by row and checked as they are read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from openended.core.measures.milestones import Milestone
from openended.core.measures.potentials import Potentials
from openended.core.offers import AGAIN, Taken, counted, stand, waiting
from openended.core.types import Agent, Counters, Elite, Learner, Score, Snapshot, State, Task, Transfer
from openended.envs.policy import Policy
from openended.file import digest, tables, values
from openended.file.errors import Damaged, Usage
from openended.file.housekeeping import Housekeeping
from openended.file.settings import external, identity, unsaid
from openended.file.state import check
from openended.file.table import Codec, Table


@dataclass(frozen=True)
class Find:
    """An elite without its agent: its id, for which task and in which generation it was found, what it reaches there,
    and the task that its agent had come from (-1: drawn at random).
    """

    id: int
    task: int
    generation: int
    fitness: float
    origin: int


class Settings(dict[str, Any]):
    """Settings as a run file has them. Looking up one that it lacks raises Damaged."""

    def __missing__(self, key: str) -> Any:
        raise Damaged(f"The run file lacks the setting {key!r}; it is damaged.")


class Contents(Housekeeping):
    """What a run file holds. Raises Damaged where something is missing or does not fit."""

    @property
    def config(self) -> dict[str, Any]:
        """The recipe, defaults filled in but those that go without saying: question, domain, algorithm, seed,
        generations, and a table for each part of the algorithm.
        """
        return unsaid(self.table("config"))

    @property
    def recipe(self) -> str:
        """Name of the recipe."""
        return self.setting("recipe")

    @property
    def id(self) -> str:
        """What tells this run from every other, 16 hexadecimal digits."""
        return self.setting("id")

    @property
    def fingerprint(self) -> dict[str, str]:
        """Versions and CPU features of the machine that began the run."""
        return self.table("fingerprint")

    @cached_property
    def domain(self) -> Any:
        """The domain of the run's tasks. Loads its simulator. Raises Usage if it is not registered."""
        from openended import envs

        try:
            return envs.domain(self.config["domain"], self.config.get("environment"))
        except envs.DomainError as error:
            raise Usage(f"{self.path}: {error}.") from None

    @cached_property
    def policy(self) -> Policy:
        """The network of the run's agents. Loads the simulator."""
        from openended.core.settings import Layout

        layout = self.config.get("policy", {})
        try:
            return Layout(layout.get("kind", ""), tuple(layout.get("hidden", ()))).of(self.domain)
        except (ValueError, TypeError, AttributeError) as error:
            raise Damaged(f"{self.path} has a policy that cannot be ({error}); the file is damaged.") from error

    @cached_property
    def codec(self) -> Codec:
        """How rows of this run are read. Loads the simulator."""
        parameters = 0 if external(self.config) else self.policy.parameters
        return Codec(self.domain.tasks.encode, self.domain.tasks.decode, parameters)

    @property
    def migrated(self) -> int:
        """The last generation that was written with schema 1, which recorded less; -1 if there is none."""
        with self.readable():
            return values.whole(self.table("migrated")["generation"]) if "migrated" in self.settings else -1

    def setting(self, key: str) -> str:
        if key not in self.settings:
            raise Damaged(f"{self.path} lacks its {key!r}; the file is damaged.")
        return self.settings[key]

    def table(self, key: str) -> dict[str, Any]:
        """A setting that is a JSON object."""
        try:
            return Settings(values.parsed(self.setting(key), dict))
        except ValueError as error:
            raise Damaged(f"{self.path} has a {key!r} that cannot be read ({error}); the file is damaged.") from error

    def last(self) -> tuple[int, bytes, dict[str, str]]:
        """Number, chain, and digests by table of the last generation; -1 and what stands before the first if none is.

        The digests are those of what it did, hexadecimal (see `tables.GENERATION`).
        """
        found = self.database.execute("SELECT id, chain, did FROM generation ORDER BY id DESC LIMIT 1").fetchone()
        if not found:
            return -1, self.genesis, {}
        with self.readable():
            return values.whole(found[0]), bytes(found[1]), values.digests(found[2])

    def chain(self, generation: int) -> bytes | None:
        """The chain of a generation; None if there is no such generation."""
        found = self.database.execute("SELECT chain FROM generation WHERE id = ?", (generation,)).fetchone()
        return bytes(found[0]) if found else None

    @property
    def genesis(self) -> bytes:
        """What stands before the first chain."""
        with self.readable():
            kept = self.settings.get("genesis")
            return digest.genesis(identity(self.table("config"))) if kept is None else bytes.fromhex(kept)

    @property
    def digest(self) -> str:
        """The chain of the last generation, hexadecimal; equal for equal runs, and only for those."""
        return self.last()[1].hex()

    def generations(self, last: int | None = None) -> list[dict[str, Any]]:
        """One dict per generation, in order: `generation`, all counters, all metrics, `seconds` (wall clock of the
        generation), `commit_seconds` (of the commit before it), `finished` (seconds since 1970) and `digest`.

        `last` gives only that many of the last ones, which takes no longer the longer the run is.
        """
        with self.readable():
            return [
                {"generation": values.whole(id)}
                | vars(read_counters(counters))
                | read_metrics(metrics)
                | {"seconds": values.real(seconds), "commit_seconds": values.real(commit_seconds)}
                | {"finished": values.real(finished), "digest": chain.hex()}
                for id, counters, metrics, _, _, chain, seconds, commit_seconds, finished in self.rows(
                    tables.GENERATION, last
                )
            ]

    def clock(self) -> tuple[float, float]:
        """Wall-clock seconds of all generations, and those of their commits."""
        found = self.database.execute("SELECT total(seconds), total(commit_seconds) FROM generation").fetchone()
        return float(found[0]), float(found[1])

    def read(self, table: Table, where: str = "") -> Iterator[Any]:
        """The values of a table's rows, in the order of its key; `where` is an SQL condition. Loads the simulator."""
        with self.readable():
            for row in self.rows(table, where=where):
                yield table.read(row, self.codec)

    def tasks(self) -> dict[int, Task]:
        """All tasks that were ever made, whether or not they were admitted, by id."""
        return {task.id: task for task in self.read(tables.TASK)}

    def transfers(self) -> list[Transfer]:
        """All transfers tried, in order."""
        return list(self.read(tables.TRANSFER))

    def scores(self) -> list[Score]:
        """All scores of retired agents, in order."""
        return list(self.read(tables.SCORE))

    def snapshots(self) -> list[Snapshot]:
        """All agents of learners that were kept, in order."""
        return list(self.read(tables.SNAPSHOT))

    def potentials(self) -> list[Potentials]:
        """What all visits told about tasks, in order."""
        return list(self.read(tables.POTENTIAL))

    def offers(self, where: str = "") -> list[Taken]:
        """What was taken from outside, in order; `where` is an SQL condition. The simulator is not loaded."""
        with self.readable():
            return [tables.OFFER.read(row, PLAIN) for row in self.rows(tables.OFFER, where=where)]

    def offer_names(self) -> list[str]:
        """The names of all offers that the run took. Not checked by digest."""
        query = f"SELECT name FROM offer WHERE kind != '{AGAIN}'"
        return [str(name) for (name,) in self.database.execute(query).fetchall()]

    def admitted(self) -> int:
        """How many tasks from outside were admitted. Not checked by digest."""
        query = "SELECT count(*) FROM offer WHERE outcome = 'admitted'"
        return int(self.database.execute(query).fetchone()[0])

    def milestones(self) -> list[Milestone]:
        """All milestones of pairs, in order."""
        return list(self.read(tables.MILESTONE))

    def elites(self, ids: Iterable[int]) -> dict[int, Elite]:
        """Elites by id, with their agents; each is one row. Raises Damaged if one is not there."""
        wanted = sorted(set(ids))
        found = {id: elite for id in wanted for elite in self.read(tables.ELITE, f"id = {int(id)}")}
        if missing := [id for id in wanted if id not in found]:
            raise Damaged(f"{self.path} lacks elite {missing[0]}; the file is damaged.")
        return found

    def learner(self, id: int) -> Learner:
        """A learner with its agent and memory, one row. Raises Usage if there is none."""
        found: list[Learner] = list(self.read(tables.LEARNER, f"id = {int(id)}"))
        if found:
            return found[0]
        known = ", ".join(map(str, self.steps())) or "none yet"
        raise Usage(f"{self.path} has no learner {id}; there are: {known}.")

    def finds(self) -> list[Find]:
        """All elites there have been, without their agents, in order. Not checked by digest: that needs the agents."""
        found = self.database.execute("SELECT id, task, generation, fitness, origin FROM elite ORDER BY id")
        with self.readable():
            return [
                Find(
                    values.whole(id),
                    values.whole(task),
                    values.whole(generation),
                    values.real(fitness),
                    values.whole(origin),
                )
                for id, task, generation, fitness, origin in found.fetchall()
            ]

    def steps(self) -> dict[int, int]:
        """The training steps of every learner, by id. Not checked by digest: that needs what the learners remember."""
        with self.readable():
            found = self.database.execute("SELECT id, steps FROM learner ORDER BY id").fetchall()
            return {values.whole(id): values.whole(steps) for id, steps in found}

    def state(self, agents: bool = True) -> State:
        """The state after the last generation; without `agents` its learners and elites are left out.

        Raises Damaged if there is no generation yet.
        """
        generation = self.last()[0]
        if generation < 0:
            raise Damaged(f"{self.path} holds no generation yet; run it first.")
        with self.readable():
            offered = stand({}, self.offers(TASKS_OFFERED))
            arrays = self.read(tables.ARRAY, "id IN (SELECT max(id) FROM array GROUP BY name)")
            state = State(
                generation=generation,
                tasks={task.id: task for task in self.read(tables.TASK, "id IN (SELECT task FROM pair)")},
                pairs={pair.task: pair for pair in self.read(tables.PAIR)},
                learners={each.id: each for each in self.read(tables.LEARNER)} if agents else {},
                elites={each.id: each for each in shared(self.read(tables.ELITE, HELD))} if agents else {},
                counters=self.counters(),
                scores={(score.agent, score.task): score.fitness for score in self.read(tables.SCORE)},
                arrays={name: array for _, name, array in arrays},
                offered=offered,
                parked=waiting(frozenset(), offered),
                votes=counted(self.offers("kind = 'vote'")),
            )
            check(state, len(self.domain.axes), agents)
        return state

    def counters(self) -> Counters:
        """What the run has done so far."""
        found = self.database.execute("SELECT counters FROM generation ORDER BY id DESC LIMIT 1").fetchone()
        with self.readable():
            return read_counters(found[0]) if found else Counters()


PLAIN = Codec(str, str, 0)
"""How rows are read that hold neither genomes nor agents."""
TASKS_OFFERED = "kind IN ('task', 'again', 'withdraw')"
"""The rows of offers that say where offered tasks stand."""

HELD = "id IN (SELECT elite FROM pair)"
"""The elites that a pair points to."""


def shared(elites: Iterable[Elite]) -> Iterator[Elite]:
    """The same elites, where equal agents are one array: that of a shared learner is the best on many tasks."""
    known: dict[bytes, Agent] = {}
    for elite in elites:
        yield replace(elite, agent=known.setdefault(sha256(elite.agent.tobytes()).digest(), elite.agent))


def read_counters(text: str) -> Counters:
    return Counters(**{name: values.whole(value) for name, value in values.parsed(text, dict).items()})


def read_metrics(text: str) -> dict[str, float | int | None]:
    return {name: None if value is None else value + 0 for name, value in values.parsed(text, dict).items()}
