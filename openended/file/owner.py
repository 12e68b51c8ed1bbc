"""The process that has a run."""

import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Owner:
    """The process that has the run: host, process id, boot id of the machine, start time of the process in the
    machine's own count, and when it took the run (seconds since 1970).
    """

    host: str
    pid: int
    boot: str
    started: str
    since: float


def owned(path: Path, owner: Owner, sign: float) -> str:
    """The sentence for who finds a run file owned; `sign` is when the owner was last heard of."""
    age = max(0.0, time.time() - max(sign, owner.since))
    return (
        f"{path} is being run by process {owner.pid} on {owner.host} (last sign of life {age:.0f} s ago);"
        " wait for it or stop it, or pass --steal if you know that it is dead."
    )
