"""Watching a run: one picture that renews itself on a terminal, plain lines elsewhere.

On a terminal: generation, rates, the archive in characters, the active pairs and the course of their best fitness,
what comes next. Elsewhere (pipes, log files, batch systems) one line at the first generation, then at most one a
minute, and one at the end, without escapes. Both cost far less than a generation: at most four pictures a second, and
no more than a hundredth of the time.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol, TextIO

from openended.core.types import Changes, State
from openended.file.settings import Config
from openended.view.numbers import count, duration, number
from openended.view.panel import Curves, panel


class Clock(Protocol):
    """What is read of a generation's timing: its seconds, those of its commit, its environment steps."""

    @property
    def seconds(self) -> float: ...
    @property
    def commit_seconds(self) -> float: ...
    @property
    def steps(self) -> int: ...


Watcher = Callable[[State, Changes, Clock], None]

EVERY = 60.0
"""Seconds from one plain line to the next."""
REDRAW = 0.25
"""Fewest seconds from one picture on the terminal to the next."""
SHARE = 0.01
"""Most of the time that pictures on the terminal may take."""
MEMORY = 20
"""Number of latest generations over which rates and the time left are averaged."""


class Pace:
    """Seconds and environment steps of a generation, averaged over the latest ones.

    The first one seen, in which libraries are loaded and kernels compiled, counts only until there is a second.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.steps = 0.0
        self._seen = 0
        self._weight = 0.0

    def add(self, timing: Clock) -> None:
        self._seen += 1
        self._weight = self._weight * (1 - 1 / MEMORY) + 1 if self._seen > 2 else 1.0
        self.seconds += (timing.seconds + timing.commit_seconds - self.seconds) / self._weight
        self.steps += (timing.steps - self.steps) / self._weight

    @property
    def rate(self) -> float:
        """Environment steps per second."""
        return self.steps / self.seconds if self.seconds else 0.0


@contextmanager
def observer(config: Config, stream: TextIO) -> Iterator[Watcher]:
    """What to call after every generation, for as long as the context is open; it writes to `stream`."""
    watch = terminal if capable(stream) else plain
    with watch(config, stream) as watcher:
        yield watcher


def capable(stream: TextIO) -> bool:
    """Whether a stream is a terminal that can show a picture."""
    return stream.isatty() and "utf" in (stream.encoding or "").lower()


@contextmanager
def plain(config: Config, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> Iterator[Watcher]:
    """Plain lines; `clock` gives seconds."""
    pace = Pace()
    latest, written, due = "", "", clock()

    def watch(state: State, changes: Changes, timing: Clock) -> None:
        nonlocal latest, written, due
        pace.add(timing)
        latest = line(config.head.generations, changes, pace)
        if clock() >= due:
            written, due = latest, clock() + EVERY
            print(latest, file=stream, flush=True)

    try:
        yield watch
    finally:
        if latest != written:
            print(latest, file=stream, flush=True)


def line(generations: int, changes: Changes, pace: Pace) -> str:
    """The run after a generation, in one line."""
    left = max(0, generations - changes.generation) * pace.seconds
    return told(changes.generation, generations, changes.metrics, pace.rate, left)


def told(generation: int, generations: int, metrics: Mapping[str, Any], rate: float, left: float) -> str:
    """A generation in one line: its metrics by name, environment steps per second, and seconds left."""
    return (
        f"generation {generation}/{generations}  active {known(metrics, 'active')}  "
        f"elites {known(metrics, 'elites')}  coverage {100 * (metrics.get('coverage') or 0):.1f}%  "
        f"qd {number(metrics.get('qd_score'), 0).replace(',', '')}  best {number(metrics.get('best'))}  "
        f"{count(rate)} steps/s  left {duration(left)}"
    )


def known(metrics: Mapping[str, Any], name: str) -> str:
    value = metrics.get(name)
    return "-" if value is None else str(value)


@contextmanager
def terminal(config: Config, stream: TextIO) -> Iterator[Watcher]:
    """One picture that renews itself in place."""
    from rich.console import Console
    from rich.live import Live

    from openended import envs

    axes = envs.domain(config.head.domain, config.head.environment).axes
    pace, curves = Pace(), Curves()
    console = Console(file=stream)
    latest: tuple[State, Changes] | None = None
    due = 0.0

    def picture() -> Any:
        assert latest is not None
        return panel(config, axes, *latest, pace, curves, console.width)

    with Live(console=console, auto_refresh=False, transient=False) as live:

        def watch(state: State, changes: Changes, timing: Clock) -> None:
            nonlocal latest, due
            pace.add(timing)
            curves.add(changes)
            latest = (state, changes)
            start = time.monotonic()
            if start >= due:
                live.update(picture(), refresh=True)
                due = start + max(REDRAW, (time.monotonic() - start) / SHARE)

        try:
            yield watch
        finally:
            if latest is not None:
                live.update(picture(), refresh=True)
