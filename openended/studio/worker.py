"""The process in which the studio's episodes run: `python -m openended.studio.worker FILE NICE`.

Linux may group processes by session (autogroup), and shares the CPU among the groups first: then `nice` has an effect
within a terminal only, and none on a run in another one. So this process has a session of its own, and lowers the
weight of that session, too. What a person waits for has the weight of NICE, the rest of a trial half of that. Only what
loads the simulator's kernels, once, counts in full.

A line of JSON on standard input is an errand: its `number`, what to `do`, and what that needs; agents follow it as
float32 numbers. Lines on standard output answer it: its number, a blank, a JSON value. A line without a value ends the
answer. `{"stop": number}` ends an errand early, and so does a newer one of a kind in `ONE`. The process ends with its
input.
"""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from openended.envs.api import Agent
from openended.file.errors import Failure

from .answers import OURS, report, text
from .episodes import Scene, recorded
from .errands import REST
from .search import Search
from .stage import Stage, staged
from .trying import NEAREST, Trial

AUTOGROUP = Path("/proc/self/autogroup")

Stop = NDArray[np.uint8]
Lines = Iterator[dict[str, Any]]


def film(stage: Stage, errand: dict[str, Any], agents: NDArray[np.float32], stop: Stop) -> Lines:
    genome = stage.domain.tasks.decode(errand["genome"])
    yield recorded(stage, Scene(errand["niches"][0], agents[0], genome, errand["words"]))


def attempt(stage: Stage, errand: dict[str, Any], agents: NDArray[np.float32], stop: Stop) -> Lines:
    genome = stage.domain.tasks.decode(errand["genome"])
    yield from Trial(stage, genome, errand["niches"], list[Agent](agents), stop).run()


def search(stage: Stage, errand: dict[str, Any], agents: NDArray[np.float32], stop: Stop) -> Lines:
    yield from Search(stage, stage.domain.tasks.decode(errand["genome"]), agents[0].copy(), stop).run()


DEEDS: dict[str, Callable[[Stage, dict[str, Any], NDArray[np.float32], Stop], Lines]] = {
    "film": film,
    "search": search,
    "try": attempt,
}

LOADING = {"film", "try"}
"""What loads kernels when it is done first, which somebody waits for."""
ONE = {"search", "try"}
"""What is done once at a time: for the newest who asks."""


class Worker:
    """Does errands, each in a thread.

    Args:
        path: the run file, which is read once.
        answers: takes the lines of answers.
        nice: see `weigh`.
    """

    def __init__(self, path: Path, answers: IO[bytes], nice: int):
        self.path, self.answers, self.nice = path, answers, nice
        self.stops: dict[int, Stop] = {}
        self.newest: dict[str, Stop] = {}
        self.loading = set(LOADING)
        self.lock = threading.Lock()
        self._stage: Stage | None = None

    def listen(self, errands: IO[bytes]) -> None:
        """Take errands until there are no more."""
        while line := errands.readline():
            errand = json.loads(line)
            if "stop" in errand:
                self.stops.get(errand["stop"], np.zeros(1, np.uint8))[0] = 1
                continue
            shape = errand["agents"]
            agents = np.frombuffer(errands.read(4 * shape[0] * shape[1]), np.float32).reshape(shape)
            stop = self.stops[errand["number"]] = np.zeros(1, np.uint8)
            if errand["do"] in ONE:
                self.newest.get(errand["do"], np.zeros(1, np.uint8))[0] = 1
                self.newest[errand["do"]] = stop
            threading.Thread(target=self.work, args=(errand, agents, stop), daemon=True).start()

    def stage(self) -> Stage:
        with self.lock:
            self._stage = self._stage or staged(self.path)
        return self._stage

    def work(self, errand: dict[str, Any], agents: NDArray[np.float32], stop: Stop) -> None:
        """Do an errand. What goes wrong is a sentence; only the terminal sees where a bug of ours is."""
        number, tried = errand["number"], 0
        weigh(0 if errand["do"] in self.loading else self.nice)
        try:
            for found in DEEDS[errand["do"]](self.stage(), errand, agents, stop):
                self.tell(number, text(found))
                self.loading.discard(errand["do"])
                tried = max(tried, found.get("tried", 0))
                weigh(self.nice if tried < NEAREST else max(self.nice, REST))
        except Failure as failure:
            self.tell(number, text({"problem": str(failure)}))
        except Exception:
            report()
            self.tell(number, text({"problem": OURS}))
        self.tell(number, "")
        del self.stops[number]

    def tell(self, number: int, words: str) -> None:
        with self.lock:
            self.answers.write(f"{number} {words}\n".encode())
            self.answers.flush()


def weigh(nice: int) -> None:
    """Give the session of this process the weight of a nice value, unless it is the session of somebody else."""
    if os.getsid(0) == os.getpid():
        with suppress(OSError):  # no Linux, no groups, or changed within the last tenth of a second
            AUTOGROUP.write_text(str(nice))


def main() -> None:
    """Serve the process that started this one."""
    nice = int(sys.argv[2])
    os.nice(nice)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a domain prints is no answer
    Worker(Path(sys.argv[1]), answers, nice).listen(sys.stdin.buffer)
    sys.stderr.flush()
    os._exit(0)  # threads may still compile


if __name__ == "__main__":
    main()
