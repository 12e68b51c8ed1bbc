"""MAP-Elites of pairs: POET with a MAP-Elites archive as its population.

Sources: Mouret and Clune (2015), Illuminating Search Spaces by Mapping Elites; Wang, Lehman, Clune, Stanley (2019),
Paired Open-Ended Trailblazer (POET).

A niche belongs to the first task admitted there and keeps the best agent found for that very task, so that fitness
within a niche is comparable and never falls, and the archive cannot drift towards the easiest task of every cell.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from openended.envs.api import Domain

from .. import generators, lifecycle
from ..evaluation import Trial
from ..generation import Generation
from ..generators import Generating, Mutation
from ..hosts import Rules, of_pairs
from ..inheritance import init
from ..invite import Guest, House, receive
from ..lifecycle import due, finish
from ..liking import Liking, liking
from ..means import Means
from ..novelty import mean_distance
from ..offers import Offer
from ..reproduction import Candidate, Making, best_source, entered, judged, offspring, select, sift
from ..selection import Selection, choose
from ..settings import Settings
from ..training import active, train, visit
from ..transfer import Attempt, Exchange, best_attempts, propose, settle, try_out
from ..types import Agent, Changes, Pair, State, Task

__all__ = ["Params", "check", "init", "step"]


@dataclass(frozen=True, kw_only=True)
class Params(Settings):
    """Settings of MAP-Elites of pairs: one table per operator.

    Attributes:
        generator: what makes new tasks beside mutation.
        reproduction: making tasks.
        transfer: trying agents on other tasks.
        active: choosing what is trained.

    """

    generator: Generating = field(default_factory=Mutation)
    reproduction: Making = field(default_factory=Making)
    transfer: Exchange = field(default_factory=Exchange)
    active: Selection = field(default_factory=Selection)


def check(params: Params, domain: Domain) -> None:
    """Raise ValueError, naming the key, if the parameters do not fit the domain."""
    lifecycle.check(params, domain)
    generators.check(params.generator, domain)


def step(means: Means[Params], state: State, offers: Sequence[Offer] = ()) -> tuple[State, Changes]:
    """The next generation, in which `offers` are taken: the state after it, and what it altered."""
    generation, params = Generation(means, state), means.params

    # 1. Reproduce: tasks that nobody masters and somebody can learn, in niches that are still empty.
    if due(generation, params.reproduction.every):
        reproduce(generation)
    receive(generation, offers, House(of_pairs(rules(generation)), params.reproduction.every))

    # 2. Choose what is trained. Solved niches rest, but remain parents, and sources and targets of transfer.
    chosen = choose(generation.rows, params.active, params.criterion.high, generation.stream("active"))
    for pair in active(generation):
        if pair.task not in chosen:
            generation.put(replace(pair, active=False))
    visit(generation, [generation.pair(task) for task in chosen])

    # 3. Train every active pair on its own task, evaluating it after each step.
    for number in range(params.active.es_steps):
        train(generation, number, memory=params.active.memory)

    # 4. Transfer the agents of the active pairs to neighbouring niches.
    if due(generation, params.transfer.every):
        transfer(generation)

    # 5. Place the altered pairs in the archive, 6. measure.
    generators.told(generation, params.generator)
    return finish(generation)


def reproduce(generation: Generation[Params]) -> None:
    """Make children; admit the most novel of those that find an empty niche and meet the minimal criterion.

    Where a child finds its niche taken, the agent that came with it is tried on the niche's own task (unless transfer
    is switched off).
    """
    settings, rows = generation.means.params.reproduction, generation.rows
    able, liked = rows["best_fitness"] >= settings.threshold, liking(generation)
    weights = rows["potential"][able] if settings.parents == "progress" else np.ones(int(able.sum()))
    weights = liked.weights(rows["task"][able], weights)
    eligible, count = rows["task"][able], settings.children if able.any() else 0
    proposed, left = generators.proposals(generation, generation.means.params.generator, eligible.tolist(), count)
    mutants = offspring(generation, eligible, weights, left)
    children = sift(generation, [*mutants, *entered(generation, proposed, len(mutants))])
    homeless = [(child, source_of(generation, child)) for child in children if child.outcome == "niche taken"]

    tried = meet_criterion(generation, [child for child in children if child.outcome == "not chosen"], liked)
    selected = select([each for each in tried if each.task.outcome == "not chosen"], settings.admitted)

    final = {task.id: task for task in [*children, *(each.task for each in [*tried, *selected])]}
    for child in final.values():
        generation.add(child)
    for each in sorted(selected, key=lambda each: each.task.id):
        child, agent = each.task, generation.best_agent(each.source)
        if child.outcome == "admitted":
            learner = generation.means.learner(child.id, agent)
            generation.begin(child.id, learner, agent, child.score, origin=each.source.task)
    homeless += [(each.task, each.source) for each in selected if each.task.outcome == "niche taken"]
    if generation.means.params.transfer.every:
        call_on(generation, homeless)


def meet_criterion(generation: Generation[Params], children: Sequence[Task], liked: Liking) -> list[Candidate]:
    """Judge each child by the best agent on it, of its parent's and those of the nearest pairs."""
    params, archive = generation.means.params, generation.archive
    settings = params.reproduction
    sources: list[list[Pair]] = []
    distances: list[float] = []
    for child in children:
        near, away = archive.near(child, max(settings.neighbours, settings.novelty_neighbours))
        first = source_of(generation, child)
        others = [id for id in near[: settings.neighbours] if id != first.task]
        sources.append([first, *map(generation.pair, others)])
        distances.append(mean_distance(away[: settings.novelty_neighbours]))
    distances = liked.novelty(children, distances)
    trials = [
        Trial(child, generation.best_agent(pair))
        for child, pairs in zip(children, sources, strict=True)
        for pair in pairs
    ]
    fitness = iter(generation.evaluate(trials, "criterion"))
    tried = []
    for child, pairs, distance in zip(children, sources, distances, strict=True):
        source, score = best_source(pairs, [next(fitness) for _ in pairs])
        tried.append(Candidate(judged(child, score, params.criterion), source, distance))
    return tried


def source_of(generation: Generation[Params], child: Task) -> Pair:
    """The pair of a child's parent; without one, the pair that lies nearest to it."""
    return generation.pair(child.parent if child.parent >= 0 else generation.archive.near(child, 1)[0][0])


def rules(generation: Generation[Params]) -> Rules:
    """How tasks from outside are judged: as children are, but also by the agents that were named with them."""
    archive, settings = generation.archive, generation.means.params.reproduction

    def call(guest: Guest, named: Sequence[Pair]) -> None:
        if generation.means.params.transfer.every:
            call_on(generation, [(guest.task, pair) for pair in named], f"call {guest.offer.number}")

    def welcome(task: Task, source: Pair, agent: Agent) -> None:
        generation.add(task)
        generation.begin(task.id, generation.means.learner(task.id, agent), agent, task.score, origin=source.task)

    return Rules(
        known=lambda genome: archive.name(genome) in archive.names,
        taken=lambda niche: niche in archive.owners,
        near=lambda task: [generation.pair(id) for id in archive.near(task, settings.neighbours)[0]],
        agent=generation.best_agent,
        call=call,
        welcome=welcome,
        neighbours=settings.novelty_neighbours,
    )


def call_on(generation: Generation[Params], homeless: Sequence[tuple[Task, Pair]], purpose: str = "visit") -> None:
    """Children without a niche: the agents that came with them are tried on the tasks of those who hold it."""
    owners = generation.archive.owners
    calls = {(source.task, owners[child.niche]): source for child, source in homeless}
    attempts = [
        Attempt(source, target, generation.best_agent(calls[source, target]))
        for source, target in sorted(calls)
        if source != target
    ]
    exchange(generation, "direct", try_out(generation, attempts, purpose))


def transfer(generation: Generation[Params]) -> None:
    """Direct trials of the active pairs' best agents on their neighbours' tasks, then proposals for the close calls."""
    settings, archive = generation.means.params.transfer, generation.archive
    attempts = [
        Attempt(pair.task, target, generation.best_agent(pair))
        for pair in active(generation)
        for target in archive.neighbours(generation.task(pair.task), settings.neighbours)
    ]
    before = {each.target: generation.pair(each.target) for each in attempts}
    tried = try_out(generation, attempts, "direct")
    won = exchange(generation, "direct", tried)
    close = [
        each
        for each in best_attempts(tried)
        if each.target not in won and each.fitness >= before[each.target].best_fitness - settings.close
    ]
    if settings.proposals:
        exchange(generation, "proposal", propose(generation, close))


def exchange(generation: Generation[Params], kind: str, tried: Sequence[Attempt]) -> set[int]:
    """The best attempt on each task takes over if it exceeds the best fitness there by the margin; returns where."""
    params = generation.means.params
    bars = {each.target: generation.pair(each.target).best_fitness for each in tried}
    winners = [each for each in best_attempts(tried) if each.fitness > bars[each.target] + params.transfer.margin]
    settle(generation, {kind: tried}, winners, bars, params.active.memory)
    return {each.target for each in winners}
