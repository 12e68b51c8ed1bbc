"""Tasks that somebody names: a file with one, a suite of the run's domain, or fresh ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openended import envs
from openended.core.measures.suites import SHARES, fresh, graded
from openended.file.errors import Usage
from openended.file.snapshot import Snapshot

REPEATS = 100
"""Episodes on a single task of a domain whose episodes vary."""
FRESH_REPEATS = 10
"""Episodes on each of many fresh tasks there."""
FRESH = {"random": fresh, "graded": graded}
"""How fresh tasks are drawn, by name."""
MOST = 1_000_000
"""Most fresh tasks."""
SIZE = 1 << 20
"""Most bytes of a file that holds a task."""


@dataclass(frozen=True)
class Given:
    """What to evaluate on: tasks by the name of their course, the episodes on each task, and of which shares of the
    tasks tails say something (none where the tasks are few).
    """

    courses: Mapping[str, Sequence[Any]]
    episodes: int = 1
    shares: tuple[float, ...] = ()

    @property
    def tasks(self) -> list[Any]:
        """All tasks, course by course."""
        return [task for course in self.courses.values() for task in course]


def given(view: Snapshot, on: str, sampled: bool = False) -> Given:
    """The tasks to evaluate on; `sampled`: agents draw their actions. Raises Usage."""
    fixed = view.domain.simulator.deterministic and not sampled
    if on.endswith(".json"):
        return Given({Path(on).stem: [read_task(view.domain, Path(on))]}, 1 if fixed else REPEATS)
    kind, _, number = on.partition(":")
    if kind not in FRESH:
        return Given(suite(view, on))
    if not number.isdecimal() or not 1 <= int(number) <= MOST:
        raise Usage(f"{on!r} names no fresh tasks; write {kind}:N with 1 <= N <= {MOST:,}, such as {kind}:10000.")
    try:
        tasks = FRESH[kind](view.domain.tasks, int(number))
    except ValueError as error:
        raise Usage(f"{view.domain.id}: {error}; name a suite, or a file with a task, ending in .json.") from None
    return Given({kind: tasks}, 1 if fixed else FRESH_REPEATS, SHARES)


def suite(view: Snapshot, name: str) -> dict[str, list[Any]]:
    """The tasks of a suite of the run's domain, lists by course. Raises Usage."""
    if not view.domain.suites:
        raise Usage(f"{view.domain.id} has no suites; name a file with a task, ending in .json.")
    try:
        return dict(view.domain.suite(name))
    except ValueError as error:
        raise Usage(f"{error}, or name a file with a task, ending in .json.") from None


def read_task(domain: Any, path: Path) -> Any:
    """The task in a file, canonical or spaced as one likes. Raises Usage."""
    try:
        data = path.read_bytes()
        if len(data) > SIZE:
            raise Usage(f"{path} has {len(data)} bytes, a task at most {SIZE}.")
        return envs.read_task(domain, data.decode().strip())
    except OSError as error:
        raise Usage(f"{path} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise Usage(f"{path} holds no task of {domain.id}: {error}.") from None
