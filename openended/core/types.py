"""The words of the search as values. One word, one meaning, everywhere.

A run is a sequence of generations. Each turns a `State` into the next one and says in its `Changes` what it altered,
which the run file keeps. A state is the sum of all changes since the start, which is how a run is resumed.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .measures.milestones import Milestone
from .measures.potentials import Potentials
from .offers import Standing, Taken, Vote

Agent = NDArray[np.float32]
"""float32[parameters], the flat parameter vector of a policy."""

Arrays = Mapping[str, NDArray[Any]]
"""Arrays by name."""


@dataclass(frozen=True)
class Task:
    """A genome with its place in a run.

    `id` counts tasks from 0 in the order of their making; `genome` is the domain's own value; `parent` is -1 where
    there is none; `outcome` says what became of the task (`admitted`, `duplicate`, `too hard`, `too easy`, `niche
    taken`, `not chosen`, `no witness`, `minimal`); `score` is the return that decided on it, NaN where it was not
    evaluated; `maker` says what made it (`first`, `mutation`, `path`, `random`, `latent`, `given`, `person`,
    `shrinking`, `interest`).
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
    """An agent in training, with all that its optimiser remembers.

    In POET and MAP-Elites each pair has its own, and `id` is the pair's task. `memory` holds the optimiser's arrays by
    name; each kind of learner defines its own (`core.learners`). `steps` counts its training steps.
    """

    id: int
    agent: Agent
    memory: Arrays
    steps: int


@dataclass(frozen=True)
class Elite:
    """A best agent found for a task, named for good.

    `id` counts elites from 0. `origin` is the task whose agent had come to the task last when this one was found, by
    admission or transfer; -1: the agent was drawn at random.
    """

    id: int
    task: int
    generation: int
    fitness: float
    origin: int
    agent: Agent


@dataclass(frozen=True)
class Pair:
    """A task's place in the search: its niche, its learner, its scores. It holds no arrays.

    `learner` is the id of the learner that is trained on the task, `fitness` what its agent reached there last; `elite`
    is the id of the best agent found for this very task (None: none yet) and `best_fitness` its fitness, which never
    falls. `origin` is the task whose agent came here last, by admission or transfer. `visits` counts the generations in
    which the pair was active, `seen` is the last of them (-1: none yet). `potential` is how much more training here is
    likely to teach. `admitted` and `retired` are generations (-1: not retired). `recent` holds the last fitnesses,
    oldest first, as many as the algorithm asks for. `best_return` is the best of a training episode there, or NaN.
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
    best_return: float = math.nan


@dataclass(frozen=True)
class Snapshot:
    """A learner's agent as it was after a generation, kept for good."""

    learner: int
    generation: int
    agent: Agent


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
    """What a run has done so far, counted since its start; `nonfinite` counts episodes, `degenerate` training steps
    that had nothing to follow, `elites` the best agents found.
    """

    evaluations: int = 0
    env_steps: int = 0
    tasks_created: int = 0
    transfers_tried: int = 0
    transfers_accepted: int = 0
    nonfinite: int = 0
    annecs: int = 0
    degenerate: int = 0
    elites_found: int = 0


@dataclass(frozen=True)
class State:
    """Everything that the next generation depends on.

    `tasks` and `pairs` go by task id; a task that was not admitted is not kept here. `learners` go by id. `elites` are
    those that a pair points to, by id. `scores` go by (agent, task). `arrays` are constants of the run by name
    (`centroids` of a CVT archive: float64[cells, m] in units of the axes' ranges). `offered`: the tasks that came from
    outside, by the names of their offers; `parked`: those that wait for another judgement; `votes`: all that counted.
    """

    generation: int
    tasks: Mapping[int, Task] = field(default_factory=dict)
    pairs: Mapping[int, Pair] = field(default_factory=dict)
    learners: Mapping[int, Learner] = field(default_factory=dict)
    elites: Mapping[int, Elite] = field(default_factory=dict)
    counters: Counters = field(default_factory=Counters)
    scores: Mapping[tuple[int, int], float] = field(default_factory=dict)
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    offered: Mapping[str, Standing] = field(default_factory=dict)
    parked: frozenset[str] = frozenset()
    votes: tuple[Vote, ...] = ()


@dataclass(frozen=True)
class Changes:
    """What one generation altered: all tasks that it made, new or altered pairs and learners, new elites, transfers
    tried, the counters, the metrics after it (None where there is nothing to measure yet), new scores and arrays,
    snapshots, what visits told about tasks, offers taken, milestones reached. Rows are in the order of their ids.
    """

    generation: int
    tasks: tuple[Task, ...] = ()
    pairs: tuple[Pair, ...] = ()
    learners: tuple[Learner, ...] = ()
    elites: tuple[Elite, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    counters: Counters = field(default_factory=Counters)
    metrics: dict[str, float | int | None] = field(default_factory=dict)
    scores: tuple[Score, ...] = ()
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    snapshots: tuple[Snapshot, ...] = ()
    potentials: tuple[Potentials, ...] = ()
    offers: tuple[Taken, ...] = ()
    milestones: tuple[Milestone, ...] = ()
