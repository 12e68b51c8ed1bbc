"""Tasks that somebody names: a file with one, or a suite of the run's domain."""

from pathlib import Path
from typing import Any

from openended import envs
from openended.file.errors import Usage
from openended.file.snapshot import Snapshot

REPEATS = 100
"""Episodes on a single task of a domain whose episodes vary."""
SIZE = 1 << 20
"""Most bytes of a file that holds a task."""


def suite(view: Snapshot, on: str) -> dict[str, list[Any]]:
    """The tasks to evaluate on. Raises Usage."""
    if on.endswith(".json"):
        task = read_task(view.domain, Path(on))
        return {Path(on).stem: [task] * (1 if view.domain.simulator.deterministic else REPEATS)}
    if not view.domain.suites:
        raise Usage(f"{view.domain.id} has no suites; name a file with a task, ending in .json.")
    try:
        return dict(view.domain.suite(on))
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
