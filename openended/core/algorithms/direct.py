"""Controls: one agent on one given task, from scratch or along a direct path to it.

Source: Wang et al. (2019), POET, sections 4.1 and 4.2. Direct optimisation trains a random agent on the task by the
same evolution strategy. The direct-path curriculum begins with the domain's first task and moves it one step towards
the given one, all parameters at once and each by at most its mutation step, whenever the agent reaches the threshold at
which POET's pairs may reproduce. Agent and optimiser continue from task to task as one optimisation; the
pair that is left behind retires. The other two controls are settings of POET: no transfer (`transfer.every = 0`) and
tasks without a minimal criterion (its bounds beyond all returns).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from openended.envs.api import Domain

from .. import lifecycle, liking, specification
from ..evaluation import Trial
from ..generation import Generation
from ..invite import NOBODY, receive
from ..lifecycle import finish, start
from ..means import Means
from ..offers import Offer
from ..settings import Settings
from ..training import active, train, visit
from ..types import Changes, Pair, State, Task

__all__ = ["Params", "check", "init", "step"]


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
    lifecycle.check(params, domain)
    liking.check(params)
    specification.unused(params.specification, "direct")
    if params.start is not None:
        raise ValueError("start.run is given, but direct optimisation begins with a random agent: leave it out")
    try:
        domain.tasks.decode(params.task)
    except ValueError as error:
        raise ValueError(f"task is not one of {domain.id}: {error}") from None
    if params.curriculum and domain.tasks.toward is None:
        raise ValueError(f"curriculum is true, but {domain.id} knows no path from task to task: leave it out")


def init(means: Means[Params]) -> tuple[State, Changes]:
    """Generation 0: the given task, or the first one of its path, with a random agent."""
    tasks, params = means.domain.tasks, means.params
    if params.curriculum:
        return start(means, tasks.first(), "first")
    return start(means, tasks.decode(params.task), "given")


def step(means: Means[Params], state: State, offers: Sequence[Offer] = ()) -> tuple[State, Changes]:
    """The next generation, in which `offers` are taken: the state after it, and what it altered."""
    generation, params, tasks = Generation(means, state), means.params, means.domain.tasks
    (pair,) = active(generation)
    here, target = generation.task(pair.task).genome, tasks.decode(params.task)
    arrived = tasks.encode(here) == tasks.encode(target)
    if params.curriculum and tasks.toward and not arrived and pair.fitness >= params.threshold:
        genome = tasks.toward(here, target)
        descriptor = tuple(map(float, tasks.describe(genome)))
        niche = generation.archive.niche_of(descriptor)
        id = generation.counters.tasks_created
        task = Task(id, genome, pair.task, generation.number, descriptor, niche, "admitted", math.nan, "path")
        move_on(generation, pair, task)
    receive(generation, offers, NOBODY)
    visit(generation, active(generation))
    train(generation)
    return finish(generation)


def move_on(generation: Generation[Params], pair: Pair, task: Task) -> None:
    """The agent and its optimiser leave their task for the next one."""
    learner = generation.learner(pair)
    (fitness,) = generation.evaluate([Trial(task, learner.agent)], "criterion")
    generation.put(replace(pair, active=False, retired=generation.number))
    generation.add(replace(task, score=fitness))
    generation.begin(task.id, replace(learner, id=task.id, steps=0), learner.agent, fitness, origin=pair.task)
