"""What a worker of a cluster does: run a block of episodes of a domain named by its id.

Workers load the domain, numpy and numba, about 100 MB. They do not update optimisers: the driver does it within a few
milliseconds. What torch computes for some kinds of learner depends on the CPU, so it comes from one machine even where
the nodes of a cluster differ. Everything here is pure: a block that is run again, elsewhere, gives the same bits.
"""

import hashlib
import json
import platform
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core import learners
from openended.core.learners import Imitation, Supervised, es, ppo
from openended.core.types import Learner
from openended.core.work import Batch, Job, Learned, Limits
from openended.envs.api import Domain
from openended.envs.policy import Policy
from openended.run.threads import queue_of

Returns = NDArray[np.float64]
Steps = NDArray[np.int32]


@dataclass(frozen=True)
class Place:
    """Whose episodes are run: a domain by its id and settings, and the agents' network."""

    domain: str
    settings: str
    policy: Policy


@dataclass(frozen=True)
class Block:
    """Episodes `which` int32[n, 2] of tasks, given as the domain's texts, and agents float32[a, parameters]."""

    place: Place
    tasks: tuple[str, ...]
    agents: NDArray[np.float32]
    which: NDArray[np.int32]
    keys: NDArray[np.uint64]
    limits: Limits


@dataclass(frozen=True)
class Share:
    """Rows `first` to `last` of the population of one learner's ES step, which the worker draws itself from the key."""

    place: Place
    tasks: tuple[str, ...]
    agent: NDArray[np.float32]
    sigma: float
    key: int
    population: int
    first: int
    last: int
    limits: Limits


@dataclass(frozen=True)
class Lesson:
    """One whole training step of `ppo`, `supervised` or `imitation`; the job's genomes are the domain's texts."""

    place: Place
    job: Job
    settings: ppo.Proximal | Supervised | Imitation
    limits: Limits


@dataclass(frozen=True)
class Taught:
    """What a lesson gave, and which machine and software gave it."""

    learned: Learned
    stamp: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Result:
    """Returns, steps and facts of the episodes, and which machine and software ran them."""

    returns: Returns
    steps: Steps
    facts: dict[str, NDArray[Any]]
    stamp: tuple[tuple[str, str], ...]


def work(item: Block | Share | Lesson) -> Result | Taught:
    """Run the episodes of an item, or give a lesson."""
    if isinstance(item, Lesson):
        return teach(item)
    if isinstance(item, Share):
        job = Job(item.tasks, Learner(0, item.agent, {"sigma": np.array(item.sigma)}, 0), item.key)
        population, keys = es.ask(job, es.Strategy(population=item.population))
        mine = slice(item.first, item.last)
        which = np.stack([es.tasks(job, item.population)[mine], np.arange(item.last - item.first)], 1).astype(np.int32)
        return run(item.place, Batch(item.tasks, population[mine], which, keys[mine], item.limits))
    own = item.agents.copy(), item.which.copy(), item.keys.copy()  # arrays that Ray ships are read-only
    return run(item.place, Batch(item.tasks, *own, item.limits))


class Alone:
    """The executor of one thread in which a lesson is given; see `ppo.Threads`."""

    threads = 1

    def __init__(self, domain: Domain, policy: Policy) -> None:
        self.domain, self.policy, self.stop = domain, policy, np.zeros(1, np.uint8)

    def everywhere(self, work: Callable[[], None]) -> None:
        """Call a function."""
        work()


def teach(item: Lesson) -> Taught:
    """Make the training step here, in one thread: the same bits as by many."""
    known = domain(item.place.domain, item.place.settings)
    job = replace(item.job, genomes=tuple(known.tasks.decode(text) for text in item.job.genomes))
    alone = Alone(known, item.place.policy)
    (learned,) = learners.kind(item.settings).learn([job], item.settings, item.limits, alone)
    return Taught(learned, stamp())


def run(place: Place, batch: Batch) -> Result:
    """Run a batch whose genomes are the domain's texts."""
    known = domain(place.domain, place.settings)
    tasks = known.simulator.prepare([known.tasks.decode(text) for text in batch.genomes])
    queue = queue_of(batch, tasks, place.policy)
    known.simulator.rollouts(queue)
    return Result(queue.returns, queue.steps, queue.facts, stamp())


@cache
def domain(id: str, settings: str) -> Domain:
    """The domain of this id, made once in a process; `settings` are JSON."""
    from openended import envs

    return envs.domain(id, json.loads(settings))


@cache
def stamp() -> tuple[tuple[str, str], ...]:
    """Host, and everything that the bits of an episode may depend on: versions, and the CPU's features as a digest."""
    from openended import __version__
    from openended.file.machine import features

    return (
        ("host", socket.gethostname()),
        ("openended", __version__),
        ("python", platform.python_version()),
        *((name, version(name)) for name in ("numpy", "numba", "llvmlite")),
        ("cpu", hashlib.sha256(features().encode()).hexdigest()[:8]),
    )
