"""POET's evolution strategy and proximal policy optimization on the same courses: returns over steps and CPU seconds.

    python -m benchmarks.learners [--kinds es ppo] [--seeds 1 2 3] [--million 8] [--threads 2] >> learners.jsonl
    python -m benchmarks.learners --table learners.jsonl

For every kind and seed an agent learns flat ground from scratch, and so does another one Gymnasium's walker and a third
its hardcore courses, each step on courses drawn anew. The agent that did best on flat ground then begins five courses
of rising difficulty as an agent that is transferred does, its optimiser begun afresh and its critic, if any, taken
along: stumps and gaps from 0 to the given size. Both kinds have the same network, the settings of `poet_laptop` and the
defaults of `ppo`, and are tried every 131,072 steps to the cap of 2,000: on the course itself, of the two Gymnasium
walkers on the 100 courses of walker-suite-v1. Steps and CPU seconds are those of training alone. One JSON line for each
course: its curve [steps, CPU seconds, mean return, solved rate], and when it was first solved (of 100 courses: half of
them).
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from openended.core import learners
from openended.core.keys import generator, key
from openended.core.learners import Proximal, Strategy
from openended.core.measures.statistics import interquartile_mean
from openended.core.measures.suites import play, result
from openended.core.types import Learner
from openended.core.work import Job, Limits
from openended.envs.walker.courses.gymnasium_course import gymnasium_course, next_course
from openended.envs.walker.courses.task import WalkerTask
from openended.envs.walker.domain import WALKER
from openended.run.threads import ThreadExecutor

POLICY = WALKER.policies.make("mlp", (64, 64))
CAP, SOLVED, CHECK = 2000, 230.0, 131_072
KINDS: dict[str, tuple[Any, Limits]] = {
    "es": (Strategy(population=64, learning_rate=0.03), Limits(600, 50)),
    "ppo": (Proximal(), Limits(CAP)),
}
"""Settings of each learner, and how long its training episodes are."""
DRAWN = 64
"""Courses of a step on Gymnasium's walkers; the evolution strategy's 32 pairs of members take one each."""
RISING = [(1.0, 0.4, 0.8), (2.0, 0.8, 1.6), (3.0, 1.2, 3.0), (4.0, 1.6, 4.5), (4.5, 2.4, 6.0)]
"""Roughness, highest stump, widest gap. The last is of all three of POET's bands."""


def drawn(hardcore: bool) -> Callable[[int], list[Any]]:
    """Makes courses of Gymnasium's walker that no suite has, from a key."""

    def make(of: int) -> list[Any]:
        random = generator(of)
        return [next_course(random, hardcore) for _ in range(DRAWN)]

    return make


def rising(place: int) -> WalkerTask:
    roughness, stump, gap = RISING[place]
    return WalkerTask(roughness=roughness, stump_height=(0.0, stump), pit_gap=(0.0, gap), terrain_seed=place + 1)


def learn(
    kind: str,
    seed: int,
    course: str,
    learner: Learner,
    genomes: Callable[[int], Sequence[Any]],
    tried: Sequence[Any],
    million: float,
    executor: ThreadExecutor,
) -> tuple[dict[str, Any], Learner]:
    """The curve on one course, and the learner that did best in it."""
    settings, limits = KINDS[kind]
    module = learners.kind(settings)

    def job(learner: Learner, number: int) -> Job:
        return Job(tuple(genomes(key(seed, number, course))), learner, key(seed, number, f"{kind} {course}"))

    module.learn([job(learner, 0)], settings, limits, executor)  # compiles
    steps, spent, number, curve = 0, 0.0, 0, []
    best, kept = -np.inf, learner
    while True:
        if not curve or steps // CHECK > curve[-1][0] // CHECK:
            found = result(course, play(tried, 1, [learner.agent], executor, CAP)[0], SOLVED)
            mean = -np.inf if found.mean_return is None else found.mean_return
            curve.append((steps, round(spent, 1), round(mean, 1), found.solved_rate))
            if mean > best:
                best, kept = mean, learner
            print(kind, seed, course, *curve[-1], file=sys.stderr, flush=True)
            if steps >= million * 1e6 or (len(tried) == 1 and found.solved_rate == 1 and course != "flat"):
                break
        before = time.process_time()
        (learned,) = module.learn([job(learner, number)], settings, limits, executor)
        spent += time.process_time() - before
        learner, number = learned.learner, number + 1
        steps += learned.cost.env_steps
    solved = next(([steps, seconds] for steps, seconds, _, rate in curve if rate >= 0.5), None)
    return {"kind": kind, "seed": seed, "course": course, "best": best, "solved": solved, "curve": curve}, kept


def experiment(kind: str, seed: int, options: argparse.Namespace, executor: ThreadExecutor) -> None:
    """All courses of one kind and seed."""
    settings, _ = KINDS[kind]
    module = learners.kind(settings)
    fresh = module.start(settings, 0, module.first_agent(POLICY, key(seed, 0, "agent")))

    def go(course: str, first: Learner, genomes: Callable[[int], Sequence[Any]], tried: Sequence[Any]) -> Learner:
        line, best = learn(kind, seed, course, first, genomes, tried, options.million, executor)
        print(json.dumps(line), flush=True)
        return best

    flat = [WalkerTask()]
    walking = go("flat", fresh, lambda of: flat, flat)
    for name, hardcore in (("Basic", False), ("Hardcore", True)):
        go(name, fresh, drawn(hardcore), [gymnasium_course(number, hardcore) for number in range(100)])
    heir = module.heir(settings, 0, walking)
    for place in range(len(RISING)):
        one = [rising(place)]
        go("roughness {} stumps {} gaps {}".format(*RISING[place]), heir, lambda of, one=one: one, one)


def table(lines: Sequence[dict[str, Any]]) -> str:
    """Markdown: of every course and kind the best return of each seed, and the steps and CPU seconds to a solution."""
    rows = ["| course | learner | seeds | best mean return | each | solved | steps to it | CPU seconds to it |"]
    rows.append("|---|---|--:|--:|---|--:|---|---|")
    for course in dict.fromkeys(line["course"] for line in lines):
        for kind in dict.fromkeys(line["kind"] for line in lines):
            found = [line for line in lines if (line["course"], line["kind"]) == (course, kind)]
            if not found:
                continue
            best = [line["best"] for line in found]
            solved = [line["solved"] for line in found if line["solved"]]
            rows.append(
                f"| {course} | {kind} | {len(found)} | {interquartile_mean(np.array(best)[:, None]):.0f} "
                f"| {', '.join(f'{value:.0f}' for value in best)} | {len(solved)} of {len(found)} "
                f"| {', '.join(f'{steps / 1e6:.2f} M' for steps, _ in solved) or '-'} "
                f"| {', '.join(f'{seconds:.0f}' for _, seconds in solved) or '-'} |"
            )
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--million", type=float, default=8.0, help="most steps on each course")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--table", type=Path, help="print the table of these lines instead")
    options = parser.parse_args()
    if options.table:
        print(table([json.loads(line) for line in options.table.read_text().splitlines()]))
        return
    with ThreadExecutor(WALKER, POLICY, options.threads, np.zeros(1, np.uint8)) as executor:
        for seed in options.seeds:
            for kind in options.kinds:
                experiment(kind, seed, options, executor)


if __name__ == "__main__":
    main()
