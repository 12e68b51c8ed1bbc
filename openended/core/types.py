"""The words of the search as values. One word, one meaning, everywhere.

A run is a sequence of generations. Each turns a `State` into the next one and says in its `Changes` what it altered;
the store writes the changes, the log prints them, the plots read them. A state is nothing but its rows: adding up all
changes since the start gives it back, which is how a run is resumed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Agent = NDArray[np.float32]
"""float32[parameters], the flat parameter vector of a policy."""


@dataclass(frozen=True)
class Task:
    """A task that the search has made, whether or not it was admitted.

    `id` counts tasks from 0 in the order of their making; `genome` is the domain's own value; `parent` is -1 for the
    first task; `outcome` says what became of it (`admitted`, `duplicate`, `too hard`, `too easy`, `niche taken`,
    `not chosen`); `score` is the return that decided on it, NaN where it was not evaluated; `maker` says what made it
    (`first`, `mutation`, `given`, ...).
    """

    id: int
    genome: Any
    parent: int
    generation: int
    descriptor: tuple[float, ...]
    niche: int
    outcome: str
    score: float
    maker: str


@dataclass(frozen=True)
class Learner:
    """An agent in training: its parameters, all that its optimiser remembers (arrays by name), and its training steps.

    In POET each pair has one, named by the pair's task.
    """

    id: int
    agent: Agent
    memory: dict[str, NDArray[Any]]
    steps: int = 0


@dataclass(frozen=True)
class Elite:
    """A best agent found for a task, kept for good and named by an id that counts from 0.

    `origin` is the task from which the agent came to this one, by admission or transfer; -1 if it was drawn at random.
    """

    id: int
    task: int
    generation: int
    fitness: float
    origin: int
    agent: Agent


@dataclass(frozen=True)
class Pair:
    """A task's place in the search; named by its task's id.

    `learner` trains on it and has `fitness` there; `elite` is the best agent found for this very task (None: none yet)
    and `best_fitness` what it reaches, which never falls. `origin` is the task whose agent came here last (by admission
    or transfer). `visits` counts the generations in which the pair was active and `seen` is the last of them;
    `potential` says how much training here is likely to teach; `admitted` and `retired` are generations (-1: not
    retired). `recent` holds the last fitnesses after training steps, oldest first, as many as its algorithm asks for.
    """

    task: int
    niche: int
    learner: int
    fitness: float
    elite: int | None
    best_fitness: float
    origin: int
    visits: int
    seen: int
    potential: float
    active: bool
    admitted: int
    retired: int = -1
    recent: tuple[float, ...] = ()


@dataclass(frozen=True)
class Score:
    """What the agent of a retired pair, which never changes any more, reaches on a task; both named by task ids."""

    generation: int
    agent: int
    task: int
    fitness: float


@dataclass(frozen=True)
class Transfer:
    """One trial of an agent (that of task `source`) on the task `target`; `kind` is `direct` or `proposal`."""

    generation: int
    source: int
    target: int
    kind: str
    fitness: float
    incumbent: float
    accepted: bool


@dataclass(frozen=True)
class Counters:
    """What a run has done so far, counted since its start; `nonfinite` counts episodes, `degenerate` ES steps."""

    evaluations: int = 0
    env_steps: int = 0
    tasks_created: int = 0
    transfers_tried: int = 0
    transfers_accepted: int = 0
    nonfinite: int = 0
    annecs: int = 0
    degenerate: int = 0


@dataclass(frozen=True)
class State:
    """Everything the next generation depends on: rows by id, the counters, the scores of retired agents by (agent,
    task), and arrays by name (`centroids` of a CVT archive: float64[cells, m] in units of the axes' ranges).

    `tasks` holds those that have a pair, `elites` those that a pair points to.
    """

    generation: int
    tasks: dict[int, Task]
    pairs: dict[int, Pair]
    learners: dict[int, Learner]
    elites: dict[int, Elite]
    counters: Counters
    scores: dict[tuple[int, int], float] = field(default_factory=dict)
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Changes:
    """What one generation altered: new tasks and elites, new or altered pairs and learners, transfers tried, new
    scores, new arrays, and the metrics after it.

    `metrics` holds plain floats and ints by name (None where there is nothing to measure yet).
    """

    generation: int
    tasks: tuple[Task, ...]
    pairs: tuple[Pair, ...]
    learners: tuple[Learner, ...]
    elites: tuple[Elite, ...]
    transfers: tuple[Transfer, ...]
    counters: Counters
    metrics: dict[str, float | int | None] = field(default_factory=dict)
    scores: tuple[Score, ...] = ()
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a batch of n episodes gave: returns float64[n], steps int32[n], and the domain's facts, arrays by name."""

    returns: NDArray[np.float64]
    steps: NDArray[np.int32]
    facts: dict[str, NDArray[Any]]


@dataclass(frozen=True)
class StepJob:
    """One pair's ES step, complete in itself, so that it can be shipped anywhere and repeated with the same bits.

    A `plain` step follows the gradient by the learning rate, without Adam.
    """

    genome: Any
    agent: Agent
    optimiser: Any
    key: int
    plain: bool = False


@dataclass(frozen=True)
class Stepped:
    """What an ES step gave: the new centre and optimiser, the mean return of its population, what it cost, and whether
    all returns were equal or none was finite, so that there was nothing to follow.
    """

    agent: Agent
    optimiser: Any
    mean_return: float
    evaluations: int
    env_steps: int
    nonfinite: int
    degenerate: bool


class Executor(Protocol):
    """Who runs episodes: threads, or the workers of a cluster. The results never depend on who, how many, or when."""

    def evaluate(
        self,
        genomes: Sequence[Any],
        agents: NDArray[np.float32],
        which: NDArray[np.int32],
        keys: NDArray[np.uint64],
        cap: int,
        stall: int = 0,
    ) -> Outcome:
        """Run n episodes; `which` int32[n, 2] names the (task, agent) of each. Raises Stopped on a request to stop."""
        ...

    def optimise(self, jobs: Sequence[StepJob], params: Any, cap: int, stall: int = 0) -> list[Stepped]:
        """One ES step (`core.es.Params`) for every job, in the order given. Raises Stopped on a request to stop."""
        ...


class Stopped(Exception):
    """The run was asked to stop; the generation in flight is dropped."""
