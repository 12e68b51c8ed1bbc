"""Controls: one agent on one given task, from scratch or along a direct path to it.

Source: Wang et al. (2019), POET, sections 4.1 and 4.2. Direct optimisation trains a random agent on the task by the
same evolution strategy. The direct-path curriculum begins with the domain's first task and moves it one step towards
the given one, all parameters at once and each by at most its mutation step, whenever the agent reaches the threshold at
which POET's pairs may reproduce. Agent and optimiser go on from task to task, as one and the same optimisation; the
pair that is left behind retires. The other two controls are settings of POET: no transfer (`transfer.every = 0`) and
tasks without a minimal criterion (its bounds beyond all returns).
"""

import math
from dataclasses import dataclass, replace

from openended.envs.api import Domain

from .. import archive
from ..draft import Draft
from ..evaluation import Trial
from ..generation import finish, start
from ..population import active, train
from ..settings import Settings
from ..types import Changes, Executor, Pair, State, Task


@dataclass(frozen=True, kw_only=True)
class Params(Settings):
    """Settings of the controls. Of the criterion only `solved` is used.

    Attributes:
        task: the task, as its domain writes it (canonical JSON).
        curriculum: whether to come to it along the direct path.
        threshold: fitness from which the path is followed one step further (POET: 200).

    """

    task: str
    curriculum: bool = False
    threshold: float = 200.0


def check(params: Params, domain: Domain) -> None:
    """Raise ValueError, naming the key, if the parameters do not fit the domain."""
    archive.check(params.archive, domain)
    try:
        domain.tasks.decode(params.task)
    except ValueError as error:
        raise ValueError(f"task is not one of {domain.id}: {error}") from None
    if params.curriculum and domain.tasks.toward is None:
        raise ValueError(f"curriculum is true, but {domain.id} knows no path from task to task: leave it out")


def init(params: Params, domain: Domain, seed: int, executor: Executor) -> tuple[State, Changes]:
    """Generation 0: the given task, or the first one of its path, with a random agent."""
    check(params, domain)
    genome = domain.tasks.first() if params.curriculum else domain.tasks.decode(params.task)
    return start(params, domain, seed, executor, genome)


def step(params: Params, domain: Domain, seed: int, state: State, executor: Executor) -> tuple[State, Changes]:
    """The next generation: the state after it, and what it altered."""
    draft = Draft(params, domain, seed, executor, state)
    elites = archive.build(params.archive, domain, state)
    (pair,) = active(draft)
    target = domain.tasks.decode(params.task)
    arrived = domain.tasks.encode(draft.tasks[pair.task].genome) == domain.tasks.encode(target)
    toward = domain.tasks.toward if params.curriculum else None
    if toward and not arrived and pair.fitness >= params.threshold:
        genome = toward(draft.tasks[pair.task].genome, target)
        descriptor = tuple(map(float, domain.tasks.describe(genome)))
        niche = archive.niche_of(elites, domain.axes)(descriptor)
        number = draft.counters.tasks_created
        task = Task(number, genome, pair.task, draft.generation, descriptor, niche, "admitted", math.nan)
        _move_on(draft, pair, task)
    train(draft)
    return finish(draft, elites, params)


def _move_on(draft: Draft, pair: Pair, task: Task) -> None:
    """The agent and its optimiser leave their task for the next one."""
    (fitness,) = draft.evaluate([Trial(task, pair.agent)], "criterion")
    draft.pairs[pair.task] = replace(pair, active=False, retired=draft.generation)
    draft.add(replace(task, score=fitness))
    draft.begin(task.id, pair.agent, fitness, origin=pair.task)
    draft.pairs[task.id] = replace(draft.pairs[task.id], optimiser=pair.optimiser)
