"""Errands to the process in which episodes run (`worker`), and its answers."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from openended.envs.api import Agent
from openended.file.errors import Resources

NICE = 10
"""How much the studio and its worker stand back behind a run on the same machine: to a tenth of its weight."""
REST = 13
"""The worker, while it tries agents beyond the nearest: to a twentieth."""
LAST = 19
"""A worker that searches, which may take long: to a seventieth."""
LONGEST = 1 << 26
"""Most bytes of a line of an answer."""
GONE = "the process that runs the episodes has ended; try again."


class Errands:
    """A worker, started when it is first needed, and again when it has ended.

    Args:
        path: the run file.
        nice: how much the worker stands back behind a run on the same machine.
    """

    def __init__(self, path: Path, nice: int):
        self.path, self.nice = path, nice
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._numbers = count()
        self._open: dict[int, asyncio.Queue[bytes | None]] = {}

    async def start(self) -> Process:
        """The worker, which takes errands."""
        async with self._starting:
            if self._process is None or self._process.returncode is not None:
                command = (sys.executable, "-P", "-m", "openended.studio.worker", str(self.path), str(self.nice))
                self._process = await asyncio.create_subprocess_exec(
                    *command, stdin=PIPE, stdout=PIPE, start_new_session=True, limit=LONGEST
                )
                self._reading = asyncio.create_task(self._read(self._process))
            return self._process

    async def ask(self, do: str, agents: Sequence[Agent], **what: Any) -> AsyncGenerator[bytes]:
        """The lines of an answer, JSON, as they come. To read no further ends the errand.

        Raises Resources if the worker ends.
        """
        number, ended = next(self._numbers), False
        lines = self._open[number] = asyncio.Queue()
        try:
            numbers = np.stack(agents).astype(np.float32, copy=False) if agents else np.zeros((0, 0), np.float32)
            await self._tell({"number": number, "do": do, "agents": numbers.shape} | what, numbers.tobytes())
            while line := await lines.get():
                yield line
            ended = True
            if line is None:
                raise Resources(GONE)
        finally:
            del self._open[number]
            if not ended and self._process is not None and self._process.stdin is not None:
                self._process.stdin.write(json.dumps({"stop": number}).encode() + b"\n")

    async def _tell(self, errand: dict[str, Any], data: bytes = b"") -> None:
        process = await self.start()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(errand).encode() + b"\n" + data)
            await process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            raise Resources(GONE) from None

    async def _read(self, process: Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            number, _, words = line.partition(b" ")
            if (lines := self._open.get(int(number))) is not None:
                lines.put_nowait(words.rstrip())
        await process.wait()
        for lines in self._open.values():
            lines.put_nowait(None)

    async def close(self) -> None:
        """End the worker."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
