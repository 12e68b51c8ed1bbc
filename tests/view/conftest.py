import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openended import envs
from openended.core.types import Agent, Changes, Counters, Elite, Learner, Pair, State, Task
from openended.envs.api import Domain
from openended.file.snapshot import Snapshot, elites
from openended.file.writer import Writer, create
from tests.support.point import POINT, Errand

CELLS = (8, 6)
WALKS = np.array([1, 0, 0, 0, 0, 1, 0, 0] + [0] * 4 + [2, 0, 0, 2] + [0] * 4 + [0] * 2, np.float32)
"""A point agent that goes straight to its goal."""


@pytest.fixture
def point(monkeypatch: pytest.MonkeyPatch) -> Domain:
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.point:POINT")
    return POINT


def settings(cells: tuple[int, ...], kind: str = "grid") -> dict:
    return {
        "question": "Does the view show what the run file says?",
        "domain": "point-v1",
        "algorithm": "map-elites",
        "seed": 7,
        "generations": 40,
        "archive": {"kind": kind, "cells": list(cells), "samples": 1000},
        "criterion": {"low": 50.0, "high": 300.0, "solved": 230.0},
        "episodes": {"cap": 50},
    }


def pair(task: int, niche: int, fitness: float, active: bool = True) -> Pair:
    """A pair whose learner and elite are named by its task."""
    return Pair(
        task=task,
        niche=niche,
        learner=task,
        fitness=fitness,
        elite=task,
        best_fitness=fitness,
        origin=0,
        visits=1,
        seen=0,
        potential=0.5,
        active=active,
        admitted=0,
    )


def agents(pairs: Iterable[Pair], generation: int = 0, agent: Agent = WALKS) -> dict[str, Any]:
    """The learners and elites of pairs, all with the same agent, for `Changes`."""
    return {
        "learners": tuple(Learner(each.learner, agent, {}, 1) for each in pairs),
        "elites": tuple(Elite(each.elite, each.task, generation, each.best_fitness, -1, agent) for each in pairs),
    }


def shown(name: str, config: dict, domain: Any, state: State, **others: Any) -> Snapshot:
    """A made-up run, as if it had been read; its file does not exist."""
    policies = getattr(domain, "policies", None)
    values = {"history": (), "tasks": state.tasks, "elites": elites(state.pairs), "path": Path("made-up.run")}
    values |= {"steps": {each.learner: 1 for each in state.pairs.values()}, "policy": policies and policies.default}
    return Snapshot(recipe=name, config=config, domain=domain, state=state, **values | others)


def changes(generation: int, tasks: tuple[Task, ...], pairs: tuple[Pair, ...], transfers: int = 0) -> Changes:
    best = [each.best_fitness for each in pairs]
    return Changes(
        generation,
        tasks,
        pairs,
        **agents(pairs, generation),
        counters=Counters(
            evaluations=64, env_steps=12_000, tasks_created=len(tasks), transfers_tried=9, transfers_accepted=transfers
        ),
        metrics={
            "elites": len(pairs),
            "coverage": len(pairs) / math.prod(CELLS),
            "qd_score": sum(value + 100 for value in best),
            "best": max(best, default=None),
            "mean_fitness": sum(best) / len(best) if best else None,
            "active": sum(each.active for each in pairs),
            "solved": sum(value >= 230 for value in best),
        },
    )


Made = Callable[[dict[tuple[int, int], float]], Path]


@pytest.fixture
def made(point: Domain, tmp_path: Path) -> Made:
    """A run file of one generation whose elites have the given fitness by (column, row) of the archive's grid."""

    def make(fitness: dict[tuple[int, int], float]) -> Path:
        path = tmp_path / "made.run"
        create(path, "made", settings(CELLS), {})
        tasks, pairs = [], []
        for id, ((column, row), value) in enumerate(fitness.items()):
            errand = Errand(column + 0.5, 0.0, round(0.1 * row + 0.05, 2))
            niche = column * CELLS[1] + row
            place = tuple(point.tasks.describe(errand))
            tasks.append(Task(id, errand, id - 1, 0, place, niche, "admitted", value, "mutation"))
            pairs.append(pair(id, niche, value))
        with Writer(path) as run:
            run.commit(changes(0, tuple(tasks), tuple(pairs), transfers=4), seconds=2.0)
        return path

    return make


@pytest.fixture
def unstarted(point: Domain, tmp_path: Path) -> Path:
    """A run file without a generation."""
    path = tmp_path / "unstarted.run"
    create(path, "made", settings(CELLS), {})
    return path
