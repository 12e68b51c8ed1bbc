"""The population of POET: a bounded number of pairs, all of them trained, the oldest giving way to the newest.

Source: Wang, Lehman, Clune, Stanley (2019), Paired Open-Ended Trailblazer (POET), and its code (uber-research/poet,
branch `original_poet`, `poet_algo.py`). Here are the operators that POET shares with its descendants. They compare
agents by what they reach now, not by the best that was ever found; the best is kept for the archive only. Episodes of a
deterministic domain are run once, where the reference repeats each of them five times with the same result.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from . import inheritance
from .evaluation import Trial
from .generation import Generation
from .hosts import Rules, of_pairs
from .inheritance import known, living
from .invite import House
from .liking import liking
from .means import Means
from .novelty import nearest
from .reproduction import Reproduction, judged, offspring
from .selection import Population
from .settings import Settings
from .training import active
from .transfer import Attempt, Transfers, best_attempts
from .types import Agent, Changes, Pair, State, Task
from .work import Job


@dataclass(frozen=True, kw_only=True)
class Params(Settings):
    """Settings of POET; the defaults are the paper's. The search does not know the archive.

    Attributes:
        reproduction: making tasks.
        transfer: trying agents on each other's tasks.
        active: the size of the population.

    """

    reproduction: Reproduction = field(default_factory=Reproduction)
    transfer: Transfers = field(default_factory=Transfers)
    active: Population = field(default_factory=Population)


Novelty = Callable[[Generation[Any], Sequence[Task]], list[float]]
"""How novel each of the children is."""


def init(means: Means[Params]) -> tuple[State, Changes]:
    """Generation 0: the domain's first task with a random agent, or the newest pairs of another run's population."""
    most = means.params.active.count
    return inheritance.init(means, lambda source: list(filter(known, living(source)))[-most:])


def retired(generation: Generation[Any]) -> list[Pair]:
    """The pairs that were trained once, the oldest first. Their agents never change any more."""
    rows = generation.rows
    return [generation.pair(int(task)) for task in rows["task"][rows["retired"] >= 0]]


def reproduce(generation: Generation[Any], novelty: Novelty) -> None:
    """Mutate the tasks of eligible parents; admit the most novel children that meet the minimal criterion twice: with
    their parent's agent, and with the best agent that transfer finds for them.
    """
    params = generation.means.params
    settings, bounds = params.reproduction, params.criterion
    eligible = [pair.task for pair in active(generation) if pair.fitness >= settings.threshold]
    liked = liking(generation)
    weights = liked.weights(np.array(eligible, np.int64), np.ones(len(eligible)))
    children = offspring(generation, eligible, weights, settings.children)
    names = {name(generation, generation.task(pair.task).genome) for pair in active(generation)}
    fresh = [child for child in children if name(generation, child.genome) not in names]
    trials = [Trial(child, generation.agent(generation.pair(child.parent))) for child in fresh]
    scores = generation.evaluate(trials, "criterion")
    met = [judged(child, score, bounds) for child, score in zip(fresh, scores, strict=True)]
    final = {child.id: replace(child, outcome="duplicate") for child in children} | {child.id: child for child in met}
    candidates = [child for child in met if child.outcome == "not chosen"]
    novelties = liked.novelty(candidates, novelty(generation, candidates))
    distances = dict(zip((child.id for child in candidates), novelties, strict=True))
    admitted: list[Attempt] = []
    for child in sorted(candidates, key=lambda child: (-distances[child.id], child.id)):
        if len(admitted) == settings.admitted:
            break
        if name(generation, child.genome) in names:
            final[child.id] = replace(child, outcome="duplicate")
            continue
        best = best_for(generation, child)
        final[child.id] = judged(child, best.fitness, bounds)
        if final[child.id].outcome == "not chosen":
            final[child.id] = replace(final[child.id], outcome="admitted")
            names.add(name(generation, child.genome))
            admitted.append(best)
    for _, child in sorted(final.items()):
        generation.add(child)
    for best in sorted(admitted, key=lambda best: best.target):
        learner = generation.means.learner(best.target, best.agent)
        generation.begin(best.target, learner, best.agent, best.fitness, origin=best.source)
    generation.score(retired(generation), [generation.task(best.target) for best in admitted])
    retire(generation, params.active.count)


def house(generation: Generation[Any]) -> House:
    """How tasks from outside are taken: judged by what agents reach there now, at each reproduction again."""
    archive, params = generation.archive, generation.means.params
    k = params.reproduction.novelty_neighbours

    def known(genome: Any) -> bool:
        names = {name(generation, generation.task(pair.task).genome) for pair in active(generation)}
        return name(generation, genome) in names

    def near(task: Task) -> list[Pair]:
        pairs = active(generation)
        points = archive.points[[archive.row(pair.task) for pair in pairs]]
        return [pairs[place] for place in nearest(archive.point(task), points, k)[0]]

    def welcome(task: Task, source: Pair, agent: Agent) -> None:
        generation.add(task)
        generation.begin(task.id, generation.means.learner(task.id, agent), agent, task.score, origin=source.task)
        generation.score(retired(generation), [task])
        retire(generation, params.active.count)

    rules = Rules(
        known=known,
        taken=lambda niche: False,
        near=near,
        agent=generation.agent,
        call=lambda guest, named: None,
        welcome=welcome,
        neighbours=k,
    )
    return House(of_pairs(rules), params.reproduction.every)


def best_for(generation: Generation[Any], child: Task) -> Attempt:
    """The best agent for a new task among all active agents, each unchanged and after one plain training step there.

    Without transfer it is the parent's agent. Ties go to the lowest task id, unchanged agents first.
    """
    if not generation.means.params.transfer.every:
        agent = generation.agent(generation.pair(child.parent))
        return Attempt(child.parent, child.id, agent, child.score)
    pairs = active(generation)
    jobs = [
        Job(
            genomes=(child.genome,),
            learner=generation.means.learner(child.id, generation.agent(pair)),
            key=generation.key("targeted", child.id, pair.task),
            plain=True,
        )
        for pair in pairs
    ]
    agents = [job.learner.agent for job in jobs] + [new.learner.agent for new in generation.learn(jobs)]
    fitness = generation.evaluate([Trial(child, agent) for agent in agents], "targeted", child.id)
    attempts = [
        Attempt(pair.task, child.id, agent, value)
        for pair, agent, value in zip(pairs * 2, agents, fitness, strict=True)
    ]
    return next(iter(best_attempts(attempts)), attempts[0])


def name(generation: Generation[Any], genome: Any) -> Any:
    """What makes a task the same as another: its features, or its identity in a domain without features."""
    features = generation.means.domain.tasks.features
    return tuple(features(genome).tolist()) if features else generation.archive.name(genome)


def retire(generation: Generation[Any], count: int) -> None:
    """The oldest of more active pairs than `count` leave the population; their rows stay."""
    pairs = active(generation)
    for pair in pairs[: max(0, len(pairs) - count)]:
        generation.put(replace(pair, active=False, retired=generation.number))
