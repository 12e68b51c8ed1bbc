"""Which machine, which process, which versions: what a run file notes about who runs it."""

import importlib.metadata
import math
import os
import platform
import socket
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path

from openended import __version__
from openended.file.owner import Owner

PACKAGES = ("numpy", "numba", "llvmlite", "evotorch", "torch", "ribs")


def me() -> Owner:
    """The process itself, as an owner."""
    pid = os.getpid()
    return Owner(socket.gethostname(), pid, boot(), started(pid), time.time())


def alive(owner: Owner, sign: float, patience: float) -> bool:
    """Whether `owner` still runs. On this machine that is known for sure; of another it is assumed for `patience`
    seconds after its last `sign` of life (seconds since 1970).
    """
    if (owner.host, owner.boot) == (socket.gethostname(), boot()):
        return started(owner.pid) == owner.started != ""
    return owner.host != socket.gethostname() and time.time() - sign < patience


def remaining(environment: Mapping[str, str]) -> float:
    """Seconds until Slurm ends the job that this process belongs to; infinite outside of jobs."""
    end = environment.get("SLURM_JOB_END_TIME", "")
    return int(end) - time.time() if end.isdecimal() else math.inf


def boot() -> str:
    """An id that changes whenever the machine starts; empty where the system provides none."""
    return read("/proc/sys/kernel/random/boot_id")


def started(pid: int) -> str:
    """When the process started, in the machine's own count, so that a reused id is noticed; empty if there is none."""
    fields = read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    if fields:
        return "" if fields[0] == "Z" else fields[19]
    if Path("/proc/self/stat").exists():
        return ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "unknown"


def fingerprint(domain: str) -> dict[str, str]:
    """What the bits of a run may depend on beside its recipe: versions, CPU model features, domain."""
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    return versions | {
        "openended": __version__,
        "domain": domain,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "machine": platform.machine(),
        "cpu": features(),
    }


def features() -> str:
    """The CPU's instruction sets as the system names them, sorted; empty where it does not tell."""
    for line in read("/proc/cpuinfo").splitlines():
        name, _, value = line.partition(":")
        if name.strip() in {"flags", "Features"}:
            return " ".join(sorted(value.split()))
    return ""


def read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""
