"""What an item of work costs: seconds on a worker, seconds of the driver, bytes on the way.

    openended run quickstart_es
    python -m benchmarks.costs runs/results/quickstart_es.run > costs.json

Durations are CPU seconds of `run.cluster.worker.work` in this process, for shares of ES steps of the run's pairs by
the recipe `walker_es` (`durations`, by the number of episodes), and for blocks of evaluations (`evaluations`). The
driver's seconds are CPU seconds of the main thread around a real local cluster whose items are as good as empty. CPU
seconds do not count what other work on the machine takes, but its traffic in the caches.

Prints one JSON line, which `benchmarks.simulation` reads.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from openended.core.learners import es
from openended.core.types import State
from openended.core.work import Batch, Job, Limits, Outcome
from openended.envs.api import Domain
from openended.file.reader import Reader
from openended.run import recipe
from openended.run.cluster import worker
from openended.run.cluster.executor import RayExecutor, block

SIZES = (16, 32, 64, 128, 256)
"""Episodes per share."""
BLOCKS = (1, 2, 4, 8, 16, 32)
"""Episodes per block of evaluations."""
POPULATIONS = (64, 256, 512)


def main() -> None:
    """Read the options, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="a run file, whose pairs are optimised")
    parser.add_argument("--seconds", type=float, default=60.0, help="CPU seconds for each kind of duration")
    options = parser.parse_args()
    with Reader(options.run) as run:
        domain, state = run.domain, run.state()
    params = recipe.load("walker_es").params
    with RayExecutor(domain, domain.policies.default, "local", 2, np.zeros(1, np.uint8)) as executor:
        place = executor.place
        report = driver(executor, domain, state)
        report |= {"bytes": sizes(executor, domain, state, params)}
    report["update"] = {str(population): updating(state, population) for population in POPULATIONS}
    report["durations"] = {
        str(size): durations(lambda job, size=size: share(place, domain, job, size, params), state, options.seconds)
        for size in SIZES
    }
    report["evaluations"] = {
        str(size): durations(
            lambda job, size=size: trials(place, domain, state, job.key, size, params), state, options.seconds
        )
        for size in BLOCKS
    }
    print(json.dumps(report))


def job_of(state: State, number: int) -> Job:
    """An ES step of one of the pairs, with a key of its own."""
    pairs = [pair for _, pair in sorted(state.pairs.items())]
    pair = pairs[number % len(pairs)]
    return Job((state.tasks[pair.task].genome,), state.learners[pair.learner], key=number)


def share(place: worker.Place, domain: Domain, job: Job, size: int, params: Any, cap: int = 0) -> worker.Share:
    return worker.Share(
        place=place,
        tasks=tuple(map(domain.tasks.encode, job.genomes)),
        agent=job.learner.agent,
        sigma=float(job.learner.memory["sigma"]),
        key=job.key,
        population=max(size, params.learner.population),
        first=0,
        last=size,
        limits=Limits(cap or params.episodes.cap, params.episodes.stall),
    )


def trials(place: worker.Place, domain: Domain, state: State, first: int, size: int, params: Any) -> worker.Block:
    """Evaluations of so many pairs, one episode each."""
    jobs = [job_of(state, first + number) for number in range(size)]
    genomes = [genome for job in jobs for genome in job.genomes]
    which = np.repeat(np.arange(size, dtype=np.int32)[:, None], 2, axis=1)
    agents, keys = np.stack([job.learner.agent for job in jobs]), np.arange(size, dtype=np.uint64)
    batch = Batch(genomes, agents, which, keys, Limits(params.episodes.cap))
    return block(place, list(map(domain.tasks.encode, genomes)), batch, slice(None))


def durations(item: Callable[[Job], Any], state: State, seconds: float) -> list[float]:
    """CPU seconds of items of one kind, of all pairs in turn."""
    found: list[float] = []
    worker.work(item(job_of(state, 0)))
    while sum(found) < seconds:
        work = item(job_of(state, len(found)))
        began = time.thread_time()
        worker.work(work)
        found.append(round(time.thread_time() - began, 4))
    return found


def updating(state: State, population: int) -> float:
    """Seconds of the driver to update an optimiser when its returns are in."""
    settings, returns = es.Strategy(population=population), np.random.default_rng(0).normal(size=population)
    outcome = Outcome(returns, np.ones(population, np.int32), {})

    def update(number: int) -> None:
        job = job_of(state, number)
        drawn, _ = es.ask(job, settings)
        es.tell(job, settings, drawn, outcome)

    return each(update, 20)


def driver(executor: RayExecutor, domain: Domain, state: State) -> dict[str, float]:
    """Seconds of the driver for an item: to make and submit it, to fetch it; and to ask which items are done: at all,
    and for each item under way.
    """
    params = recipe.load("walker_es").params
    ray, submit = executor._ray, executor._submit
    pending = []

    def submitted(number: int) -> None:
        pending.append(submit(share(executor.place, domain, job_of(state, number), 2, params, cap=1)))

    for number in range(4):
        submitted(number)
    ray.get(pending)
    pending.clear()
    submit_seconds = each(submitted, 1000)
    ray.wait(pending, num_returns=len(pending))
    done = iter(list(pending))
    fetch_seconds = each(lambda _: executor.fetched(next(done), None), 1000)
    pending.clear()
    asked = {}
    for count in (8, 4096):
        while len(pending) < count:
            pending.append(ray.remote(num_cpus=1000)(worker.work).remote(None))
        asked[count] = 2 * each(lambda _: ray.wait(list(pending), num_returns=1, timeout=0), 20)
    slope = (asked[4096] - asked[8]) / 4088
    return {"submit": submit_seconds, "fetch": fetch_seconds, "ask": asked[8] - 8 * slope, "ask_each": slope}


def sizes(executor: RayExecutor, domain: Domain, state: State, params: Any) -> dict[str, int]:
    """Bytes of a share and of its result, as Ray packs them."""
    pack = executor._ray.cloudpickle.dumps
    item = share(executor.place, domain, job_of(state, 0), SIZES[0], params)
    return {"share": len(pack(item)), "result": len(pack(worker.work(replace(item, limits=Limits(1)))))}


def each(work: Callable[[int], None], times: int) -> float:
    """CPU seconds of the main thread for one call, the median of ten batches."""
    batches = []
    for batch in range(10):
        began = time.thread_time()
        for number in range(times // 10):
            work(batch * times // 10 + number)
        batches.append((time.thread_time() - began) / (times // 10))
    return round(median(batches), 7)


if __name__ == "__main__":
    main()
