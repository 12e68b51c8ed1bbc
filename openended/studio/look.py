"""What a page knows of a run: read from its file bit by bit, only what is new, without agents and genomes.

A look at a run that goes on must cost its writer nothing that anybody would notice. So each look is one short
transaction over the columns that stand before the blobs, and rows that are never altered are read once. Rows' digests
cover blobs, which a look leaves alone: it is unchecked. What is run again (`whole`) is read whole, and checked.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from openended.core.offers import Taken
from openended.core.types import Agent, Pair, State, Task, Transfer
from openended.envs.api import Domain, Genome
from openended.envs.policy import Policy
from openended.file import machine, rows, tables, values
from openended.file.contents import Contents, Find
from openended.file.errors import Damaged, Usage
from openended.file.reader import Reader
from openended.file.settings import external
from openended.file.snapshot import Snapshot, elites

TASK = "id, parent, generation, niche, outcome, maker, score, descriptor"
"""The columns of a task before its genome."""
ELITE = "id, task, generation, fitness, origin"
"""The columns of an elite before its agent."""
GENOMES = "SELECT id, genome FROM task WHERE id > ? AND id IN (SELECT task FROM pair) ORDER BY id"
NEWEST = "id IN (SELECT max(id) FROM array GROUP BY name)"
"""The arrays that hold."""
AGENTS = 2048
"""Agents and genomes that are remembered."""


@dataclass(frozen=True)
class Moment:
    """A run at one moment.

    Attributes:
        view: what the views of `openended.view` take; its tasks lack their genomes.
        owner: host and process that runs it; empty if nobody does.
        generations: the run's budget.
        digest: of the last generation, hexadecimal.
        offers: what was taken from outside, in order.
    """

    view: Snapshot
    owner: str
    generations: int
    digest: str
    offers: tuple[Taken, ...] = ()


@dataclass
class Known:
    """What was read so far; it only grows."""

    tasks: dict[int, Task] = field(default_factory=dict)
    finds: list[Find] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    offers: list[Taken] = field(default_factory=list)


class Looker:
    """Looks at the run in a file again and again.

    Reading belongs to the process's main thread, where a stop from the keyboard waits for the end of a transaction.
    Raises Failure where the file cannot be read.

    Attributes:
        path: the run file.
        id: of its run; another run in the file is refused.
        config, recipe, domain, policy: see `file.contents.Contents`.
    """

    def __init__(self, path: Path):
        with Reader(path) as run:
            self.path, self.id, self.recipe, self.config = path, run.id, run.recipe, run.config
            self.domain: Domain = run.domain
            self.policy: Policy = run.policy
            self.migrated = run.migrated
        self._known, self._stamp = Known(), (0, 0, 0)
        self._moment = self._read()
        self._agents: dict[int, Agent] = {}
        self._names: dict[bytes, int] = {}
        self._named = -1
        self.genome = lru_cache(AGENTS)(self._genome)

    @property
    def plays(self) -> bool:
        """Whether the run has agents, and its domain pictures of them."""
        return self.domain.pictures is not None and not external(self.config)

    def moment(self) -> Moment:
        """The run now. Nothing is read while the file has not changed."""
        stamp = stamped(self.path)
        if stamp != self._stamp:
            self._moment = self._read()
        return self._moment

    def _read(self) -> Moment:
        stamp = stamped(self.path)
        with Reader(self.path) as run, run.readable():
            if run.id != self.id:
                raise Damaged(f"{self.path} holds another run than when this page was opened; start the studio again.")
            known, config = self._known, run.config
            generation = run.last()[0]
            new = generation + 1 - len(known.history)
            known.history += run.generations(last=new) if new > 0 else []
            known.tasks |= {task.id: task for task in new_tasks(run, max(known.tasks, default=-1))}
            known.finds += new_finds(run, known.finds[-1].id if known.finds else -1)
            known.transfers += run.read(tables.TRANSFER, f"id >= {len(known.transfers)}")
            known.offers += run.offers(f"id >= {len(known.offers)}")
            pairs: dict[int, Pair] = {pair.task: pair for pair in run.read(tables.PAIR)}
            arrays = {name: array for _, name, array in run.read(tables.ARRAY, NEWEST)}
            owner, chain = run.owner(), run.digest
            alive = owner is not None and machine.alive(owner, *run.pace())
        held = {task: known.tasks[task] for task in pairs}
        state = State(generation, held, pairs, arrays=arrays)
        view = Snapshot(
            recipe=self.recipe,
            config=config,
            history=tuple(known.history),
            path=self.path,
            domain=self.domain,
            policy=self.policy,
            state=state,
            tasks=dict(known.tasks),
            elites=elites(pairs),
            finds=tuple(known.finds),
            transfers=tuple(known.transfers),
            migrated=self.migrated,
        )
        self._stamp = stamp
        name = f"{owner.host}:{owner.pid}" if owner is not None and alive else ""
        return Moment(view, name, int(config["generations"]), chain, tuple(known.offers))

    def agents(self, pairs: Sequence[Pair]) -> list[Agent]:
        """The best agents of pairs that have one, read whole and checked; each is remembered."""
        ids = [pair.elite for pair in pairs if pair.elite is not None]
        found = {id: self._agents[id] for id in ids if id in self._agents}
        if unknown := [id for id in ids if id not in found]:
            with Reader(self.path) as run:
                found |= {id: each.agent for id, each in run.elites(unknown).items()}
            kept = self._agents if len(self._agents) + len(unknown) <= AGENTS else {}
            self._agents = kept | found
        return [found[id] for id in ids]

    def same(self, text: str) -> int | None:
        """The task with a pair that has this canonical text; None if there is none."""
        with Reader(self.path) as run:
            for id, genome in run.database.execute(GENOMES, (self._named,)):
                self._names.setdefault(sha256(str(genome).encode()).digest(), values.whole(id))
                self._named = id
        return self._names.get(sha256(text.encode()).digest())

    def _genome(self, task: int) -> Genome:
        with Reader(self.path) as run:
            found = list(run.read(tables.TASK, f"id = {int(task)}"))
        if not found:
            raise Usage(f"the run has no task {task}.")
        return found[0].genome

    def elite(self, niche: int) -> Pair:
        """The pair that holds a niche, with an agent. Raises Usage if there is none."""
        pair = self._moment.view.elites.get(niche)
        if pair is None:
            raise Usage(f"niche {niche} is empty now.")
        if pair.elite is None:
            raise Usage(f"nothing has been found for niche {niche} yet.")
        return pair

    def whole(self, pair: Pair) -> Task:
        """A pair's task with its genome."""
        return replace(self._moment.view.tasks[pair.task], genome=self.genome(pair.task))


def stamped(path: Path) -> tuple[int, int, int]:
    """What changes whenever a file is written or replaced. Raises Usage if it is gone."""
    try:
        found = os.stat(path)
    except OSError:
        raise Usage(f"{path} is gone: it was moved or deleted; start the studio again where it is now.") from None
    return found.st_ino, found.st_mtime_ns, found.st_size


def new_tasks(run: Contents, last: int) -> list[Task]:
    """Tasks made after the task `last`, without their genomes."""
    found = run.database.execute(f"SELECT {TASK} FROM task WHERE id > ? ORDER BY id", (last,))
    codec = replace(run.codec, decode=lambda text: None)
    return [rows.read_task((*row, ""), codec) for row in found]


def new_finds(run: Contents, last: int) -> list[Find]:
    """Elites found after the elite `last`, without their agents."""
    found = run.database.execute(f"SELECT {ELITE} FROM elite WHERE id > ? ORDER BY id", (last,))
    return [
        Find(values.whole(id), values.whole(task), values.whole(when), values.real(fitness), values.whole(origin))
        for id, task, when, fitness, origin in found
    ]
