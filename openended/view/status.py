"""How far a run has come: one dict for machines, one table for people."""

import time
from pathlib import Path
from typing import Any

from openended.core.types import Counters
from openended.file import machine
from openended.file.contents import Contents
from openended.file.errors import Failure
from openended.file.inbox import Inbox
from openended.file.reader import Reader
from openended.file.trials import beside, trials
from openended.view.numbers import count, duration, number

GENERATOR = ("generator_tasks", "generator_waits_for")
MEASURED = ("elites", "coverage", "qd_score", "best", "mean_fitness", "solved", "active")


def report(path: str | Path) -> dict[str, Any]:
    """The status of a run as JSON values by name; unknown values are None.

    `run` names this execution and `digest` its results so far: equal for equal runs, and only for those. `transfers`
    counts agents that took over another task, `transfers_tried` all trials; `annecs` is the
    paper's, `annecs_code` the reference code's. `seconds` is wall clock over all starts of
    the run, commits included; `commit_share` the commits' part of it; `seconds_left` what the rest of the budget takes
    at the pace of the last ten generations; `finished` when the last one was done (seconds since 1970); `runner` the
    host and process that runs it now; `coverage` the share of niches that are held; `offers` what was taken from
    outside, `offers_admitted` the tasks of these that were admitted, `offers_waiting` what lies in the inbox, at most
    1,000; `specification` the version that is open, 1 for the domain's first; `trials_kept` and `trials_refused` count
    trials of further ones, `refused` says which one was refused last; `trial` is the generation that one under way has
    come to. Where tasks come from a model, `generator_tasks` is to how many it was fitted, and `generator_waits_for` is
    how many are missing.
    Raises Failure if the file cannot be read. The simulator is not loaded, and a long history takes no longer.
    """
    with Reader(path) as run, run.readable():
        latest, config = run.generations(last=1), run.config
        counters = run.counters() if latest else Counters()
        last = latest[0] if latest else {}
        recent = run.recent()
        left = max(0, config["generations"] - run.last()[0])
        computing, commit = run.clock()
        over = trials(run)
        seconds = computing + commit
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
            "seconds_left": left * sum(recent) / len(recent) if recent else None,
            "finished": last.get("finished"),
            "runner": runner(run),
            **{name: last.get(name) for name in MEASURED},
            **{name: last[name] for name in GENERATOR if name in last},
            "tasks_created": counters.tasks_created,
            "annecs": counters.annecs,
            "annecs_code": last.get("annecs_code"),
            "transfers": counters.transfers_accepted,
            "transfers_tried": counters.transfers_tried,
            "offers": len(taken := set(run.offer_names())),
            "offers_admitted": run.admitted(),
            "offers_waiting": len(set(Inbox(path).waiting()) - taken),
            "specification": last.get("specification"),
            "trials_kept": sum(trial.kept for trial in over),
            "trials_refused": len(refused := [trial for trial in over if not trial.kept]),
            "refused": f"{refused[-1].version} after generation {refused[-1].begun}" if refused else None,
            "trial": under_way(path),
        }


def under_way(path: str | Path) -> int | None:
    """The generation that a trial of the run's specification has come to, if one is under way."""
    copy = beside(Path(path))
    if not copy.exists():
        return None
    try:
        with Reader(copy) as run:
            return run.last()[0]
    except Failure:
        return None


def runner(run: Contents) -> str | None:
    """Host and process that runs it, such as `node17:4121`; None if nobody does, as far as that can be known."""
    owner = run.owner()
    return f"{owner.host}:{owner.pid}" if owner and machine.alive(owner, *run.pace()) else None


def text(report: dict[str, Any]) -> str:
    """The report as a table of some lines, without a line break at the end."""
    begun = report["generation"] >= 0
    generation = f"{report['generation']} of {report['generations']}" if begun else "none yet"
    last = f", last generation {duration(time.time() - report['finished'])} ago" if begun else ""
    left = f", {duration(report['seconds_left'])} left" if report["seconds_left"] else ""
    rows = [
        ("run", f"{report['run']}  ({report['recipe']}, seed {report['seed']})"),
        ("domain", f"{report['domain']}, {report['algorithm']}"),
        ("generation", generation),
        ("run by", f"{report['runner'] or 'nobody'}{last}"),
        ("time", f"{duration(report['seconds'])}, {share(report['commit_share'])} of it in commits{left}"),
        ("steps", f"{count(report['env_steps'])} in {report['evaluations']:,} episodes, {speed(report)}"),
        ("elites", f"{whole(report['elites'])}, {whole(report['solved'])} solved, {whole(report['active'])} active"),
        ("coverage", share(report["coverage"])),
        ("QD score", number(report["qd_score"])),
        ("fitness", f"best {number(report['best'])}, mean {number(report['mean_fitness'])}"),
        ("tasks", f"{report['tasks_created']:,} created, ANNECS {report['annecs']:,}"),
        *([("generator", generator(report))] if report.get("generator_tasks") is not None else []),
        ("transfers", f"{report['transfers']:,} of {report['transfers_tried']:,} accepted"),
        *([("open", specification(report))] if report["specification"] else []),
        *([("offers", offers(report))] if report["offers"] or report["offers_waiting"] else []),
        *([("not finite", f"{report['nonfinite']:,} returns, ranked worst")] if report["nonfinite"] else []),
        *([("degenerate", degenerate(report["degenerate"]))] if report["degenerate"] else []),
        ("digest", report["digest"]),
    ]
    return "\n".join(f"{name:<12}{value}" for name, value in rows)


def specification(report: dict[str, Any]) -> str:
    kept, refused, trial = (report[name] for name in ("trials_kept", "trials_refused", "trial"))
    last = f" (last {report['refused']})" if refused else ""
    now = "" if trial is None else f", one at generation {trial}"
    return f"version {report['specification']} of the specification; trials: {kept} kept, {refused} refused{last}{now}"


def offers(report: dict[str, Any]) -> str:
    taken, admitted, waiting = (report[name] for name in ("offers", "offers_admitted", "offers_waiting"))
    return f"{taken:,} taken, {admitted:,} tasks admitted, {waiting:,} waiting"


def generator(report: dict[str, Any]) -> str:
    tasks, missing = report["generator_tasks"], report["generator_waits_for"]
    return f"a model of {tasks:,} tasks" if tasks else f"waits for {missing:,} more tasks"


def degenerate(steps: int) -> str:
    return f"{steps:,} training steps with equal returns, or a gradient that was not finite and was dropped"


def share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"


def whole(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def speed(report: dict[str, Any]) -> str:
    rate = report["steps_per_second"]
    return "-" if rate is None else f"{count(rate)}/s"
