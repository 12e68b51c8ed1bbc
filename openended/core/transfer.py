"""Transfer: agents are tried on each other's tasks, as they are (direct) or after one training step there (proposal).

Sources: Wang et al. (2019), POET. That the direct trial decides whether a proposal is worth its cost is from Wang et
al. (2020), Enhanced POET, where it saved a fifth of the work.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from annotated_types import Ge

from .evaluation import Trial
from .generation import Generation
from .potentials import moving_progress
from .types import Agent, Transfer
from .work import Job


@dataclass(frozen=True)
class Transfers:
    """When agents are tried on each other's tasks.

    Attributes:
        every: generations from one transfer phase to the next; 0 switches transfer off, also that to new tasks, which
            then start with their parent's agent.

    """

    every: Annotated[int, Ge(0)] = 25


@dataclass(frozen=True)
class Exchange(Transfers):
    """When agents are tried on each other's tasks in an archive, and what makes them take over.

    Attributes:
        every: generations from one transfer phase to the next; 0 switches transfer off.
        neighbours: nearest niches on whose tasks the agent of an active pair is tried.
        margin: by how much a candidate must exceed the incumbent's best fitness; strictly even if 0.
        proposals: whether, for each task that no direct trial won, the best of them is tried again after one training
            step.
        close: how far below the incumbent's best fitness a direct trial may end and still earn that.

    """

    every: Annotated[int, Ge(0)] = 5
    neighbours: Annotated[int, Ge(1)] = 5
    margin: Annotated[float, Ge(0)] = 0.0
    proposals: bool = True
    close: Annotated[float, Ge(0)] = 50.0


@dataclass(frozen=True)
class Attempt:
    """The agent that comes from the task `source`, tried on the task `target`; its fitness there, NaN before."""

    source: int
    target: int
    agent: Agent
    fitness: float = math.nan


def try_out(generation: Generation[Any], attempts: Sequence[Attempt], purpose: str) -> list[Attempt]:
    """The attempts with their fitness; `purpose` names the random streams of the episodes."""
    trials = [Trial(generation.task(each.target), each.agent) for each in attempts]
    fitness = generation.evaluate(trials, purpose)
    return [replace(attempt, fitness=value) for attempt, value in zip(attempts, fitness, strict=True)]


def propose(generation: Generation[Any], attempts: Sequence[Attempt]) -> list[Attempt]:
    """The attempts' agents after one training step on the target's task, evaluated there.

    The step uses a copy of the memory of the target's learner, which does not change.
    """
    jobs = []
    for each in attempts:
        learner = replace(generation.learner(generation.pair(each.target)), agent=each.agent)
        genome, key = generation.task(each.target).genome, generation.key("propose", each.source, each.target)
        jobs.append(Job((genome,), learner, key))
    learned = generation.learn(jobs)
    proposed = [replace(each, agent=new.learner.agent) for each, new in zip(attempts, learned, strict=True)]
    return try_out(generation, proposed, "proposal")


def best_attempts(attempts: Iterable[Attempt]) -> list[Attempt]:
    """The best attempt for each target, in the order of targets; ties go to the lowest source; NaN never wins."""
    best: dict[int, Attempt] = {}
    for attempt in sorted(attempts, key=lambda attempt: (attempt.target, attempt.source)):
        if not math.isnan(attempt.fitness) and (
            attempt.target not in best or attempt.fitness > best[attempt.target].fitness
        ):
            best[attempt.target] = attempt
    return list(best.values())


def settle(
    generation: Generation[Any],
    tried: Mapping[str, Sequence[Attempt]],
    winners: Iterable[Attempt],
    bars: Mapping[int, float],
    memory: float = 0.0,
    shared: int | None = None,
) -> None:
    """Record all attempts, by kind, each against the bar of its target, and let the winners take over.

    A winner's agent becomes the target's learner, with a new optimiser (POET), unless that is the learner `shared` by
    many tasks. Its gain counts towards the target's learning progress like the gain of a training step, with weight
    `memory`.
    """
    won = {attempt.target: attempt for attempt in winners}
    for kind, attempts in tried.items():
        generation.record(
            [
                Transfer(
                    generation=generation.number,
                    source=each.source,
                    target=each.target,
                    kind=kind,
                    fitness=each.fitness,
                    incumbent=bars[each.target],
                    accepted=won.get(each.target) is each,
                )
                for each in attempts
            ]
        )
    for attempt in won.values():
        pair = generation.pair(attempt.target)
        gain = max(attempt.fitness - pair.best_fitness, 0.0)
        old = generation.learner(pair)
        learner = None if old.id == shared else generation.means.renewed(old, attempt.agent)
        adopted = generation.improved(replace(pair, origin=attempt.source), attempt.agent, attempt.fitness)
        generation.put(replace(adopted, potential=moving_progress(pair.potential, gain, memory)), learner)
