"""How the agents of a run do on tasks they were not made for."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from math import fsum
from pathlib import Path
from typing import Any

from openended.core.measures.suites import play, results
from openended.core.types import Agent
from openended.core.work import Stopped
from openended.envs.policy import Policy, sampling
from openended.file.errors import Interrupted, Resources, Usage
from openended.file.given import given
from openended.file.reader import Reader
from openended.file.snapshot import Snapshot, chosen, snapshot
from openended.run import signals
from openended.run.threads import ThreadExecutor

CAP = 2000
"""Most steps of an episode (POET; Gymnasium's hardcore walker)."""


def evaluate(
    path: str | Path,
    on: str,
    everyone: bool = False,
    learner: int | None = None,
    threads: int = 1,
    snapshots: bool = False,
    sampled: bool = False,
) -> dict[str, Any]:
    """Evaluate the elite that `replay --best` shows, all elites, or a learner of the run file; JSON values by name.

    Args:
        path: the run file.
        on: a suite of the run's domain; a file with one task, as the domain writes it (.json), or many (.jsonl); or
            `random:N` for N tasks drawn from the whole family, which are the same for every run, `graded:N`, from easy
            to hard, or `KIND:N` for N tasks of a kind of the domain, which no run is interested in.
        everyone: all elites, not one.
        learner: the agent in training of this learner, instead of an elite's.
        threads: how many run episodes; the results do not depend on it.
        snapshots: also the learner's snapshots, oldest first, before its agent of now.
        sampled: agents draw their actions as in training, instead of taking the most likely one.

    Raises:
        Usage: no such suite, a task that is none, a run without elites, no such learner; `sampled` where actions are
            continuous.
        Failure: the run file cannot be read; `Interrupted` after a signal.
    """
    view = snapshot(path)
    view.check_agents()
    policy = drawing(view) if sampled else view.policy
    wanted = given(view, on, sampled)
    names, agents = judged(view, everyone, learner, snapshots)
    try:
        with signals.requests() as stop, ThreadExecutor(view.domain, policy, threads, stop) as executor:
            returns = play(wanted.tasks, wanted.episodes, agents, executor, CAP)
    except Stopped:
        raise Interrupted("Stopped on request; nothing was evaluated to its end.") from None
    with Reader(path) as run:
        spent = run.cpu_seconds()
    return {
        "run": str(path),
        "recipe": view.recipe,
        "config": view.config,
        "generation": view.generation,
        "digest": view.metrics.get("digest", ""),
        "seconds": fsum(row["seconds"] + row["commit_seconds"] for row in view.history),
        "cpu_seconds": spent,
        "suite": on,
        "sampled": sampled,
        "solved": view.solved,
        "agents": [
            name | {"courses": [asdict(each) for each in results(wanted.courses, one, view.solved, wanted.shares)]}
            for name, one in zip(names, returns, strict=True)
        ],
    }


def drawing(view: Snapshot) -> Policy:
    """The run's policy, whose agents draw their actions. Raises Usage."""
    try:
        return sampling(view.policy)
    except ValueError as error:
        raise Usage(f"--sampled draws an agent's actions; in {view.domain.id} {error}: leave it out.") from None


def judged(
    view: Snapshot, everyone: bool, learner: int | None, snapshots: bool
) -> tuple[list[dict[str, Any]], Sequence[Agent]]:
    """The agents to be evaluated, and for each what tells it from the others, and when in the run it was so."""
    now = {"generation": view.generation, "env_steps": int(view.metrics.get("env_steps", 0))}
    if learner is not None:
        kept = history(view, learner) if snapshots else []
        with Reader(view.path) as run:
            kept.append(({"learner": learner} | now, run.learner(learner).agent))
        return [name for name, _ in kept], [agent for _, agent in kept]
    if snapshots:
        raise Usage("--snapshots are those of a learner; name it with --learner, 0 in a curriculum.")
    best = chosen(view, None, best=True)
    pairs = view.agents if everyone else [best]
    return [{"niche": pair.niche, "task": pair.task} | now for pair in pairs], view.best_agents(pairs)


def history(view: Snapshot, learner: int) -> list[tuple[dict[str, Any], Agent]]:
    """The snapshots of a learner before the last generation, oldest first, each with when it was."""
    steps = {int(row["generation"]): int(row["env_steps"]) for row in view.history}
    with Reader(view.path) as run:
        return [
            (
                {"learner": learner, "generation": each.generation, "env_steps": steps[each.generation]},
                each.agent,
            )
            for each in run.snapshots()
            if each.learner == learner and each.generation < view.generation
        ]


def write(report: dict[str, Any], place: Path) -> None:
    """Write the report as a JSON file, whole or not at all. Raises Usage without its folder, Resources if it fails."""
    if not place.parent.is_dir():
        raise Usage(f"{place.parent} is no folder; make it first or choose another place for {place.name}.")
    draft = place.with_name(f".{place.name}.part")
    try:
        draft.write_text(json.dumps(report, allow_nan=False, indent=1) + "\n")
        draft.replace(place)
    except OSError as error:
        raise Resources(
            f"{place} cannot be written ({error.strerror}); free some space or choose another place."
        ) from error


def text(report: dict[str, Any]) -> str:
    """The report as a table: of one agent its courses; of several elites the best on each course, and the mean of all;
    of several snapshots the solved rate of each.
    """
    agents = report["agents"]
    threshold = f"solved: return {report['solved']:g} or more"
    threshold += "; actions are sampled" if report["sampled"] else ""
    if len(agents) == 1:
        return "\n".join([f"{who(agents[0])} on {report['suite']}; {threshold}", *courses(agents[0])])
    if "learner" in agents[0]:
        return "\n".join([f"{who(agents[0])} on {report['suite']}; {threshold}", *over_time(agents)])
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


def who(agent: dict[str, Any]) -> str:
    return f"learner {agent['learner']}" if "learner" in agent else f"the elite of niche {agent['niche']}"


def courses(agent: dict[str, Any]) -> list[str]:
    """One agent course by course, and below a course its worst tasks."""
    lines = [f"{'course':<24}{'episodes':>9}{'solved':>9}{'mean return':>13}"]
    for each in agent["courses"]:
        rows = [(each["course"], each["episodes"], each)]
        rows += [(f"  worst {100 * part['share']:g} %", part["tasks"], part) for part in reversed(each["worst"])]
        lines += [
            f"{name:<24}{count:>9}{values['solved_rate']:>9.0%}{mean(values['mean_return']):>13}"
            for name, count, values in rows
        ]
    return lines


def over_time(agents: Sequence[dict[str, Any]]) -> list[str]:
    """The solved rates of a learner's snapshots, a line for each."""
    names = [each["course"] for each in agents[0]["courses"]]
    widths = [max(len(name), 6) + 2 for name in names]
    titles = "".join(f"{name:>{width}}" for name, width in zip(names, widths, strict=True))
    return [f"{'generation':>10}{'steps':>14}{titles}"] + [
        f"{agent['generation']:>10}{agent['env_steps']:>14,}"
        + "".join(f"{each['solved_rate']:>{width}.0%}" for each, width in zip(agent["courses"], widths, strict=True))
        for agent in agents
    ]


def mean(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
