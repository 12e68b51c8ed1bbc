"""A simulated Ray cluster: the executor's own driver loop in a clock of its own, replaying measured durations.

`phase` does a batch of items as `run.cluster.executor.RayExecutor` does: they are submitted in the order in which they
were asked for, only so many are under way (back-pressure), the driver submits, asks, fetches and updates optimisers one
after the other, and a lost item is run again. Workers take items first come, first served; they differ in speed, some
items straggle, some workers die (`Trouble`). Network and memory are not simulated.

`benchmarks.clusters` asks it about large clusters.
"""

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from openended.run.cluster.executor import AHEAD, RETRIES


@dataclass(frozen=True)
class Item:
    """A piece of work: its seconds on a worker of speed 1, and the ES step it belongs to (-1: none)."""

    seconds: float
    step: int = -1


@dataclass(frozen=True)
class Costs:
    """Seconds of the driver: to submit an item, to fetch a result, to update an optimiser, to ask which items are done
    (at all, and for each item under way); and the delay from submitting to starting on an idle worker.
    """

    submit: float = 0.0
    fetch: float = 0.0
    update: float = 0.0
    ask: float = 0.0
    ask_each: float = 0.0
    delay: float = 0.0


@dataclass(frozen=True)
class Trouble:
    """What real clusters do.

    Attributes:
        spread: standard deviation of the logarithm of the workers' speeds.
        straggling: share of items that take `slow` times as long.
        deaths: per worker and second of work; the item is run again `notice` seconds later, the worker's place is empty
            for `restart` seconds.

    """

    spread: float = 0.0
    straggling: float = 0.0
    slow: float = 4.0
    deaths: float = 0.0
    notice: float = 1.0
    restart: float = 5.0


class Lost(Exception):
    """An item killed its worker too often."""


class Cluster:
    """Workers that take items first come, first served; the clock is the caller's."""

    def __init__(self, workers: int, trouble: Trouble, delay: float, random: np.random.Generator):
        self.trouble, self.delay, self.random = trouble, delay, random
        self.speeds = np.exp(trouble.spread * random.standard_normal(workers))
        self.idle = list(range(workers))
        self.queue: deque[tuple[int, float, int]] = deque()
        self.done: list[int] = []
        self.worked, self.deaths = 0.0, 0
        self._events: list[tuple[float, int, str, Any]] = []
        self._number = count()

    def submit(self, now: float, index: int, seconds: float, tries: int = 0) -> None:
        """Item `index` of so many seconds arrives `delay` later."""
        self._at(now + self.delay, "arrive", (index, seconds, tries))

    def next(self) -> float:
        """When something happens next."""
        return self._events[0][0]

    def run(self, until: float) -> None:
        """Let everything happen up to a moment; items that end are in `done`, in that order."""
        while self._events and self._events[0][0] <= until:
            now, _, kind, detail = heapq.heappop(self._events)
            if kind == "arrive":
                self.queue.append(detail)
            elif kind == "idle":
                heapq.heappush(self.idle, detail)
            elif kind == "end":
                worker, index = detail
                self.done.append(index)
                heapq.heappush(self.idle, worker)
            while self.idle and self.queue:
                self._start(now, heapq.heappop(self.idle), *self.queue.popleft())

    def _start(self, now: float, worker: int, index: int, seconds: float, tries: int) -> None:
        trouble, taken = self.trouble, seconds / self.speeds[worker]
        if trouble.straggling and self.random.random() < trouble.straggling:
            taken *= trouble.slow
        death = self.random.exponential(1 / trouble.deaths) if trouble.deaths else np.inf
        if death >= taken:
            self.worked += taken
            self._at(now + taken, "end", (worker, index))
            return
        self.deaths += 1
        if tries == RETRIES:
            raise Lost(f"item {index}")
        self._at(now + death + trouble.restart, "idle", worker)
        self.submit(now + death + trouble.notice - self.delay, index, seconds, tries + 1)

    def _at(self, time: float, kind: str, detail: Any) -> None:
        heapq.heappush(self._events, (time, next(self._number), kind, detail))


@dataclass(frozen=True)
class Phase:
    """What a batch of items took: wall-clock seconds, those in which the driver was busy, by what it did, and the
    seconds for which workers worked on what was not lost.
    """

    seconds: float
    driver: dict[str, float]
    worked: float
    deaths: int


def phase(items: Sequence[Item], workers: int, costs: Costs, trouble: Trouble, random: np.random.Generator) -> Phase:
    """The driver's loop, `RayExecutor.results` with what `optimise` does with each result."""
    cluster = Cluster(workers, trouble, costs.delay, random)
    left: dict[int, int] = {}
    for item in items:
        left[item.step] = left.get(item.step, 0) + 1
    spent = dict.fromkeys(("submit", "ask", "fetch", "update"), 0.0)
    under_way, limit, clock = 0, AHEAD * workers, 0.0

    def busy(kind: str, seconds: float) -> None:
        nonlocal clock
        clock += seconds
        spent[kind] += seconds

    def take() -> None:
        nonlocal under_way, clock
        busy("ask", costs.ask + costs.ask_each * under_way)
        cluster.run(clock)
        while not cluster.done:
            clock = max(clock, cluster.next())
            cluster.run(clock)
        ready, cluster.done = cluster.done, []
        for index in ready:
            under_way -= 1
            busy("fetch", costs.fetch)
            step = items[index].step
            left[step] -= 1
            if not left[step] and step >= 0:
                busy("update", costs.update)

    for index, item in enumerate(items):
        busy("submit", costs.submit)
        cluster.submit(clock, index, item.seconds)
        under_way += 1
        while under_way >= limit:
            take()
    while under_way:
        take()
    return Phase(clock, spent, cluster.worked, cluster.deaths)
