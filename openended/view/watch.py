"""Watching a run from elsewhere: its status again and again, read from its file, until its budget is done.

Every look opens the file, reads some rows and closes it; the run does not notice (`docs/scaling.md` has the figures).
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from openended.file.errors import Owned
from openended.view.live import EVERY, capable, told
from openended.view.status import report, text

RENEW = 2.0
"""Seconds from one look to the next on a terminal; elsewhere it is `live.EVERY`."""


def reports(path: str | Path, interval: float, pause: Callable[[float], None] = time.sleep) -> Iterator[dict[str, Any]]:
    """The report of the run file every `interval` seconds (see `status.report`), the last one when its budget is done.

    A look at which the file stays locked, as on a slow disk during a commit, is left out. Raises Failure if the file
    cannot be read.
    """
    done = False
    while not done:
        with suppress(Owned):
            found = report(path)
            yield found
            done = found["generation"] >= found["generations"]
        if not done:
            pause(interval)


def watch(path: str | Path, stream: TextIO, interval: float | None = None, as_json: bool = False) -> None:
    """Write the status to `stream` until the run's budget is done.

    On a terminal it is one table that renews itself, elsewhere one line for each look that finds a new generation; with
    `as_json` one JSON object for each such look.
    """
    if capable(stream) and not as_json:
        renew(reports(path, interval or RENEW), stream)
    else:
        lines(reports(path, interval or EVERY), stream, as_json)


def renew(looks: Iterator[dict[str, Any]], stream: TextIO) -> None:
    """One table that renews itself in place."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    with Live(console=Console(file=stream), auto_refresh=False) as live:
        for look in looks:
            live.update(Text(text(look), no_wrap=True, overflow="ellipsis"), refresh=True)


def lines(looks: Iterator[dict[str, Any]], stream: TextIO, as_json: bool) -> None:
    """One line for each new generation that is seen."""
    seen = None
    for look in looks:
        if look["generation"] != seen:
            seen = look["generation"]
            print(json.dumps(look) if as_json else line(look), file=stream, flush=True)


def line(look: dict[str, Any]) -> str:
    """A report in one line, as a run itself writes it."""
    if look["generation"] < 0:
        return f"generation none yet of {look['generations']}"
    rate, left = look["steps_per_second"] or 0.0, look["seconds_left"] or 0.0
    return told(look["generation"], look["generations"], look, rate, left)
