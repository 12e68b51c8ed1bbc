"""CPU seconds of one iteration of POET beside those of its reference code (uber-research/poet, `original_poet`).

    python -m benchmarks.poet_iteration [--rounds 3] [--stall 0]

Four courses (flat, rough, mixed, hard), each with a random agent of its own, and a population of 64: one ES step and
one evaluation of every pair, then a transfer phase between all of them (12 direct trials, 12 proposals). After it,
apart, one reproduction: eight children, the criterion with the parent's agent, and the best of transfer for one of
them. Episodes are whole, up to 2,000 steps; `--stall 200` ends those of the populations that make no progress for 200
steps, as our recipes do and the reference does not. It runs in one thread on one core, as one worker of the reference.

The reference's figures were measured once, on a 2-core virtual EPYC, with its own random agents and its own terrain
generator on courses of these parameters. There every evaluation is five episodes of equal result, so that it runs 1,164
episodes where we run 1,052. CPU seconds per environment step do not know that difference, those of the iteration do.

Medians over the rounds; each has other agents and courses. The load before is told, because processes that share a
core slow each other even in CPU seconds. Prints one JSON line.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from math import inf, nan
from statistics import median

import numpy as np

from openended.core.algorithms import poet
from openended.core.criterion import Bounds
from openended.core.evaluation import Episodes
from openended.core.generation import Generation
from openended.core.learners.es import Strategy
from openended.core.means import Means
from openended.core.population import reproduce
from openended.core.reproduction import Reproduction
from openended.core.selection import Population
from openended.core.states import after
from openended.core.transfer import Transfers
from openended.core.types import Counters, State, Task
from openended.envs.walker.courses.task import WalkerTask
from openended.envs.walker.domain import WALKER_POET
from openended.run.threads import ThreadExecutor

COURSES = {
    "flat": WalkerTask(),
    "rough": WalkerTask(roughness=3.0),
    "mixed": WalkerTask(roughness=2.0, pit_gap=(0.4, 2.0), stump_height=(0.2, 1.0)),
    "hard": WalkerTask(
        roughness=6.0, pit_gap=(3.0, 5.0), stump_height=(1.0, 2.0), stair_height=(0.4, 1.6), stair_steps=2
    ),
}
PARAMS = poet.Params(
    learner=Strategy(population=64),
    criterion=Bounds(low=-inf, high=inf),
    reproduction=Reproduction(every=0, threshold=-inf),
    transfer=Transfers(every=1),
    active=Population(count=len(COURSES) + 1),
)
DOMAIN = WALKER_POET
REFERENCE = {
    "iteration": {"episodes": 1164, "steps": 849_840, "cpu_seconds": 138.0},
    "reproduction": {"episodes": 336, "steps": 332_146, "cpu_seconds": 55.3},
}
"""Measured: iterations took 135 to 141 CPU seconds, of which this is the middle."""

Row = dict[str, float]
Work = Callable[[Means[poet.Params], State], Counters]


def population(means: Means[poet.Params]) -> State:
    """The four courses, each with its agent, before the iteration."""
    empty = State(-1)
    generation, tasks = Generation(means, empty), means.domain.tasks
    for number, course in enumerate(COURSES.values()):
        genome = replace(course, terrain_seed=len(COURSES) * means.seed + number)
        place = tuple(map(float, tasks.describe(genome)))
        niche = generation.archive.niche_of(place)
        generation.add(Task(number, genome, -1, 0, place, niche, "admitted", nan, "given"))
        agent = means.policy.init(generation.key("agent", number))
        generation.begin(number, means.learner(number, agent), agent, 0.0, origin=-1)
    return after(empty, generation.changes())


def cost(work: Work, params: poet.Params, seed: int, executor: ThreadExecutor) -> Row:
    """What some work costs; it returns the counters of what it ran."""
    means = Means(params, DOMAIN, seed, executor)
    state = population(means)
    began = time.process_time()
    counters = work(means, state)
    spent = time.process_time() - began
    return {"episodes": counters.evaluations, "steps": counters.env_steps, "cpu_seconds": spent}


def iteration(means: Means[poet.Params], state: State) -> Counters:
    """One ES step of every pair and one transfer phase, as a run does them."""
    return poet.step(means, state)[0].counters


def reproduction(means: Means[poet.Params], state: State) -> Counters:
    """One reproduction, which admits the first child that is tried."""
    generation = Generation(means, state)
    reproduce(generation, poet.distances)
    return generation.counters


def summary(rows: list[Row], reference: Row) -> Row:
    """Medians, and how many times the reference's CPU seconds are as many: per step, and for all of it."""
    told = {name: median(row[name] for row in rows) for name in rows[0]}
    per_step = [1e6 * row["cpu_seconds"] / row["steps"] for row in rows]
    reference_step = 1e6 * reference["cpu_seconds"] / reference["steps"]
    return {
        "episodes": told["episodes"],
        "steps": told["steps"],
        "cpu_seconds": round(told["cpu_seconds"], 3),
        "cpu_microseconds_per_step": round(median(per_step), 2),
        "reference_cpu_seconds": reference["cpu_seconds"],
        "reference_cpu_microseconds_per_step": round(reference_step, 1),
        "times_less_per_step": round(reference_step / median(per_step), 1),
        "times_less": round(reference["cpu_seconds"] / told["cpu_seconds"], 1),
    }


def main() -> None:
    """Read the options, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="measurements of which the median is told (default 3)")
    parser.add_argument(
        "--stall", type=int, default=0, help="end training episodes without progress (default 0: never)"
    )
    options = parser.parse_args()
    params = replace(PARAMS, episodes=Episodes(stall=options.stall))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    busy = round(os.getloadavg()[0], 2)
    rows: dict[str, list[Row]] = {name: [] for name in REFERENCE}
    with ThreadExecutor(DOMAIN, DOMAIN.policies.default, 1, np.zeros(1, np.uint8)) as executor:
        for seed in range(options.rounds + 1):  # the first loads and compiles
            rows["iteration"].append(cost(iteration, params, seed, executor))
            rows["reproduction"].append(cost(reproduction, params, seed, executor))
    told = {name: summary(rows[name][1:], reference) for name, reference in REFERENCE.items()}
    print(json.dumps({"rounds": options.rounds, "stall": options.stall, "load before": busy} | told))


if __name__ == "__main__":
    main()
