"""The simplest executor, for tests: every episode on the calling thread."""

from collections.abc import Sequence
from types import ModuleType, SimpleNamespace
from typing import Any

from openended.core import learners
from openended.core.means import Means
from openended.core.settings import Settings
from openended.core.types import Changes, State
from openended.core.work import Batch, Job, Learned, Limits, Outcome
from openended.envs.api import Domain
from openended.envs.policy import Policy
from openended.run.threads import queue_of


class SerialExecutor:
    """Runs episodes and training steps on one thread; `batches` holds the size of every batch of episodes."""

    def __init__(self, domain: Domain, policy: Policy | None = None):
        self.domain, self.policy = domain, policy or domain.policies.default
        self.batches: list[int] = []

    def evaluate(self, batch: Batch) -> Outcome:
        queue = queue_of(batch, self.domain.simulator.prepare(batch.genomes), self.policy)
        self.domain.simulator.rollouts(queue)
        self.batches.append(len(batch.which))
        return Outcome(queue.returns, queue.steps, queue.facts)

    def learn(self, jobs: Sequence[Job], settings: Any, limits: Limits) -> list[Learned]:
        return list(learners.kind(settings).learn(jobs, settings, limits, self))


def means(params: Settings, domain: Domain, seed: int = 1, executor: SerialExecutor | None = None) -> Means[Any]:
    """The means of a search whose episodes run one after the other."""
    return Means(params, domain, seed, executor or SerialExecutor(domain, params.policy.of(domain)))


def playing(evaluate: Any) -> Any:
    """An executor whose episodes are a function of the batch, for learners that need no more."""
    return SimpleNamespace(evaluate=evaluate)


def advance(
    module: ModuleType, means: Means[Any], generations: int, state: State | None = None
) -> list[tuple[State, Changes]]:
    """States and changes of that many generations of an algorithm, after `state` or from the beginning."""
    history = []
    for _ in range(generations):
        state, changes = module.step(means, state) if state else module.init(means)
        history.append((state, changes))
    return history
