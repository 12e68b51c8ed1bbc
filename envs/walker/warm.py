"""Compiling the walker before its first episode, so that whoever waits can be told how far it is."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core import event

from ..api import Episodes
from .domain import Walker
from .episode import run

FUNCTIONS = 200
"""About how many functions are compiled."""


class Counter(event.Listener):
    """Reports every function that numba has compiled."""

    def __init__(self, report: Callable[[int, int], None]) -> None:
        self.report = report
        self.done = 0

    def on_start(self, started: Any) -> None:
        pass

    def on_end(self, ended: Any) -> None:
        self.done += 1
        self.report(min(self.done, FUNCTIONS), FUNCTIONS)


def warm_up(report: Callable[[int, int], None]) -> None:
    """Run one step, which compiles everything that `rollouts` needs; calls report(done, about how many) on the way."""
    walker = Walker()
    queue = Episodes(
        walker.prepare([walker.first_task()]),
        np.zeros((1, walker.policy.parameters), np.float32),
        np.zeros((1, 2), np.int32),
        np.zeros(1, np.uint64),
        cap=1,
    )
    queue.facts = {name: np.zeros(1, dtype) for name, dtype in walker.facts.items()}
    with event.install_listener("numba:compile", Counter(report)):
        run(queue)
