"""How far a run has come: one dict for machines, one table for people."""

from pathlib import Path
from typing import Any

from openended.core.types import Counters
from openended.run.store import Reader
from openended.view.numbers import count, duration, number

MEASURED = ("elites", "coverage", "qd_score", "best", "mean_fitness", "solved", "active")


def report(path: str | Path) -> dict[str, Any]:
    """What the run file says, as JSON values by name; what is not known yet is None.

    `run` names this execution and `digest` its results so far: equal for equal runs, and only for those. `transfers`
    counts agents that took over another task, `transfers_tried` all trials; `annecs` is the
    paper's, `annecs_code` the reference code's. `seconds` is wall clock over all starts of
    the run, commits included; `commit_share` the commits' part of it; `coverage` the share of niches that are held.
    Raises Failure if the file cannot be read. The simulator is not loaded.
    """
    with Reader(path) as run:
        history, config = run.generations(), run.config
        counters = run.counters() if history else Counters()
        last = history[-1] if history else {}
        commit = sum(row["commit_seconds"] for row in history)
        seconds = sum(row["seconds"] for row in history) + commit
        return {
            "run": run.id,
            "recipe": run.recipe,
            "domain": config["domain"],
            "algorithm": config["algorithm"],
            "seed": config["seed"],
            "generation": run.last()[0],
            "generations": config["generations"],
            "digest": run.digest,
            "evaluations": counters.evaluations,
            "env_steps": counters.env_steps,
            "nonfinite": counters.nonfinite,
            "degenerate": counters.degenerate,
            "seconds": seconds,
            "steps_per_second": counters.env_steps / seconds if seconds else None,
            "commit_share": commit / seconds if seconds else None,
            **{name: last.get(name) for name in MEASURED},
            "tasks_created": counters.tasks_created,
            "annecs": counters.annecs,
            "annecs_code": last.get("annecs_code"),
            "transfers": counters.transfers_accepted,
            "transfers_tried": counters.transfers_tried,
        }


def text(report: dict[str, Any]) -> str:
    """The report as a table of some lines, without a line break at the end."""
    generation = "none yet" if report["generation"] < 0 else f"{report['generation']} of {report['generations']}"
    rows = [
        ("run", f"{report['run']}  ({report['recipe']}, seed {report['seed']})"),
        ("domain", f"{report['domain']}, {report['algorithm']}"),
        ("generation", generation),
        ("time", f"{duration(report['seconds'])}, {share(report['commit_share'])} of it in commits"),
        ("steps", f"{count(report['env_steps'])} in {report['evaluations']:,} episodes, {speed(report)}"),
        ("elites", f"{whole(report['elites'])}, {whole(report['solved'])} solved, {whole(report['active'])} active"),
        ("coverage", share(report["coverage"])),
        ("QD score", number(report["qd_score"])),
        ("fitness", f"best {number(report['best'])}, mean {number(report['mean_fitness'])}"),
        ("tasks", f"{report['tasks_created']:,} created, ANNECS {report['annecs']:,}"),
        ("transfers", f"{report['transfers']:,} of {report['transfers_tried']:,} accepted"),
        *([("not finite", f"{report['nonfinite']:,} returns, ranked worst")] if report["nonfinite"] else []),
        *([("degenerate", f"{report['degenerate']:,} populations of equal returns")] if report["degenerate"] else []),
        ("digest", report["digest"]),
    ]
    return "\n".join(f"{name:<12}{value}" for name, value in rows)


def share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"


def whole(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def speed(report: dict[str, Any]) -> str:
    rate = report["steps_per_second"]
    return "-" if rate is None else f"{count(rate)}/s"
