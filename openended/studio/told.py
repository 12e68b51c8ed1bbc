"""What the page is told about a run, as JSON values: what never changes (`run`), and how it stands (`moment`)."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from openended.envs.api import Domain
from openended.file.snapshot import cells, explored
from openended.view.voronoi import voronoi

from .feed import feed
from .look import Looker, Moment
from .search import learns
from .wanted import wanted

POINTS = 240
"""Most points of a curve: a screen shows no more."""
CURVES = ("solved", "qd_score", "annecs")
MEASURED = ("elites", "coverage", "qd_score", "best", "mean_fitness", "solved", "active")
COUNTED = ("env_steps", "evaluations", "tasks_created", "annecs", "transfers_accepted")


def run(looker: Looker) -> dict[str, Any]:
    """What stays as it is: settings, axes, bounds, the archive's tiles where they are no grid."""
    domain, config = looker.domain, looker.config
    return {
        "run": looker.id,
        "file": looker.path.name,
        "recipe": looker.recipe,
        "seed": config["seed"],
        "question": str(config["question"]),
        "domain": domain.id,
        "algorithm": config["algorithm"],
        "generations": config["generations"],
        "criterion": {name: float(config["criterion"][name]) for name in ("low", "high", "solved")},
        "axes": [{"name": axis.name, "unit": axis.unit, "low": axis.low, "high": axis.high} for axis in domain.axes],
        "cells": cells(config, len(domain.axes)),
        "films": looker.plays,
        "starts": starts(domain),
        "keys": keys(domain),
        "searches": looker.plays and domain.simulator.begin is not None and learns(config),
        "command": f"openended resume {looker.path}",
    }


def starts(domain: Domain) -> list[str]:
    """What a drawing can begin with, by name."""
    blanks = list(domain.people.blanks) if domain.people else []
    others = ["the first task", *(["random"] if domain.tasks.random else []), "mutations"]
    return [*blanks, *others]


def keys(domain: Domain) -> dict[str, Any] | None:
    """How a person acts; None where nobody can."""
    if domain.people is None or domain.people.keys is None or domain.simulator.begin is None:
        return None
    found = domain.people.keys
    named = [{"code": key.code, "label": key.label} for key in found.keys]
    rate = domain.pictures.steps_per_second if domain.pictures else 25.0
    return {"keys": named, "waits": found.waits, "speed": found.speed, "rate": rate}


def tiles(looker: Looker, now: Moment) -> dict[str, Any]:
    """Where the niches of a CVT archive lie, in shares of the axes' ranges: cells if there are two axes, else points.

    Empty of a grid, and before the first generation.
    """
    centroids = now.view.centroids
    if looker.config["archive"]["kind"] == "grid" or centroids is None:
        return {"corners": None, "points": None}
    points = np.asarray(centroids, np.float64)
    if len(looker.domain.axes) != 2:
        return {"corners": None, "points": points.round(4).tolist()}
    corners = [cell.round(4).tolist() for cell in voronoi(points, (0.0, 0.0), (1.0, 1.0))]
    return {"corners": corners, "points": points.round(4).tolist()}


def moment(looker: Looker, now: Moment, authors: Mapping[int, str]) -> dict[str, Any]:
    """The run as it stands. `authors` are the people who made tasks, by task."""
    view, generation = now.view, now.view.generation
    last = view.metrics
    shape = cells(view.config, len(view.domain.axes))
    return {
        "generation": generation,
        "generations": now.generations,
        "digest": now.digest,
        "owner": now.owner,
        "done": generation >= now.generations,
        "pace": pace(now),
        "metrics": {name: plain(last.get(name)) for name in (*MEASURED, *COUNTED)},
        "shown": explored(shape, list(view.elites)) if shape else None,
        "niches": [row(now, niche, authors) for niche in view.elites],
        "vain": sorted({task.niche for task in view.tasks.values()} - view.elites.keys()),
        "curves": curves(view.history),
        "feed": feed(view, authors),
        "wanted": wanted(view),
    }


def row(now: Moment, niche: int, authors: Mapping[int, str]) -> list[Any]:
    """One niche: its number, task, fitness, age, learning progress, origin, author, if it is active, has an agent."""
    view = now.view
    pair = view.elites[niche]
    age = view.generation - pair.admitted
    author = authors.get(pair.task) or view.tasks[pair.task].maker
    amounts = [plain(pair.best_fitness), age, plain(pair.potential), pair.origin]
    return [niche, pair.task, *amounts, author, int(pair.active), int(pair.elite is not None)]


def pace(now: Moment) -> dict[str, float | None]:
    """Environment steps a second and seconds of a generation, over the last ten."""
    recent = now.view.history[-11:]
    seconds = sum(each["seconds"] + each["commit_seconds"] for each in recent[1:])
    if len(recent) < 2 or not seconds:
        return {"steps": None, "seconds": None}
    steps = recent[-1]["env_steps"] - recent[0]["env_steps"]
    return {"steps": steps / seconds, "seconds": seconds / (len(recent) - 1)}


def curves(history: Any) -> dict[str, Any]:
    """Some generations, evenly spread to the last, and what was measured then."""
    if not history:
        return {"generation": [], **{name: [] for name in CURVES}}
    places = np.unique(np.linspace(0, len(history) - 1, min(len(history), POINTS)).round().astype(int)).tolist()
    chosen = [history[place] for place in places]
    measured = {name: [plain(each.get(name)) for each in chosen] for name in CURVES}
    return {"generation": [each["generation"] for each in chosen], **measured}


def plain(value: float | int | None) -> float | int | None:
    """A number that JSON has; None for what is none."""
    if value is None or not math.isfinite(value):
        return None
    return value if isinstance(value, int) else round(float(value), 6)
