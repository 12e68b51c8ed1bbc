"""Telling who waits that a simulator is being compiled, and how far it is."""

import time
from collections.abc import Callable

from openended.envs.api import Domain

EVERY = 10.0
"""Seconds between two messages."""


def warm_up(domain: Domain, say: Callable[[str], None]) -> None:
    """Compile the domain's kernels if it can do so beforehand and this machine has not done it yet."""
    warm = domain.simulator.warm
    if warm is None or warm.compiled():
        return
    say(f"{domain.id} is being compiled for this machine, once; it takes about a minute.")
    latest = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal latest
        if time.monotonic() - latest >= EVERY:
            latest = time.monotonic()
            say(f"{domain.id}: {done} of about {total} functions are compiled.")

    warm.warm_up(report)
