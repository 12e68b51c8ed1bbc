"""A generation in the making: the rows that it has altered so far on top of the state it started from.

It gives the operators of an algorithm one place for their results. It lives within one call of `step` only.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Generic

import numpy as np
from numpy.typing import NDArray

from openended.envs.api import Tasks
from openended.envs.policy import Policy

from .archive import Archive
from .evaluation import Trial
from .keys import generator
from .means import Means, P
from .measures.milestones import STEPS, Milestone
from .measures.potentials import Potentials
from .offers import Taken
from .specification import limited, opened, version
from .types import Agent, Changes, Counters, Elite, Learner, Pair, Score, Snapshot, State, Task, Transfer
from .work import Cost, Job, Learned


class Generation(Generic[P]):
    """See the module.

    Attributes:
        means: settings, domain, seed, executor and archive of the run.
        number: of the generation.
        counters: as they are by now.
        archive: the run's archive, which follows the rows as they are altered.
        arrays: the state's arrays that this generation writes, by name.
        metrics: what an algorithm measures beside what all do.
        taken: what became of offers so far.

    """

    def __init__(self, means: Means[P], before: State):
        self.means, self.before, self.number = means, before, before.generation + 1
        self.counters: Counters = before.counters
        self.archive: Archive = means.archive.at(before)
        self._tasks: dict[int, Task] = {}
        self._pairs: dict[int, Pair] = {}
        self._learners: dict[int, Learner] = {}
        self._elites: dict[int, Elite] = {}
        self._surpassed: list[Elite] = []
        self._transfers: list[Transfer] = []
        self._scores: dict[tuple[int, int], float] = {}
        self._snapshots: dict[int, Snapshot] = {}
        self._potentials: list[Potentials] = []
        self.taken: list[Taken] = []
        self._milestones: list[Milestone] = []
        self.metrics: dict[str, float | int | None] = {}
        self.arrays: dict[str, NDArray[Any]] = (
            dict(opened(means.params.specification, self.number, before.arrays)) if self.number else dict(before.arrays)
        )

    def key(self, purpose: str, *ids: int) -> int:
        """The key of a random stream of this generation."""
        return self.means.key(self.number, purpose, *ids)

    def stream(self, purpose: str, *ids: int) -> np.random.Generator:
        """A generator for this generation."""
        return generator(self.key(purpose, *ids))

    @cached_property
    def family(self) -> Tasks:
        """The family of tasks, limited to what the open version of the specification allows."""
        domain = self.means.domain
        return limited(domain.tasks, version(domain, self.before.arrays | self.arrays))

    def task(self, id: int) -> Task:
        """A task that has a pair, or that was made in this generation."""
        return self._tasks[id] if id in self._tasks else self.before.tasks[id]

    def pair(self, task: int) -> Pair:
        """The pair of a task, with the changes of this generation so far."""
        return self._pairs[task] if task in self._pairs else self.before.pairs[task]

    def learner(self, pair: Pair) -> Learner:
        """The learner of a pair, with the changes of this generation so far."""
        return self.shared(pair.learner)

    def shared(self, id: int) -> Learner:
        """A learner by its id, as it is by now."""
        return self._learners[id] if id in self._learners else self.before.learners[id]

    def agent(self, pair: Pair) -> Agent:
        """The agent that is being trained on a pair's task."""
        return self.learner(pair).agent

    def best_agent(self, pair: Pair) -> Agent:
        """The best agent found for a pair's task."""
        if pair.task in self._elites:
            return self._elites[pair.task].agent
        if pair.elite is None:
            raise LookupError(f"task {pair.task} has no elite yet")
        return self.before.elites[pair.elite].agent

    @property
    def rows(self) -> NDArray[np.void]:
        """All pairs as they are by now, in columns (`archive.Archive.rows`)."""
        return self.archive.rows

    @cached_property
    def active_before(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The tasks that were active when the generation began, int64[n], and their points, float64[n, m]."""
        rows = self.rows
        active = rows["active"].copy()
        for task in self._pairs:
            active[self.archive.row(task)] = task in self.before.pairs and self.before.pairs[task].active
        return rows["task"][active], self.archive.points[active]

    def spend(self, cost: Cost) -> None:
        """Count what episodes cost."""
        counters, names = self.counters, vars(cost)
        self.counters = replace(counters, **{name: getattr(counters, name) + value for name, value in names.items()})

    def evaluate(
        self, trials: Sequence[Trial], purpose: str, *ids: int, policy: Policy | None = None
    ) -> tuple[float, ...]:
        """Fitness of every trial; the episodes are counted. `policy`: of agents that do not have the run's network."""
        result = self.means.evaluate(trials, self.key(purpose, *ids), policy)
        self.spend(result.cost)
        return result.fitness

    def learn(self, jobs: Sequence[Job]) -> list[Learned]:
        """One training step for every job; the episodes are counted."""
        learned = self.means.learn(jobs)
        for each in learned:
            self.spend(each.cost)
        return learned

    def score(self, pairs: Sequence[Pair], tasks: Sequence[Task]) -> NDArray[np.float64]:
        """What the pairs' current agents reach on the tasks, float64[tasks, pairs].

        The agent of a retired pair never changes, so it is evaluated on a task once in a run: if the task is admitted,
        its score is kept.
        """
        old, kept = self.before.scores, self._scores
        asked = [(pair, task, (pair.task, task.id)) for task in tasks for pair in pairs]
        missing = [each for each in asked if each[2] not in kept and each[2] not in old]
        trials = [Trial(task, self.agent(pair)) for pair, task, _ in missing]
        found = self.evaluate(trials, "score", *(task.id for task in tasks[:1]))
        new = {ids: value for (_, _, ids), value in zip(missing, found, strict=True)}
        kept |= {ids: new[ids] for pair, _, ids in missing if pair.retired >= 0}
        table = [new[ids] if ids in new else kept[ids] if ids in kept else old[ids] for _, _, ids in asked]
        return np.array(table, np.float64).reshape(len(tasks), len(pairs))

    def add(self, task: Task) -> None:
        """Enter a task that was made in this generation."""
        self._tasks[task.id] = task
        self.counters = replace(self.counters, tasks_created=self.counters.tasks_created + 1)

    def begin(self, task: int, learner: Learner, agent: Agent | None, fitness: float, origin: int) -> None:
        """Enter the pair of an admitted task and the agent that came with it from the task `origin` (-1: at random).

        Without an agent the pair has no elite. A fitness of NaN counts as the domain's lowest return.
        """
        known = self.means.domain.simulator.lowest_return if math.isnan(fitness) else fitness
        self._learners[learner.id] = learner
        self._pairs[task] = Pair(
            task=task,
            niche=self._tasks[task].niche,
            learner=learner.id,
            fitness=fitness,
            elite=None if agent is None else self._found(task, agent, known, origin),
            best_fitness=known,
            origin=origin,
            visits=0,
            seen=-1,
            potential=0.0,
            active=True,
            admitted=self.number,
        )
        self.archive.enter(self._pairs[task], self._tasks[task])

    def put(self, pair: Pair, learner: Learner | None = None) -> None:
        """Enter a pair as it is from now on, and its learner if that was altered, too."""
        self._pairs[pair.task] = pair
        if learner is not None:
            self._learners[learner.id] = learner
        self.archive.alter(pair)

    def made(self, maker: str) -> list[Task]:
        """The tasks that somebody made in this generation, by id."""
        tasks = [task for _, task in sorted(self._tasks.items()) if task.maker == maker]
        return [task for task in tasks if task.generation == self.number]

    def trained(self, learner: Learner) -> None:
        """Enter a learner as it is from now on."""
        self._learners[learner.id] = learner

    def improved(self, pair: Pair, agent: Agent, fitness: float) -> Pair:
        """The pair after its task was tried by an agent that is now the one in training: if it is better than all
        before, it is the task's elite.
        """
        if not fitness > pair.best_fitness:
            return replace(pair, fitness=fitness)
        elite = self._found(pair.task, agent, fitness, pair.origin)
        return replace(pair, fitness=fitness, best_fitness=fitness, elite=elite)

    def _found(self, task: int, agent: Agent, fitness: float, origin: int) -> int:
        """Name a best agent for good.

        One that is surpassed within its generation is not kept, unless it came with the task and the better one did
        not: then it is the only one to say from where agents came with the task.
        """
        old = self._elites.get(task)
        if old is not None and (old.origin == origin or task in self.before.pairs):
            id = old.id
        else:
            if old is not None:
                self._surpassed.append(old)
            id = self.counters.elites_found
            self.counters = replace(self.counters, elites_found=id + 1)
        self._elites[task] = Elite(id, task, self.number, fitness, origin, agent)
        return id

    def record(self, transfers: Sequence[Transfer]) -> None:
        """Enter transfers that were tried."""
        self._transfers += transfers
        self.counters = replace(
            self.counters,
            transfers_tried=self.counters.transfers_tried + len(transfers),
            transfers_accepted=self.counters.transfers_accepted + sum(each.accepted for each in transfers),
        )

    def keep(self, learner: int) -> None:
        """Keep a learner's agent for good, as it is by now."""
        self._snapshots[learner] = Snapshot(learner, self.number, self.shared(learner).agent)

    def told(self, potentials: Potentials) -> None:
        """Enter what a visit told about a task."""
        self._potentials.append(potentials)

    def take(self, *taken: Taken) -> None:
        """Enter what became of offers."""
        self.taken += taken

    def passed(self, pair: Pair, steps: int) -> None:
        """A pair's own learner has made so many training steps; at a milestone that is written."""
        if steps in STEPS:
            self._milestones.append(Milestone(self.number, pair.task, steps, pair.best_fitness))

    def altered(self) -> list[Pair]:
        """New and altered pairs, by task id."""
        return [pair for _, pair in sorted(self._pairs.items())]

    def scores(self) -> tuple[Score, ...]:
        """New scores of retired agents on tasks with a pair, by (agent, task)."""
        paired = {*self._pairs, *(task for _, task in self._scores if task in self.before.pairs)}
        found = sorted(self._scores.items())
        return tuple(Score(self.number, agent, task, fitness) for (agent, task), fitness in found if task in paired)

    def changes(self, **metrics: float | int | None) -> Changes:
        """What the generation altered."""
        return Changes(
            generation=self.number,
            tasks=tuple(task for _, task in sorted(self._tasks.items())),
            pairs=tuple(self.altered()),
            learners=tuple(learner for _, learner in sorted(self._learners.items())),
            elites=tuple(sorted([*self._surpassed, *self._elites.values()], key=lambda elite: elite.id)),
            transfers=tuple(self._transfers),
            scores=self.scores(),
            arrays=dict(self.arrays),
            snapshots=tuple(snapshot for _, snapshot in sorted(self._snapshots.items())),
            potentials=tuple(self._potentials),
            offers=tuple(self.taken),
            milestones=tuple(self._milestones),
            counters=self.counters,
            metrics=dict[str, Any](metrics),
        )
