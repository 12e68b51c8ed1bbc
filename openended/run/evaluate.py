"""How the agents of a run do on tasks they were not made for."""

from dataclasses import asdict
from math import fsum
from pathlib import Path
from typing import Any

from openended.core.measures.suites import measure
from openended.core.types import Stopped
from openended.file.errors import Interrupted
from openended.file.given import suite
from openended.file.reader import Reader
from openended.file.snapshot import chosen, snapshot
from openended.run import signals
from openended.run.threads import ThreadExecutor

CAP = 2000
"""Most steps of an episode (POET; Gymnasium's hardcore walker)."""


def evaluate(
    path: str | Path, on: str, everyone: bool = False, learner: int | None = None, threads: int = 1
) -> dict[str, Any]:
    """Evaluate the elite that `replay --best` shows, all elites, or a learner of the run file; JSON values by name.

    Args:
        path: the run file.
        on: a suite of the run's domain, or a file with one task, as the domain writes it (JSON).
        everyone: all elites, not one.
        learner: the agent in training of this learner, instead of an elite's.
        threads: how many run episodes; the results do not depend on it.

    Raises:
        Usage: no such suite, a task that is none, a run without elites, no such learner.
        Failure: the run file cannot be read; `Interrupted` after a signal.
    """
    view = snapshot(path)
    view.check_agents()
    tasks = suite(view, on)
    if learner is None:
        best = chosen(view, None, best=True)
        pairs = list(view.elites.values()) if everyone else [best]
        names = [{"niche": pair.niche, "task": pair.task} for pair in pairs]
        agents = view.best_agents(pairs)
    else:
        with Reader(path) as run:
            names, agents = [{"learner": learner}], [run.learner(learner).agent]
    try:
        with signals.requests() as stop, ThreadExecutor(view.domain, view.policy, threads, stop) as executor:
            results = measure(tasks, agents, executor, view.solved, CAP)
    except Stopped:
        raise Interrupted("Stopped on request; nothing was evaluated to its end.") from None
    return {
        "run": str(path),
        "recipe": view.recipe,
        "generation": view.generation,
        "suite": on,
        "solved": view.solved,
        "agents": [
            name | {"courses": [asdict(each) for each in result]} for name, result in zip(names, results, strict=True)
        ],
    }


def text(report: dict[str, Any]) -> str:
    """The report as a table: of one elite its courses; of several the best on each course, and the mean of all."""
    agents = report["agents"]
    threshold = f"solved: return {report['solved']:g} or more"
    if len(agents) == 1:
        (one,) = agents
        who = f"learner {one['learner']}" if "learner" in one else f"the elite of niche {one['niche']}"
        lines = [f"{who} on {report['suite']}; {threshold}"]
        lines += [f"{'course':<24}{'episodes':>9}{'solved':>9}{'mean return':>13}"]
        lines += [
            f"{each['course']:<24}{each['episodes']:>9}{each['solved_rate']:>9.0%}{mean(each['mean_return']):>13}"
            for each in agents[0]["courses"]
        ]
        return "\n".join(lines)
    lines = [f"{len(agents)} elites on {report['suite']}; {threshold}"]
    lines += [f"{'course':<24}{'episodes':>9}{'mean':>7}{'best':>7}  of niche"]
    for column in zip(*(agent["courses"] for agent in agents), strict=True):
        rates = [each["solved_rate"] for each in column]
        first = max(range(len(rates)), key=lambda place: rates[place])
        lines.append(
            f"{column[0]['course']:<24}{column[0]['episodes']:>9}{fsum(rates) / len(rates):>7.0%}{rates[first]:>7.0%}"
            f"  {agents[first]['niche']}"
        )
    return "\n".join(lines)


def mean(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
