"""Made-up generations for tests of the run file, and a script that writes them until it is killed.

    python made.py FILE GENERATIONS PAIRS PARAMETERS

prints every generation after its commit.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openended import envs
from openended.core.measures.milestones import Milestone
from openended.core.measures.potentials import Potentials
from openended.core.offers import Taken
from openended.core.types import Changes, Counters, Elite, Learner, Pair, Score, Snapshot, Task, Transfer
from openended.file.writer import Writer, create
from tests.support.point import POINT, Errand

VOTE = {"left": 0, "right": 1, "choice": "left"}


def changes(generation: int, pairs: int = 3, parameters: int = POINT.policies.default.parameters) -> Changes:
    """Generation 0 makes `pairs` tasks, every later one another; each trains up to `pairs` pairs and finds an elite for
    the first and the last of them.
    """
    random = np.random.default_rng(generation)
    made = range(pairs) if generation == 0 else [pairs + generation - 1]
    altered = sorted({*random.integers(0, pairs + generation, pairs).tolist(), *made})
    found = {altered[0]: 2 * generation, altered[-1]: 2 * generation + 1}
    return Changes(
        generation=generation,
        tasks=tuple(task(id, generation) for id in made),
        pairs=tuple(pair(id, generation, found.get(id)) for id in altered),
        learners=tuple(learner(id, generation, parameters) for id in altered),
        elites=tuple(
            Elite(id, place, generation, 2.0 + generation, place - 1, agent(parameters, place, generation))
            for place, id in found.items()
        ),
        transfers=tuple(
            Transfer(generation, id, made[0], "direct", random.normal(), float("nan"), False) for id in made
        ),
        counters=Counters(evaluations=generation * 10, env_steps=generation * 1000, tasks_created=pairs + generation),
        metrics={"coverage": 0.25, "best": float(generation), "hardest": None},
        scores=(Score(generation, 0, made[0], random.normal()), Score(generation, 1, made[0], float("nan"))),
        snapshots=(Snapshot(altered[0], generation, agent(parameters, altered[0], generation)),),
        potentials=(
            Potentials(
                generation, made[0], True, random.normal(), float("nan"), {"novelty": float("nan"), "regret": 0.5}
            ),
        ),
        offers=(
            Taken(generation, "vote", f"{generation:064x}", "ann", "counted", -1, {"score": random.normal()}, VOTE),
        )
        if generation
        else (),
        milestones=(Milestone(generation, made[0], 10, random.normal()),),
        arrays={"centroids": random.normal(size=(3, 2)), "counts": np.arange(generation)}
        if generation % 3 == 0
        else {},
    )


def task(id: int, generation: int) -> Task:
    place, maker = (1.0, 0.05 * id), "mutation" if id else "first"
    return Task(id, Errand(1.0, 0.05 * id, 0.0), id - 1, generation, place, id, "admitted", float("nan"), maker)


def agent(parameters: int, *seed: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=parameters).astype(np.float32)


def learner(id: int, generation: int, parameters: int) -> Learner:
    memory = {
        "m": agent(parameters, id, generation, 1),
        "v": agent(parameters, id, generation, 2),
        "t": np.array(generation, np.int64),
        "sigma": np.array(0.1),
    }
    return Learner(id, agent(parameters, id, generation, 3), memory, generation)


def pair(id: int, generation: int, elite: int | None) -> Pair:
    recent = (0.1 * generation, float("nan"))
    numbers = {"fitness": 1.5 * generation, "best_fitness": 2.0 + generation, "potential": 0.5}
    places = {"niche": id, "learner": id, "elite": elite, "origin": id, "visits": 1, "seen": generation}
    return Pair(task=id, **numbers, **places, active=True, admitted=0, retired=-1, recent=recent, best_return=3.0)


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
