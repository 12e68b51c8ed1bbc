"""Transfer: agents are tried on each other's tasks, as they are (direct) or after one ES step there (proposal).

Sources: Wang et al. (2019), POET. That the direct trial decides whether a proposal is worth its cost is from Wang et
al. (2020), Enhanced POET, where it saved a fifth of the work.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from annotated_types import Ge

from .draft import Draft
from .evaluation import Trial
from .potential import progress
from .types import Agent, Optimiser, Pair, StepJob, Transfer


@dataclass(frozen=True)
class Params:
    """When agents are tried on each other's tasks, and what makes them take over.

    Attributes:
        every: generations from one transfer phase to the next; 0 switches transfer off.
        neighbours: nearest niches on whose tasks the agent of an active pair is tried.
        margin: by how much a candidate must exceed the incumbent's best fitness; strictly even if 0.
        proposals: whether, for each task that no direct trial won, the best of them is tried again after one ES step.
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


def try_out(
    attempts: Sequence[Attempt], kind: str, draft: Draft, params: Params, memory: float, purpose: str
) -> list[Attempt]:
    """Evaluate attempts, let the winners take over, record all; `purpose` names the random streams of the episodes.

    Returns the attempts with their fitness. A winner's gain counts to the target's learning progress like an ES step's.
    """
    fitness = draft.evaluate([Trial(draft.tasks[each.target], each.agent) for each in attempts], purpose)
    tried = [replace(attempt, fitness=value) for attempt, value in zip(attempts, fitness, strict=True)]
    won = winners(tried, draft.pairs, params.margin)
    draft.record(records(tried, won, draft.pairs, draft.generation, kind))
    for attempt in won:
        pair = draft.pairs[attempt.target]
        gain = progress(pair.progress, attempt.fitness - pair.best_fitness, memory)
        draft.pairs[pair.task] = replace(adopt(pair, attempt, draft.fresh_optimiser()), progress=gain)
    return tried


def propose(attempts: Sequence[Attempt], draft: Draft) -> list[Attempt]:
    """The attempts' agents after one ES step on the target's task by the target's optimiser, which stays as it is."""
    jobs = [
        StepJob(
            genome=draft.tasks[attempt.target].genome,
            agent=attempt.agent,
            optimiser=draft.pairs[attempt.target].optimiser,
            key=draft.key("propose", attempt.source, attempt.target),
        )
        for attempt in attempts
    ]
    stepped = draft.optimise(jobs)
    return [replace(attempt, agent=new.agent, fitness=math.nan) for attempt, new in zip(attempts, stepped, strict=True)]


def winners(attempts: Iterable[Attempt], pairs: dict[int, Pair], margin: float) -> list[Attempt]:
    """For each target the best attempt, if it exceeds the incumbent's best fitness by more than `margin`."""
    return [
        attempt for attempt in best_attempts(attempts) if attempt.fitness > pairs[attempt.target].best_fitness + margin
    ]


def close_calls(attempts: Sequence[Attempt], pairs: dict[int, Pair], params: Params) -> list[Attempt]:
    """For each target that no attempt won the best attempt, if it ended at most `close` below the incumbent."""
    won = {attempt.target for attempt in winners(attempts, pairs, params.margin)}
    return [
        attempt
        for attempt in best_attempts(attempts)
        if attempt.target not in won and attempt.fitness >= pairs[attempt.target].best_fitness - params.close
    ]


def adopt(pair: Pair, attempt: Attempt, optimiser: Optimiser) -> Pair:
    """The pair after a winning attempt: its agent takes over, with an optimiser that starts anew (POET)."""
    better = attempt.fitness > pair.best_fitness
    return replace(
        pair,
        agent=attempt.agent,
        fitness=attempt.fitness,
        optimiser=optimiser,
        best_agent=attempt.agent if better else pair.best_agent,
        best_fitness=attempt.fitness if better else pair.best_fitness,
        origin=attempt.source,
    )


def records(
    attempts: Iterable[Attempt], won: Iterable[Attempt], pairs: dict[int, Pair], generation: int, kind: str
) -> list[Transfer]:
    """What the run file keeps of attempts; `pairs` are those from before the winners were adopted."""
    accepted = {(attempt.source, attempt.target) for attempt in won}
    return [
        Transfer(
            generation=generation,
            source=attempt.source,
            target=attempt.target,
            kind=kind,
            fitness=attempt.fitness,
            incumbent=pairs[attempt.target].best_fitness,
            accepted=(attempt.source, attempt.target) in accepted,
        )
        for attempt in attempts
    ]


def best_attempts(attempts: Iterable[Attempt]) -> list[Attempt]:
    """The best attempt for each target, in the order of targets; of equals the lowest source; NaN never wins."""
    best: dict[int, Attempt] = {}
    for attempt in sorted(attempts, key=lambda attempt: (attempt.target, attempt.source)):
        if not math.isnan(attempt.fitness) and (
            attempt.target not in best or attempt.fitness > best[attempt.target].fitness
        ):
            best[attempt.target] = attempt
    return list(best.values())
