"""Ray as executor: episodes run on the workers of a cluster, optimisers are updated here.

An item of work is a share of one pair's ES step or a block of evaluations (see `worker`). Items are pure and keyed, so
one that is lost with its worker or node is run again with the same bits; results are folded in the order in
which they were asked for. The driver sends one agent per share, 4 bytes a parameter, however large the population is,
and updates an optimiser (some 3 ms) as soon as its returns are in, while the workers go on with others.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from openended import envs
from openended.core import learners
from openended.core.learners import Imitation, Supervised, es, ppo
from openended.core.work import Batch, Job, Learned, Limits, Outcome
from openended.envs.api import Domain
from openended.envs.policy import Policy
from openended.file.errors import Resources, Usage
from openended.run.cluster import connect, worker
from openended.run.cluster.worker import Block, Lesson, Place, Result, Share, Taught
from openended.run.threads import Abandoned

Item = Block | Share | Lesson

RETRIES = 3
"""How often an item is run again after its worker died under it."""
AHEAD = 3
"""Most items per slot that are submitted and not yet folded: the driver's memory does not grow with the queue."""
PARTS = 4
"""Items per slot that a batch is cut into, if it has enough episodes: with fewer, most slots wait for the last ones;
with more, the driver is kept busy (`docs/scaling.md`).
"""
SHARE = 16
"""Fewest episodes of an item, as many as a simulator may run side by side; less would take nearly as long."""


class RayExecutor:
    """`core.work.Executor` on the workers of a Ray cluster. Results do not depend on how many there are.

    Args:
        domain: whose episodes are run; the workers load it by its id.
        policy: the agents' network.
        address: `local` for a cluster of this process's own, bound to loopback, or `HOST:PORT` of one that runs.
        slots: how many workers a local cluster gets.
        stop: uint8[1]; setting it to 1 makes the running call raise Stopped.
        replay: the command that repeats the generation in flight on this machine, for the message about a lost item.
        say: takes a sentence that the user should read.
        differ: called with host and differences once for each kind of worker that runs other software than this one.

    Raises Resources if the cluster does not answer, Usage if the address or the token is missing.

    """

    def __init__(
        self,
        domain: Domain,
        policy: Policy,
        address: str,
        slots: int,
        stop: NDArray[np.uint8],
        replay: str = "openended resume FILE",
        say: Callable[[str], None] = lambda _: None,
        differ: Callable[[str, dict[str, str]], None] = lambda *_: None,
    ):
        self.domain, self.policy, self.stop, self.replay, self.say, self.differ = (
            domain,
            policy,
            stop,
            replay,
            say,
            differ,
        )
        self._address = address
        self._folder = tempfile.mkdtemp(prefix="oe-")
        try:
            self._ray = connect.local(slots, self._folder) if address == "local" else connect.join(address)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self._submit = self._ray.remote(num_cpus=1, max_retries=RETRIES)(worker.work).remote
        self._known = {worker.stamp()[1:]}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if kind is not Abandoned:  # a request to stop does not wait for Ray, which takes seconds to shut down
            self._ray.shutdown()
        elif self._address == "local":
            connect.kill(self._folder)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def place(self) -> Place:
        """Whose episodes are run, for the workers."""
        return Place(self.domain.id, json.dumps(self.domain.settings), self.policy)

    def evaluate(self, batch: Batch) -> Outcome:
        """See `core.work.Executor.evaluate`."""
        texts = [self.domain.tasks.encode(genome) for genome in batch.genomes]
        count = len(batch.which)
        size = blocks(count, self.slots())
        cuts = [slice(first, first + size) for first in range(0, count, size)]
        items = [block(self.place, texts, batch, cut) for cut in cuts]
        outcome = self.room(count)
        for index, result in self.results(items):
            put(outcome, cuts[index], result)
        return outcome

    def learn(self, jobs: Sequence[Job], settings: Any, limits: Limits) -> list[Learned]:
        """See `core.work.Executor.learn`. Populations of `es` are drawn by the workers, others here; a step of `ppo`,
        `supervised` or `imitation` is made by one worker.
        """
        if isinstance(settings, ppo.Proximal | Supervised | Imitation):
            return self.taught(jobs, settings, limits)
        if not isinstance(settings, es.Strategy):
            return list(learners.kind(settings).learn(jobs, settings, limits, self))
        population = settings.population
        size = shares(len(jobs), population, self.slots())
        cuts = [(number, first) for number in range(len(jobs)) for first in range(0, population, size)]
        items = [self.share(jobs[number], slice(first, first + size), population, limits) for number, first in cuts]
        outcomes = [self.room(population) for _ in jobs]
        left = [-(-population // size)] * len(jobs)
        learned: list[Learned | None] = [None] * len(jobs)
        for index, result in self.results(items):
            number, first = cuts[index]
            put(outcomes[number], slice(first, first + size), result)
            left[number] -= 1
            if not left[number]:
                agents, _ = es.ask(jobs[number], settings)
                learned[number] = es.tell(jobs[number], settings, agents, outcomes[number])
        return [each for each in learned if each]

    def taught(
        self, jobs: Sequence[Job], settings: ppo.Proximal | Supervised | Imitation, limits: Limits
    ) -> list[Learned]:
        """A step of `ppo`, `supervised` or `imitation` for every job."""
        encode = self.domain.tasks.encode
        shipped = [replace(job, genomes=tuple(map(encode, job.genomes))) for job in jobs]
        items = [Lesson(self.place, job, settings, limits) for job in shipped]
        learned = {index: done.learned for index, done in self.results(items)}
        return [learned[index] for index in range(len(jobs))]

    def room(self, count: int) -> Outcome:
        """An empty outcome of `count` episodes."""
        facts = {name: np.empty(count, dtype) for name, dtype in self.domain.simulator.facts.items()}
        return Outcome(np.empty(count), np.zeros(count, np.int32), facts)

    def share(self, job: Job, part: slice, population: int, limits: Limits) -> Share:
        return Share(
            place=self.place,
            tasks=tuple(map(self.domain.tasks.encode, job.genomes)),
            agent=job.learner.agent,
            sigma=float(job.learner.memory["sigma"]),
            key=job.key,
            population=population,
            first=part.start,
            last=min(part.stop, population),
            limits=limits,
        )

    def slots(self) -> int:
        """How many items the cluster runs at once now; nodes come and go."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def results(self, items: Sequence[Item]) -> Iterator[tuple[int, Any]]:
        """Index and result of every item, in the order in which they are done, a bounded number of them on the way.

        Raises Abandoned on a request to stop, Resources if an item's worker died again and again.
        """
        waiting, under_way = iter(enumerate(items)), {}
        limit = AHEAD * self.slots()
        for index, item in waiting:
            under_way[self._submit(item)] = index
            while len(under_way) >= limit:
                yield from self.done(under_way, items)
        while under_way:
            yield from self.done(under_way, items)

    def done(self, under_way: dict[Any, int], items: Sequence[Item]) -> Iterator[tuple[int, Any]]:
        """Take what is done, at least one item, out of `under_way`.

        Asking costs half a microsecond for each item under way, so all that is done is taken at once: with thousands of
        slots, asking for one at a time would keep the driver busy with asking.
        """
        while not self._ray.wait(list(under_way), num_returns=1, timeout=0.1)[0]:
            if self.stop[0]:
                raise Abandoned("on request")
        ready, _ = self._ray.wait(list(under_way), num_returns=len(under_way), timeout=0)
        for reference in ready:
            if self.stop[0]:
                raise Abandoned("on request")
            index = under_way.pop(reference)
            result = self.fetched(reference, items[index])
            self.compare(result.stamp)
            yield index, result

    def fetched(self, reference: Any, item: Item) -> Result | Taught:
        errors = self._ray.exceptions
        try:
            result: Result | Taught = self._ray.get(reference)
        except errors.RayTaskError as error:
            if isinstance(error.cause, (envs.DomainError, ImportError)) or "failed to import" in str(error):
                raise Usage(
                    f"Workers cannot load the domain ({error.cause}); install its package on every node."
                ) from None
            raise error.as_instanceof_cause() from None
        except errors.OutOfMemoryError as error:
            raise Resources(
                f"A worker ran out of memory on {named(item)}; give the nodes more or fewer CPUs."
            ) from error
        except errors.RayError as error:
            raise Resources(
                f"Workers died {RETRIES + 1} times on {named(item)} ({type(error).__name__}); "
                f"`{self.replay} --threads 1` repeats it on this machine."
            ) from error
        return result

    def compare(self, stamp: tuple[tuple[str, str], ...]) -> None:
        """Say and note, once for each kind, what a worker has that differs from here."""
        (_, host), *kind = stamp
        if tuple(kind) in self._known:
            return
        self._known.add(tuple(kind))
        here = dict(worker.stamp())
        changed = {name: value for name, value in kind if here[name] != value}
        self.differ(host, changed)
        parts = ", ".join(f"{name} {value} instead of {here[name]}" for name, value in changed.items())
        self.say(f"Workers on {host} differ from this machine ({parts}); results may differ in last bits.")


def put(outcome: Outcome, part: slice, result: Result) -> None:
    """Fill in a part of an outcome."""
    outcome.returns[part], outcome.steps[part] = result.returns, result.steps
    for name, values in outcome.facts.items():
        values[part] = result.facts[name]


def block(place: Place, texts: Sequence[str], batch: Batch, part: slice) -> Block:
    """A part of a batch as an item, with the tasks and agents that its episodes need and no others."""
    which = batch.which[part]
    used_tasks, task = np.unique(which[:, 0], return_inverse=True)
    used_agents, agent = np.unique(which[:, 1], return_inverse=True)
    own = np.stack([task, agent], axis=1).astype(np.int32)
    tasks = tuple(texts[i] for i in used_tasks)
    where = replace(place, policy=batch.policy or place.policy)
    return Block(where, tasks, batch.agents[used_agents], own, batch.keys[part], batch.limits)


def blocks(episodes: int, slots: int) -> int:
    """Episodes per block: none smaller than a share unless slots would stand idle."""
    parts = min(PARTS * slots, max(slots, episodes // SHARE))
    return max(1, -(-episodes // parts))


def shares(jobs: int, population: int, slots: int) -> int:
    """Episodes per share, so that all slots have something to do."""
    parts = min(-(-PARTS * slots // jobs), max(1, population // SHARE))
    return -(-population // parts)


def named(item: Item) -> str:
    """An item in words."""
    if isinstance(item, Lesson):
        return f"the training step with key {item.job.key} on the task {item.job.genomes[0]}"
    if isinstance(item, Share):
        return (
            f"episodes {item.first} to {item.last - 1} of the ES step with key {item.key} on the task {item.tasks[0]}"
        )
    return f"an evaluation of {len(item.which)} episodes on the tasks {', '.join(item.tasks[:3])}"
