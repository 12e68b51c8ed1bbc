"""Whether a run's agent became more general: its snapshots against each other on the suites and on fresh tasks.

The archive of a run is not asked: its elites never get worse, so its dominance over its past is trivial.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.keys import generator, key
from openended.core.measures.dominance import (
    Comparison,
    compare,
    dominates,
    dominates_beyond,
    dominates_each,
    longest_chain,
)
from openended.core.measures.suites import Returns, graded, play, results
from openended.core.types import Agent
from openended.core.work import Stopped
from openended.envs.api import Domain
from openended.file.errors import Interrupted, Usage
from openended.file.reader import Reader
from openended.file.snapshot import Snapshot, snapshot
from openended.run import signals
from openended.run.evaluate import CAP, history
from openended.run.threads import ThreadExecutor

FRESH = "graded"
"""What the fresh tasks are called among the courses."""
MARGIN = 0.05
"""Share of a task's episodes that may be lost where episodes vary."""
EPISODES = 60
"""On each task there: none lost of so many bounds the share by the margin."""
NOISE = 1e-6
"""Relative size of the noise that tells the copies of a deterministic null apart."""


@dataclass(frozen=True)
class Options:
    """How it is measured.

    Attributes:
        fresh: tasks that are drawn anew, from easy to hard, beside those of the domain's newest suites.
        tolerance: loss of return on a task that counts as none.
        learner: whose snapshots; 0 is that of a curriculum.
        most: snapshots, evenly chosen, the first and the last among them.
    """

    fresh: int = 1000
    tolerance: float = 30.0
    learner: int = 0
    most: int = 10


def generality(path: str | Path, options: Options, threads: int = 1) -> dict[str, Any]:
    """Compare every two snapshots of a run, paired on the same tasks; JSON values by name.

    `pairs` has for every two the fields of `core.measures.dominance.Comparison` and whether the later `dominates`;
    `chain` the generations of the longest sequence in which each dominates all before it; `null` the length of that of
    as many copies of the last agent, and the largest values of their pairs. The copies play with other keys, or where
    episodes do not vary, have noise of a millionth in their parameters: chaos does the rest. `beyond_chance` is the
    longest sequence of which none loses a larger share of the tasks than those copies do among themselves.

    Raises:
        Usage: the run has fewer than two snapshots of the learner, or its domain neither suites nor fresh tasks.
        Failure: the run file cannot be read; `Interrupted` after a signal.
    """
    view = snapshot(path)
    courses = tasks_of(view.domain, options.fresh)
    tasks = [task for course in courses.values() for task in course]
    names, agents = aged(view, options)
    fixed = view.domain.simulator.deterministic
    episodes = 1 if fixed else EPISODES
    try:
        with signals.requests() as stop, ThreadExecutor(view.domain, view.policy, threads, stop) as executor:
            returns = play(tasks, episodes, agents, executor, CAP)
            if fixed:
                null = play(tasks, episodes, copies(agents[-1], len(agents)), executor, CAP)
            else:
                last = agents[-1:]
                null = np.concatenate([play(tasks, episodes, last, executor, CAP, 1 + n) for n in range(len(agents))])
    except Stopped:
        raise Interrupted("Stopped on request; nothing was compared.") from None
    pairs, chain = compared(returns, view.solved, options.tolerance)
    twins, chance = compared(null, view.solved, options.tolerance)
    worst = {name: max(twin[name] for twin in twins) for name in ("tolerance", "tolerance_99", "regressed", "improved")}
    return {
        "run": str(path),
        "recipe": view.recipe,
        "seed": view.config["seed"],
        "learner": options.learner,
        "solved": view.solved,
        "tolerance": options.tolerance,
        "tasks": {name: len(course) for name, course in courses.items()},
        "episodes": episodes,
        "snapshots": [
            name | {"solved": {each.course: each.solved_rate for each in results(courses, one, view.solved)}}
            for name, one in zip(names, returns, strict=True)
        ],
        "pairs": [pair | {end: names[pair[end]]["generation"] for end in ("earlier", "later")} for pair in pairs],
        "chain": [names[place]["generation"] for place in chain],
        "beyond_chance": [names[place]["generation"] for place in beyond(pairs, len(agents), worst["regressed"])],
        "null": {"chain": len(chance), "beyond_chance": len(beyond(twins, len(agents), worst["regressed"]))} | worst,
    }


def tasks_of(domain: Domain, fresh: int) -> dict[str, Sequence[Any]]:
    """The courses of the newest version of every suite, and fresh tasks. Raises Usage if there are neither."""
    courses: dict[str, Sequence[Any]] = {}
    for suite in sorted({name.rpartition("-v")[0] or name for name in domain.suites}):
        courses |= domain.suite(suite)
    if fresh and (domain.tasks.random or domain.tasks.ranges):
        courses[FRESH] = graded(domain.tasks, fresh)
    if not courses:
        raise Usage(f"{domain.id} has no suites and cannot draw fresh tasks, so there is nothing to compare agents on.")
    return courses


def aged(view: Snapshot, options: Options) -> tuple[list[dict[str, Any]], list[Agent]]:
    """The learner's snapshots and its agent of now, evenly chosen, with their generations and steps. Raises Usage."""
    kept = history(view, options.learner)
    with Reader(view.path) as run:
        now = {"generation": view.generation, "env_steps": int(view.metrics.get("env_steps", 0))}
        kept.append((now, run.learner(options.learner).agent))
    if len(kept) < 2:
        raise Usage(
            f"{view.path} has kept no snapshot of learner {options.learner}; set snapshots.every in the recipe, and "
            "let the run go on."
        )
    chosen = np.unique(np.linspace(0, len(kept) - 1, min(options.most, len(kept))).round().astype(int)).tolist()
    return [kept[place][0] for place in chosen], [kept[place][1] for place in chosen]


def copies(agent: Agent, count: int) -> list[Agent]:
    """An agent again and again, each time with noise that alters nothing but last digits."""
    return [
        np.asarray(agent * (1 + NOISE * generator(key(0, 0, "null", number)).uniform(-1, 1, len(agent))), np.float32)
        for number in range(count)
    ]


def compared(returns: Returns, solved: float, tolerance: float) -> tuple[list[dict[str, Any]], list[int]]:
    """All pairs by their places, and the longest chain."""
    over: NDArray[np.bool_] = np.zeros((len(returns), len(returns)), np.bool_)
    pairs = []
    for earlier, later in combinations(range(len(returns)), 2):
        one, other = returns[earlier], returns[later]
        found = compare(one, other, solved)
        varied = one.shape[1] > 1
        over[earlier, later] = dominates_each(one, other, solved, MARGIN) if varied else dominates(found, tolerance)
        ends = {"earlier": earlier, "later": later, "dominates": bool(over[earlier, later])}
        pairs.append(ends | asdict(found))
    return pairs, longest_chain(over)


def beyond(pairs: Sequence[dict[str, Any]], count: int, chance: float) -> list[int]:
    """The longest chain of agents that lose no more than one loses against itself."""
    over: NDArray[np.bool_] = np.zeros((count, count), np.bool_)
    for pair in pairs:
        found = Comparison(**{each.name: pair[each.name] for each in fields(Comparison)})
        over[pair["earlier"], pair["later"]] = dominates_beyond(found, chance)
    return longest_chain(over)
