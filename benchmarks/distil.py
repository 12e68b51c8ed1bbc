"""What one agent made of an archive is worth: arms of distillation beside the best elite and the shared learner.

    python -m benchmarks.distil SOURCE.run --to FOLDER [--seeds 1 2 3] [--generations 12] [--arms filtered random ...]

Every arm is a run of the algorithm `distil` that begins with SOURCE, with the settings in `ARMS` and a seed of its own;
niches, episodes, criterion and policy are those of SOURCE. `ppo` is SOURCE's own algorithm, which goes on with its
tasks, elites and learner for as many environment steps as the arm `filtered` of the same seed took (SOURCE must be a
curriculum or a generalist). All agents then meet the same tasks without noise: those of the archive, 1,000 fresh ones
from easy to hard, and the suites. The folder is the memory: a run that is there is continued, not repeated. Prints one
JSON line for each arm and seed.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from openended.core.inheritance import MAKER
from openended.core.measures.suites import graded, play, solved_rate
from openended.core.types import Agent
from openended.file.reader import Reader
from openended.file.settings import Config
from openended.run import driver, recipe
from openended.run.threads import ThreadExecutor

ARMS: dict[str, dict[str, dict[str, Any]]] = {
    "filtered": {},
    "unfiltered": {"learner": {"filter": "none"}},
    "random": {"learner": {"filter": "random"}},
    "uncorrected": {"learner": {"correct": False}},
    "taught on": {"teaching": {"student": "learner"}},
    "best elite": {"teaching": {"student": "best", "lessons": False}},
    "learner": {"teaching": {"student": "learner", "lessons": False}},
}
PPO = "ppo"
CAP = 2000
FRESH = 1000


def config(source: Path, arm: str, seed: int, generations: int) -> Config:
    """The recipe of an arm."""
    with Reader(source) as run:
        theirs = run.config
    same = {name: theirs[name] for name in ("domain", "archive", "episodes", "policy", "criterion")}
    tree = same | {"question": f"What is the arm {arm!r} worth?", "algorithm": "distil", "seed": seed}
    lessons = ARMS[arm].get("teaching", {}).get("lessons", True)
    tree |= {"generations": generations if lessons else 0, "start": {"run": str(source)}}
    return recipe.check(tree | ARMS[arm], arm, arm)


def grown(source: Path, path: Path, seed: int, steps: int, threads: int) -> None:
    """SOURCE's own algorithm, until it has taken so many environment steps."""
    with Reader(source) as run:
        tree = dict(run.config) | {"seed": seed, "start": {"run": str(source)}}
    generations = 0
    while True:
        made = driver.run(path, recipe.check(tree | {"generations": generations}, PPO, PPO), threads)
        if (taken := made.counters.env_steps) >= steps:
            return
        pace = max(1, taken // (made.generation + 1))
        generations = made.generation + max(1, (steps - taken) // max(pace, 200_000))


def agent(path: Path) -> tuple[Agent, list[dict[str, Any]]]:
    """The learner's agent, and the history of the run."""
    with Reader(path) as run:
        return run.learner(0).agent, run.generations()


def archived(path: Path) -> list[Any]:
    """The tasks that a run of `distil` copied."""
    with Reader(path) as run:
        return [task.genome for task in run.tasks().values() if task.maker == MAKER]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--generations", type=int, default=12)
    parser.add_argument("--threads", type=int, default=driver.cores())
    parser.add_argument("--arms", nargs="+", choices=[*ARMS, PPO], default=[*ARMS, PPO])
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    for seed in options.seeds:
        for arm in options.arms:
            path = options.to / f"{arm.replace(' ', '-')}-seed{seed}.run"
            first = options.to / f"filtered-seed{seed}.run"
            if arm == PPO:
                grown(options.source, path, seed, agent(first)[1][-1]["env_steps"], options.threads)
            else:
                driver.run(path, config(options.source, arm, seed, options.generations), options.threads)
            report(arm, seed, path, path if arm != PPO else first, options.threads)


def report(arm: str, seed: int, path: Path, tasks_of: Path, threads: int) -> None:
    """Print what the agent of a run solves."""
    found, rows = agent(path)
    with Reader(path) as run:
        domain, policy, solved = run.domain, run.policy, run.config["criterion"]["solved"]
    courses = {"archive": archived(tasks_of), "fresh": graded(domain.tasks, FRESH)}
    newest = sorted({name.rpartition("-v")[0] or name for name in domain.suites})
    courses |= {name: [task for course in domain.suite(name).values() for task in course] for name in newest}
    episodes = 1 if domain.simulator.deterministic else 10
    with ThreadExecutor(domain, policy, threads, np.zeros(1, np.uint8)) as executor:
        rates = {
            name: round(solved_rate(play(tasks, episodes, [found], executor, CAP)[0], solved), 4)
            for name, tasks in courses.items()
        }
    replaced = [row["elites_replaced"] for row in rows if "elites_replaced" in row]
    line = {"arm": arm, "seed": seed, "tasks": len(courses["archive"]), "solved": rates}
    line |= {"retention": rows[-1].get("retention"), "replaced": sum(replaced), "replaced_in_each": replaced}
    line |= {"solved_in_each": [row["student_solved"] for row in rows if "student_solved" in row]}
    line |= {"env_steps": rows[-1]["env_steps"], "seconds": round(sum(row["seconds"] for row in rows), 1)}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
