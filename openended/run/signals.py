"""Requests to stop. There is nothing to save on a signal: the run file already holds the last generation."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import numpy as np
from numpy.typing import NDArray

from openended.run.errors import STOPPED

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
"""Whatever a terminal, a scheduler or an operator may send; which one it was does not matter."""


@contextmanager
def requests() -> Iterator[NDArray[np.uint8]]:
    """The flag, uint8[1], that the first signal sets to 1; a second one ends the process at once, with exit code 75.

    To be used in the main thread; the handlers that were there before come back at the end.
    """
    flag = np.zeros(1, np.uint8)

    def handle(number: int, frame: FrameType | None) -> None:
        if flag[0]:
            os._exit(STOPPED)
        flag[0] = 1

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield flag
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
