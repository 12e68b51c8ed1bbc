"""Evaluation: an agent's fitness on a task, and what it costs to know it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import Annotated, Protocol

import numpy as np
from annotated_types import Ge

from openended.envs.api import Domain

from .keys import generator
from .types import Agent, Counters, Executor, Task


@dataclass(frozen=True)
class Params:
    """How long episodes are and how many of them make an evaluation.

    Attributes:
        cap: most steps of an evaluation's episode.
        train_cap: most steps of an episode in a training population; 0: as `cap`.
        stall: training episodes end after this many steps without progress; 0 switches that off.
        evaluation_stall: the same for evaluations. It changes fitness wherever an agent stands still and goes on later.
        repeats: episodes per evaluation in a domain whose episodes vary; a deterministic one is evaluated once.

    """

    cap: Annotated[int, Ge(1)] = 2000
    train_cap: Annotated[int, Ge(0)] = 0
    stall: Annotated[int, Ge(0)] = 0
    evaluation_stall: Annotated[int, Ge(0)] = 0
    repeats: Annotated[int, Ge(1)] = 5


@dataclass(frozen=True)
class Trial:
    """An agent to be evaluated on a task."""

    task: Task
    agent: Agent


class Cost(Protocol):
    """Episodes run, their steps, and how many of their returns were not finite (`types.Stepped` is one, too)."""

    @property
    def evaluations(self) -> int: ...
    @property
    def env_steps(self) -> int: ...
    @property
    def nonfinite(self) -> int: ...


@dataclass(frozen=True)
class Evaluated:
    """Fitness of each trial, NaN where an episode's return was not finite, and the cost of them all."""

    fitness: tuple[float, ...]
    evaluations: int
    env_steps: int
    nonfinite: int


def evaluate(trials: Sequence[Trial], domain: Domain, params: Params, executor: Executor, key: int) -> Evaluated:
    """Run the episodes of all trials as one batch; fitness is the mean return over a trial's episodes."""
    if not trials:
        return Evaluated((), 0, 0, 0)
    repeats = 1 if domain.simulator.deterministic else params.repeats
    tasks = {trial.task.id: trial.task.genome for trial in trials}
    places = {task: place for place, task in enumerate(tasks)}
    which = np.array([(places[trial.task.id], index) for index, trial in enumerate(trials)], np.int32)
    outcome = executor.evaluate(
        list(tasks.values()),
        np.stack([trial.agent for trial in trials]),
        np.repeat(which, repeats, axis=0),
        generator(key).integers(2**64, size=len(trials) * repeats, dtype=np.uint64),
        params.cap,
        params.evaluation_stall,
    )
    return Evaluated(
        fitness=tuple(_mean(row) for row in outcome.returns.reshape(len(trials), repeats).tolist()),
        evaluations=len(outcome.returns),
        env_steps=int(outcome.steps.sum()),
        nonfinite=int(np.sum(~np.isfinite(outcome.returns))),
    )


def charged(counters: Counters, *costs: Cost) -> Counters:
    """The counters with the costs added."""
    return replace(
        counters,
        evaluations=counters.evaluations + sum(cost.evaluations for cost in costs),
        env_steps=counters.env_steps + sum(cost.env_steps for cost in costs),
        nonfinite=counters.nonfinite + sum(cost.nonfinite for cost in costs),
    )


def _mean(returns: list[float]) -> float:
    return fsum(returns) / len(returns) if np.isfinite(returns).all() else float("nan")
