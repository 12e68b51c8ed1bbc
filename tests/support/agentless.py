"""Run files of any domain without agents, so that nothing has to be compiled: `python agentless.py FILE DOMAIN`."""

import sys
from pathlib import Path

from openended import envs
from openended.core.types import Changes, Counters, Pair, Task
from openended.file.writer import Writer, create


def write(path: Path, id: str, count: int = 4) -> Path:
    """One generation: the first task and some random ones, each with a pair that has no elite."""
    domain = envs.domain(id)
    config = {
        "question": "What can be drawn?", "domain": id, "algorithm": "map-elites", "seed": 1, "generations": 10,
        "archive": {"kind": "grid", "cells": [6], "samples": 1}, "episodes": {"cap": 100},
        "criterion": {"low": 0.1, "high": 0.9, "solved": 0.5},
    }  # fmt: skip
    create(path, "drawing", config, {})
    tasks, pairs = [], []
    for place in range(count):
        genome = domain.tasks.random(place) if place else domain.tasks.first()
        descriptor = tuple(map(float, domain.tasks.describe(genome)))
        tasks.append(Task(place, genome, -1, 0, descriptor, place, "admitted", 0.5, "random"))
        pairs.append(Pair(place, place, place, 0.5, None, 0.5, -1, 0, -1, 0.0, True, 0))
    metrics = {"elites": count, "coverage": 0.1, "qd_score": 1.0, "best": 0.5, "mean_fitness": 0.5, "active": count}
    with Writer(path) as run:
        run.commit(Changes(0, tuple(tasks), tuple(pairs), counters=Counters(tasks_created=count), metrics=metrics), 1.0)
    return path


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2])
