"""Processes that run episodes, because Gymnasium's environments hold the interpreter's lock.

A worker is `python -m openended.envs.gymnasium.workers`. It reads requests from its input and writes answers to its
output until the input ends, as it does when the process that started it is gone. A message is its length as four bytes
and that many bytes: JSON, in a request followed by the agents, float32.
"""

import atexit
import json
import os
import queue
import select
import struct
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import IO, Any

import numpy as np

from ..numbers import Values
from ..policy import Policy, make, sampling
from .episode import Episodes
from .settings import parsed

LENGTH = struct.Struct("<II")
"""Bytes of the JSON, bytes of the agents."""
PAUSE = 0.02
"""Seconds between two looks at the flag that stops a run."""

Result = tuple[float, int, bool]
"""Return, steps, whether the episode ended for good."""


def send(stream: IO[bytes], message: Any, agents: bytes = b"") -> None:
    text = json.dumps(message).encode()
    stream.write(LENGTH.pack(len(text), len(agents)) + text + agents)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[Any, bytes]:
    """The next message. Raises EOFError if there is none."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    text, agents = (stream.read(size) for size in LENGTH.unpack(head))
    return json.loads(text), agents


class Worker:
    """One process."""

    def __init__(self) -> None:
        paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
        self.process = subprocess.Popen(
            [sys.executable, "-m", __spec__.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": paths, "SDL_VIDEODRIVER": "dummy"},
            start_new_session=True,  # Ctrl-C in a terminal is for the run, which stops its workers
        )

    def run(self, request: Any, agents: bytes, stopped: Callable[[], bool]) -> list[Result] | None:
        """The results of a request; None if the run is stopped before, the process still at work."""
        assert self.process.stdin
        assert self.process.stdout
        try:
            send(self.process.stdin, request, agents)
            while not select.select([self.process.stdout], [], [], PAUSE)[0]:
                if stopped():
                    return None
            answer, _ = receive(self.process.stdout)
        except (EOFError, BrokenPipeError):
            code = self.process.wait()
            raise RuntimeError(f"a process that ran {request['table']['id']} has ended with code {code}") from None
        if "error" in answer:
            raise RuntimeError(f"{request['table']['id']}: {answer['error']}")
        return [(result[0], result[1], result[2]) for result in answer["results"]]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()


IDLE: "queue.LifoQueue[Worker]" = queue.LifoQueue()
"""Workers that wait for requests, of whatever environment."""


def run(
    table: Any, policy: Policy, work: Sequence[tuple[Values, bytes, int]], cap: int, stopped: Callable[[], bool]
) -> list[Result] | None:
    """Run episodes, given by genome, agent and key, in a worker; None if the run is stopped before they end."""
    layout = policy.layout()
    request = {
        "table": table,
        "policy": [layout["kind"], layout["sizes"], policy.discrete, policy.sampled],
        "episodes": [(genome, key) for genome, _, key in work],
        "cap": cap,
    }
    try:
        worker = IDLE.get_nowait()
    except queue.Empty:
        worker = Worker()
    try:
        results = worker.run(request, b"".join(agent for _, agent, _ in work), stopped)
    except BaseException:
        worker.close()
        raise
    if results is None:
        worker.close()
    else:
        IDLE.put(worker)
    return results


@atexit.register
def close() -> None:
    """End all idle workers."""
    while True:
        try:
            IDLE.get_nowait().close()
        except queue.Empty:
            return


@lru_cache(maxsize=8)
def episodes(table: str) -> Episodes:
    return Episodes(parsed(json.loads(table)))


def answer(request: Any, agents: bytes) -> Any:
    """What a worker does with a request."""
    kind, sizes, discrete, sampled = request["policy"]
    policy = make(kind, sizes[0], tuple(sizes[1:-1]), sizes[-1], discrete)
    policy = sampling(policy) if sampled else policy
    rows = np.frombuffer(agents, np.float32).reshape(-1, policy.parameters)
    made, results = episodes(json.dumps(request["table"])), []
    for (genome, key), agent in zip(request["episodes"], rows, strict=True):
        total, count, terminated = 0.0, 0, False
        for step in made.steps(tuple(genome), policy, agent, key, request["cap"]):
            total, count, terminated = total + step.reward, count + 1, step.terminated
        results.append((total, count, terminated))
    return {"results": results}


def main() -> None:
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what an environment prints must not get among the answers
    while True:
        try:
            request, agents = receive(stdin)
        except EOFError:
            return
        try:
            reply = answer(request, agents)
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        send(stdout, reply)


if __name__ == "__main__":
    main()
