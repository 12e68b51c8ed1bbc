"""A specification that grows when the search stands still, against three controls, on mazes: ANNECS, tasks solved.

    python -m benchmarks.specifications --seeds 1 2 3 --generations 150 --to runs/results/specifications

Every arm is the recipe `maze_specification` with one setting, typed as commands (`benchmarks.evidence`):

- stall: versions open on trial; what a trial costs counts, refused or kept.
- all: the last version is open from the start.
- never: the first version is all there is.
- yoked: versions open in the generations in which they did in the stall run of the next seed, without trials.

The folder is the memory: what is there is not done again. Arms are compared at equal environment steps, those of the
run that has the fewest. Prints a JSON line for each run, and for each arm the means over its seeds, and draws
`staircase.png`: ANNECS and the open version over steps. What a line says:

- annecs, coverage: at the common steps.
- solved: of 20 fresh mazes of each version's largest size, drawn by the domain's rule for that version with keys of
  no run, the share that some elite of the run's end solves.
- best: the same for the one elite that solves most of all 120.
- stall: share of the steps in which ANNECS and coverage grew by no more than the slack in the `stall` generations
  before.
- trials: kept and refused ones, and the share of all steps that refused ones took.
- opened: in which generations versions opened.
"""

import argparse
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.evidence import openended
from openended.core.keys import key
from openended.core.measures.suites import play
from openended.core.specification import Opening
from openended.core.trial import Trial, stands_still
from openended.envs.api import Genome
from openended.file.reader import Reader
from openended.file.snapshot import Snapshot, snapshot
from openended.file.trials import trials
from openended.run.threads import ThreadExecutor

RECIPE = "maze_specification"
ARMS = ("stall", "all", "never", "yoked")
FRESH = 20
"""Mazes of each version."""
CAP = 200
"""Most steps there."""


@dataclass(frozen=True)
class Curve:
    """A run over its steps, trials included, float64[n]: ANNECS, coverage, open version, whether it stands still."""

    steps: NDArray[np.float64]
    annecs: NDArray[np.float64]
    coverage: NDArray[np.float64]
    version: NDArray[np.float64]
    still: NDArray[np.float64]

    def at(self, steps: float, values: NDArray[np.float64]) -> float:
        """A value after the last generation that was done by so many steps."""
        return float(values[max(int(np.searchsorted(self.steps, steps, side="right")) - 1, 0)])


def file(arm: str, seed: int, folder: Path) -> Path:
    return folder / f"{arm}-{seed}.run"


def opened(path: Path) -> list[int]:
    """The generations in which the versions of a run opened, the first one left out."""
    with Reader(path) as run:
        rows = run.database.execute("SELECT generation FROM array WHERE name = 'specification' ORDER BY id").fetchall()
    return [int(generation) for (generation,) in rows[1:]]


def make(arm: str, seed: int, options: argparse.Namespace) -> None:
    """Start or continue a run."""
    grow, path = arm, file(arm, seed, options.to)
    altered: tuple[str, ...] = ()
    if arm == "yoked":
        other = options.seeds[(options.seeds.index(seed) + 1) % len(options.seeds)]
        times = opened(file("stall", other, options.to))
        grow, altered = ("at", ("--set", f"specification.at={times}")) if times else ("never", ())
    words = ("--seed", seed, "--generations", options.generations, "--threads", options.threads, "--out", path)
    openended("run", RECIPE, *words, "--set", f"specification.grow={grow}", *altered)


def curve(view: Snapshot, over: Sequence[Trial], opening: Opening) -> Curve:
    """How a run went. A refused trial is paid for after the generation from which it went on."""
    rows = view.history
    steps = np.array([float(row["env_steps"]) for row in rows])
    for trial in over:
        if not trial.kept:
            steps[trial.begun + 1 :] += trial.env_steps
    still = [stands_still(opening, rows[max(end - opening.stall - 1, 0) : end]) for end in range(1, len(rows) + 1)]
    columns = (np.array([float(row[name]) for row in rows]) for name in ("annecs", "coverage", "specification"))
    return Curve(steps, *columns, np.array(still, float))


def fresh(view: Snapshot) -> list[list[Genome]]:
    """Mazes of the largest size of each version."""
    found = []
    for number, version in enumerate(view.domain.tasks.specifications):
        assert version.random is not None
        drawn = [version.random(key(0, 0, "specifications", number, count)) for count in range(40 * FRESH)]
        largest = max(genome.size for genome in drawn)
        found.append(list(itertools.islice((genome for genome in drawn if genome.size == largest), FRESH)))
    return found


def solved(view: Snapshot, threads: int) -> tuple[list[float], list[float]]:
    """By version, the share of fresh mazes that some elite solves, and that the elite does that solves most."""
    courses = fresh(view)
    tasks = [genome for course in courses for genome in course]
    agents = view.best_agents(view.agents)
    with ThreadExecutor(view.domain, view.policy, threads, np.zeros(1, np.uint8)) as executor:
        done = play(tasks, 1, agents, executor, CAP)[:, :, 0] >= view.solved
    best = done[int(np.argmax(done.sum(axis=1)))]
    edges = np.cumsum([len(course) for course in courses])[:-1]
    union, alone = (np.split(values, edges) for values in (done.any(axis=0), best))
    return [float(each.mean()) for each in union], [float(each.mean()) for each in alone]


def told(
    arm: str, seed: int, path: Path, line: Curve, over: Sequence[Trial], common: float, threads: int
) -> dict[str, Any]:
    """The line of a run."""
    union, best = solved(snapshot(path), threads)
    within = line.steps <= common
    refused = [trial for trial in over if not trial.kept]
    return {
        "arm": arm,
        "seed": seed,
        "steps": round(common),
        "annecs": line.at(common, line.annecs),
        "coverage": round(line.at(common, line.coverage), 3),
        "version": line.at(common, line.version),
        "solved": [round(each, 2) for each in union],
        "best": [round(each, 2) for each in best],
        "stall": round(fsum(np.diff(line.steps[within]) * line.still[within][1:]) / common, 2),
        "kept": sum(trial.kept for trial in over),
        "refused": len(refused),
        "spent": round(sum(trial.env_steps for trial in refused) / float(line.steps[-1]), 2),
        "opened": opened(path),
    }


def draw(curves: dict[tuple[str, int], Curve], common: float, place: Path) -> None:
    """ANNECS and the open version over steps, a line for each run."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(2, 1, figsize=(8, 7), sharex=True, height_ratios=(3, 2), layout="constrained")
    colours = dict(zip(ARMS, ("#0072b2", "#d55e00", "#888888", "#009e73"), strict=True))
    styles = ("-", "--", ":")
    for (arm, seed), line in curves.items():
        shown = line.steps <= common
        style = {"color": colours[arm], "linestyle": styles[(seed - 1) % 3], "drawstyle": "steps-post"}
        panels[0].plot(line.steps[shown] / 1e6, line.annecs[shown], **style)
        if arm in ("stall", "yoked"):
            shift = 0.06 * (seed - 2) + (0.03 if arm == "yoked" else 0.0)  # lines that coincide are told apart
            panels[1].plot(line.steps[shown] / 1e6, line.version[shown] + shift, **style)
    for arm in ARMS:
        panels[0].plot([], [], color=colours[arm], label=arm)
    panels[0].legend(frameon=False)
    panels[0].set_ylabel("ANNECS")
    panels[1].set_ylabel("open version")
    panels[1].set_yticks(range(1, 7), [f"{side} cells" for side in (7, 9, 11, 13, 15, 21)])
    panels[1].set_xlabel("environment steps, in millions, those of trials included")
    for panel in panels:
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(place, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--generations", type=int, default=150)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--to", type=Path, default=Path("runs", "results", "specifications"))
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    for arm in ARMS:
        for seed in options.seeds:
            make(arm, seed, options)
    names = [(arm, seed) for arm in ARMS for seed in options.seeds]
    opening, over, curves = Opening(), dict[tuple[str, int], list[Trial]](), dict[tuple[str, int], Curve]()
    for arm, seed in names:
        view = snapshot(path := file(arm, seed, options.to))
        opening = Opening(**{name: view.config["specification"][name] for name in ("stall", "slack", "measures")})
        with Reader(path) as run:
            over[arm, seed] = trials(run)
        curves[arm, seed] = curve(view, over[arm, seed], opening)
    common = min(float(line.steps[-1]) for line in curves.values())
    draw(curves, common, options.to / "staircase.png")
    for arm in ARMS:
        lines = []
        for seed in options.seeds:
            each = arm, seed
            lines.append(told(*each, file(*each, options.to), curves[each], over[each], common, options.threads))
            print(json.dumps(lines[-1]), flush=True)
        means: dict[str, Any] = {}
        for name in ("annecs", "coverage", "stall", "solved", "best"):
            means[name] = np.mean([line[name] for line in lines], axis=0).round(2).tolist()
        print(json.dumps({"arm": arm, "seeds": len(lines)} | means), flush=True)


if __name__ == "__main__":
    main()
