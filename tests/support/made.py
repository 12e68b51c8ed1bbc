"""Made-up generations for tests of the run file, and a script that writes them until it is killed.

    python made.py FILE GENERATIONS PAIRS PARAMETERS

prints every generation after its commit.
"""

import sys
from pathlib import Path

import numpy as np

from openended import envs
from openended.core.types import Changes, Counters, Optimiser, Pair, Score, Task, Transfer
from openended.file.writer import Writer, create
from tests.support.point import POINT, Errand


def changes(generation: int, pairs: int = 3, parameters: int = POINT.policies.default.parameters) -> Changes:
    """Generation 0 makes `pairs` tasks, every later one another; each alters up to `pairs` pairs."""
    random = np.random.default_rng(generation)
    made = range(pairs) if generation == 0 else [pairs + generation - 1]
    altered = sorted({*random.integers(0, pairs + generation, pairs).tolist(), *made})
    return Changes(
        generation=generation,
        tasks=tuple(task(id, generation) for id in made),
        pairs=tuple(pair(id, generation, parameters) for id in altered),
        transfers=tuple(
            Transfer(generation, id, made[0], "direct", random.normal(), float("nan"), False) for id in made
        ),
        counters=Counters(evaluations=generation * 10, env_steps=generation * 1000, tasks_created=pairs + generation),
        metrics={"coverage": 0.25, "best": float(generation), "hardest": None},
        scores=(Score(generation, 0, made[0], random.normal()), Score(generation, 1, made[0], float("nan"))),
    )


def task(id: int, generation: int) -> Task:
    return Task(id, Errand(1.0, 0.05 * id, 0.0), id - 1, generation, (1.0, 0.05 * id), id, "admitted", float("nan"))


def pair(id: int, generation: int, parameters: int) -> Pair:
    arrays = np.random.default_rng([id, generation]).normal(size=(4, parameters)).astype(np.float32)
    optimiser = Optimiser(m=arrays[2], v=arrays[3], t=generation, learning_rate=0.01, sigma=0.1)
    recent = (0.1 * generation, float("nan"))
    return Pair(id, id, arrays[0], 1.5 * generation, optimiser, arrays[1], 2.0, id, 1, 1, 0.5, True, 0, -1, recent)


def write(path: Path, generations: int, pairs: int = 3, parameters: int = POINT.policies.default.parameters) -> str:
    """Make or continue a file of made-up generations, and give the last digest."""
    envs.DOMAINS["point-v1"] = "tests.support.point:POINT"
    if not path.exists():
        create(path, "made", {"domain": "point-v1", "seed": 1, "generations": generations}, {"python": "3"})
    with Writer(path) as file:
        for generation in range(file.generation + 1, generations):
            file.commit(changes(generation, pairs, parameters), seconds=0.5)
            print(generation, flush=True)
        return file.digest


if __name__ == "__main__":
    write(Path(sys.argv[1]), *map(int, sys.argv[2:]))
