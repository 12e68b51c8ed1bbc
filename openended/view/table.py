"""The table of several recipes: what the agent of each solves, beside what others have published."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openended.core.measures.statistics import Estimate
from openended.view.evaluations import Arm, Judged
from openended.view.numbers import count
from openended.view.published import Published

TITLES = {"solved": "Solved rate", "mean": "Mean return"}
COST = ("", "runs", "steps", "core-hours")


def markdown(arms: Sequence[Arm], published: Sequence[Published] = ()) -> str:
    """Tables in Markdown: solved rates, mean returns, and the worst of the fresh tasks, with what must be known to
    read them.
    """
    courses = list(dict.fromkeys(name for arm in arms for name in arm.plain))
    published = [row for row in published if row.concerns(courses)]
    decimals = {"solved": 2, "mean": decimals_of(arms, published)}
    tails = list(dict.fromkeys(name for arm in arms for name in arm.agents[0].worst))
    blocks = ["Actions were sampled, as in training."] if any(run.sampled for arm in arms for run in arm.runs) else []
    for what, title in TITLES.items() if courses else ():
        blocks.append(f"{title}: interquartile mean of the runs [95 % bootstrap interval].")
        overall = ["all"] if what == "solved" else []
        rows = [[*cost(arm), *ours(arm, what, courses, decimals[what])] for arm in arms]
        rows += [[*cost(row), *theirs(row, what, courses, decimals[what])] for row in published if getattr(row, what)]
        blocks.append(grid([*COST, *courses, *overall], rows))
    for course in tails:
        blocks.append(
            f"Course `{course}`: solved rate and mean return over all tasks, then mean return (solved rate) over the "
            "worst of them, ranked by the agent's own success and return."
        )
        judged = [arm for arm in arms if course in arm.agents[0].worst]
        shares = sorted({share for arm in judged for share in arm.agents[0].worst[course]}, reverse=True)
        titles = [*COST, "solved", "mean", *(f"worst {100 * share:g} %" for share in shares)]
        blocks.append(grid(titles, [[*cost(arm), *worst(arm, course, shares, decimals["mean"])] for arm in judged]))
    blocks += [f"{row.name}: {row.source}.{f' {row.note}' if row.note else ''}" for row in published]
    return "\n\n".join(blocks)


def cost(row: Arm | Published) -> list[str]:
    """Name, runs, environment steps and core-hours of a run."""
    if isinstance(row, Published):
        return [row.name, str(row.runs or "-"), count(row.steps) if row.steps else "-", "-"]
    steps = [agent.steps for agent in row.agents]
    span = " to ".join(dict.fromkeys(count(end) for end in (min(steps), max(steps))))
    hours = hours_of(row)
    return [row.name, str(len(row.runs)), span, "-" if hours is None else f"{hours:.2f}"]


def hours_of(arm: Arm) -> float | None:
    """Core-hours of a run, the mean over the runs; None unless the agents compared are the runs' last, and all noted
    theirs.
    """
    hours = [run.core_hours for run in arm.runs]
    last = all(agent is run.agents[-1] for agent, run in zip(arm.agents, arm.runs, strict=True))
    return math.fsum(hours) / len(hours) if last and all(map(math.isfinite, hours)) else None


def decimals_of(arms: Sequence[Arm], published: Sequence[Published]) -> int:
    """Decimals of mean returns: none where they are in hundreds, two where they are about 1."""
    rows: list[Judged | Published] = [*(agent for arm in arms for agent in arm.agents), *published]
    means = [abs(mean) for row in rows for mean in row.mean.values() if math.isfinite(mean)]
    return 0 if max(means, default=0.0) >= 10 else 2


def ours(arm: Arm, what: str, courses: Sequence[str], decimals: int) -> list[str]:
    found = arm.courses(what)
    cells = [cell(found[name], decimals) if name in found else "-" for name in courses]
    return [*cells, cell(arm.overall, 2)] if what == "solved" else cells


def theirs(row: Published, what: str, courses: Sequence[str], decimals: int) -> list[str]:
    values, errors = getattr(row, what), getattr(row, f"{what}_error")
    cells = [
        f"{values[name]:.{decimals}f}" + (f" ± {errors[name]:.{decimals}f}" if name in errors else "")
        if name in values
        else "-"
        for name in courses
    ]
    return [*cells, "-"] if what == "solved" else cells


def worst(arm: Arm, course: str, shares: Sequence[float], decimals: int) -> list[str]:
    tails = arm.tails(course)
    solved, mean = (
        arm.estimates([course], [[getattr(agent, what)[course]] for agent in arm.agents])[course]
        for what in ("solved", "mean")
    )
    cells = [
        f"{cell(tails[share][0], decimals)} ({tails[share][1].value:.2f})" if share in tails else "-"
        for share in shares
    ]
    return [cell(solved, 3), cell(mean, decimals), *cells]


def cell(estimate: Estimate | None, decimals: int) -> str:
    """Such as `0.62 [0.55, 0.70]`."""
    if estimate is None or not math.isfinite(estimate.value):
        return "-"
    value, low, high = (f"{each:.{decimals}f}" for each in (estimate.value, estimate.low, estimate.high))
    return f"{value} [{low}, {high}]"


def grid(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, its columns aligned in the source, too."""
    every = [list(titles), *map(list, rows)]
    widths = [max(len(line[place]) for line in every) for place in range(len(titles))]
    ruled = [every[0], ["-" * widths[0], *(f"{'-' * (width - 1)}:" for width in widths[1:])], *every[1:]]
    return "\n".join(
        f"| {line[0]:<{widths[0]}} | "
        + " | ".join(f"{text:>{width}}" for text, width in zip(line[1:], widths[1:], strict=True))
        + " |"
        for line in ruled
    )


def report(arms: Sequence[Arm], published: Sequence[Published] = ()) -> dict[str, Any]:
    """The same as JSON values by name, with the values of every run."""
    return {"arms": [entry(arm) for arm in arms], "published": [vars(row) for row in published]}


def entry(arm: Arm) -> dict[str, Any]:
    """One arm."""
    found = {what: arm.courses(what) for what in TITLES}
    return {
        "name": arm.name,
        "core_hours": hours_of(arm),
        "overall": None if arm.overall is None else plain(arm.overall),
        "courses": {name: {what: plain(found[what][name]) for what in TITLES} for name in arm.plain},
        "worst": {
            course: {
                f"{share:g}": {"mean": plain(mean), "solved": plain(solved)}
                for share, (mean, solved) in arm.tails(course).items()
            }
            for course in arm.agents[0].worst
        },
        "runs": [
            {
                "seed": run.seed,
                "files": list(run.files),
                "env_steps": agent.steps,
                "solved": agent.solved,
                "mean": {name: number(value) for name, value in agent.mean.items()},
            }
            for run, agent in zip(arm.runs, arm.agents, strict=True)
        ],
    }


def plain(estimate: Estimate) -> dict[str, float | None]:
    return {name: number(value) for name, value in vars(estimate).items()}


def number(value: float) -> float | None:
    """None for what JSON cannot hold."""
    return value if math.isfinite(value) else None


def plot(arms: Sequence[Arm], published: Sequence[Published], output: str | Path) -> Path:
    """Draw solved rates over environment steps and return where the picture is. Raises Usage, Resources."""
    from openended.view.output import target, write
    from openended.view.plots.solved import figure
    from openended.view.plots.style import ENDINGS, encoded

    place, ending = target(output, ENDINGS)
    return write(place, encoded(figure(arms, published), ending))
