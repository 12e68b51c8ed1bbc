"""Threads over compiled kernels that release the interpreter lock: the executor of one machine."""

import queue as queues
import threading
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from openended.core import learners
from openended.core.work import Batch, Job, Learned, Limits, Outcome, Stopped
from openended.envs.api import Domain, Queue
from openended.envs.policy import Policy

GRACE = 0.5
"""Seconds that threads get to return after a request to stop; one that still compiles its kernel takes longer."""


class Abandoned(Stopped):
    """The run was asked to stop, and what is busy (compiling threads, a cluster) is left behind."""


class Pool:
    """Threads that wait for work. They never keep the process alive."""

    def __init__(self, threads: int):
        self.threads = threads
        self._work: queues.SimpleQueue[Callable[[], None] | None] = queues.SimpleQueue()
        for number in range(threads):
            threading.Thread(target=self._serve, name=f"rollouts-{number}", daemon=True).start()

    def call(self, work: Callable[[], None], stop: NDArray[np.uint8], times: int) -> None:
        """Call `work` this often, in threads, and wait. Raises what a call raised, or Stopped after `stop[0]`."""
        ends: queues.SimpleQueue[BaseException | None] = queues.SimpleQueue()

        def guarded() -> None:
            try:
                work()
            except BaseException as error:
                ends.put(error)
            else:
                ends.put(None)

        for _ in range(times):
            self._work.put(guarded)
        for _ in range(times):
            if error := patient(ends, stop):
                raise error

    def close(self) -> None:
        for _ in range(self.threads):
            self._work.put(None)

    def _serve(self) -> None:
        while work := self._work.get():
            work()


def patient(ends: "queues.SimpleQueue[BaseException | None]", stop: NDArray[np.uint8]) -> BaseException | None:
    """The next end. Raises Abandoned if none comes within the grace after a request to stop."""
    while not stop[0]:
        try:
            return ends.get(timeout=0.1)
        except queues.Empty:
            continue
    try:
        return ends.get(timeout=GRACE)
    except queues.Empty:
        raise Abandoned("on request") from None


class ThreadExecutor:
    """`core.work.Executor` on the threads of this process. Results do not depend on how many there are.

    Args:
        domain: whose episodes are run.
        policy: the agents' network.
        threads: how many of them run at once.
        stop: uint8[1]; setting it to 1 makes the running evaluation raise Stopped within milliseconds.

    """

    def __init__(self, domain: Domain, policy: Policy, threads: int, stop: NDArray[np.uint8]):
        self.domain = domain
        self.policy = policy
        self.stop = stop
        self._pool = Pool(threads)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.close()

    def once(self, work: Callable[[], None]) -> None:
        """Do something long in a thread, so that a request to stop need not wait for it."""
        self._pool.call(work, self.stop, 1)

    def evaluate(self, batch: Batch) -> Outcome:
        """See `core.work.Executor.evaluate`."""
        threads, simulator = self._pool.threads, self.domain.simulator
        queue = queue_of(batch, simulator.prepare(batch.genomes), self.policy, threads)
        queue.stop = self.stop
        self._pool.call(lambda: simulator.rollouts(queue), self.stop, threads)
        if self.stop[0]:
            raise Stopped("on request")
        return Outcome(queue.returns, queue.steps, queue.facts)

    def learn(self, jobs: Sequence[Job], settings: Any, limits: Limits) -> list[Learned]:
        """See `core.work.Executor.learn`."""
        return list(learners.kind(settings).learn(jobs, settings, limits, self))

    @property
    def threads(self) -> int:
        """How many there are."""
        return self._pool.threads

    def everywhere(self, work: Callable[[], None]) -> None:
        """Call a function in every thread, and wait. Raises what a call raised, or Stopped."""
        self._pool.call(work, self.stop, self._pool.threads)


def queue_of(batch: Batch, tasks: Any, policy: Policy, threads: int = 1) -> Queue:
    """The batch as a queue that a simulator works off; `tasks` is what it has prepared, `policy` what the agents are
    where the batch does not say.
    """
    limits = batch.limits
    return Queue(
        tasks, batch.policy or policy, batch.agents, batch.which, batch.keys, limits.cap, limits.stall, threads
    )
