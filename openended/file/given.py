"""Tasks that somebody names: a file with one or many, a suite of the run's domain, fresh ones, or those of a kind."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openended import envs
from openended.core.interest import SUFFIX, held_out
from openended.core.measures.suites import SHARES, fresh, graded
from openended.file import suites
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
MANY = 1 << 24
"""Most bytes of a file that holds many."""


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
        return one_or_suite(view.domain, Path(on), fixed)
    if on.endswith(SUFFIX):
        return Given({Path(on).stem: read_tasks(view.domain, Path(on))}, 1 if fixed else FRESH_REPEATS)
    kind, colon, number = on.partition(":")
    if kind not in FRESH and not (colon and kind in view.domain.kinds):
        return Given(suite(view, on))
    if not number.isdecimal() or not 1 <= int(number) <= MOST:
        raise Usage(f"{on!r} names no fresh tasks; write {kind}:N with 1 <= N <= {MOST:,}, such as {kind}:10000.")
    try:
        if kind not in FRESH:
            return Given({kind: held_out(view.domain, kind, int(number))}, 1 if fixed else FRESH_REPEATS)
        tasks = FRESH[kind](view.domain.tasks, int(number))
    except ValueError as error:
        raise Usage(f"{view.domain.id}: {error}; name a suite, or a file with a task, ending in .json.") from None
    return Given({kind: tasks}, 1 if fixed else FRESH_REPEATS, SHARES)


def one_or_suite(domain: Any, path: Path, fixed: bool) -> Given:
    """What a JSON file holds: a suite, or a task, of which one episode says all if that is `fixed`. Raises Usage."""
    text = contents(path, suites.MOST, "a suite")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if suites.is_suite(value):
        return Given(suites.parsed(domain, value, str(path)).courses)
    return Given({path.stem: [read_task(domain, path)]}, 1 if fixed else REPEATS)


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
    return parsed(domain, contents(path, SIZE, "a task"), str(path))


def read_tasks(domain: Any, path: Path) -> list[Any]:
    """The tasks in a file, one on each line; empty lines are passed over. Raises Usage."""
    lines = contents(path, MANY, "a file of tasks").splitlines()
    tasks = [parsed(domain, line, f"line {number} of {path}") for number, line in enumerate(lines, 1) if line.strip()]
    if not tasks:
        raise Usage(f"{path} is empty; write a task of {domain.id} on each line.")
    return tasks


def contents(path: Path, most: int, what: str) -> str:
    """The text of a file of at most so many bytes. Raises Usage."""
    try:
        data = path.read_bytes()
        if len(data) > most:
            raise Usage(f"{path} has {len(data)} bytes, {what} at most {most}.")
        return data.decode()
    except OSError as error:
        raise Usage(f"{path} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise Usage(f"{path} is no text: {error}.") from None


def parsed(domain: Any, text: str, place: str) -> Any:
    """The task of a text. Raises Usage, naming the place."""
    try:
        return envs.read_task(domain, text.strip())
    except ValueError as error:
        raise Usage(f"{place} holds no task of {domain.id}: {error}.") from None
