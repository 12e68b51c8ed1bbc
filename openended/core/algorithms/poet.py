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
from itertools import permutations

from openended.envs.api import Domain

from .. import archive
from ..draft import Draft
from ..generation import check, due, finish, init
from ..novelty import novelty
from ..population import Params, active, features, proposals, reproduce, settle, train, try_out
from ..transfer import Attempt, best_attempts
from ..types import Changes, Executor, State, Task

__all__ = ["Params", "check", "init", "step"]


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


def distances(draft: Draft, children: Sequence[Task], params: Params) -> list[float]:
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
