"""Compiles a domain before its first episode and reports the progress."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .api import Queue
from .policy import Policy


def warm_up(
    prepared: Callable[[], Any],
    rollouts: Callable[[Queue], None],
    policy: Policy,
    report: Callable[[int, int], None],
    functions: int,
) -> None:
    """Run one step on the only task of `prepared()`, which compiles everything that `rollouts` needs.

    Calls report(functions done, `functions`) after every function; `functions` says about how many there are.
    """
    from numba.core import event

    class Counter(event.Listener):
        done = 0

        def on_start(self, started: Any) -> None:
            pass

        def on_end(self, ended: Any) -> None:
            self.done += 1
            report(min(self.done, functions), functions)

    agents = np.zeros((1, policy.parameters), np.float32)
    queue = Queue(prepared(), policy, agents, np.zeros((1, 2), np.int32), np.zeros(1, np.uint64), cap=1)
    with event.install_listener("numba:compile", Counter()):
        rollouts(queue)
