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

from ..generation import Generation
from ..invite import receive
from ..lifecycle import check, due, finish
from ..means import Means
from ..novelty import novelty
from ..offers import Offer
from ..population import Params, house, init, reproduce
from ..training import active, train, visit
from ..transfer import Attempt, best_attempts, propose, settle, try_out
from ..types import Changes, State, Task

__all__ = ["Params", "check", "init", "step"]


def step(means: Means[Params], state: State, offers: Sequence[Offer] = ()) -> tuple[State, Changes]:
    """The next generation, in which `offers` are taken: the state after it, and what it altered."""
    generation = Generation(means, state)
    if due(generation, means.params.reproduction.every):
        reproduce(generation, distances)
    receive(generation, offers, house(generation))
    visit(generation, active(generation))
    train(generation)
    if due(generation, means.params.transfer.every):
        transfer(generation)
    return finish(generation)


def distances(generation: Generation[Params], children: Sequence[Task]) -> list[float]:
    """Mean distance of each child's features to the nearest among all tasks ever admitted, retired ones included."""
    k, archive = generation.means.params.reproduction.novelty_neighbours, generation.archive
    return [novelty(archive.features_of(child), archive.features, k) for child in children]


def transfer(generation: Generation[Params]) -> None:
    """Every active agent is tried on every other active task, as it is and after one training step there; the best of
    all takes over if it beats what the task's own agent reaches now.
    """
    pairs = {pair.task: pair for pair in active(generation)}
    fitness = {task: pair.fitness for task, pair in pairs.items()}
    attempts = [Attempt(source, target, generation.agent(pairs[source])) for source, target in permutations(pairs, 2)]
    direct, proposed = try_out(generation, attempts, "direct"), propose(generation, attempts)
    winners = [each for each in best_attempts([*direct, *proposed]) if not each.fitness <= fitness[each.target]]
    settle(generation, {"direct": direct, "proposal": proposed}, winners, fitness)
