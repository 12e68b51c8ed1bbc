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

from openended.envs.api import Domain

from .. import archive
from ..draft import Draft
from ..generation import check, due, finish, init
from ..learners.es import centred_ranks
from ..novelty import novelty
from ..population import Active, Reproduction, active, proposals, reproduce, retired, settle, train, try_out
from ..population import Params as Poet
from ..transfer import Attempt, best_attempts
from ..types import Changes, Executor, State, Task

__all__ = ["Params", "check", "init", "step"]

MEMORY = 5
"""Of so many last fitnesses the best is the bar that transfers must pass."""


@dataclass(frozen=True, kw_only=True)
class Params(Poet):
    """Settings of Enhanced POET, table by table those of POET; the defaults are the paper's.

    Attributes:
        reproduction: making tasks; every 150 generations.
        active: the size of the population; 40.

    """

    reproduction: Reproduction = field(default_factory=lambda: Reproduction(every=150))
    active: Active = field(default_factory=lambda: Active(count=40))


def step(params: Params, domain: Domain, seed: int, state: State, executor: Executor) -> tuple[State, Changes]:
    """The next generation: the state after it, and what it altered."""
    draft = Draft(params, domain, seed, executor, state)
    elites = archive.build(params.archive, domain, state)
    if due(draft, params.reproduction.every):
        reproduce(draft, params, archive.niche_of(elites, domain.axes), distances)
    train(draft, MEMORY)
    if due(draft, params.transfer.every):
        transfer(draft)
    return finish(draft, elites, params)


def distances(draft: Draft, children: Sequence[Task], params: Poet) -> list[float]:
    """Mean distance of each child's PATA-EC to the nearest among all tasks ever admitted, retired ones included."""
    if not children:
        return []
    low, high, k = params.criterion.low, params.criterion.high, params.reproduction.novelty_neighbours
    agents, tasks = retired(draft) + active(draft), [draft.tasks[task] for task in sorted(draft.pairs)]
    known = np.array([pata_ec(scores, low, high) for scores in draft.score(agents, tasks)])
    return [novelty(pata_ec(scores, low, high), known, k) for scores in draft.score(agents, children)]


def pata_ec(scores: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """A task by the agents' scores on it, float64[agents]: clipped to the minimal criterion, as centred ranks.

    What is not a number counts as the lower bound.
    """
    return centred_ranks(np.clip(np.nan_to_num(scores, nan=low), low, high))


def transfer(draft: Draft) -> None:
    """Every active agent is tried on every other active task; where it passes the bar, again after one ES step there.
    The best of these takes over if it passes the bar, too.
    """
    pairs = active(draft)
    bars = {pair.task: bar(pair.recent) for pair in pairs}
    attempts = [Attempt(*route, draft.pairs[route[0]].agent) for route in permutations(bars, 2)]
    direct = try_out(attempts, draft, "direct")
    proposed = proposals([(each.source, each.target) for each in direct if each.fitness > bars[each.target]], draft)
    best = [each for each in best_attempts(proposed) if each.fitness > bars[each.target]]
    winners = [each for each in best if not each.fitness <= draft.pairs[each.target].fitness]
    settle(draft, {"direct": direct, "proposal": proposed}, winners, bars)


def bar(recent: Sequence[float]) -> float:
    """The best of the last fitnesses; lower than any if none is a number."""
    return max((value for value in recent if not math.isnan(value)), default=-math.inf)
