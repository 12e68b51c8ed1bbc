"""The same generations by one and two threads, by Ray on one machine, and by Ray nodes on loopback.

    openended run quickstart_es
    python -m benchmarks.scaling runs/results/quickstart_es.run --rounds 3 --set active.es_steps=1

The work: `--steps` generations of `--recipe` (with `--set`tings) from the pairs that the run file holds, without
commits. Every place does the same, to the bit, which is checked, in a process of its own. Rounds alternate the places,
each after its start-up (clusters are up, kernels are loaded); told are medians over the rounds.

A shared machine is never quiet, so beside the wall clock stand CPU seconds: `driver`, those of the main thread, which
does not run episodes on any place: what does not scale; `cpu`, those of the process and all that it has started; and
for threads `path`, the driver's and, for each batch of episodes, those of the thread that had most: what the wall clock
would say on a quiet machine, or more, as a thread that has to wait for a core leaves its episodes to the other. So the
`efficiency` of two threads is told by the least `path` of the rounds, of one and of two.

`nodes:N` is a cluster of N nodes with one worker each, all on this machine: with more nodes than cores it shows what
they cost, not what they bring. Prints one JSON line.
"""

import argparse
import hashlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from openended.core.algorithms import algorithm
from openended.core.means import Means
from openended.core.types import State
from openended.envs.api import Domain, Queue
from openended.file.reader import Reader
from openended.run import recipe
from openended.run.recipe import Config
from openended.run.threads import ThreadExecutor

PLACES = ("threads:1", "threads:2", "ray:1", "ray:2", "nodes:1", "nodes:2", "nodes:3")
NODES = Path(__file__).parents[1] / "tests" / "support" / "nodes.py"


@dataclass(frozen=True)
class Work:
    """Generations to be done: from which state, by which recipe, how many."""

    domain: Any
    config: Config
    state: State
    steps: int

    def do(self, executor: Any) -> str:
        """Do them, and give a digest of the agents that come out."""
        state = self.state
        module = algorithm(self.config.head.algorithm)
        means = Means(self.config.params, self.domain, self.config.head.seed, executor)
        for _ in range(self.steps):
            state, _ = module.step(means, state)
        agents = b"".join(learner.agent.tobytes() for _, learner in sorted(state.learners.items()))
        return hashlib.sha256(agents).hexdigest()[:16]


class Clock:
    """Notes the CPU seconds of every thread in every batch of episodes of a domain."""

    def __init__(self, domain: Domain):
        self.domain = replace(domain, simulator=replace(domain.simulator, rollouts=self.rollouts))
        self.batches: dict[int, list[float]] = {}
        self._rollouts = domain.simulator.rollouts
        self._kept: list[Queue] = []

    def rollouts(self, queue: Queue) -> None:
        self._kept.append(queue)  # so that no two batches have one id
        began = time.thread_time()
        self._rollouts(queue)
        self.batches.setdefault(id(queue), []).append(time.thread_time() - began)

    def longest(self) -> float:
        """The sum over the batches of their busiest thread's seconds."""
        return sum(max(seconds) for seconds in self.batches.values())


def main() -> None:
    """Read the options, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="a run file, whose pairs are optimised")
    parser.add_argument("--recipe", default="walker_es")
    parser.add_argument("--set", dest="overrides", action="append", default=[])
    parser.add_argument("--steps", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--places", nargs="+", default=list(PLACES))
    parser.add_argument("--here", action="store_true", help="measure one place once, in this process")
    options = parser.parse_args()
    if options.here:
        with Reader(options.run) as run:
            work = Work(run.domain, recipe.load(options.recipe, options.overrides), run.state(), options.steps)
        print(json.dumps(measured(options.places[0], work)))
        return
    load = os.getloadavg()[0]
    rounds = [{place: apart(place) for place in options.places} for _ in range(options.rounds)]
    digests = {found["digest"] for each in rounds for found in each.values()}
    assert len(digests) == 1, f"places differ: {rounds}"
    report: dict[str, Any] = {"recipe": options.recipe, "set": options.overrides, "load_before": load}
    for place in options.places:
        kept = [name for name, value in rounds[0][place].items() if name != "digest" and value is not None]
        report[place] = {name: round(median(each[place][name] for each in rounds), 3) for name in kept}
    if {"threads:1", "threads:2"} <= set(options.places):
        one, two = (min(each[place]["path"] for each in rounds) for place in ("threads:1", "threads:2"))
        report["efficiency"] = round(one / two / 2, 3)
    print(json.dumps(report))


def apart(place: str) -> dict[str, Any]:
    """A place measured in a process of its own: Ray reads its settings once in the life of a process."""
    command = [sys.executable, "-m", "benchmarks.scaling", *sys.argv[1:], "--here", "--places", place]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    print(place, found, file=sys.stderr, flush=True)
    return found


def measured(place: str, work: Work) -> dict[str, Any]:
    """The work done once at a place that is warm."""
    kind, _, count = place.partition(":")
    clock = Clock(work.domain)
    with started(kind, int(count), clock.domain if kind == "threads" else work.domain) as executor:
        replace(work, config=small(work.config), steps=1).do(executor)
        clock.batches.clear()
        before, driver, began = cpu(os.getpid()), time.thread_time(), time.perf_counter()
        digest = work.do(executor)
        seconds, driver = time.perf_counter() - began, time.thread_time() - driver
        spent = cpu(os.getpid()) - before
    path = driver + clock.longest() if kind == "threads" else None
    return {"digest": digest, "seconds": seconds, "cpu": spent, "driver": driver, "path": path}


def small(config: Config) -> Config:
    """The same with few and short episodes: enough to start every worker."""
    return recipe.load(config.name, ["learner.population=64", "episodes.cap=20", "active.count=8", "active.es_steps=1"])


@contextmanager
def started(kind: str, count: int, domain: Any) -> Iterator[Any]:
    """An executor that is up."""
    stop, policy = np.zeros(1, np.uint8), domain.policies.default
    if kind == "threads":
        with ThreadExecutor(domain, policy, count, stop) as executor:
            yield executor
        return
    os.environ.update(RAY_worker_niceness="0")  # else Ray's workers give way to everything on the machine
    from openended.run.cluster.executor import RayExecutor

    nodes: AbstractContextManager[str] = nullcontext("local") if kind == "ray" else cluster(count)
    with nodes as address, RayExecutor(domain, policy, address, count, stop) as executor:
        yield executor


@contextmanager
def cluster(count: int) -> Iterator[str]:
    """The address of a cluster of so many nodes with one worker each."""
    token = secrets.token_hex(32)
    settings = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token, "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
    os.environ.update(settings)
    with subprocess.Popen(
        [sys.executable, str(NODES), str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as nodes:
        assert nodes.stdin
        assert nodes.stdout
        yield nodes.stdout.readline().strip()
        nodes.stdin.close()


def cpu(pid: int) -> float:
    """CPU seconds of a process and of all that it has started and that is still there."""
    parents, seconds = {}, {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields, own = place.read_text().rpartition(")")[2].split(), int(place.parent.name)
            parents[own], seconds[own] = int(fields[1]), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(seconds.get(member, 0.0) for member in family)


if __name__ == "__main__":
    main()
