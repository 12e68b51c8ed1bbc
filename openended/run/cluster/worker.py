"""What a worker of a cluster does: run a block of episodes of a domain, which it loads by id and settings.

Workers load the domain, numpy and numba, about 100 MB. They do not update optimisers (that needs torch and EvoTorch,
five seconds and 400 MB per worker process, and its bits depend on the CPU's instruction sets), so that the numbers of a
run come from one machine even where the nodes of a cluster differ. Everything here is pure: a block that is run again,
elsewhere, gives the same bits.
"""

import hashlib
import json
import platform
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.learners import es
from openended.core.types import Optimiser, StepJob
from openended.envs.api import Domain, Queue

Returns = NDArray[np.float64]
Steps = NDArray[np.int32]


@dataclass(frozen=True)
class Block:
    """Episodes `which` int32[n, 2] of tasks, given as the domain's texts, and agents float32[a, parameters].

    The domain is given by its `address`.
    """

    domain: str
    tasks: tuple[str, ...]
    agents: NDArray[np.float32]
    which: NDArray[np.int32]
    keys: NDArray[np.uint64]
    cap: int
    stall: int


@dataclass(frozen=True)
class Share:
    """Rows `first` to `last` of the population of one pair's ES step, which the worker draws itself from the key."""

    domain: str
    task: str
    agent: NDArray[np.float32]
    sigma: float
    key: int
    population: int
    first: int
    last: int
    cap: int
    stall: int


@dataclass(frozen=True)
class Result:
    """Returns, steps and facts of the episodes, and which machine and software ran them."""

    returns: Returns
    steps: Steps
    facts: dict[str, NDArray[Any]]
    stamp: tuple[tuple[str, str], ...]


def work(item: Block | Share) -> Result:
    """Run the episodes of an item."""
    if isinstance(item, Share):
        optimiser = Optimiser(m=item.agent, v=item.agent, t=0, learning_rate=0.0, sigma=item.sigma)
        job = StepJob(genome=None, agent=item.agent, optimiser=optimiser, key=item.key)
        population, keys = es.ask(job, es.Params(population=item.population))
        mine = slice(item.first, item.last)
        which = np.array([(0, agent) for agent in range(item.last - item.first)], np.int32)
        return run(item.domain, (item.task,), population[mine], which, keys[mine], item.cap, item.stall)
    own = item.agents.copy(), item.which.copy(), item.keys.copy()  # arrays that Ray ships are read-only
    return run(item.domain, item.tasks, *own, item.cap, item.stall)


def run(
    name: str,
    tasks: Sequence[str],
    agents: NDArray[np.float32],
    which: NDArray[np.int32],
    keys: NDArray[np.uint64],
    cap: int,
    stall: int,
) -> Result:
    known = domain(name)
    prepared = known.simulator.prepare([known.tasks.decode(task) for task in tasks])
    queue = Queue(prepared, known.policies.default, agents, which, keys, cap, stall)
    known.simulator.rollouts(queue)
    return Result(queue.returns, queue.steps, queue.facts, stamp())


def address(domain: Domain) -> str:
    """What `domain` makes the domain of, elsewhere: JSON of its id and settings."""
    return json.dumps([domain.id, domain.settings], sort_keys=True)


@cache
def domain(name: str) -> Domain:
    """The domain that an `address` names."""
    from openended import envs

    return envs.domain(*json.loads(name))


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
