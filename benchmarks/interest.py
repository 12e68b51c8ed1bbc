"""What interest in some tasks does to a curriculum of mazes: steps to their held-out twin, coverage, stepping stones.

    python -m benchmarks.interest --kind SimpleCrossing --bar 1 --generations 120 --every 12 --to runs/results/interest

Every arm is the recipe `maze_archive` with the settings in `ARMS`, typed as commands (`benchmarks.evidence`), one seed
after the other, so that all arms have as many if time ends. Agents are judged, by sampled actions, on 100 mazes of the
kind that no run is trained on (`openended evaluate --on KIND:100`), at every snapshot. The folder is the memory: what
was judged is not done again. Prints a table in Markdown, written to `table.md`, too:

- steps: of a run, in millions, mean over seeds.
- steps to half, to 80 %: environment steps, in millions, at the first snapshot that solves so large a share of `--bar`,
  of each seed; `-`: none did. The bar is a solved rate, the same for all arms; without it, the best mean that an arm
  reaches.
- solved, mean: interquartile mean [95 % bootstrap interval] over seeds of the solved rate at the end, and of its mean
  over all snapshots.
- coverage lost: share of the niches of the arm `0` that this one lacks, tasks of interest not counted.
- trained on: shares of all visits in training that were to tasks of interest and to their descendants.
- others at: mean distance from the nearest task of interest of all that was trained on but those themselves, in each
  quarter of the generations, in ranges of the descriptors.
- stones: the same of the lineage that came nearest: of the task solved nearest to those of interest that does not
  descend from them, its ancestors from the first to itself, at five equal distances along the way; mean over seeds.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from json import loads
from math import fsum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.evidence import grow, openended
from openended.core.interest import MAKER, drawn
from openended.core.keys import key
from openended.core.measures.statistics import interquartile_mean, interval
from openended.core.novelty import nearest, scaled
from openended.core.types import Task
from openended.envs.api import Axis
from openended.file.reader import Reader

RECIPE = "maze_archive"
COUNT, JUDGED = 32, 100
ONLY = ("algorithm=curriculum", "potential.kind=learnability", "replay.probability=1.0", "replay.fill=0.0",
        "replay.law=potential", "replay.staleness=0.3", "replay.distinct=true", "replay.batch=48")  # fmt: skip
"""All that is not of interest, but the first maze, is left out."""
ARMS: dict[str, tuple[str, ...]] = {
    "0": ("interest.weight=0.0",),
    "0.5": ("interest.weight=0.5",),
    "only interest": ("interest.weight=1.0", *ONLY),
    "0.5, shuffled": ("interest.weight=0.5", "interest.nearness=shuffled"),
    "1": ("interest.weight=1.0",),
    "0.5, random set": ("interest.weight=0.5", "interest.tasks=random"),
    "0.3": ("interest.weight=0.3",),
    "0.5, by descriptor": ("interest.weight=0.5", "interest.nearness=descriptor"),
}
LEVELS = (0.5, 0.8)
QUARTERS = STONES = 4


@dataclass(frozen=True)
class Found:
    """What a run did: steps and solved rate of each snapshot, niches that it found, visits to tasks of interest and
    to their descendants as shares, distances from the interest.
    """

    steps: list[int]
    rates: list[float]
    niches: int
    shares: tuple[float, float]
    trained: list[float]
    stones: list[float]


def settings(arm: str, options: argparse.Namespace) -> list[str]:
    """What an arm changes in the recipe."""
    common = (f"snapshots.every={options.every}", f"interest.tasks={options.kind}", f"interest.count={COUNT}")
    return [*common, *ARMS[arm]]


def judge(run: Path, on: str, judgement: Path, threads: int) -> None:
    """What the learner and its snapshots reach, by sampled actions."""
    whom = ("--learner", 0, "--snapshots", "--sampled", "--threads", threads)
    openended("evaluate", run, "--on", on, *whom, "-o", judgement)


def found(run: Path, judgement: Path, kind: str) -> Found:
    """What a run did, from its file and from what its snapshots reach."""
    agents = loads(judgement.read_text())["agents"]
    with Reader(run) as file:
        domain, tasks, generation = file.domain, file.tasks(), file.last()[0]
        pairs, visits = file.state(agents=False).pairs, file.potentials()
        solved = float(file.config["criterion"]["solved"])
    points = scaled([domain.tasks.describe(genome) for genome in drawn(domain, kind, COUNT)], domain.axes)
    away = {id: distance(task, points, domain.axes) for id, task in tasks.items() if id in pairs}
    trained: list[list[float]] = [[] for _ in range(QUARTERS)]
    own = {id for id in pairs if tasks[id].maker == MAKER}
    visits = [visit for visit in visits if visit.trained]
    for visit in visits:
        if visit.task not in own:
            trained[min((visit.generation - 1) * QUARTERS // generation, QUARTERS - 1)].append(away[visit.task])
    ours = sum(visit.task in own for visit in visits)
    theirs = sum(concerned(tasks, visit.task) for visit in visits) - ours
    able = [id for id, pair in pairs.items() if pair.best_fitness >= solved and not concerned(tasks, id)]
    winner = min(able, key=lambda id: (away[id], id), default=0)
    way = [away[id] for id in reversed(lineage(tasks, winner))]
    return Found(
        steps=[agent["env_steps"] for agent in agents],
        rates=[agent["courses"][0]["solved_rate"] for agent in agents],
        niches=len({pair.niche for id, pair in pairs.items() if tasks[id].maker != MAKER}),
        shares=(ours / len(visits), theirs / len(visits)),
        trained=[fsum(each) / len(each) if each else float("nan") for each in trained],
        stones=[way[round(place * (len(way) - 1) / STONES)] for place in range(STONES + 1)],
    )


def distance(task: Task, points: NDArray[np.float64], axes: Sequence[Axis]) -> float:
    """From the nearest task of interest."""
    return float(nearest(scaled([task.descriptor], axes)[0], points, 1)[1][0])


def lineage(tasks: dict[int, Task], id: int) -> list[int]:
    """A task and its ancestors, the youngest first."""
    way = [id]
    while (parent := tasks[way[-1]].parent) >= 0:
        way.append(parent)
    return way


def concerned(tasks: dict[int, Task], id: int) -> bool:
    """Whether a task is of interest or descends from one that is."""
    return tasks[lineage(tasks, id)[-1]].maker == MAKER


def first_to(run: Found, rate: float) -> str:
    """Steps of the first snapshot with this solved rate, in millions."""
    reached = [steps for steps, value in zip(run.steps, run.rates, strict=True) if value >= rate]
    return f"{reached[0] / 1e6:.1f}" if reached else "-"


def estimate(values: Sequence[float]) -> str:
    """Interquartile mean and interval."""
    made = interval(interquartile_mean, np.array(values)[:, None], key=key(0, 0, "interest"))
    return f"{made.value:.2f} [{made.low:.2f}, {made.high:.2f}]"


def means(rows: Sequence[Sequence[float]]) -> str:
    """Means of columns."""
    return " ".join(f"{fsum(column) / len(column):.2f}" for column in zip(*rows, strict=True))


def table(runs: dict[str, list[Found]], bar: float) -> str:
    """The table in Markdown."""
    best = bar or max(fsum(run.rates[-1] for run in each) / len(each) for each in runs.values())
    titles = [f"steps to {level:.0%} of {best:.2f}" for level in LEVELS]
    titles = ["arm", "seeds", "steps", *titles, "solved", "mean", "coverage lost", "trained on", "others at", "stones"]
    lines = [f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}"]
    whole = [run.niches for run in runs.get("0", [])]
    for arm, each in runs.items():
        lost = [1 - run.niches / most for run, most in zip(each, whole, strict=False)]
        steps = fsum(run.steps[-1] for run in each) / len(each) / 1e6
        cells = [
            arm,
            str(len(each)),
            f"{steps:.1f}",
            *(", ".join(first_to(run, level * best) for run in each) for level in LEVELS),
        ]
        cells += [estimate([run.rates[-1] for run in each]), estimate([fsum(r.rates) / len(r.rates) for r in each])]
        cells += [f"{fsum(lost) / len(lost):.0%}" if lost else "?"]
        cells += [
            " ".join(f"{fsum(share) / len(share):.0%}" for share in zip(*(run.shares for run in each), strict=True))
        ]
        cells += [means([run.trained for run in each]), means([run.stones for run in each])]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", default="SimpleCrossing")
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=[*ARMS])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--steps", type=float, default=6e6, help="environment steps of every run")
    parser.add_argument("--generations", type=int, default=0, help="instead, whatever steps they take")
    parser.add_argument("--every", type=int, default=50, help="generations from snapshot to snapshot")
    parser.add_argument("--bar", type=float, default=0.0, help="solved rate of which steps to shares are told")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--to", type=Path, default=Path("runs", "results", "interest"))
    options = parser.parse_args()
    on = f"{options.kind}:{JUDGED}"
    options.steps = 0.0 if options.generations else options.steps
    options.to.mkdir(parents=True, exist_ok=True)
    runs: dict[str, list[Found]] = {}
    for seed in options.seeds:
        for arm in options.arms:
            run = options.to / f"{arm.replace(', ', '-').replace(' ', '-')}-seed{seed}.run"
            judgement = run.with_suffix(".json")
            if not judgement.exists():
                grow(RECIPE, seed, run, options, settings(arm, options))
                judge(run, on, judgement, options.threads)
            runs.setdefault(arm, []).append(found(run, judgement, options.kind))
            (options.to / "table.md").write_text(table(runs, options.bar) + "\n")
    print(table(runs, options.bar))


if __name__ == "__main__":
    main()
