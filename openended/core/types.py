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
    `not chosen`); `score` is the return that decided on it, NaN where it was not evaluated.
    """

    id: int
    genome: Any
    parent: int
    generation: int
    descriptor: tuple[float, ...]
    niche: int
    outcome: str
    score: float


@dataclass(frozen=True)
class Optimiser:
    """State of one evolution strategy beside its centre: Adam's moments float32[parameters], its steps, and the
    decaying step size and noise.
    """

    m: NDArray[np.float32]
    v: NDArray[np.float32]
    t: int
    learning_rate: float
    sigma: float


@dataclass(frozen=True)
class Pair:
    """A task and the agent that is being trained on it; what the archive stores. Named by its task's id.

    `agent` is the current agent with its `fitness` and `optimiser`; `best_agent` and `best_fitness` are the best found
    for this very task, which never get worse. `origin` is the task whose agent came here last (by admission or
    transfer). `es_steps` counts the evolution strategy's steps here, `progress` is the recent gain in best fitness per
    step, `visits` the generations in which the pair was active, `admitted` and `retired` generations (-1: not retired).
    `recent` holds the last fitnesses after ES steps, oldest first, as many as its algorithm asks for.
    """

    task: int
    niche: int
    agent: Agent
    fitness: float
    optimiser: Optimiser
    best_agent: Agent
    best_fitness: float
    origin: int
    es_steps: int
    visits: int
    progress: float
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
    """Everything the next generation depends on: rows by task id, the counters, the archive's centroids (CVT:
    float64[cells, m] in units of the axes' ranges; grid: None), and the scores of retired agents by (agent, task).
    """

    generation: int
    tasks: dict[int, Task]
    pairs: dict[int, Pair]
    counters: Counters
    centroids: NDArray[np.float64] | None = None
    scores: dict[tuple[int, int], float] = field(default_factory=dict)


@dataclass(frozen=True)
class Changes:
    """What one generation altered: new tasks, new or altered pairs, transfers tried, new scores, and the metrics after
    it.

    `metrics` holds plain floats and ints by name (None where there is nothing to measure yet).
    """

    generation: int
    tasks: tuple[Task, ...]
    pairs: tuple[Pair, ...]
    transfers: tuple[Transfer, ...]
    counters: Counters
    metrics: dict[str, float | int | None] = field(default_factory=dict)
    scores: tuple[Score, ...] = ()


def applied(state: State, changes: Changes) -> State:
    """The state after `changes`."""
    return State(
        generation=changes.generation,
        tasks=state.tasks | {task.id: task for task in changes.tasks},
        pairs=state.pairs | {pair.task: pair for pair in changes.pairs},
        counters=changes.counters,
        centroids=state.centroids,
        scores=state.scores | {(score.agent, score.task): score.fitness for score in changes.scores},
    )


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
    optimiser: Optimiser
    key: int
    plain: bool = False


@dataclass(frozen=True)
class Stepped:
    """What an ES step gave: the new centre and optimiser, the mean return of its population, what it cost, and whether
    all returns were equal or none was finite, so that there was nothing to follow.
    """

    agent: Agent
    optimiser: Optimiser
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
