"""How every run and every generation begins and ends, whatever the algorithm."""

import math
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from openended.envs.api import Domain

from . import learners, niches, specification
from .centroids import centroids
from .evaluation import Trial
from .generation import Generation
from .means import Means
from .measures.annecs import annecs, annecs_code
from .measures.metrics import measure
from .settings import Settings
from .states import after
from .types import Changes, Learner, State, Task


def check(params: Settings, domain: Domain) -> None:
    """Raise ValueError, naming the key, if the parameters do not fit the domain."""
    niches.check(params.archive, domain)
    specification.check(params.specification, domain)
    policy = params.policy.of(domain)
    learners.kind(params.learner).check(params.learner, policy)
    if params.start is not None and isinstance(params.learner, learners.External):
        raise ValueError("start.run copies agents, and those of an external learner are elsewhere: leave it out")
    if isinstance(params.learner, learners.Supervised) and domain.simulator.labels is None:
        raise ValueError(f'learner.kind is "supervised", but {domain.id} has no right answers (`labels`): choose "es"')
    if isinstance(params.learner, learners.Proximal):
        if domain.simulator.experience is None:
            raise ValueError(
                f'learner.kind is "ppo", but {domain.id} cannot record episodes (`experience`): choose "es"'
            )
        if policy.memory and not domain.simulator.remembers:
            raise ValueError(
                f"policy.kind is {policy.kind!r}, but {domain.id} records episodes of policies without memory only: "
                'choose policy.kind = "mlp" or learner.kind = "es"'
            )


def init(means: Means[Any]) -> tuple[State, Changes]:
    """Generation 0: the domain's first task with a random agent."""
    return start(means, means.domain.tasks.first(), "first")


def start(means: Means[Any], genome: Any, maker: str) -> tuple[State, Changes]:
    """Generation 0: one task with a random agent, or without one where other code keeps the learner's."""
    generation = begun(means)
    enter_first(generation, genome, maker)
    return finish(generation)


def begun(means: Means[Any]) -> Generation[Any]:
    """Generation 0 before anything is in it."""
    return Generation(means, State(-1, arrays=constants(means)))


def enter_first(generation: Generation[Any], genome: Any, maker: str, learner: Learner | None = None) -> None:
    """Enter task 0 with its learner; None: one with a random agent."""
    means = generation.means
    descriptor = tuple(map(float, means.domain.tasks.describe(genome)))
    niche = generation.archive.niche_of(descriptor)
    task = Task(0, genome, -1, 0, descriptor, niche, "admitted", math.nan, maker)
    if learner is None:
        agent = learners.kind(means.params.learner).first_agent(means.policy, generation.key("agent"))
    else:
        agent = learner.agent
    (fitness,) = (math.nan,) if agent is None else generation.evaluate([Trial(task, agent)], "evaluate", 0)
    generation.add(replace(task, score=fitness))
    generation.begin(0, learner or means.learner(0, agent), agent, fitness, origin=-1)


def constants(means: Means[Any]) -> dict[str, NDArray[Any]]:
    """The arrays that a run begins with: what it takes from outside, which version of the specification is open, the
    centroids of a CVT archive.
    """
    settings, arrays = means.params.archive, dict(means.given)
    arrays |= specification.at_first(means.params.specification, means.domain)
    if settings.kind == "cvt":
        arrays["centroids"] = centroids(
            settings.cells[0], len(means.domain.axes), settings.samples, means.key(0, "centroids")
        )
    return arrays


def due(generation: Generation[Any], every: int) -> bool:
    """Whether something that happens every `every` generations happens in this one; never if `every` is 0."""
    return every > 0 and generation.number % every == 0


def finish(generation: Generation[Any]) -> tuple[State, Changes]:
    """Place the altered pairs in the archive and measure."""
    archive, criterion = generation.archive, generation.means.params.criterion
    archive.place(generation.altered())
    archive.score(generation.scores())
    generation.counters = replace(generation.counters, annecs=annecs(archive.rows, criterion))
    metrics = measure(archive, generation.counters, criterion) | {"annecs_code": annecs_code(archive.rows, criterion)}
    if specification.OPEN in (arrays := generation.before.arrays | generation.arrays):
        metrics["specification"] = int(arrays[specification.OPEN]) + 1
    changes = generation.changes(**metrics | archive.hardest(criterion) | generation.metrics)
    state = after(generation.before, changes)
    archive.mirrored = state
    return state, changes
