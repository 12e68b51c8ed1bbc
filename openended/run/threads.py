"""Threads over compiled kernels that release the interpreter lock: the executor of one machine."""

import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from openended.core.learners import es
from openended.core.types import Outcome, StepJob, Stepped, Stopped
from openended.envs.api import Domain, Queue

GRACE = 0.5
"""Seconds that threads get to return after a request to stop; one that still compiles its kernel takes longer."""


class Abandoned(Stopped):
    """The run was asked to stop, and what is busy (compiling threads, a cluster) is left behind."""


class Pool:
    """So many threads that wait for work. They never keep the process alive."""

    def __init__(self, threads: int):
        self.threads = threads
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        for number in range(threads):
            threading.Thread(target=self._serve, name=f"rollouts-{number}", daemon=True).start()

    def call(self, work: Callable[[], None], stop: NDArray[np.uint8], times: int) -> None:
        """Call `work` so many times, in threads, and wait. Raises what a call raised, or Stopped after `stop[0]`."""
        ends: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()

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


def patient(ends: "queue.SimpleQueue[BaseException | None]", stop: NDArray[np.uint8]) -> BaseException | None:
    """The next end. Raises Abandoned if none comes within the grace after a request to stop."""
    while not stop[0]:
        try:
            return ends.get(timeout=0.1)
        except queue.Empty:
            continue
    try:
        return ends.get(timeout=GRACE)
    except queue.Empty:
        raise Abandoned("on request") from None


class ThreadExecutor:
    """`core.types.Executor` on the threads of this process. Results do not depend on how many there are.

    Args:
        domain: whose episodes are run.
        threads: how many of them run at once.
        stop: uint8[1]; whoever sets it to 1 has the evaluation under way raise Stopped within milliseconds.

    """

    def __init__(self, domain: Domain, threads: int, stop: NDArray[np.uint8]):
        self.domain = domain
        self.stop = stop
        self._pool = Pool(threads)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.close()

    def once(self, work: Callable[[], None]) -> None:
        """Do something long in a thread, so that a request to stop need not wait for it."""
        self._pool.call(work, self.stop, 1)

    def evaluate(
        self,
        genomes: Sequence[Any],
        agents: NDArray[np.float32],
        which: NDArray[np.int32],
        keys: NDArray[np.uint64],
        cap: int,
        stall: int = 0,
    ) -> Outcome:
        """See `core.types.Executor.evaluate`."""
        simulator, policy = self.domain.simulator, self.domain.policies.default
        episodes = Queue(simulator.prepare(genomes), policy, agents, which, keys, cap, stall, self._pool.threads)
        episodes.stop = self.stop
        self._pool.call(lambda: simulator.rollouts(episodes), self.stop, self._pool.threads)
        if self.stop[0]:
            raise Stopped("on request")
        return Outcome(episodes.returns, episodes.steps, episodes.facts)

    def optimise(self, jobs: Sequence[StepJob], params: Any, cap: int, stall: int = 0) -> list[Stepped]:
        """See `core.types.Executor.optimise`."""
        return es.step(jobs, params, cap, stall, self.evaluate)
