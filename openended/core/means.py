"""The means of a search: what every generation has at hand, and what does not change in a run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from openended.envs.api import Domain, Genome
from openended.envs.policy import Policy

from . import evaluation, keys, learners
from .archive import Archive
from .evaluation import Evaluated, Trial
from .settings import Settings
from .start import Predecessor
from .types import Agent, Arrays, Learner
from .work import Executor, Job, Learned, Limits

P = TypeVar("P", bound=Settings)


@dataclass(frozen=True)
class Means(Generic[P]):
    """The settings, the domain, the run's seed, who runs episodes, what another run had come to if generation 0 begins
    with that, and the archive that follows the run.

    The archive is a cache: it is a function of the state that a generation begins with, and is built from it if need
    be. All else is constant.

    Attributes:
        given: arrays by name that generation 0 takes from outside, such as the agents of another run.
        interest: tasks of interest that generation 0 takes from a file.

    """

    params: P
    domain: Domain
    seed: int
    executor: Executor
    before: Predecessor | None = None
    given: Arrays = field(default_factory=dict)
    interest: Sequence[Genome] = ()
    archive: Archive = field(init=False)
    policy: Policy = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "archive", Archive(self.params.archive, self.domain))
        object.__setattr__(self, "policy", self.params.policy.of(self.domain))

    def key(self, generation: int, purpose: str, *ids: int) -> int:
        """The key of a random stream."""
        return keys.key(self.seed, generation, purpose, *ids)

    def evaluate(self, trials: Sequence[Trial], key: int, policy: Policy | None = None) -> Evaluated:
        """Fitness of every trial; `policy`: the network of its agents where that is not the run's."""
        return evaluation.evaluate(trials, self.domain, self.params.episodes, self.executor, key, policy)

    def learn(self, jobs: Sequence[Job]) -> list[Learned]:
        """One training step for every job."""
        episodes = self.params.episodes
        limits = Limits(episodes.train_cap or episodes.cap, episodes.stall)
        return self.executor.learn(jobs, self.params.learner, limits) if jobs else []

    def learner(self, id: int, agent: Agent) -> Learner:
        """A learner that has not been trained yet."""
        learner: Learner = learners.kind(self.params.learner).start(self.params.learner, id, agent)
        return learner

    def like(self, learner: Learner) -> Learner:
        """A learner that remembers what this one should (`learners.memory`)."""
        example: Learner = learners.kind(self.params.learner).like(self.params.learner, self.policy, learner)
        return example

    def heir(self, id: int, learner: Learner) -> Learner:
        """A learner that takes over what another knows, its optimiser begun afresh."""
        taken: Learner = learners.kind(self.params.learner).heir(self.params.learner, id, learner)
        return taken

    def renewed(self, learner: Learner, agent: Agent) -> Learner:
        """The learner with another agent and nothing remembered."""
        fresh = self.learner(learner.id, agent)
        return Learner(fresh.id, fresh.agent, fresh.memory, learner.steps)
