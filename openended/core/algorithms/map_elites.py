"""MAP-Elites of pairs: POET with a MAP-Elites archive as its population.

Sources: Mouret and Clune (2015), Illuminating Search Spaces by Mapping Elites; Wang, Lehman, Clune, Stanley (2019),
Paired Open-Ended Trailblazer (POET).

A niche belongs to the first task admitted there and keeps the best agent found for that very task, so that fitness
within a niche is comparable and never falls, and the archive cannot drift towards the easiest task of every cell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from openended.envs.api import Domain

from .. import archive
from ..criterion import judge
from ..draft import Draft
from ..evaluation import Trial
from ..generation import check, due, finish, init
from ..novelty import neighbours, novelty, scaled
from ..potential import progress
from ..reproduction import Candidate, best_source, digest, draw_parents, offspring, select, sift
from ..reproduction import Params as Reproduction
from ..selection import Params as Active
from ..selection import choose
from ..settings import Settings
from ..transfer import Attempt, close_calls, propose, try_out
from ..transfer import Params as Transfer
from ..types import Changes, Executor, Pair, State, StepJob, Task

__all__ = ["Params", "check", "init", "step"]


@dataclass(frozen=True, kw_only=True)
class Params(Settings):
    """Settings of MAP-Elites of pairs: one table per operator.

    Attributes:
        reproduction: making tasks.
        transfer: trying agents on other tasks.
        active: choosing what is optimised.

    """

    reproduction: Reproduction = field(default_factory=Reproduction)
    transfer: Transfer = field(default_factory=Transfer)
    active: Active = field(default_factory=Active)


def step(params: Params, domain: Domain, seed: int, state: State, executor: Executor) -> tuple[State, Changes]:
    """The next generation: the state after it, and what it altered."""
    draft = Draft(params, domain, seed, executor, state)
    elites = archive.build(params.archive, domain, state)

    # 1. Reproduce: tasks that nobody masters and somebody can learn, in niches that are still empty.
    if due(draft, params.reproduction.every):
        _reproduce(draft, params, archive.niche_of(elites, domain.axes))

    # 2. Choose what is optimised. Solved niches rest, but remain parents, and sources and targets of transfer.
    chosen = choose(draft.pairs.values(), params.active, params.criterion.high, draft.stream("active"))
    for pair in list(draft.pairs.values()):
        if pair.task in chosen:
            draft.pairs[pair.task] = replace(pair, active=True, visits=pair.visits + 1)
        elif pair.active:
            draft.pairs[pair.task] = replace(pair, active=False)

    # 3. Optimise every active pair on its own task, evaluating it after each step.
    for number in range(params.active.es_steps):
        _optimise(draft, chosen, number, params.active.memory)

    # 4. Transfer the agents of the active pairs to neighbouring niches.
    if due(draft, params.transfer.every):
        _transfer(draft, chosen, params)

    # 5. Place the altered pairs in the archive, 6. measure.
    return finish(draft, elites, params)


def _reproduce(draft: Draft, params: Params, niche_of: Callable[[Sequence[float]], int]) -> None:
    """Make children; admit the most novel of those that find an empty niche and meet the minimal criterion.

    Where a child finds its niche taken, the agent that came with it is tried on the niche's own task (unless transfer
    is switched off).
    """
    domain, known = draft.domain, [draft.tasks[task] for task in draft.pairs]
    parents = draw_parents(draft.pairs.values(), params.reproduction, draft.stream("parents"))
    parent_tasks = [draft.tasks[pair.task] for pair in parents]
    children = offspring(parent_tasks, domain, niche_of, draft.seed, draft.generation, draft.counters.tasks_created)
    taken = {pair.niche for pair in draft.pairs.values()}
    children = sift(children, known, taken, lambda genome: digest(domain.tasks.encode(genome)))
    homeless = [(child, draft.pairs[child.parent]) for child in children if child.outcome == "niche taken"]

    judged = _meet_criterion([child for child in children if child.outcome == "not chosen"], draft, params)
    descriptors = scaled([task.descriptor for task in known], domain.axes)
    candidates = []
    for child, source in judged:
        if child.outcome == "not chosen":
            (point,) = scaled([child.descriptor], domain.axes)
            distance = novelty(point, descriptors, params.reproduction.novelty_neighbours)
            candidates.append(Candidate(child, source, distance))
    selected = select(candidates, params.reproduction.admitted)

    final = {task.id: task for task in [*children, *(child for child, _ in judged), *(each.task for each in selected)]}
    for child in final.values():
        draft.add(child)
    for each in selected:
        if each.task.outcome == "admitted":
            draft.begin(each.task.id, each.source.best_agent, each.task.score, origin=each.source.task)
        elif each.task.outcome == "niche taken":
            homeless.append((each.task, each.source))
    if not params.transfer.every:
        return
    holders = {pair.niche: pair.task for pair in draft.pairs.values()}
    visits = {(source.task, holders[child.niche]): source.best_agent for child, source in homeless}
    attempts = [
        Attempt(source, target, visits[source, target]) for source, target in sorted(visits) if source != target
    ]
    try_out(attempts, "direct", draft, params.transfer, params.active.memory, "visit")


def _meet_criterion(children: Sequence[Task], draft: Draft, params: Params) -> list[tuple[Task, Pair]]:
    """Judge each child by the best agent on it of its parent's and those of the nearest pairs; with whose that is."""
    sources = []
    for child in children:
        near = neighbours(child, draft.pairs.values(), draft.tasks, draft.domain.axes, params.reproduction.neighbours)
        sources.append([draft.pairs[child.parent], *(pair for pair in near if pair.task != child.parent)])
    trials = [Trial(child, pair.best_agent) for child, near in zip(children, sources, strict=True) for pair in near]
    fitness = iter(draft.evaluate(trials, "criterion"))
    judged = []
    for child, near in zip(children, sources, strict=True):
        source, score = best_source(near, [next(fitness) for _ in near])
        verdict = judge(score, params.criterion)
        judged.append((replace(child, score=score, outcome=child.outcome if verdict == "ok" else verdict), source))
    return judged


def _optimise(draft: Draft, chosen: Sequence[int], number: int, memory: float) -> None:
    """ES step `number` of this generation for every chosen pair, and the fitness of what it gave."""
    pairs = [draft.pairs[task] for task in chosen]
    stepped = draft.optimise(
        [
            StepJob(draft.tasks[pair.task].genome, pair.agent, pair.optimiser, draft.key("es", number, pair.task))
            for pair in pairs
        ]
    )
    trials = [Trial(draft.tasks[pair.task], new.agent) for pair, new in zip(pairs, stepped, strict=True)]
    for pair, new, fitness in zip(pairs, stepped, draft.evaluate(trials, "evaluate", number), strict=True):
        better = fitness > pair.best_fitness
        draft.pairs[pair.task] = replace(
            pair,
            agent=new.agent,
            fitness=fitness,
            optimiser=new.optimiser,
            best_agent=new.agent if better else pair.best_agent,
            best_fitness=fitness if better else pair.best_fitness,
            es_steps=pair.es_steps + 1,
            progress=progress(pair.progress, fitness - pair.best_fitness if better else 0.0, memory),
        )


def _transfer(draft: Draft, chosen: Sequence[int], params: Params) -> None:
    """Direct trials of the active pairs' best agents on their neighbours' tasks, then proposals for the close calls."""
    before, tasks, settings = dict(draft.pairs), draft.tasks, params.transfer
    attempts = [
        Attempt(source, target.task, before[source].best_agent)
        for source in chosen
        for target in neighbours(tasks[source], before.values(), tasks, draft.domain.axes, settings.neighbours)
    ]
    tried = try_out(attempts, "direct", draft, settings, params.active.memory, "direct")
    if settings.proposals:
        proposals = propose(close_calls(tried, before, settings), draft)
        try_out(proposals, "proposal", draft, settings, params.active.memory, "proposal")
