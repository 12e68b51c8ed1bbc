"""Generation 0 out of what another run had come to: copies of its tasks, its elites, and of a learner that they share.

What is copied is tried anew, with the settings of the run that begins: a fitness or a potential of other episodes says
nothing here. A copied task keeps its parent where that is copied, too; its maker is `copied`.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .buffer import LEARNER, admit
from .evaluation import Trial
from .generation import Generation
from .interest import MAKER as INTEREST
from .interest import SUFFIX, Interest, drawn
from .learners import memory
from .lifecycle import begun, enter_first, finish
from .lifecycle import init as first_init
from .means import Means
from .nearness import WANTED
from .plays import Choice, Item, item, play
from .start import Predecessor
from .types import Agent, Changes, Learner, Pair, State, Task
from .work import Visit

MAKER = "copied"


def of_niches(means: Means[Any], source: Predecessor) -> list[Pair]:
    """Of every niche the pair with the best agent, ties to the oldest; niches are those of the run that begins."""
    pairs = filter(known, (pair for _, pair in sorted(source.state.pairs.items())))
    return first_of_niches(means, source, pairs, lambda pair: pair.best_fitness)


def living(source: Predecessor) -> list[Pair]:
    """The pairs that had not retired, the oldest first."""
    return [pair for _, pair in sorted(source.state.pairs.items()) if pair.retired < 0]


def known(pair: Pair) -> bool:
    """Whether an agent was found for the pair's task."""
    return pair.elite is not None


def first_of_niches(
    means: Means[Any], source: Predecessor, pairs: Iterable[Pair], worth: Callable[[Pair], float]
) -> list[Pair]:
    """Of the pairs in every niche the one that is worth most, ties to the oldest; the oldest first."""
    best: dict[int, Pair] = {}
    for pair in pairs:
        niche = means.archive.niche_of(source.state.tasks[pair.task].descriptor)
        if niche not in best or worth(pair) > worth(best[niche]):
            best[niche] = pair
    return sorted(best.values(), key=lambda pair: pair.task)


def init(means: Means[Any], chosen: Callable[[Predecessor], Sequence[Pair]] | None = None) -> tuple[State, Changes]:
    """Generation 0 of an algorithm whose pairs have learners of their own: those `chosen`, if any, else the best of
    each niche; without another run, the domain's first task with a random agent.
    """
    source = means.before
    if source is None:
        return first_init(means)
    generation = begun(means)
    pairs = (chosen(source) if chosen else ()) or of_niches(means, source)
    tasks = copies(generation, source, pairs, 0)
    agents = [best_agent(source, pair) for pair in pairs]
    trials = [Trial(task, agent) for task, agent in zip(tasks, agents, strict=True)]
    for task, agent, fitness in zip(tasks, agents, generation.evaluate(trials, "start"), strict=True):
        enter(generation, task, agent, fitness, means.learner(task.id, agent))
    return finish(generation)


def enter(generation: Generation[Any], task: Task, agent: Agent, fitness: float, learner: Learner) -> None:
    """Enter a copied task with its agent, which reaches this fitness there."""
    generation.add(replace(task, outcome="admitted", score=fitness))
    generation.begin(task.id, learner, agent, fitness, origin=task.parent)


def copies(generation: Generation[Any], source: Predecessor, pairs: Sequence[Pair], first: int) -> list[Task]:
    """The tasks of the pairs as they are here, numbered from `first` on."""
    ids = {pair.task: id for id, pair in enumerate(pairs, first)}
    made = []
    for old in (source.state.tasks[pair.task] for pair in pairs):
        niche, parent = generation.archive.niche_of(old.descriptor), ids.get(old.parent, -1)
        made.append(Task(ids[old.id], old.genome, parent, 0, old.descriptor, niche, "not chosen", math.nan, MAKER))
    return made


def best_agent(source: Predecessor, pair: Pair) -> Agent:
    """The best agent that was found for a pair's task."""
    assert pair.elite is not None
    return source.state.elites[pair.elite].agent


def shared_learner(means: Means[Any], source: Predecessor) -> Learner | None:
    """The learner that all tasks of the other run shared, as number 0; of another kind or with another memory than it
    should have here, its agent with a memory begun afresh. None if there was no such learner.
    """
    if source.learner is None:
        return None
    old = Learner(LEARNER, source.learner.agent, source.learner.memory, 0)
    if source.kind == means.params.learner.kind:
        try:
            memory.check(old, means.like(old))
        except ValueError:
            pass
        else:
            return old
    return means.learner(LEARNER, old.agent)


def shared_init(
    means: Means[Any],
    chosen: Callable[[Predecessor], Sequence[Pair]],
    settle: Callable[[Generation[Any], Sequence[tuple[Item, Visit]]], None],
) -> tuple[State, Changes]:
    """Generation 0 of an algorithm whose tasks share a learner: the domain's first task, and of another run the learner
    and the tasks `chosen`. The learner plays these once, without learning, and `settle` enters them by what it saw.
    """
    source, generation = means.before, begun(means)
    learner = None if source is None else shared_learner(means, source)
    enter_first(generation, means.domain.tasks.first(), "first", learner)
    if source is not None and (pairs := chosen(source)):
        tasks = copies(generation, source, pairs, generation.counters.tasks_created)
        settle(generation, looked_at(generation, tasks))
        agents = {task.id: best_agent(source, pair) for task, pair in zip(tasks, pairs, strict=True) if known(pair)}
        bring(generation, tasks, agents)
    enter_interest(generation)
    return finish(generation)


def enter_interest(generation: Generation[Any]) -> None:
    """Enter the tasks of interest for good, by what the shared learner sees of them without learning; those that are
    there already stay as they are.
    """
    archive, first = generation.archive, generation.counters.tasks_created
    genomes = [each for each in wanted(generation.means) if archive.name(each) not in archive.names]
    if not genomes:
        return
    tasks = [made(generation, genome, first + place) for place, genome in enumerate(genomes)]
    for task, (_, visit) in zip(tasks, looked_at(generation, tasks, INTEREST, 4), strict=True):
        admit(generation, task, visit, trained=False)
    generation.arrays[WANTED] = np.array([task.id for task in tasks], np.int64)


def wanted(means: Means[Any]) -> list[Any]:
    """The tasks of interest of a run; none unless they have a weight.

    Raises ValueError where the domain's kind has too few, or if those of a file are not among the means.
    """
    settings = getattr(means.params, "interest", None)
    if not isinstance(settings, Interest) or not settings.weight:
        return []
    if not settings.tasks.endswith(SUFFIX):
        return drawn(means.domain, settings.tasks, settings.count)
    if not means.interest:
        raise ValueError(f"the tasks of {settings.tasks} are not given")
    return list(means.interest)


def made(generation: Generation[Any], genome: Any, id: int) -> Task:
    """A task of interest in its niche."""
    descriptor = tuple(map(float, generation.means.domain.tasks.describe(genome)))
    niche = generation.archive.niche_of(descriptor)
    return Task(id, genome, -1, 0, descriptor, niche, "not chosen", math.nan, INTEREST)


def looked_at(
    generation: Generation[Any], tasks: Sequence[Task], maker: str = MAKER, purpose: int = 3
) -> list[tuple[Item, Visit]]:
    """The tasks as they are played, and what the shared learner saw of each; `purpose` keeps keys of variants apart."""
    replay = generation.means.params.replay
    items = tuple(
        item(generation, task.genome, replay.variants, purpose, place, parent=task.parent, maker=maker)
        for place, task in enumerate(tasks)
    )
    choice = Choice("refresh", items, train=False)
    return list(zip(items, choice.seen(play(generation, LEARNER, choice, replay.batch)), strict=True))


def bring(generation: Generation[Any], tasks: Sequence[Task], agents: Mapping[int, Agent]) -> None:
    """Try the agents that come with tasks on those that entered; they are the elites, unless another is better."""
    rows, archive = generation.rows["task"].tolist(), generation.archive
    here = {archive.name(generation.task(id).genome): id for id in rows}
    found = [(here.get(archive.name(task.genome)), agents[task.id]) for task in tasks if task.id in agents]
    entered = [(id, agent) for id, agent in found if id is not None]
    fitnesses = generation.evaluate([Trial(generation.task(id), agent) for id, agent in entered], "start")
    for (id, agent), fitness in zip(entered, fitnesses, strict=True):
        pair = generation.pair(id)
        generation.put(replace(generation.improved(pair, agent, fitness), fitness=pair.fitness))
