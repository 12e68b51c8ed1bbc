"""The shared agent of a run in Gymnasium's own walker, beside the same episodes on our simulator.

    python -m benchmarks.gymnasium_walker runs/results/walker.run [--course hardcore] [--episodes 100] [--first 0]

Episode k has seed k, the time limit of Gymnasium's course, and the agent's mean action. Prints one JSON line: mean
return, its standard deviation, the share of returns of 230 or more, and how many returns are not equal to ours to the
last digit that summation keeps (1e-9). Exit code 1 if any are not. A few minutes for 100 episodes, nearly all in
Gymnasium.
"""

import argparse
import json
import sys

import numpy as np

from openended.core.work import Batch, Limits
from openended.envs.walker.courses.gymnasium_course import gymnasium_course
from openended.envs.walker.domain import WALKER
from openended.file.reader import Reader
from openended.run.threads import ThreadExecutor
from tests.support.gymnasium_walk import walked

COURSES = {"normal": ("BipedalWalker-v3", 1600), "hardcore": ("BipedalWalkerHardcore-v3", 2000)}
SOLVED = 230.0


def main() -> int:
    """Read the options, walk, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("--course", choices=COURSES, default="hardcore")
    parser.add_argument("--episodes", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    with Reader(options.run) as run:
        policy, agent, generation = run.policy, run.learner(0).agent, run.last()[0]
    name, cap = COURSES[options.course]
    seeds = range(options.first, options.first + options.episodes)
    theirs = np.array([walked(name, policy, agent, seed) for seed in seeds])
    courses = [gymnasium_course(seed, options.course == "hardcore") for seed in seeds]
    which = np.array([(episode, 0) for episode in range(len(courses))], np.int32)
    keys = np.zeros(len(courses), np.uint64)
    with ThreadExecutor(WALKER, policy, 1, np.zeros(1, np.uint8)) as executor:
        ours = executor.evaluate(Batch(courses, agent[None], which, keys, Limits(cap))).returns
    differ = int((np.abs(theirs - ours) > 1e-9).sum())
    report = {
        "run": options.run,
        "generation": generation,
        "environment": name,
        "seeds": [seeds[0], seeds[-1]],
        "mean": round(float(theirs.mean()), 1),
        "deviation": round(float(theirs.std()), 1),
        "solved": round(float((theirs >= SOLVED).mean()), 4),
        "differ": differ,
    }
    print(json.dumps(report))
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
