"""Evaluations as `openended evaluate -o` writes them, read back, grouped by what was run, and put side by side.

Runs of one recipe that differ in their seeds alone are one arm. Of the runs of an arm the interquartile mean is shown
with its bootstrap interval of 95 % (Agarwal et al. 2021, see `core.measures.statistics`). With few runs that interval
is about their range.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.keys import key
from openended.core.measures.statistics import Estimate, interquartile_mean, interval, ribbon
from openended.file.errors import Usage
from openended.file.settings import unsaid
from openended.file.snapshot import Record
from openended.view.plots.progress import FREE, grouped, number

SIZE = 1 << 28
"""Most bytes of an evaluation."""


@dataclass(frozen=True)
class Judged:
    """An agent of a run at some number of environment steps: on each course its solved rate and mean return (NaN where
    there is none), and on courses with tails the mean return and solved rate of the worst tasks by their share.
    """

    steps: int
    solved: dict[str, float]
    mean: dict[str, float]
    worst: dict[str, dict[float, tuple[float, float]]]


@dataclass(frozen=True)
class Evaluated(Record):
    """A run as its evaluations tell of it: its agents in the order of their steps, and what it cost up to its end."""

    files: tuple[str, ...]
    agents: tuple[Judged, ...]
    core_hours: float
    sampled: bool

    @property
    def seed(self) -> int:
        return int(self.config["seed"])


@dataclass(frozen=True)
class Arm:
    """The runs of one recipe, and the agent of each that is compared."""

    name: str
    runs: tuple[Evaluated, ...]
    agents: tuple[Judged, ...]

    @property
    def plain(self) -> list[str]:
        """The courses without tails."""
        return [name for name in self.agents[0].solved if name not in self.agents[0].worst]

    def courses(self, what: str) -> dict[str, Estimate]:
        """`solved` or `mean` on each course without tails: the interquartile mean of the runs and its interval."""
        return self.estimates(
            self.plain, [[getattr(agent, what)[name] for name in self.plain] for agent in self.agents]
        )

    def tails(self, course: str) -> dict[float, tuple[Estimate, Estimate]]:
        """Mean return and solved rate over the worst tasks of a course by their share."""
        shares = sorted(self.agents[0].worst.get(course, {}), reverse=True)
        means, rates = (
            self.estimates(shares, [[agent.worst[course][share][place] for share in shares] for agent in self.agents])
            for place in (0, 1)
        )
        return {share: (means[share], rates[share]) for share in shares}

    def estimates(self, names: Sequence[Any], table: Sequence[Sequence[float]]) -> dict[Any, Estimate]:
        """Of float64[runs, names] the interquartile mean of each column and its interval."""
        scores = np.array(table, np.float64).reshape(len(self.agents), len(names))
        return {name: Estimate(*map(float, ends)) for name, *ends in zip(names, *ribbon(scores, KEY), strict=True)}

    @property
    def overall(self) -> Estimate | None:
        """The interquartile mean of the solved rates of all runs on all courses without tails."""
        scores: NDArray[np.float64] = np.array([[agent.solved[name] for name in self.plain] for agent in self.agents])
        return interval(interquartile_mean, scores, key=KEY) if self.plain else None


KEY = key(0, 0, "evaluations")


def arms(paths: Sequence[Path], steps: float | None = None) -> list[Arm]:
    """The arms of some evaluations, in the order in which they were first named.

    Args:
        paths: what `openended evaluate -o` has written, in any order; several of a run, on different tasks, are joined.
        steps: compare the last agents up to so many environment steps; None: the last there are.

    Raises:
        Usage: a file holds no evaluation of single agents; two are of the same run on the same courses; the runs of an
            arm were evaluated on different courses; a run has no agent that early; some agents' actions were sampled,
            others' not.

    """
    if not paths:
        raise Usage("there is nothing to show; name files that `openended evaluate -o` has written.")
    runs: dict[tuple[str, str], Evaluated] = {}
    for path in paths:
        found = read(path)
        if runs and found.sampled != (other := next(iter(runs.values()))).sampled:
            both = f"{path} and {other.files[0]}"
            raise Usage(f"of {both} one is of sampled actions; evaluate both with --sampled or none.")
        fixed = {name: value for name, value in found.config.items() if name == "seed" or name not in FREE}
        name = found.recipe, json.dumps(fixed, sort_keys=True)
        runs[name] = joined(runs[name], found) if name in runs else found
    return [
        Arm(name, tuple(members), agreed(name, members, [chosen(run, steps) for run in members]))
        for name, members in grouped(list(runs.values())).items()
    ]


def read(path: Path) -> Evaluated:
    """One evaluation. Raises Usage."""
    try:
        if path.stat().st_size > SIZE:
            raise Usage(f"{path} is larger than any evaluation; name files that `openended evaluate -o` has written.")
        report = json.loads(path.read_text())
        agents = list(report["agents"])
        if len({(agent.get("learner"), agent.get("niche")) for agent in agents}) > 1:
            raise Usage(f"{path} is of several elites; evaluate one, or a learner, for a table of runs.")
        if not agents:
            raise ValueError("it has no agents")
        return Evaluated(
            recipe=str(report["recipe"]),
            config=unsaid(report["config"]) | {"seed": int(report["config"]["seed"])},
            history=(),
            files=(str(path),),
            agents=tuple(sorted(map(judged, agents), key=lambda agent: agent.steps)),
            core_hours=number(report["cpu_seconds"]) / 3600,
            sampled=bool(report.get("sampled", False)),
        )
    except OSError as error:
        raise Usage(f"{path} cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Usage(f"{path} holds no evaluation ({error!r}); write one with `openended evaluate -o`.") from None


def judged(agent: dict[str, Any]) -> Judged:
    courses = {str(each["course"]): each for each in agent["courses"]}
    return Judged(
        steps=int(agent["env_steps"]),
        solved={name: float(each["solved_rate"]) for name, each in courses.items()},
        mean={name: number(each["mean_return"]) for name, each in courses.items()},
        worst={
            name: {
                float(tail["share"]): (number(tail["mean_return"]), float(tail["solved_rate"]))
                for tail in each["worst"]
            }
            for name, each in courses.items()
            if each["worst"]
        },
    )


def joined(one: Evaluated, other: Evaluated) -> Evaluated:
    """Two evaluations of the same run, on different courses or of different agents. Raises Usage."""
    agents = {agent.steps: agent for agent in one.agents}
    for its in other.agents:
        mine = agents.get(its.steps, Judged(its.steps, {}, {}, {}))
        if both := mine.solved.keys() & its.solved.keys():
            raise Usage(f"{one.files[0]} and {other.files[0]} are of one agent on {min(both)}; leave one of them out.")
        agents[its.steps] = Judged(its.steps, mine.solved | its.solved, mine.mean | its.mean, mine.worst | its.worst)
    newest = max((one, other), key=lambda run: run.agents[-1].steps)
    ordered = tuple(agents[steps] for steps in sorted(agents))
    return replace(newest, files=one.files + other.files, agents=ordered)


def chosen(run: Evaluated, steps: float | None) -> Judged:
    """The last agent of the run up to so many steps. Raises Usage if there is none."""
    early = [agent for agent in run.agents if steps is None or agent.steps <= steps]
    if not early:
        raise Usage(f"{run.files[0]} has no agent up to {steps:,.0f} steps; its first is of {run.agents[0].steps:,}.")
    return early[-1]


def agreed(name: str, runs: Sequence[Evaluated], agents: Sequence[Judged]) -> tuple[Judged, ...]:
    """The agents of an arm. Raises Usage unless all were evaluated on the same courses."""
    for run, agent in zip(runs, agents, strict=True):
        if agent.solved.keys() != agents[0].solved.keys():
            raise Usage(f"the runs of {name} were evaluated on different courses ({runs[0].files[0]}, {run.files[0]}).")
    return tuple(agents)
