"""The domain `web-v1`: web sites as data-generating programs, visited by a network that scores what can be done.

A task is a site (`sites.task`), an episode a session of sixteen requests that are drawn from its seed. The same sites
are HTML in a browser (`browser`), where the same agents see and do the same.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import warm
from ..api import Agent, Axis, Domain, Picture, Pictures, Policies, Queue, Simulator, Space, Tasks, Trace, Warm
from ..cache import compiled_before
from ..nets.recorded import Recorder, Rehearsal
from ..policy import Policy
from .policy import DEFAULT, make
from .sites import task as tasks
from .sites.mutation import KINDS, mutate, reseed, wandered
from .sites.suites import evolved, validation
from .sites.task import Site

FUNCTIONS = 60
"""About how many functions `rollouts` needs compiled."""
AXES = (Axis("actions", 1.0, 24.0, "1"), Axis("hidden", 0.0, 12.0, "1"), Axis("rivals", 0.0, 5.0, "1"))


def prepare(sites: Sequence[Site]) -> Any:
    from .sessions import prepare

    return prepare(sites)


def rollouts(queue: Queue) -> None:
    from .sessions import rollouts

    rollouts(queue)


def experience(asked: Rehearsal) -> Recorder:
    from .simulation.experience import Experience

    return Experience(asked)


def trace(site: Site, policy: Policy, agent: Agent, key: int, cap: int) -> Trace:
    from .sessions import trace

    return trace(site, policy, agent, key, cap)


def describe(site: Site) -> NDArray[np.float64]:
    from .sessions import describe

    return describe(site)


def warm_up(report: Callable[[int, int], None]) -> None:
    warm.warm_up(lambda: prepare([tasks.first_task()]), rollouts, DEFAULT, report, FUNCTIONS)


def draw(site: Site, trace: Trace, step: int, width: int, height: int) -> Picture:
    from .draw import draw

    return draw(site, trace, step, width, height)


def page(site: Site, trace: Trace) -> str:
    from .browser.render import played

    return played(site, trace)


def pages(site: Site) -> int:
    """How many pages a site has."""
    return len(site.pages)


WEB = Domain(
    id="web-v1",
    axes=AXES,
    tasks=Tasks(
        first=tasks.first_task, mutate=mutate, describe=describe, encode=tasks.encode, decode=tasks.decode,
        random=wandered, edit=mutate, reseed=reseed,
    ),
    simulator=Simulator(
        prepare=prepare,
        rollouts=rollouts,
        trace=trace,
        experience=experience,
        facts={"finished": np.dtype(bool), "success": np.dtype(np.int32), "wrong": np.dtype(np.int32)},
        observations=Space(DEFAULT.inputs),
        actions=Space(DEFAULT.outputs),
        deterministic=True,
        lowest_return=-20.0,
        warm=Warm(partial(compiled_before, "visit_all"), warm_up),
    ),
    policies=Policies(DEFAULT, make),
    pictures=Pictures(draw=draw, page=page, steps_per_second=2.0),
    suites={"web-evolved-v1": evolved, "web-validation-v1": validation},
    metrics={"pages": pages},
    kinds=KINDS,
)  # fmt: skip
