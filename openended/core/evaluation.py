"""Evaluation: an agent's fitness on a task, and what it costs to know it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import fsum
from typing import Annotated

import numpy as np
from annotated_types import Ge
from numpy.typing import NDArray

from openended.envs.api import Domain
from openended.envs.policy import Policy

from .keys import generator
from .types import Agent, Task
from .work import Batch, Cost, Executor, Limits, Outcome


@dataclass(frozen=True)
class Episodes:
    """How long episodes are and how many of them make an evaluation.

    Attributes:
        cap: most steps of an evaluation's episode.
        train_cap: most steps of an episode in training; 0: as `cap`.
        stall: training episodes end after this many steps without progress; 0 switches that off.
        evaluation_stall: the same for evaluations. It changes the fitness of agents that pause.
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


@dataclass(frozen=True)
class Evaluated:
    """Fitness of each trial, NaN where an episode's return was not finite; the domain's facts by name, float64[trials],
    each the mean over a trial's episodes; and the cost of them all.
    """

    fitness: tuple[float, ...]
    facts: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    cost: Cost = field(default_factory=Cost)


def evaluate(
    trials: Sequence[Trial],
    domain: Domain,
    settings: Episodes,
    executor: Executor,
    key: int,
    policy: Policy | None = None,
) -> Evaluated:
    """Run the episodes of all trials as one batch; fitness is the mean return over a trial's episodes. `policy`: see
    `types.Batch`.
    """
    if not trials:
        return Evaluated(())
    repeats = 1 if domain.simulator.deterministic else settings.repeats
    tasks = {trial.task.id: trial.task.genome for trial in trials}
    places = {task: place for place, task in enumerate(tasks)}
    which = np.array([(places[trial.task.id], index) for index, trial in enumerate(trials)], np.int32)
    outcome = executor.evaluate(
        Batch(
            genomes=list(tasks.values()),
            agents=np.stack([trial.agent for trial in trials]),
            which=np.repeat(which, repeats, axis=0),
            keys=generator(key).integers(2**64, size=len(trials) * repeats, dtype=np.uint64),
            limits=Limits(settings.cap, settings.evaluation_stall),
            policy=policy,
        )
    )
    shape = (len(trials), repeats)
    return Evaluated(
        fitness=tuple(_mean(row) for row in outcome.returns.reshape(shape).tolist()),
        facts={name: np.mean(fact.reshape(shape), axis=1, dtype=np.float64) for name, fact in outcome.facts.items()},
        cost=cost(outcome),
    )


def cost(outcome: Outcome) -> Cost:
    """What a batch of episodes cost."""
    return Cost(
        evaluations=len(outcome.returns),
        env_steps=int(outcome.steps.sum()),
        nonfinite=int(np.sum(~np.isfinite(outcome.returns))),
    )


def _mean(returns: list[float]) -> float:
    return fsum(returns) / len(returns) if np.isfinite(returns).all() else float("nan")
