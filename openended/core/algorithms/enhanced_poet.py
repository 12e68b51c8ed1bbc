"""Enhanced POET: POET with a measure of novelty that needs no encoding, and a transfer that costs less.

Source: Wang, Lehman, Rawal, Zhi, Li, Clune, Stanley (2020), Enhanced POET: Open-Ended Reinforcement Learning through
Unbounded Invention of Learning Challenges and their Solutions, ICML, and its code (uber-research/poet, `master`, with
the settings of `run_poet_local.sh`). It differs from POET (`poet.py`) in three things:

- Novelty is that of PATA-EC (performance of all transferred agents environment characterisation): a task is described
  by how all agents, retired and active, rank on it, so the domain may encode its tasks in any way.
- An agent is proposed only where it is better, as it is, than the best of the target's last five fitnesses; it takes
  over only if it is better than those after one ES step, too.
- Whether a task is new to the retired agents is counted (`metrics.annecs`).

The domain with the paper's encoding is `walker-cppn-v1`. Differences: one episode per evaluation, as in `poet.py`;
retired agents never change, so each is evaluated once on a task and the score kept, where the code evaluates all of
them anew at every reproduction; equal scores share their rank and a single agent has rank 0, where the code ranks
equal scores in any order and divides by zero.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from .. import population
from ..generation import Generation
from ..invite import receive
from ..lifecycle import check, due, finish
from ..means import Means
from ..novelty import novelty
from ..offers import Offer
from ..population import house, init, reproduce, retired
from ..ranks import centred_ranks
from ..reproduction import Reproduction
from ..selection import Population
from ..training import active, train, visit
from ..transfer import Attempt, best_attempts, propose, settle, try_out
from ..types import Changes, State, Task

__all__ = ["Params", "check", "init", "step"]

MEMORY = 5
"""The best of this many last fitnesses is the bar that transfers must pass."""


@dataclass(frozen=True, kw_only=True)
class Params(population.Params):
    """Settings of Enhanced POET, table by table those of POET; the defaults are the paper's.

    Attributes:
        reproduction: making tasks; every 150 generations.
        active: the size of the population; 40.

    """

    reproduction: Reproduction = field(default_factory=lambda: Reproduction(every=150))
    active: Population = field(default_factory=lambda: Population(count=40))


def step(means: Means[Params], state: State, offers: Sequence[Offer] = ()) -> tuple[State, Changes]:
    """The next generation, in which `offers` are taken: the state after it, and what it altered."""
    generation = Generation(means, state)
    if due(generation, means.params.reproduction.every):
        reproduce(generation, distances)
    receive(generation, offers, house(generation))
    visit(generation, active(generation))
    train(generation, recent=MEMORY)
    if due(generation, means.params.transfer.every):
        transfer(generation)
    return finish(generation)


def distances(generation: Generation[Params], children: Sequence[Task]) -> list[float]:
    """Mean distance of each child's PATA-EC to the nearest among all tasks ever admitted, retired ones included."""
    if not children:
        return []
    params = generation.means.params
    low, high, k = params.criterion.low, params.criterion.high, params.reproduction.novelty_neighbours
    agents = retired(generation) + active(generation)
    tasks = [generation.task(int(task)) for task in generation.rows["task"]]
    known = np.array([pata_ec(scores, low, high) for scores in generation.score(agents, tasks)])
    return [novelty(pata_ec(scores, low, high), known, k) for scores in generation.score(agents, children)]


def pata_ec(scores: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """A task by the agents' scores on it, float64[agents]: clipped to the minimal criterion, as centred ranks.

    What is not a number counts as the lower bound.
    """
    return centred_ranks(np.clip(np.nan_to_num(scores, nan=low), low, high))


def transfer(generation: Generation[Params]) -> None:
    """Every active agent is tried on every other active task; where it passes the bar, again after one training step
    there. The best of these takes over if it passes the bar, too.
    """
    pairs = {pair.task: pair for pair in active(generation)}
    bars = {task: bar(pair.recent) for task, pair in pairs.items()}
    attempts = [Attempt(source, target, generation.agent(pairs[source])) for source, target in permutations(pairs, 2)]
    direct = try_out(generation, attempts, "direct")
    passed = [attempt for attempt, tried in zip(attempts, direct, strict=True) if tried.fitness > bars[tried.target]]
    proposed = propose(generation, passed)
    best = [each for each in best_attempts(proposed) if each.fitness > bars[each.target]]
    winners = [each for each in best if not each.fitness <= pairs[each.target].fitness]
    settle(generation, {"direct": direct, "proposal": proposed}, winners, bars)


def bar(recent: Sequence[float]) -> float:
    """The best of the last fitnesses; lower than any if none is a number."""
    return max((value for value in recent if not math.isnan(value)), default=-math.inf)
