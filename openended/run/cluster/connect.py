"""Reaching a Ray cluster: an explicit address, a token, no usage statistics, and loopback only where it is our own.

Ray reads these settings from the environment when it is imported and hands them on to its processes. A bare
`ray.init()` would attach to whatever cluster it finds on the machine.
"""

import logging
import os
import secrets
import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from openended.file.errors import Failure, Resources, Usage
from openended.run import signals

PATIENCE = 25.0
"""Seconds within which a cluster must answer."""
STORE = 256 << 20
"""Bytes of a local cluster's memory for arguments and results."""


def local(slots: int, folder: str) -> Any:
    """Ray with a new cluster of `slots` workers on this machine, whose sockets are bound to loopback.

    `folder` is for its logs and Unix sockets; its path must be short.
    """
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # undocumented: makes 127.0.0.1 the node's address
    os.environ["RAY_AUTH_MODE"] = "token"
    os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
    os.environ.pop("RAY_ADDRESS", None)
    return begun("local", num_cpus=slots, object_store_memory=STORE, include_dashboard=False, _temp_dir=folder)


def kill(folder: str) -> None:
    """End the processes of a local cluster, which are known by its folder, with all that they have started."""
    parents, doomed = {}, set()
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            pid = int(place.name)
            parents[pid] = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            if folder.encode() in (place / "cmdline").read_bytes() and parents[pid] == os.getpid():
                doomed.add(pid)
    while more := {pid for pid, parent in parents.items() if parent in doomed} - doomed:
        doomed |= more
    for pid in doomed:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def join(address: str) -> Any:
    """Ray attached to the cluster at `address`, `HOST:PORT`.

    Raises Usage if the address cannot be one or there is no token, Resources if nothing answers in time.
    """
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isdecimal():
        raise Usage(f"--ray {address}: give `local`, or the HOST:PORT that `ray start --head` printed.")
    if "RAY_AUTH_MODE" not in os.environ:
        if not token():
            raise Usage(
                f"--ray {address}: there is no token for the cluster; start it with RAY_AUTH_MODE=token and set"
                " RAY_AUTH_TOKEN_PATH here to its token, or set RAY_AUTH_MODE=disabled in a network of your own."
            )
        os.environ["RAY_AUTH_MODE"] = "token"
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError as error:
        raise silent(address, f"connecting for 5 s: {error}") from error
    os.environ.pop("RAY_ADDRESS", None)
    return begun(address)


def token() -> bool:
    """Whether Ray will find a token."""
    default = Path.home() / ".ray" / "auth_token"
    return bool(os.environ.get("RAY_AUTH_TOKEN") or os.environ.get("RAY_AUTH_TOKEN_PATH") or default.exists())


def begun(address: str, **settings: Any) -> Any:
    """Ray, initialised in a thread of its own, so that it neither replaces our signal handlers nor hangs this one.

    The thread stays, because the system ends Ray's processes with the thread that has started them.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # spares a warning about graphics cards
    failed: list[BaseException] = []
    ended = threading.Event()

    def begin() -> None:
        try:
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **settings)
        except BaseException as error:
            failed.append(error)
        ended.set()
        threading.Event().wait()

    import ray

    if ray.is_initialized():
        ray.shutdown()
    threading.Thread(target=begin, name="ray", daemon=True).start()
    if not ended.wait(PATIENCE if address != "local" else 4 * PATIENCE):
        raise silent(address, f"attaching for {PATIENCE:.0f} s", at_once=True)
    if threading.current_thread() is threading.main_thread():
        for number in signals.SIGNALS:  # Ray puts a handler of its own in front of ours, which prints a stack trace
            signal.signal(number, signal.getsignal(number) or signal.SIG_DFL)
    if failed:
        raise silent(address, f"attaching: {str(failed[0]).strip().splitlines()[0]}") from failed[0]
    return ray


def silent(address: str, tried: str, at_once: bool = False) -> Failure:
    """The error for a cluster that does not answer."""
    failure = Resources(
        f"The Ray cluster {address} does not answer (tried {tried}); see that it runs and can be reached from here, and"
        " that the token and the versions of Python and Ray are the same."
    )
    failure.at_once = at_once
    return failure
