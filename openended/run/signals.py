"""Requests to stop. There is nothing to save on a signal: the run file already holds the last generation."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import numpy as np
from numpy.typing import NDArray

from openended.file.errors import STOPPED

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
"""Whatever a terminal, a scheduler or an operator may send; which one it was does not matter."""

PATIENCE = 1.0
"""Seconds that the run gets to drop its generation and close its file."""

FAREWELL = b"openended: Stopped on request, in the middle of something; the same command continues the run.\n"


@contextmanager
def requests() -> Iterator[NDArray[np.uint8]]:
    """The flag, uint8[1], that the first signal sets to 1. The process ends with exit code 75 at once at a second
    signal, and when the context is still open after `PATIENCE`.

    A thread of its own sees to that, which the system wakes even while the main thread is in compiled code (a compiler,
    an import) and cannot run handlers. To be used in the main thread; the handlers that were there before come back at
    the end.
    """
    flag, closed = np.zeros(1, np.uint8), threading.Event()
    awake, wake = os.pipe()
    os.set_blocking(wake, False)

    def handle(number: int, frame: FrameType | None) -> None:
        flag[0] = 1

    def watch() -> None:
        requested = False
        while number := os.read(awake, 1):
            if number[0] not in SIGNALS:
                continue
            if requested:
                end()
            requested = True
            flag[0] = 1
            threading.Thread(target=expire, daemon=True).start()

    def expire() -> None:
        if not closed.wait(PATIENCE):
            end()

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    wakeup = signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    watcher = threading.Thread(target=watch, name="signals", daemon=True)
    watcher.start()
    try:
        yield flag
    finally:
        closed.set()
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(wake)
        watcher.join()
        os.close(awake)


def end() -> None:
    """End the process without waiting for its threads. What a commit has begun is rolled back at the next opening."""
    if os.isatty(1):
        os.write(1, b"\x1b[?25h\n")  # the cursor, which the live view hides
    os.write(2, FAREWELL)
    os._exit(STOPPED)
