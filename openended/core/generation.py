"""How every generation begins and ends, whatever the algorithm."""

import math
from dataclasses import replace
from typing import Any

from openended.envs.api import Domain

from . import archive
from .draft import Draft
from .evaluation import Trial
from .keys import key
from .measures.metrics import annecs, annecs_code, best_earlier, measure
from .settings import Settings
from .types import Changes, Counters, Executor, State, Task, applied


def check(params: Settings, domain: Domain) -> None:
    """Raise ValueError, naming the key, if the parameters do not fit the domain."""
    archive.check(params.archive, domain)


def init(params: Settings, domain: Domain, seed: int, executor: Executor) -> tuple[State, Changes]:
    """Generation 0: the domain's first task with a random agent."""
    check(params, domain)
    return start(params, domain, seed, executor, domain.tasks.first())


def start(params: Settings, domain: Domain, seed: int, executor: Executor, genome: Any) -> tuple[State, Changes]:
    """Generation 0: one task with a random agent."""
    centroids = archive.spread(params.archive, domain.axes, key(seed, 0, "centroids"))
    draft = Draft(params, domain, seed, executor, State(-1, {}, {}, Counters(), centroids))
    elites = archive.build(params.archive, domain, draft.before)
    descriptor = tuple(map(float, domain.tasks.describe(genome)))
    niche = archive.niche_of(elites, domain.axes)(descriptor)
    task = Task(0, genome, -1, 0, descriptor, niche, "admitted", math.nan)
    agent = domain.policies.default.init(draft.key("agent"))
    (fitness,) = draft.evaluate([Trial(task, agent)], "evaluate", 0)
    draft.add(replace(task, score=fitness))
    draft.begin(0, agent, fitness, origin=-1)
    return finish(draft, elites, params)


def due(draft: Draft, every: int) -> bool:
    """Whether what happens every so many generations happens in this one; never if `every` is 0."""
    return every > 0 and draft.generation % every == 0


def finish(draft: Draft, elites: Any, params: Settings) -> tuple[State, Changes]:
    """Place the altered pairs in the archive and measure."""
    archive.add(elites, draft.altered(), draft.tasks, draft.domain.axes)
    after = applied(draft.before, draft.changes())
    earlier = best_earlier(after)
    solved, admitted = (
        count(after.tasks, after.pairs.values(), params.criterion, earlier) for count in (annecs, annecs_code)
    )
    draft.counters = replace(draft.counters, annecs=solved)
    changes = draft.changes()
    state = applied(draft.before, changes)
    statistics = archive.statistics(elites, draft.domain.simulator.lowest_return)
    metrics = measure(state, statistics, params.criterion) | {"annecs_code": admitted}
    for name, metric in draft.domain.metrics.items():
        metrics[name] = max((metric(task.genome) for task in _solved(state, params)), default=0)
    return state, replace(changes, metrics=metrics)


def _solved(state: State, params: Settings) -> list[Task]:
    return [state.tasks[id] for id, pair in state.pairs.items() if pair.best_fitness >= params.criterion.solved]
