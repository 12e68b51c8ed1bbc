"""POET: a population of tasks and agents that make each other harder and better.

Source: Wang, Lehman, Clune, Stanley (2019), Paired Open-Ended Trailblazer (POET), GECCO, algorithms 1 to 3, and its
code (uber-research/poet, branch `original_poet`, with the settings of `run_poet_local.sh`). A generation is one
iteration of POET. Where paper and code differ, the defaults are the paper's: minimal criterion 50 .. 300 (code 25 ..
340), 20 active pairs (code 25).

Differences: an evaluation is one episode in a domain whose episodes are fixed by task and agent, where the code runs
the same episode five times. Pairs that leave the population stay in the run file; so that ANNECS can be measured, their
agents are tried once on every task that is admitted after them, which the search itself never sees.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import permutations

from envs.api import Domain

from . import archive
from .archive import Params as Archive
from .criterion import Params as Criterion
from .draft import Draft
from .es import Params as EvolutionStrategy
from .evaluation import Params as Episodes
from .generation import due, finish, start
from .novelty import novelty
from .population import Active, Exchange, Reproduction, active, features, proposals, reproduce, settle, train, try_out
from .population import Params as Population
from .transfer import Attempt, best_attempts
from .types import Changes, Executor, State, Task


@dataclass(frozen=True)
class Params:
    """Settings of POET; the defaults are the paper's.

    Attributes:
        archive: the niches in which the pairs are shown; the search does not know them.
        episodes: length and number of episodes.
        es: the evolution strategy.
        criterion: the minimal criterion.
        reproduction: making tasks.
        transfer: trying agents on each other's tasks.
        active: the size of the population.

    """

    archive: Archive = field(default_factory=Archive)
    episodes: Episodes = field(default_factory=Episodes)
    es: EvolutionStrategy = field(default_factory=EvolutionStrategy)
    criterion: Criterion = field(default_factory=Criterion)
    reproduction: Reproduction = field(default_factory=Reproduction)
    transfer: Exchange = field(default_factory=Exchange)
    active: Active = field(default_factory=Active)


def check(params: Params, domain: Domain) -> None:
    """Raise ValueError, naming the key, if the parameters do not fit the domain."""
    archive.check(params.archive, domain)


def init(params: Params, domain: Domain, seed: int, executor: Executor) -> tuple[State, Changes]:
    """Generation 0: the domain's first task with a random agent."""
    check(params, domain)
    return start(params, domain, seed, executor, domain.first_task())


def step(params: Params, domain: Domain, seed: int, state: State, executor: Executor) -> tuple[State, Changes]:
    """The next generation: the state after it, and what it altered."""
    draft = Draft(params, domain, seed, executor, state)
    elites = archive.build(params.archive, domain, state)
    if due(draft, params.reproduction.every):
        reproduce(draft, params, archive.niche_of(elites, domain.axes), distances)
    train(draft)
    if due(draft, params.transfer.every):
        transfer(draft)
    return finish(draft, elites, params)


def distances(draft: Draft, children: Sequence[Task], params: Population) -> list[float]:
    """Mean distance of each child's features to the nearest among all tasks ever admitted, retired ones included."""
    known = features(draft, [draft.tasks[task] for task in sorted(draft.pairs)])
    return [novelty(point, known, params.reproduction.novelty_neighbours) for point in features(draft, children)]


def transfer(draft: Draft) -> None:
    """Every active agent is tried on every other active task, as it is and after one ES step there; the best of all
    takes over if it beats what the task's own agent reaches now.
    """
    fitness = {pair.task: pair.fitness for pair in active(draft)}
    routes = list(permutations(fitness, 2))
    direct = try_out([Attempt(*route, draft.pairs[route[0]].agent) for route in routes], draft, "direct")
    proposed = proposals(routes, draft)
    winners = [each for each in best_attempts([*direct, *proposed]) if not each.fitness <= fitness[each.target]]
    settle(draft, {"direct": direct, "proposal": proposed}, winners, fitness)
