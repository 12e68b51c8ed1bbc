"""The simplest executor, for tests: every episode on the calling thread."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.learners import es
from openended.core.types import Outcome, StepJob, Stepped
from openended.envs.api import Domain, Queue


class SerialExecutor:
    """Runs episodes and ES steps on one thread; `batches` keeps the size of every batch of episodes."""

    def __init__(self, domain: Domain):
        self.domain = domain
        self.batches: list[int] = []

    def evaluate(
        self,
        genomes: Sequence[Any],
        agents: NDArray[np.float32],
        which: NDArray[np.int32],
        keys: NDArray[np.uint64],
        cap: int,
        stall: int = 0,
    ) -> Outcome:
        simulator, policy = self.domain.simulator, self.domain.policies.default
        queue = Queue(simulator.prepare(genomes), policy, agents, which, keys, cap, stall)
        simulator.rollouts(queue)
        self.batches.append(len(which))
        return Outcome(queue.returns, queue.steps, queue.facts)

    def optimise(self, jobs: Sequence[StepJob], params: es.Params, cap: int, stall: int = 0) -> list[Stepped]:
        return es.step(jobs, params, cap, stall, self.evaluate)
