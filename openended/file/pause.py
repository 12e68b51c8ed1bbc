"""Stops from the keyboard (Ctrl-Z, SIGTSTP) while a run file is read.

A process that is stopped keeps its locks. Stopped inside a transaction, a reader would keep the run's writer waiting
for as long as it sleeps, so such a stop is postponed until the transaction has ended.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def postponed() -> Iterator[None]:
    """Within the context the process is not stopped from the keyboard; a stop that was asked for follows at its end.

    Only the main thread can see to that, and only where stops are the system's: elsewhere nothing is changed.
    """
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGTSTP) is not signal.SIG_DFL
    ):
        yield
        return
    asked = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True

    signal.signal(signal.SIGTSTP, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        if asked:
            os.kill(os.getpid(), signal.SIGTSTP)
