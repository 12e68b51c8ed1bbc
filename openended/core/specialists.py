"""Specialists: copies of a shared agent that are trained further, each on one task that the shared agent fails at.

Each has a pair and one of a few learners, 1 .. count; the shared learner is 0. A specialist that solves its task goes
on to a child of it in an empty niche, the most novel of those that meet the minimal criterion with its agent. One that
finds none, or does not solve its task within its time, gives its learner back. The pair that is left returns to the
buffer of the shared learner, and its best agent stays its elite. Reproduction and transfer are those of POET (Wang et
al. 2019), in the form of `reproduction` and `transfer`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge

from .buffer import LEARNER
from .drawing import draw
from .evaluation import Trial
from .generation import Generation
from .lifecycle import due
from .novelty import nearest, novelty
from .reproduction import judged, offspring, sift
from .transfer import Attempt, Exchange, best_attempts, propose, settle, try_out
from .types import Pair
from .work import Job


@dataclass(frozen=True)
class Specialists:
    """When copies of the shared agent are trained on single tasks.

    Attributes:
        count: how many at a time; 0: none.
        after: generations before the first.
        every: generations from one training step of theirs to the next.
        low: best fitness from which an unsolved task may get a specialist: what is hopeless for the shared agent is so
            for its copies.
        visits: how often the shared agent must have trained on the task before.
        patience: training steps within which a specialist has to solve its task.
        children: mutations of a task just solved, of which one may be the next; 0: none.
        novelty_neighbours: the k of their novelty.
        critic: whether a copy takes the shared critic along; its optimiser always begins afresh.

    """

    count: Annotated[int, Ge(0)] = 0
    after: Annotated[int, Ge(0)] = 0
    every: Annotated[int, Ge(1)] = 1
    low: float = 50.0
    visits: Annotated[int, Ge(0)] = 2
    patience: Annotated[int, Ge(1)] = 5
    children: Annotated[int, Ge(0)] = 8
    novelty_neighbours: Annotated[int, Ge(1)] = 5
    critic: bool = True


def specialize(generation: Generation[Any], settings: Specialists, exchange: Exchange) -> None:
    """Appoint specialists, train them, let them try each other's tasks, and dismiss those that are done."""
    if generation.number <= settings.after or not due(generation, settings.every):
        return
    appoint(generation, settings)
    train(generation)
    if exchange.every and generation.number // settings.every % exchange.every == 0:
        transfer(generation, exchange)
    dismiss(generation, settings)


def specialists(generation: Generation[Any]) -> list[Pair]:
    """The pairs with learners of their own, the oldest task first."""
    rows = generation.rows
    return [generation.pair(int(task)) for task in rows["task"][rows["active"] & (rows["learner"] != LEARNER)]]


def appoint(generation: Generation[Any], settings: Specialists) -> None:
    """Free learners go to tasks that can be learnt and that nobody solves, drawn with equal chances."""
    taken = {pair.learner for pair in specialists(generation)}
    free = [id for id in range(LEARNER + 1, settings.count + 1) if id not in taken]
    rows, shared, means = generation.rows, generation.shared(LEARNER), generation.means
    fitness = rows["best_fitness"]
    able = rows["active"] & (rows["learner"] == LEARNER) & (rows["visits"] >= settings.visits)
    able &= (fitness >= settings.low) & (fitness < means.params.criterion.solved)
    tasks = rows["task"][able]
    chosen = tasks[draw(np.ones(len(tasks)), len(free), generation.stream("appointed"))]
    for id, task in zip(free, np.sort(chosen).tolist(), strict=False):
        learner = means.heir(id, shared) if settings.critic else means.learner(id, shared.agent)
        generation.put(replace(generation.pair(task), learner=id), learner)


def train(generation: Generation[Any]) -> None:
    """A training step for every specialist on its own task, where what it gave is tried."""
    pairs = specialists(generation)
    tasks = [generation.task(pair.task) for pair in pairs]
    jobs = [
        Job((task.genome,), generation.learner(pair), generation.key("specialist", pair.task))
        for pair, task in zip(pairs, tasks, strict=True)
    ]
    learned = generation.learn(jobs)
    trials = [Trial(task, new.learner.agent) for task, new in zip(tasks, learned, strict=True)]
    fitnesses = generation.evaluate(trials, "specialists")
    for pair, new, fitness in zip(pairs, learned, fitnesses, strict=True):
        after = generation.improved(pair, new.learner.agent, fitness)
        generation.put(replace(after, visits=pair.visits + 1, seen=generation.number), new.learner)


def transfer(generation: Generation[Any], settings: Exchange) -> None:
    """Specialists are tried on each other's tasks, directly and, where that comes close, after one training step there;
    and directly on the nearest other tasks that nobody solves. Who does better than the elite takes its place.
    """
    pairs = specialists(generation)
    others = {pair.task for pair in pairs}
    attempts = [
        Attempt(pair.task, target, generation.agent(pair))
        for pair in pairs
        for target in sorted({*others, *unsolved_near(generation, pair, settings.neighbours)} - {pair.task})
    ]
    bars = {each.target: generation.pair(each.target).best_fitness for each in attempts}
    tried = try_out(generation, attempts, "direct")
    winners = [each for each in best_attempts(tried) if each.fitness > bars[each.target] + settings.margin]
    won = {each.target for each in winners}
    close = [
        each
        for each in best_attempts(tried)
        if each.target in others - won and each.fitness >= bars[each.target] - settings.close
    ]
    proposed = propose(generation, close) if settings.proposals else []
    winners += [each for each in best_attempts(proposed) if each.fitness > bars[each.target] + settings.margin]
    settle(generation, {"direct": tried, "proposal": proposed}, winners, bars, shared=LEARNER)


def unsolved_near(generation: Generation[Any], pair: Pair, count: int) -> Sequence[int]:
    """The nearest tasks of the buffer that nobody solves."""
    rows, archive = generation.rows, generation.archive
    able = rows["active"] & (rows["learner"] == LEARNER)
    able &= rows["best_fitness"] < generation.means.params.criterion.solved
    places = np.flatnonzero(able)
    found, _ = nearest(archive.point(generation.task(pair.task)), archive.points[places], count)
    return list(map(int, rows["task"][places[found]]))


def dismiss(generation: Generation[Any], settings: Specialists) -> None:
    """Specialists that have solved their task go on or give their learner back; so do those that used up their time."""
    solved = generation.means.params.criterion.solved
    for pair in specialists(generation):
        if pair.best_fitness >= solved or generation.learner(pair).steps >= settings.patience:
            generation.put(replace(pair, learner=LEARNER))
            if pair.best_fitness >= solved and settings.children:
                go_on(generation, pair, settings)


def go_on(generation: Generation[Any], pair: Pair, settings: Specialists) -> None:
    """A specialist goes on to the most novel child of its task that lies in an empty niche and meets the minimal
    criterion with its agent, ties to the lowest id.
    """
    archive, learner = generation.archive, generation.learner(pair)
    children = sift(generation, offspring(generation, [pair.task], [1.0], settings.children))
    fresh = [child for child in children if child.outcome == "not chosen"]
    scores = generation.evaluate([Trial(child, learner.agent) for child in fresh], "children", pair.task)
    met = [judged(child, score, generation.means.params.criterion) for child, score in zip(fresh, scores, strict=True)]
    able = [child for child in met if child.outcome == "not chosen"]
    distances = {child.id: novelty(archive.point(child), archive.points, settings.novelty_neighbours) for child in able}
    best = min(able, key=lambda child: (-distances[child.id], child.id), default=None)
    final = {child.id: child for child in [*children, *met]}
    for child in final.values():
        generation.add(replace(child, outcome="admitted") if child is best else child)
    if best is not None:
        generation.begin(best.id, replace(learner, steps=0), learner.agent, best.score, origin=pair.task)
