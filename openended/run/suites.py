"""Suites that grow: tasks of runs that no learner solves, now or at any snapshot, but some elite does."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.algorithms import SHARING
from openended.core.measures.suites import play
from openended.core.types import Agent
from openended.core.work import Stopped
from openended.envs.api import Genome
from openended.file import suites
from openended.file.errors import Interrupted, Usage
from openended.file.given import FRESH_REPEATS, contents
from openended.file.reader import Reader
from openended.file.snapshot import Snapshot, snapshot
from openended.file.suites import Suite
from openended.run import signals
from openended.run.evaluate import CAP
from openended.run.threads import ThreadExecutor


@dataclass(frozen=True)
class Grown:
    """A suite's next version, and of which tasks it was chosen: how many were asked, solved by their elite, solved by a
    learner or a snapshot of one, and how many learners and snapshots there were.
    """

    suite: Suite
    asked: int
    witnessed: int
    known: int
    judges: int


def grow(name: str, runs: Sequence[Path], place: Path, most: int, threads: int) -> Grown:
    """Write the next version of a suite: of each niche one task that some elite of the runs solves, tried anew, and
    none of their shared learners does, as they are now and were at their snapshots; `most` at most, the oldest first.

    Where episodes vary, a task counts as solved if most of 10 episodes solve it.

    Args:
        name: a suite of the domain, or a suite file.
        runs: run files of one domain, one of them at least with a shared learner.
        place: the file to be written.
        most: of the new tasks.
        threads: how many run episodes; the result does not depend on it.

    Raises:
        Usage: no such suite; runs of several domains or thresholds, or without a shared learner; nothing to add.
        Failure: a run file cannot be read; the file cannot be written.
    """
    views = [snapshot(path) for path in runs]
    domain, solved = views[0].domain, views[0].solved
    for view in views:
        view.check_agents()
        if view.domain.id != domain.id or view.solved != solved:
            raise Usage(
                f"{view.path} is of {view.domain.id}, solved from {view.solved:g} on, but {views[0].path} is of "
                f"{domain.id}, solved from {solved:g} on; name runs that agree."
            )
    judges = [(view, agents) for view in views if (agents := learners(view))]
    if not judges:
        raise Usage("None of the runs has a shared learner that tasks could be new to; name a curriculum, too.")
    suite = read(domain, name)
    known = {domain.tasks.encode(task) for tasks in suite.courses.values() for task in tasks}
    try:
        with signals.requests() as stop:
            asked, found = witnessed(views, known, threads, stop)
            left = np.ones(len(found), bool)
            for view, agents in judges:
                with ThreadExecutor(domain, view.policy, threads, stop) as executor:
                    genomes = [genome for _, genome in found]
                    left &= ~solve(genomes, agents, executor, solved).any(axis=0) if found else left
    except Stopped:
        raise Interrupted("Stopped on request; nothing was written.") from None
    new: dict[int, Genome] = {}
    for (niche, genome), unsolved in zip(found, left.tolist(), strict=True):
        if unsolved:
            new.setdefault(niche, genome)
    if not new:
        raise Usage(
            f"Of {asked} tasks that elites solve, none is new to {name} and to the learners; {place} is not written."
        )
    digests = [str(view.metrics["digest"]) for view in views]
    grown = suite.with_tasks(list(new.values())[:most], digests)
    suites.write(domain, grown, place)
    return Grown(grown, asked, len(found), int((~left).sum()), sum(len(agents) for _, agents in judges))


def witnessed(
    views: Sequence[Snapshot], known: set[str], threads: int, stop: NDArray[np.uint8]
) -> tuple[int, list[tuple[int, Genome]]]:
    """How many tasks the runs' elites solve that are not `known` by their texts, and those that they solve once more,
    each with its niche, in the order of the runs and of the tasks' making.
    """
    asked, found = 0, dict[str, tuple[int, Genome]]()
    for view in views:
        encode, tasks = view.domain.tasks.encode, view.state.tasks
        pairs = sorted((each for each in view.agents if each.best_fitness >= view.solved), key=lambda each: each.task)
        pairs = [pair for pair in pairs if encode(tasks[pair.task].genome) not in known]
        asked += len(pairs)
        with ThreadExecutor(view.domain, view.policy, threads, stop) as executor:
            for pair, agent in zip(pairs, view.best_agents(pairs), strict=True):
                genome = tasks[pair.task].genome
                if solve([genome], [agent], executor, view.solved).all():
                    found.setdefault(encode(genome), (pair.niche, genome))
    return asked, list(found.values())


def learners(view: Snapshot) -> list[Agent]:
    """The agents of a run's shared learner: at its snapshots, and as it is now; none if it has no such learner."""
    if view.config["algorithm"] not in SHARING or view.generation < 0:
        return []
    with Reader(view.path) as run:
        return [*(each.agent for each in run.snapshots() if each.learner == 0), run.learner(0).agent]


def read(domain: Any, name: str) -> Suite:
    """The suite of that name, or in that file. Raises Usage."""
    if not name.endswith(".json"):
        return suites.named(domain, name)
    try:
        value = json.loads(contents(Path(name), suites.MOST, "a suite"))
    except (ValueError, RecursionError) as error:
        raise Usage(f"{name} is no JSON ({error!s:.80}); name a suite, or a file that `suite grow` wrote.") from None
    return suites.parsed(domain, value, name)


def solve(
    genomes: Sequence[Genome], agents: Sequence[Agent], executor: ThreadExecutor, solved: float
) -> NDArray[np.bool_]:
    """Which agents solve which tasks, bool[agents, tasks]."""
    episodes = 1 if executor.domain.simulator.deterministic else FRESH_REPEATS
    returns = play(genomes, episodes, agents, executor, CAP)
    with np.errstate(invalid="ignore"):
        return np.asarray((returns >= solved).mean(axis=2) > 0.5)


def text(grown: Grown, place: Path) -> str:
    """What was found, in two lines."""
    suite = grown.suite
    return (
        f"{grown.asked} tasks that elites solve were tried anew: {grown.witnessed} have a witness, {grown.known} "
        f"of them are solved by one of {grown.judges} learners and snapshots.\n"
        f"{place}: version {suite.version} of {suite.name}, with {suite.grown[-1].added} new tasks."
    )
