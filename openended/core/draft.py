"""A generation in the making: what it has altered so far on top of the state it started from.

It gives the operators of an algorithm one place for their results, and counts what they cost. It lives within one call
of `step` only.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from openended.envs.api import Domain

from .evaluation import Trial, charged, evaluate
from .keys import generator, key
from .learners import es
from .settings import Settings
from .types import Agent, Changes, Counters, Executor, Optimiser, Pair, Score, State, StepJob, Stepped, Task, Transfer


@dataclass
class Draft:
    """The rows, transfers and counters as they are by now, and the means to run episodes."""

    params: Settings
    domain: Domain
    seed: int
    executor: Executor
    before: State
    generation: int = field(init=False)
    tasks: dict[int, Task] = field(init=False)
    pairs: dict[int, Pair] = field(init=False)
    counters: Counters = field(init=False)
    transfers: list[Transfer] = field(init=False, default_factory=list)
    scores: dict[tuple[int, int], float] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.generation = self.before.generation + 1
        self.tasks = dict(self.before.tasks)
        self.pairs = dict(self.before.pairs)
        self.counters = self.before.counters

    def key(self, purpose: str, *ids: int) -> int:
        """The key of a random stream of this generation."""
        return key(self.seed, self.generation, purpose, *ids)

    def stream(self, purpose: str, *ids: int) -> np.random.Generator:
        """A generator for this generation."""
        return generator(self.key(purpose, *ids))

    def add(self, task: Task) -> None:
        """Enter a task that was made in this generation."""
        self.tasks[task.id] = task
        self.counters = replace(self.counters, tasks_created=self.counters.tasks_created + 1)

    def begin(self, task: int, agent: Agent, fitness: float, origin: int) -> None:
        """Enter the pair of an admitted task and the agent that came with it from the task `origin` (-1: at random).

        A fitness of NaN counts as the domain's lowest return.
        """
        self.pairs[task] = Pair(
            task=task,
            niche=self.tasks[task].niche,
            agent=agent,
            fitness=fitness,
            optimiser=self.fresh_optimiser(),
            best_agent=agent,
            best_fitness=self.domain.simulator.lowest_return if math.isnan(fitness) else fitness,
            origin=origin,
            es_steps=0,
            visits=0,
            progress=0.0,
            active=True,
            admitted=self.generation,
        )

    def evaluate(self, trials: Sequence[Trial], purpose: str, *ids: int) -> tuple[float, ...]:
        """Fitness of every trial; the episodes are counted."""
        result = evaluate(trials, self.domain, self.params.episodes, self.executor, self.key(purpose, *ids))
        self.counters = charged(self.counters, result)
        return result.fitness

    def score(self, pairs: Sequence[Pair], tasks: Sequence[Task]) -> NDArray[np.float64]:
        """What the pairs' current agents reach on the tasks, float64[tasks, pairs].

        The agent of a retired pair never changes, so it is evaluated on a task once in a run: if the task is admitted,
        its score is kept.
        """
        known = self.before.scores | self.scores
        missing = [(pair, task) for task in tasks for pair in pairs if (pair.task, task.id) not in known]
        trials = [Trial(task, pair.agent) for pair, task in missing]
        found = self.evaluate(trials, "score", *(task.id for task in tasks[:1]))
        new = {(pair.task, task.id): value for (pair, task), value in zip(missing, found, strict=True)}
        self.scores |= {(pair.task, task.id): new[pair.task, task.id] for pair, task in missing if pair.retired >= 0}
        known |= new
        table = [[known[pair.task, task.id] for pair in pairs] for task in tasks]
        return np.array(table, np.float64).reshape(len(tasks), len(pairs))

    def optimise(self, jobs: Sequence[StepJob]) -> list[Stepped]:
        """One ES step for every job; the episodes are counted."""
        if not jobs:
            return []
        episodes = self.params.episodes
        stepped = self.executor.optimise(jobs, self.params.es, episodes.train_cap or episodes.cap, episodes.stall)
        degenerate = self.counters.degenerate + sum(new.degenerate for new in stepped)
        self.counters = replace(charged(self.counters, *stepped), degenerate=degenerate)
        return stepped

    def fresh_optimiser(self) -> Optimiser:
        """An optimiser that has not stepped yet."""
        return es.start(self.params.es, self.domain.policies.default.parameters)

    def record(self, transfers: Sequence[Transfer]) -> None:
        """Enter transfers that were tried."""
        self.transfers += transfers
        self.counters = replace(
            self.counters,
            transfers_tried=self.counters.transfers_tried + len(transfers),
            transfers_accepted=self.counters.transfers_accepted + sum(each.accepted for each in transfers),
        )

    def altered(self) -> tuple[Pair, ...]:
        """New and altered pairs, by task id."""
        old = self.before.pairs
        return tuple(pair for task, pair in sorted(self.pairs.items()) if pair is not old.get(task))

    def changes(self) -> Changes:
        """What the generation altered, without metrics."""
        return Changes(
            generation=self.generation,
            tasks=tuple(task for number, task in sorted(self.tasks.items()) if number not in self.before.tasks),
            pairs=self.altered(),
            transfers=tuple(self.transfers),
            counters=self.counters,
            scores=tuple(
                Score(self.generation, agent, task, fitness)
                for (agent, task), fitness in sorted(self.scores.items())
                if task in self.pairs
            ),
        )
