"""Microseconds of one step of the evolution strategy's arithmetic beside EvoTorch's, in one run.

    python -m benchmarks.strategies [--population 512] [--parameters 2804] [--rounds 200]

`ask` draws the population, `tell` ranks the returns and updates the agent; episodes are not part of it. EvoTorch draws
by `pgpe_ask` and updates by `pgpe_tell` with its Adam, on one thread, and is also given the ranks. Rounds interleave
the two, since a shared machine's speed drifts; medians are reported. `largest difference` is that between the agents
after one step, beside the largest movement of a parameter. Prints one JSON line.
"""

import argparse
import json
import os
import time
from statistics import median

import numpy as np

from openended.core.keys import key
from openended.core.learners.es import Strategy, ask, start, tell
from openended.core.learners.evotorch import evotorch
from openended.core.ranks import centred_ranks
from openended.core.work import Job, Outcome
from tests.support.pgpe import climb


def microseconds(function) -> float:
    begin = time.perf_counter()
    function()
    return (time.perf_counter() - begin) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--population", type=int, default=512)
    parser.add_argument("--parameters", type=int, default=2804)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    torch, _, functional = evotorch()
    torch.set_num_threads(1)
    settings, random = Strategy(population=options.population), np.random.default_rng(1)
    agent = (random.standard_normal(options.parameters) * 0.1).astype(np.float32)
    job = Job((None,), start(settings, 0, agent), key(1, 0, "es", 0))
    (population, _), returns = ask(job, settings), random.standard_normal(options.population)
    outcome = Outcome(returns, np.ones(options.population, np.int32), {})
    ranks = centred_ranks(returns)
    pgpe = functional.pgpe(
        center_init=torch.from_numpy(agent), center_learning_rate=0.01, stdev_init=0.1, stdev_learning_rate=0.0,
        objective_sense="max", ranking_method="raw",
    )  # fmt: skip
    contestants = {
        "ask": lambda: ask(job, settings),
        "tell": lambda: tell(job, settings, population, outcome),
        "evotorch ask": lambda: functional.pgpe_ask(pgpe, popsize=options.population),
        "evotorch tell": lambda: climb(job, settings, population, ranks),
    }
    ours, theirs = contestants["tell"]().learner.agent, contestants["evotorch tell"]()[0]
    times = {name: [] for name in contestants}
    for _ in range(options.rounds):
        for name, function in contestants.items():
            times[name].append(microseconds(function))
    medians = {name: round(median(values), 1) for name, values in times.items()}
    report = {
        "population": options.population,
        "parameters": options.parameters,
        "rounds": options.rounds,
        "load before": round(load, 2),
        "microseconds": medians,
        "times faster": {part: round(medians[f"evotorch {part}"] / medians[part], 1) for part in ("ask", "tell")},
        "largest difference": float(np.max(np.abs(ours - theirs))),
        "largest movement": float(np.max(np.abs(theirs - agent))),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
