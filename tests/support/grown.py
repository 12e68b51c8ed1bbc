"""A made-up run of six tasks for tests of plots: who was made from whom, who helped whom, who has retired."""

import math
from dataclasses import replace

from openended.core.types import State, Task, Transfer
from openended.file.contents import Find
from openended.file.snapshot import Record, Snapshot
from tests.support.point import POINT, Errand
from tests.view.conftest import CELLS, pair, settings, shown

PARENT = {0: -1, 1: 0, 2: 0, 3: 1, 4: 1, 5: 2}
ADMITTED = {0: 0, 1: 2, 2: 2, 3: 4, 4: 6, 5: 9}
FITNESS = {0: 250.0, 1: 120.0, 2: 240.0, 3: 60.0, 4: math.nan, 5: 100.0}
ORIGIN = {0: -1, 1: 2, 2: 0, 3: 5, 4: 1, 5: 2}
TRANSFERS = (
    Transfer(4, 0, 1, "direct", 130.0, 150.0, False),
    Transfer(5, 2, 1, "direct", 150.0, 140.0, True),
    Transfer(6, 1, 3, "direct", 55.0, 50.0, True),
    Transfer(7, 1, 3, "proposal", 58.0, 56.0, True),
    Transfer(9, 5, 3, "proposal", 60.0, 59.0, True),
)
FINDS = (
    Find(6, 0, 0, -50.0, -1),
    Find(7, 1, 2, 90.0, 0),
    Find(8, 2, 2, 95.0, 0),
    Find(9, 3, 4, 40.0, 1),
    Find(0, 0, 8, 250.0, -1),
    Find(1, 1, 5, 120.0, 2),
    Find(2, 2, 8, 240.0, 0),
    Find(3, 3, 9, 60.0, 5),
    Find(4, 4, 6, math.nan, 1),
    Find(5, 5, 9, 100.0, 2),
)
"""All elites: the first four were found with the tasks; pairs point to the others, which have their tasks' ids."""


def grown(retired: tuple[int, ...] = (), fitness: dict[int, float] | None = None) -> Snapshot:
    """The run after its generation 9; task 6 was too hard, task 7 found its niche taken."""
    domain, tasks, pairs = POINT, {}, {}
    for id, parent in {**PARENT, 6: 2, 7: 0}.items():
        errand = Errand(0.5 + id, 0.0, 0.05 if id < 6 else 0.35)
        column, row = int(errand.x), 0 if id < 6 else 3
        niche = column * CELLS[1] + row if id < 7 else 0
        outcome = "admitted" if id < 6 else "too hard" if id == 6 else "niche taken"
        place, made = tuple(domain.tasks.describe(errand)), ADMITTED.get(id, 8)
        tasks[id] = Task(id, errand, parent, made, place, niche, outcome, 0.0, "mutation")
    values = FITNESS if fitness is None else fitness
    for id in PARENT:
        made = pair(id, tasks[id].niche, values[id], active=id not in retired)
        gone = 9 if id in retired else -1
        pairs[id] = replace(
            made, origin=ORIGIN[id], admitted=ADMITTED[id], visits=10 * id, potential=0.5 * id, retired=gone
        )
    state = State(9, {id: tasks[id] for id in pairs}, pairs)
    others = {"history": history(10), "tasks": tasks, "transfers": TRANSFERS, "finds": FINDS}
    return shown("grown", settings(CELLS), domain, state, **others)


def history(generations: int, speed: float = 1000.0, **metrics: float) -> list[dict]:
    """Rows of a run of so many generations: 4,000 steps each, every one 3 s, with 1 s for the commit before it."""
    return [
        {
            "generation": generation,
            "env_steps": 4 * int(speed) * (generation + 1),
            "coverage": 0.1 * generation,
            "qd_score": 100.0 * generation,
            "best": None if generation == 0 else 20.0 * generation,
            "solved": generation // 3,
            "annecs": generation // 4,
            "transfers_accepted": generation,
            "seconds": 3.0,
            "commit_seconds": 1.0,
        }
        | metrics
        for generation in range(generations)
    ]


def recorded(name: str, seed: int, generations: int = 10, speed: float = 1000.0, **changed: float) -> Record:
    """A run of a recipe; `changed` settings belong to the table `es`."""
    return Record(
        name, settings(CELLS) | {"seed": seed, "learner": {"sigma": 0.1} | changed}, history(generations, speed)
    )
