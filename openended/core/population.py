"""The population of POET: a bounded number of pairs, all of them trained, the oldest giving way to the newest.

Source: Wang, Lehman, Clune, Stanley (2019), Paired Open-Ended Trailblazer (POET), and its code (uber-research/poet,
branch `original_poet`, `poet_algo.py`). Here are the operators that POET shares with its descendants. They compare
agents by what they reach now, not by the best that was ever found; the best is kept for the archive only. Episodes of a
deterministic domain are run once, where the reference repeats each of them five times with the same result.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge
from numpy.typing import NDArray

from .criterion import judge
from .draft import Draft
from .evaluation import Trial
from .novelty import scaled
from .potential import draw_one
from .reproduction import offspring
from .settings import Settings
from .transfer import Attempt, adopt, best_attempts, propose
from .types import Pair, StepJob, Task, Transfer

Route = tuple[int, int]
"""From the task whose agent is tried to the task on which it is tried."""


@dataclass(frozen=True)
class Reproduction:
    """When and how child tasks are made; the defaults are POET's.

    Attributes:
        every: generations from one reproduction to the next; 0 switches it off.
        threshold: fitness that makes a pair eligible as a parent.
        children: mutated tasks per reproduction.
        admitted: most of them that are admitted.
        novelty_neighbours: the k of novelty.

    """

    every: Annotated[int, Ge(0)] = 200
    threshold: float = 200.0
    children: Annotated[int, Ge(1)] = 8
    admitted: Annotated[int, Ge(1)] = 1
    novelty_neighbours: Annotated[int, Ge(1)] = 5


@dataclass(frozen=True)
class Exchange:
    """When agents are tried on each other's tasks.

    Attributes:
        every: generations from one transfer phase to the next; 0 switches transfer off, also that to new tasks, which
            then start with their parent's agent.

    """

    every: Annotated[int, Ge(0)] = 25


@dataclass(frozen=True)
class Active:
    """How many pairs are trained.

    Attributes:
        count: most active pairs; beyond it the oldest retire.

    """

    count: Annotated[int, Ge(1)] = 20


@dataclass(frozen=True, kw_only=True)
class Params(Settings):
    """Settings of POET; the defaults are the paper's. The search does not know the archive.

    Attributes:
        reproduction: making tasks.
        transfer: trying agents on each other's tasks.
        active: the size of the population.

    """

    reproduction: Reproduction = field(default_factory=Reproduction)
    transfer: Exchange = field(default_factory=Exchange)
    active: Active = field(default_factory=Active)


Novelty = Callable[[Draft, Sequence[Task], Params], list[float]]
"""How novel each of the children is."""


def active(draft: Draft) -> list[Pair]:
    """The pairs that are trained, the oldest first."""
    return [pair for _, pair in sorted(draft.pairs.items()) if pair.active]


def retired(draft: Draft) -> list[Pair]:
    """The pairs that were trained once, the oldest first. Their agents never change any more."""
    return [pair for _, pair in sorted(draft.pairs.items()) if pair.retired >= 0]


def reproduce(draft: Draft, params: Params, niche_of: Callable[[Sequence[float]], int], novelty: Novelty) -> None:
    """Mutate the tasks of eligible parents; admit the most novel children that meet the minimal criterion twice: with
    their parent's agent, and with the best agent that transfer finds for them.
    """
    parents = _draw_parents(draft, params.reproduction)
    tasks = [draft.tasks[pair.task] for pair in parents]
    children = offspring(tasks, draft.domain, niche_of, draft.seed, draft.generation, draft.counters.tasks_created)
    names = {name(draft, draft.tasks[pair.task].genome) for pair in active(draft)}
    fresh = [child for child in children if name(draft, child.genome) not in names]
    fitness = draft.evaluate([Trial(child, draft.pairs[child.parent].agent) for child in fresh], "criterion")
    judged = [_judged(child, score, params) for child, score in zip(fresh, fitness, strict=True)]
    final = {child.id: replace(child, outcome="duplicate") for child in children} | {
        child.id: child for child in judged
    }
    candidates = [child for child in judged if child.outcome == "not chosen"]
    distances = dict(zip((child.id for child in candidates), novelty(draft, candidates, params), strict=True))
    admitted: list[Attempt] = []
    for child in sorted(candidates, key=lambda child: (-distances[child.id], child.id)):
        if len(admitted) == params.reproduction.admitted:
            break
        if name(draft, child.genome) in names:
            final[child.id] = replace(child, outcome="duplicate")
            continue
        best = best_for(draft, child, params)
        final[child.id] = _judged(child, best.fitness, params)
        if final[child.id].outcome == "not chosen":
            final[child.id] = replace(final[child.id], outcome="admitted")
            names.add(name(draft, child.genome))
            admitted.append(best)
    for _, child in sorted(final.items()):
        draft.add(child)
    for best in admitted:
        draft.begin(best.target, best.agent, best.fitness, origin=best.source)
    draft.score(retired(draft), [draft.tasks[best.target] for best in admitted])
    retire(draft, params.active.count)


def best_for(draft: Draft, child: Task, params: Params) -> Attempt:
    """The best agent for a new task: of all active ones, each as it is and after one plain ES step there.

    Without transfer it is the parent's. Of equals the first in the order of their tasks, as it is, wins.
    """
    if not params.transfer.every:
        return Attempt(child.parent, child.id, draft.pairs[child.parent].agent, child.score)
    pairs, optimiser = active(draft), draft.fresh_optimiser()
    jobs = [
        StepJob(child.genome, pair.agent, optimiser, draft.key("targeted", child.id, pair.task), plain=True)
        for pair in pairs
    ]
    agents = [pair.agent for pair in pairs] + [new.agent for new in draft.optimise(jobs)]
    fitness = draft.evaluate([Trial(child, agent) for agent in agents], "targeted", child.id)
    attempts = [
        Attempt(pair.task, child.id, agent, value)
        for pair, agent, value in zip(pairs * 2, agents, fitness, strict=True)
    ]
    return next(iter(best_attempts(attempts)), attempts[0])


def name(draft: Draft, genome: Any) -> Any:
    """What makes a task the same as another: its features, or its canonical text in a domain without features."""
    if features := draft.domain.tasks.features:
        return tuple(features(genome).tolist())
    return draft.domain.tasks.encode(genome)


def features(draft: Draft, tasks: Sequence[Task]) -> NDArray[np.float64]:
    """The tasks as points, float64[tasks, n]: their features as they are, or their descriptors in units of the axes."""
    if known := draft.domain.tasks.features:
        return np.array([known(task.genome) for task in tasks])
    return scaled([task.descriptor for task in tasks], draft.domain.axes)


def train(draft: Draft, memory: int = 0) -> None:
    """One ES step for every active pair, and the fitness of what it gave; the last `memory` of them are remembered."""
    pairs = active(draft)
    jobs = [
        StepJob(draft.tasks[pair.task].genome, pair.agent, pair.optimiser, draft.key("es", pair.task)) for pair in pairs
    ]
    stepped = draft.optimise(jobs)
    trials = [Trial(draft.tasks[pair.task], new.agent) for pair, new in zip(pairs, stepped, strict=True)]
    for pair, new, fitness in zip(pairs, stepped, draft.evaluate(trials, "evaluate"), strict=True):
        better = fitness > pair.best_fitness
        draft.pairs[pair.task] = replace(
            pair,
            agent=new.agent,
            fitness=fitness,
            optimiser=new.optimiser,
            best_agent=new.agent if better else pair.best_agent,
            best_fitness=fitness if better else pair.best_fitness,
            es_steps=pair.es_steps + 1,
            visits=pair.visits + 1,
            recent=(*pair.recent, fitness)[-memory:] if memory else (),
        )


def try_out(attempts: Sequence[Attempt], draft: Draft, purpose: str) -> list[Attempt]:
    """The attempts with their fitness; `purpose` names the random streams of the episodes."""
    fitness = draft.evaluate([Trial(draft.tasks[each.target], each.agent) for each in attempts], purpose)
    return [replace(attempt, fitness=value) for attempt, value in zip(attempts, fitness, strict=True)]


def proposals(routes: Sequence[Route], draft: Draft) -> list[Attempt]:
    """Of each route the source's agent after one ES step on the target's task by the target's optimiser, evaluated."""
    attempts = [Attempt(source, target, draft.pairs[source].agent) for source, target in routes]
    return try_out(propose(attempts, draft), draft, "proposal")


def settle(
    draft: Draft, tried: dict[str, Sequence[Attempt]], winners: Sequence[Attempt], bars: dict[int, float]
) -> None:
    """Record all attempts, by kind, against the bar of their target, and let the winners take over."""
    won = {attempt.target: attempt for attempt in winners}
    for kind, attempts in tried.items():
        draft.record(
            [
                Transfer(
                    generation=draft.generation,
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
    for attempt in winners:
        draft.pairs[attempt.target] = adopt(draft.pairs[attempt.target], attempt, draft.fresh_optimiser())


def retire(draft: Draft, count: int) -> None:
    """Of more active pairs than `count` the oldest leave the population; their rows stay."""
    pairs = active(draft)
    for pair in pairs[: max(0, len(pairs) - count)]:
        draft.pairs[pair.task] = replace(pair, active=False, retired=draft.generation)


def _draw_parents(draft: Draft, settings: Reproduction) -> list[Pair]:
    """A parent for each child, drawn with replacement among the active pairs that reach the threshold; or none."""
    stream = draft.stream("parents")
    eligible = [pair for pair in active(draft) if pair.fitness >= settings.threshold]
    return [eligible[draw_one([1.0] * len(eligible), stream)] for _ in range(settings.children if eligible else 0)]


def _judged(child: Task, score: float, params: Params) -> Task:
    verdict = judge(score, params.criterion)
    return replace(child, score=score, outcome="not chosen" if verdict == "ok" else verdict)
