"""Processes of the command line that tests start, found again by a mark in their environment, with all they start."""

import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path

from tests.support import EVERYTHING

LOOPBACK = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}
"""127.0.0.1, ::1 and ::ffff:127.0.0.1 as /proc/net/tcp and tcp6 write them."""


def heed_interrupts():
    """Undo what a shell does to processes in the background, tests among them: it has them ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Marked:
    """A process of `python -m openended` in a folder, with the toy domain registered in all that it starts."""

    def __init__(self, folder, *arguments, module=("-m", "openended"), **environment):
        self.mark = f"OPENENDED_TEST={uuid.uuid4()}"
        name, _, value = self.mark.partition("=")
        kept = {key: value for key, value in os.environ.items() if not key.startswith("RAY_")}
        paths = {"PYTHONPATH": EVERYTHING, name: value}
        self.errors = open(folder / f"{value}.errors", "w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, *module, *map(str, arguments)],
            cwd=folder,
            env=kept | paths | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            preexec_fn=heed_interrupts,  # noqa: PLW1509 (no thread of the tests holds a lock there)
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.errors):
            stream.close()

    def pids(self):
        """Processes that live and carry the mark."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdecimal() and int(folder.name) != os.getpid():
                with suppress(OSError):
                    if self.mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                        found.append(int(folder.name))
        return found

    def end(self, timeout=180):
        """Exit code and error output."""
        self.process.stdin.close()
        code = self.process.wait(timeout)
        self.errors.seek(0)
        return code, self.errors.read()

    def all_gone(self, patience=60.0):
        """Whether the process and all that it has started end within some seconds."""
        end = time.monotonic() + patience
        while self.pids() and time.monotonic() < end:
            time.sleep(0.05)
        return not self.pids()

    def listening(self):
        """Addresses, as the kernel writes them, on which these processes listen."""
        inodes = set()
        for pid in self.pids():
            with suppress(OSError):
                for handle in Path(f"/proc/{pid}/fd").iterdir():
                    with suppress(OSError):
                        inodes.add(os.readlink(handle))
        found = []
        for table in ("tcp", "tcp6"):
            for line in Path("/proc/net", table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                    found.append(fields[1].partition(":")[0])
        return found
