"""How the elites of a run do on tasks they were not made for."""

from collections.abc import Sequence
from dataclasses import asdict
from math import fsum
from pathlib import Path
from typing import Any

from openended.core.measures.suites import Result, measure
from openended.core.types import Pair, Stopped
from openended.file.errors import Interrupted
from openended.file.given import suite
from openended.file.snapshot import chosen, snapshot
from openended.run import signals
from openended.run.threads import ThreadExecutor

CAP = 2000
"""Most steps of an episode (POET; Gymnasium's hardcore walker)."""


def evaluate(path: str | Path, on: str, everyone: bool = False, threads: int = 1) -> dict[str, Any]:
    """Evaluate the elite that `replay --best` shows, or all elites, of the run file; JSON values by name.

    Args:
        path: the run file.
        on: a suite of the run's domain, or a file with one task, as the domain writes it (JSON).
        everyone: all elites, not one.
        threads: how many run episodes; the results do not depend on it.

    Raises:
        Usage: no such suite, a task that is none, a run without elites.
        Failure: the run file cannot be read; `Interrupted` after a signal.
    """
    view = snapshot(path)
    best = chosen(view, None, best=True)
    pairs = list(view.elites.values()) if everyone else [best]
    tasks = suite(view, on)
    try:
        with signals.requests() as stop, ThreadExecutor(view.domain, view.policy, threads, stop) as executor:
            results = measure(tasks, view.best_agents(pairs), executor, view.solved, CAP)
    except Stopped:
        raise Interrupted("Stopped on request; nothing was evaluated to its end.") from None
    return {
        "run": str(path),
        "recipe": view.recipe,
        "generation": view.generation,
        "suite": on,
        "solved": view.solved,
        "elites": [row(pair, result) for pair, result in zip(pairs, results, strict=True)],
    }


def row(pair: Pair, results: Sequence[Result]) -> dict[str, Any]:
    return {"niche": pair.niche, "task": pair.task, "courses": [asdict(result) for result in results]}


def text(report: dict[str, Any]) -> str:
    """The report as a table: of one elite its courses; of several the best on each course, and the mean of all."""
    elites = report["elites"]
    threshold = f"solved: return {report['solved']:g} or more"
    if len(elites) == 1:
        lines = [f"the elite of niche {elites[0]['niche']} on {report['suite']}; {threshold}"]
        lines += [f"{'course':<24}{'episodes':>9}{'solved':>9}{'mean return':>13}"]
        lines += [
            f"{each['course']:<24}{each['episodes']:>9}{each['solved_rate']:>9.0%}{mean(each['mean_return']):>13}"
            for each in elites[0]["courses"]
        ]
        return "\n".join(lines)
    lines = [f"{len(elites)} elites on {report['suite']}; {threshold}"]
    lines += [f"{'course':<24}{'episodes':>9}{'mean':>7}{'best':>7}  of niche"]
    for column in zip(*(elite["courses"] for elite in elites), strict=True):
        rates = [each["solved_rate"] for each in column]
        first = max(range(len(rates)), key=lambda place: rates[place])
        lines.append(
            f"{column[0]['course']:<24}{column[0]['episodes']:>9}{fsum(rates) / len(rates):>7.0%}{rates[first]:>7.0%}"
            f"  {elites[first]['niche']}"
        )
    return "\n".join(lines)


def mean(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
