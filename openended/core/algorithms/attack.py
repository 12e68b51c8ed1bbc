"""An attack on a frozen agent: where does it fail although somebody else succeeds?

MAP-Elites (Mouret and Clune 2015) over tasks: each niche of the atlas holds the test with the highest regret, the best
return of a witness minus the agent's (`witnesses`); a verified fault, where the agent fails and a witness does not,
stands above all that is none. Tests are drawn at random at first, later mutated from those that hold niches. The worst
test of a niche is examined: how large a share of tasks with other chance fails, too, and what is the smallest task
that shows the fault (`shrinking`).

In the run file a pair is a test that entered the atlas: `fitness` is the agent's return, the elite the witness that did
best, `best_fitness` its return, `potential` the regret; a pair is active while it holds its niche.

Sources: Samvelyan et al. (2024), Multi-Agent Diagnostics for Robustness via Illuminated Diversity (MADRID), for regret
as the fitness of an archive of scenarios; Zeller and Hildebrandt (2002) for shrinking. The rest is this project's. The
controls are settings: `tests.source` draws all tests at random, or mutates any failure without an archive (fuzzing);
`tests.objective` looks for plain failure instead of regret.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from openended.envs.api import Domain

from .. import lifecycle, liking, specification
from ..buffer import LEARNER
from ..examination import Shrinks, examine
from ..generation import Generation
from ..invite import NOBODY, receive
from ..learners import External
from ..lifecycle import begun, finish
from ..means import Means
from ..offers import Offer
from ..reproduction import offspring
from ..settings import Settings
from ..testing import Probing, Target, challenged, drawn, offer
from ..types import Changes, State, Task
from ..witnesses import AGENTS, GIVEN, OF, Asked, provisional, tried

__all__ = ["Params", "check", "init", "step"]


@dataclass(frozen=True, kw_only=True)
class Params(Settings):
    """Settings of an attack: one table for each operator. Of the criterion only `solved` is used, and `low` as the
    return from which a task that nobody solves may be trained on.

    Attributes:
        attack: the agent and its witnesses.
        tests: how tasks are found.
        shrinking: how faults are examined.

    """

    attack: Target
    tests: Probing = field(default_factory=Probing)
    shrinking: Shrinks = field(default_factory=Shrinks)


def check(params: Params, domain: Domain) -> None:
    """Raise ValueError, naming the key, if the parameters do not fit the domain."""
    lifecycle.check(params, domain)
    liking.check(params)
    specification.unused(params.specification, "attack")
    if params.start is not None:
        raise ValueError("start.run is given, but an attack begins with tests; name its agent by attack.agent")
    if isinstance(params.learner, External):
        raise ValueError('learner.kind is "external", but an attack trains witnesses of its own: choose another')


def init(means: Means[Params]) -> tuple[State, Changes]:
    """Generation 0: the domain's first task, tried by the agent and its witnesses.

    Raises ValueError unless `means.given` has the arrays that `witnesses.GIVEN` names.
    """
    if missing := [name for name in GIVEN if name not in means.given]:
        raise ValueError(f"an attack is given the arrays {', '.join(GIVEN)}; {missing[0]} is missing")
    generation = begun(means)
    most = int(np.argmax(np.bincount(means.given[OF])))
    generation.trained(means.learner(LEARNER, means.given[AGENTS][most]))
    test(generation, provisional(generation, [means.domain.tasks.first()], [-1], "first"))
    return ended(generation)


def step(means: Means[Params], state: State, offers: Sequence[Offer] = ()) -> tuple[State, Changes]:
    """The next generation, in which `offers` are taken: the state after it, and what it altered."""
    generation, settings = Generation(means, state), means.params.tests
    before = (generation.number - 1) * settings.count
    if not settings.total or before < settings.total:
        test(generation, tests(generation, before))
    examine(generation, means.params.shrinking, settings.witnesses)
    receive(generation, offers, NOBODY)
    return ended(generation)


def ended(generation: Generation[Params]) -> tuple[State, Changes]:
    """The state after the generation, and in how many niches faults have been found so far."""
    generation.metrics["fault_niches"] = len({generation.pair(task).niche for task in faulty(generation)})
    return finish(generation)


def tests(generation: Generation[Params], before: int) -> list[Task]:
    """The tasks to be tried: drawn at random while those `before` are few, or mutations of tasks of the atlas, or in
    fuzzing of any that showed a fault.
    """
    settings, rows = generation.means.params.tests, generation.rows
    eligible = rows["task"][rows["active"]]
    if settings.source == "fuzzing":
        eligible = np.array(sorted(faulty(generation)), np.int64)
    if before < settings.first or settings.source == "random" or not len(eligible):
        return drawn(generation, settings)
    return offspring(generation, eligible, np.ones(len(eligible)), settings.count)


def faulty(generation: Generation[Params]) -> list[int]:
    """The tests with a pair that showed a fault; what shrinking made of them left out."""
    rows, solved = generation.rows, generation.means.params.criterion.solved
    found = rows["task"][(rows["fitness"] < solved) & (rows["best_fitness"] >= solved)].tolist()
    return [task for task in found if generation.task(task).maker != "shrinking"]


def test(generation: Generation[Params], tasks: Sequence[Task]) -> None:
    """Try the tasks, and enter them into the atlas."""
    params = generation.means.params
    fresh, seen = [], set(generation.archive.names)
    for task in tasks:
        name = generation.archive.name(task.genome)
        if name in seen:
            generation.add(replace(task, outcome="duplicate"))
        else:
            fresh.append(task)
        seen.add(name)
    challenger = (generation.shared(LEARNER).agent,) if params.tests.training else ()
    parents = [() if task.parent < 0 else (generation.best_agent(generation.pair(task.parent)),) for task in fresh]
    asked = [Asked(task, (*parent, *challenger)) for task, parent in zip(fresh, parents, strict=True)]
    found = challenged(generation, tried(generation, asked, params.tests.witnesses, "test"))
    offer(generation, found)
    solved = params.criterion.solved
    generation.metrics |= {
        "tests": len(found),
        "failures": sum(each.own < solved for each in found),
        "faults": sum(each.fault(solved) for each in found),
    }
