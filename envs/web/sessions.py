"""Runs sessions from Python: whole queues, single ones step by step, and the oracle's."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..api import Agent, Queue, Trace
from ..policy import Policy
from .policy import DEFAULT
from .simulation.episode import RIGHT, WRONG, Results, new_room, new_tape, session, visit_all
from .simulation.oracle import measure, new_advice
from .simulation.tables import Tables, stack, table
from .sites.build import build
from .sites.limits import REQUESTS
from .sites.task import Site

FACTS = {"finished": np.dtype(bool), "success": np.dtype(np.int32), "wrong": np.dtype(np.int32)}
"""Whether all requests were done; how many were; how many were ended when they were not done."""


def rollouts(queue: Queue) -> None:
    """See `envs.api.Simulator`."""
    facts = {name: queue.facts.setdefault(name, np.zeros(len(queue.which), dtype)) for name, dtype in FACTS.items()}
    results = Results(queue.returns, queue.steps, **facts)
    agents = np.ascontiguousarray(queue.agents)
    visit_all(
        queue.tasks.look, queue.tasks.rules, queue.policy.code, agents, queue.which, queue.cap, queue.stall, results,
        queue.taken, queue.stop, new_room(queue.policy), new_tape(0),
    )  # fmt: skip


def trace(site: Site, policy: Policy, agent: Agent, key: int, cap: int) -> Trace:
    """See `envs.api.Simulator`; the scene has `actions` int16[t + 1, 4]: request, candidate, element and span."""
    tables, room, tape = _tables(site), new_room(policy), new_tape(cap)
    _, steps = session(tables.look, tables.rules, 0, policy.code, np.ascontiguousarray(agent), cap, 0, room, tape)
    facts = {"finished": room.done[RIGHT] == REQUESTS, "success": room.done[RIGHT], "wrong": room.done[WRONG]}
    return Trace(
        tape.rewards[:steps], tape.observations[:steps], tape.scores[:steps], {"actions": tape.actions[: steps + 1]},
        {name: float(value) for name, value in facts.items()},
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _tables(site: Site) -> Tables:
    return stack([table(build(site, number)) for number in range(REQUESTS)])


def prepare(sites: Sequence[Site]) -> Tables:
    """See `envs.api.Simulator`."""
    return stack([_tables(site) for site in sites])


@lru_cache(maxsize=4096)
def _measured(site: Site) -> bytes:
    tables, found = _tables(site), np.zeros((REQUESTS, 4))
    measure(tables.look, tables.rules, 0, new_room(DEFAULT), new_advice(), found)
    return found.tobytes()


def measured(site: Site) -> NDArray[np.float64]:
    """What the oracle finds on the requests of a session, float64[REQUESTS, 4]; columns: see `oracle`."""
    return np.frombuffer(_measured(site)).reshape(REQUESTS, 4)


def describe(site: Site) -> NDArray[np.float64]:
    """The descriptor float64[3], means over the requests of a session: actions of the shortest plan; how many of them
    are on elements that cannot be seen at first; log2 of the candidates that agree with the request as well.
    """
    found = measured(site)
    return np.array([sum(found[:, column].tolist()) / REQUESTS for column in range(3)])
