"""Witnesses: whether a task on which an agent fails can be solved at all.

A return says little about an agent where nobody knows what could be reached. Regret does: the best return of any
witness minus the agent's own (Samvelyan et al. 2024, MADRID, attack football teams by it; Dennis et al. 2020, PAIRED,
train tasks for it). A task that no witness solves proves nothing against an agent: it may be impossible.

The witnesses are agents of another run, each standing at the tasks that it solves, so that for any task those are asked
whose own lie nearest. `GIVEN` names the arrays that hold them in the state of a run.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.envs.api import Domain, Genome
from openended.envs.feedforward import FEEDFORWARD, of_code
from openended.envs.policy import GRU, Policy

from .evaluation import Trial
from .generation import Generation
from .novelty import nearest
from .types import Agent, Task

TARGET, LAYOUT, SOURCES = "target", "target.code", "sources"
AGENTS, OF, POINTS = "witnesses", "witness.of", "witness.points"
GIVEN = (TARGET, LAYOUT, SOURCES, AGENTS, OF, POINTS)
"""Names of arrays: the agent that is attacked, float32[parameters]; its `Policy.code`, int64[k]; digests of the files
that were read, int64[files, 4]; the witnesses, float32[a, parameters]; for each task that one of them solves, its
number, int64[w], and the task's point, float64[w, m].
"""


@dataclass(frozen=True)
class Finding:
    """What became of a task that was tried: the agent's return, the best return of a witness (the domain's lowest
    where that is no number), and that witness.
    """

    task: Task
    own: float
    best: float
    witness: Agent

    @property
    def regret(self) -> float:
        return self.best - self.own

    def fault(self, solved: float) -> bool:
        """Whether the agent fails where a witness does not: `solved` is the return from which a task counts so."""
        return self.own < solved <= self.best


@dataclass(frozen=True)
class Asked:
    """A task to be tried, and the witnesses that are asked beside those whose tasks lie nearest."""

    task: Task
    beside: tuple[Agent, ...] = ()


def tried(
    generation: Generation[Any], asked: Sequence[Asked], count: int, purpose: str, *ids: int, below: float = math.inf
) -> list[Finding]:
    """The agent and its witnesses on each task; `count` of the nearest are asked. Where the agent returns `below` or
    more, nobody is, and the best return is its own.
    """
    if not asked:
        return []
    arrays, lowest = generation.before.arrays | generation.arrays, generation.means.domain.simulator.lowest_return
    trials = [Trial(each.task, arrays[TARGET]) for each in asked]
    policy = policy_of(arrays[LAYOUT], generation.means.policy, generation.means.domain)
    returns = generation.evaluate(trials, f"{purpose} agent", *ids, policy=policy)
    own = [known(value, lowest) for value in returns]
    witnesses = [unique([*each.beside, *nearby(generation, each.task, count)]) for each in asked]
    trials = [
        Trial(each.task, agent)
        for each, mine, some in zip(asked, own, witnesses, strict=True)
        for agent in some
        if mine < below
    ]
    others = iter(generation.evaluate(trials, f"{purpose} witness", *ids))
    findings = []
    for each, mine, some in zip(asked, own, witnesses, strict=True):
        reached = [(known(next(others), lowest), agent) for agent in some] if mine < below else [(mine, some[0])]
        best, witness = max(reached, key=lambda pair: pair[0])
        findings.append(Finding(each.task, mine, best, witness))
    return findings


def policy_of(code: NDArray[np.int64], policy: Policy, domain: Domain) -> Policy:
    """The network of a `Policy.code`: the run's own, one with activations of its own, or one that the domain makes."""
    if code.tolist() == policy.code.tolist():
        return policy
    if code[0] == FEEDFORWARD:
        return of_code(code)
    return domain.policies.make("gru" if code[0] == GRU else "mlp", tuple(code[3:-1].tolist()))


def nearby(generation: Generation[Any], task: Task, count: int) -> list[Agent]:
    """The witnesses whose tasks lie nearest to this one, each once, nearest first."""
    arrays = generation.before.arrays | generation.arrays
    places, _ = nearest(generation.archive.point(task), arrays[POINTS], len(arrays[POINTS]))
    numbers = list(dict.fromkeys(arrays[OF][places].tolist()))
    return [arrays[AGENTS][number] for number in numbers[:count]]


def unique(agents: Sequence[Agent]) -> list[Agent]:
    """The agents without those that equal an earlier one."""
    return list({agent.tobytes(): agent for agent in agents}.values())


def known(value: float, lowest: float) -> float:
    """A return as it is; the domain's lowest for one that is no number."""
    return lowest if math.isnan(value) else value


def provisional(
    generation: Generation[Any], genomes: Sequence[Genome], parents: Sequence[int], maker: str
) -> list[Task]:
    """Tasks that are not entered yet, `not chosen` so far; their ids count on from the last task's."""
    tasks = []
    for number, (genome, parent) in enumerate(zip(genomes, parents, strict=True)):
        descriptor = tuple(map(float, generation.means.domain.tasks.describe(genome)))
        niche, id = generation.archive.niche_of(descriptor), generation.counters.tasks_created + number
        tasks.append(Task(id, genome, parent, generation.number, descriptor, niche, "not chosen", math.nan, maker))
    return tasks
