"""Seconds of a generation after short and long histories, and the memory and disk that a long one takes.

    python -m benchmarks.history [--tasks 100000] [--folder /tmp]

A run of MAP-Elites in a run file. Its tasks are points of the plane that cost next to nothing to simulate, so that what
a generation costs is the search's own: 32 tasks a generation, of which 6 or 7 are admitted, 8 pairs trained, transfer
every fifth generation. Of the 100,000 tasks 20,000 get a pair. Reported are the seconds of a generation and of its
commit around 1,000, 10,000 and 100,000 tasks, each the mean over 40 generations, in wall-clock and in CPU seconds of
this process (other work on the machine disturbs these least), the ratios to the first, the peak of this process's
memory, the run file's size, and the seconds that it takes to read the state and to build the archive of it.

Prints one JSON line.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended import envs
from openended.core.algorithms.map_elites import Params
from openended.core.archive import Archive
from openended.core.criterion import Bounds
from openended.core.learners import Strategy
from openended.core.niches import Niches
from openended.core.reproduction import Making
from openended.core.selection import Selection
from openended.core.types import Changes, State
from openended.envs.api import Axis, Domain, Policies, Queue, Simulator, Space, Tasks
from openended.envs.policy import Mlp
from openended.file.reader import Reader
from openended.file.settings import Config, Head
from openended.file.writer import Writer, create
from openended.run.driver import Timing, advance
from openended.run.threads import ThreadExecutor

GRID = 1000
"""Niches along each axis, of which few are ever held: a child that finds its niche taken is tried on its task, and
the number of those trials must not grow."""
CHILDREN = 32
WINDOW = 40
"""Generations over which a mean is taken: a multiple of those between two transfers."""

Place = tuple[int, int]
"""A task: a point whose coordinates are whole numbers, 0 .. GRID - 1."""


def mutate(place: Place, key: int) -> Place:
    x, y = np.random.Generator(np.random.Philox(key=key)).integers(GRID, size=2).tolist()
    return x, y


def describe(place: Place) -> NDArray[np.float64]:
    return (np.array(place) + 0.5) / GRID


def rollouts(queue: Queue) -> None:
    """An episode is one step, and its return falls with the distance between the agent's first parameters and a point
    of its task: agents do well on tasks near the one they come from, and all can be improved.
    """
    targets = np.array(queue.tasks, np.float64) / GRID
    away = queue.agents[queue.which[:, 1], :2].astype(np.float64) - targets[queue.which[:, 0]]
    queue.returns[:] = 250 - 50 * np.sum(away * away, axis=1)
    queue.steps[:] = 1
    queue.taken[0] = len(queue.which)


def nothing(*_: Any) -> Any:
    raise NotImplementedError("episodes of points are not shown")


POLICY = Mlp((2, 4, 2))
PLANE = Domain(
    id="plane-v1",
    axes=(Axis("x", 0.0, 1.0, "1"), Axis("y", 0.0, 1.0, "1")),
    tasks=Tasks(
        first=lambda: (0, 0),
        mutate=mutate,
        describe=describe,
        encode=lambda place: json.dumps(place, separators=(",", ":")),
        decode=lambda text: tuple(json.loads(text)),
    ),
    simulator=Simulator(
        prepare=list,
        rollouts=rollouts,
        trace=nothing,
        facts={},
        observations=Space(2),
        actions=Space(2),
        deterministic=True,
        lowest_return=-1000.0,
    ),
    policies=Policies(POLICY, lambda kind, hidden: POLICY),
)
PARAMS = Params(
    archive=Niches(cells=(GRID,)),
    criterion=Bounds(low=-1000.0, high=1000.0),
    learner=Strategy(population=64),
    reproduction=Making(every=1, threshold=-1000.0, children=CHILDREN, admitted=7),
    active=Selection(count=8),
)


@dataclass(frozen=True)
class Sample:
    """One generation: tasks and pairs after it, its seconds, those of its commit, and the CPU seconds of both."""

    tasks: int
    pairs: int
    seconds: float
    commit_seconds: float
    cpu_seconds: float


def main() -> None:
    """Read the options, run, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where the run file is written; a temporary folder")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    envs.DOMAINS[PLANE.id] = "benchmarks.history:PLANE"
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = Path(folder, "history.run")
        samples = history(path, options.tasks)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        report = {"tasks": samples[-1].tasks, "pairs": samples[-1].pairs, "generations": len(samples)}
        report |= {"load_before": load, "around": around(samples, options.tasks), "peak_megabytes": round(peak / 1024)}
        report |= {"file_megabytes": round(path.stat().st_size / 1e6)} | resuming(path)
    print(json.dumps(report))


def history(path: Path, tasks: int) -> list[Sample]:
    """A run until it has made that many tasks, generation by generation."""
    head = Head(question="What does a long history cost?", domain=PLANE.id, generations=tasks // CHILDREN)
    config = Config("history", head, PARAMS)
    create(path, config.name, config.settings(), {})
    samples: list[Sample] = []
    clock = time.process_time()

    def observe(state: State, changes: Changes, timing: Timing) -> None:
        nonlocal clock
        now = time.process_time()
        made, pairs = state.counters.tasks_created, len(state.pairs)
        samples.append(Sample(made, pairs, timing.seconds, timing.commit_seconds, now - clock))
        clock = time.process_time()

    stop = np.zeros(1, np.uint8)
    with Writer(path) as file, ThreadExecutor(PLANE, POLICY, 1, stop) as workers:
        advance(file, config, workers, stop, observe)
    return samples


def around(samples: list[Sample], most: int) -> dict[str, dict[str, float]]:
    """Means over the generations around powers of ten, by the number of tasks, with the ratios to the first."""
    found: dict[str, dict[str, float]] = {}
    wanted = [tasks for tasks in (1_000, 10_000, 100_000) if tasks <= most]
    for tasks in wanted:
        place = next((i for i, sample in enumerate(samples) if sample.tasks >= tasks), len(samples) - 1)
        first = min(max(0, place - WINDOW // 2), len(samples) - WINDOW)
        window = samples[first : first + WINDOW]
        means = {
            name: float(np.mean([getattr(sample, name) for sample in window]))
            for name in ("seconds", "commit_seconds", "cpu_seconds")
        }
        base = found[str(wanted[0])] if found else means
        ratios = {f"{name}_ratio": round(value / base[name], 2) for name, value in means.items()}
        found[str(tasks)] = {name: round(value, 5) for name, value in means.items()} | ratios
    return found


def resuming(path: Path) -> dict[str, float]:
    """Seconds to read the state of a run file, and to build its archive."""
    begin = time.perf_counter()
    with Reader(path) as run:
        state = run.state()
    read = time.perf_counter()
    Archive(PARAMS.archive, PLANE).at(state)
    return {"read_seconds": round(read - begin, 2), "archive_seconds": round(time.perf_counter() - read, 2)}


if __name__ == "__main__":
    main()
