"""Where new tasks come from: the latent space of a model of the run's own tasks, against mutation and random draws.

    python -m benchmarks.generators maze|walker [--seeds 1 2 3] [--arms mutation random iso_line cma_me vae]
                                                [--warm STEPS] [--steps STEPS] [--dimensions 4] [--sheet PNG]
    python -m benchmarks.generators table FILE...

MAP-Elites of pairs with the settings below. Of each seed all arms continue the same beginning, which mutation made, for
the same number of environment steps. `made`: tasks made in that time; of these the shares `duplicate` (there was such a
task) and `taken` (of a niche that is held), and of the others, which are tried, `met`: the share that meets the minimal
criterion. `novelty`: mean distance of all tasks made to their five nearest predecessors, in units of the axes' ranges.
`admitted`, `niches`, `solved`: how many tasks were admitted, niches filled, tasks solved. `own`: the same of the tasks
alone that the generator made, without the third that is always mutated. Prints one JSON line per seed and arm, then
one per arm (`table`: of lines that were kept): means over seeds, and means of the differences from `mutation` after the
same beginning, with 95 % bootstrap intervals over seeds. `--sheet` also draws 24 samples of each arm after the first
seed's beginning, without mutations among them.
"""

import argparse
import json
from dataclasses import replace
from math import isnan
from pathlib import Path

import numpy as np
from PIL import Image

from openended import envs
from openended.core.algorithms import map_elites
from openended.core.criterion import judge
from openended.core.generation import Generation
from openended.core.generators import Latent, Mutation, Random, proposals
from openended.core.means import Means
from openended.core.measures.statistics import interval
from openended.core.novelty import novelty
from openended.core.reproduction import offspring
from openended.run import recipe
from openended.run.threads import ThreadExecutor

MAZE = {
    "archive": {"cells": [32, 24, 4]}, "episodes": {"stall": 60, "evaluation_stall": 100},
    "policy": {"kind": "mlp", "hidden": [32, 32]},
    "learner": {
        "kind": "ppo", "environments": 16, "steps": 256, "updates": 2, "minibatch": 1024, "entropy": 0.003,
        "learning_rate": 1e-3, "discount": 0.98,
    },
    "criterion": {"low": 0.05, "high": 1.0, "solved": 0.05},
    "reproduction": {"every": 1, "threshold": 0.05, "children": 48, "admitted": 4},
    "transfer": {"every": 10, "proposals": False}, "active": {"count": 4},
}  # fmt: skip
"""Those of the recipe `maze`, with fewer pairs at a time, more niches, and a criterion that some agent must reach."""
WALKER = {
    "archive": {"cells": [24, 20, 15]}, "episodes": {"stall": 100, "evaluation_stall": 100},
    "policy": {"hidden": [64, 64]}, "learner": {"kind": "ppo", "environments": 16},
    "reproduction": {"every": 1, "threshold": 150, "children": 64, "admitted": 8, "neighbours": 2},
    "transfer": {"every": 10, "proposals": False}, "active": {"count": 1},
}  # fmt: skip
DOMAINS = {"maze": ("maze-solvable-v1", MAZE), "walker": ("walker-v1", WALKER)}
EVERY = 8
ARMS = {
    "mutation": Mutation(),
    "random": Random(),
    "iso_line": Latent(every=EVERY),
    "cma_me": Latent(every=EVERY, emitter="cma_me"),
    "vae": Latent(every=EVERY, model="vae"),
}
COUNTED = ("made", "duplicate", "taken", "met", "novelty", "admitted", "niches", "solved")


class Tally:
    """What became of the tasks made."""

    def __init__(self) -> None:
        self.made, self.novelties = [], []

    def add(self, tasks, archive_points, archive, k: int) -> None:
        for task in tasks:
            self.made.append(task)
            self.novelties.append(novelty(archive.point(task), archive_points, k))

    def told(self, bounds, makers) -> dict:
        chosen = [place for place, task in enumerate(self.made) if task.maker in makers]
        tasks = [self.made[place] for place in chosen]
        tried = [task for task in tasks if not isnan(task.score)]
        return {
            "made": len(tasks),
            "duplicate": share([task.outcome == "duplicate" for task in tasks]),
            "taken": share([task.outcome == "niche taken" and isnan(task.score) for task in tasks]),
            "met": share([judge(task.score, bounds) == "ok" for task in tried]),
            "novelty": share([self.novelties[place] for place in chosen]),
            "admitted": sum(task.outcome == "admitted" for task in tasks),
        }


def share(values) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def searched(means: Means, state, steps: int):
    """The state after so many more environment steps, and what became of the tasks made on the way."""
    end, tally = state.counters.env_steps + steps, Tally()
    while state.counters.env_steps < end:
        archive = means.archive.at(state)
        before = archive.points.copy()
        state, changes = map_elites.step(means, state)
        new = [task for task in changes.tasks if task.generation == state.generation]
        tally.add(new, before, archive, means.params.reproduction.novelty_neighbours)
    return state, tally


def arm(config, seed: int, name: str, dimensions: int, executor) -> Means:
    settings = ARMS[name]
    if isinstance(settings, Latent):
        settings = replace(settings, dimensions=dimensions)
    map_elites.check(params := replace(config.params, generator=settings), executor.domain)
    return Means(params, executor.domain, seed, executor)


def measured(config, seed: int, begun, name: str, options, executor) -> dict:
    means = arm(config, seed, name, options.dimensions, executor)
    state, tally = searched(means, begun, options.steps)
    bounds = means.params.criterion
    row = tally.told(bounds, {"mutation", "random", "latent"})
    row |= {
        "niches": len({task.niche for task in state.tasks.values()})
        - len({task.niche for task in begun.tasks.values()}),
        "solved": solved(state, bounds) - solved(begun, bounds),
        "own": tally.told(bounds, {"latent", "random"}),
        "steps": state.counters.env_steps - begun.counters.env_steps,
        "generations": state.generation - begun.generation,
    }
    return row


def niches(state) -> int:
    return len({pair.niche for pair in state.pairs.values()})


def solved(state, bounds) -> int:
    return sum(pair.best_fitness >= bounds.solved for pair in state.pairs.values())


def begin(config, seed: int, executor, steps: int):
    """What mutation alone comes to in so many steps, and at least 32 tasks."""
    means = arm(config, seed, "mutation", 1, executor)
    state, _ = map_elites.init(means)
    while state.counters.env_steps < steps or len(state.pairs) < 32:
        state, _ = map_elites.step(means, state)
    return state


def summary(rows: list[dict], arms) -> None:
    for name in arms:
        mine, base = ([row for row in rows if row["arm"] == each] for each in (name, "mutation"))
        means = {what: round(share([row[what] for row in mine]), 4) for what in COUNTED}
        line = {"arm": name, "seeds": len(mine), "mean": means}
        if name != "mutation" and base:
            line["less mutation"] = {what: difference(mine, base, what) for what in COUNTED}
        print(json.dumps(line), flush=True)


def difference(mine, base, what: str) -> list[float]:
    before = {row["seed"]: row[what] for row in base}
    gained = np.array([[row[what] - before[row["seed"]]] for row in mine], np.float64)
    found = interval(lambda values: float(values.mean()), gained, key=1)
    return [round(value, 4) for value in (found.value, found.low, found.high)]


def sampled(means: Means, begun, name: str, count: int) -> list:
    """Genomes that an arm makes next, without those of the floor."""
    generation, settings = Generation(means, begun), means.params
    rows = means.archive.at(begun).rows
    eligible = rows["task"][rows["best_fitness"] >= settings.reproduction.threshold].tolist()
    if name == "mutation":
        return [task.genome for task in offspring(generation, eligible, np.ones(len(eligible)), count)]
    made, _ = proposals(generation, replace(settings.generator, floor=0.0), eligible, count)
    return [each.genome for each in made]


def picture(config, domain, genome, width: int, height: int):
    """A task alone, uint8[height, width, 3]."""
    if domain.pictures.profile is not None:
        return domain.pictures.profile(genome, width, height)
    policy = config.params.policy.of(domain)
    return domain.pictures.draw(genome, domain.simulator.trace(genome, policy, policy.init(0), 0, 1), 0, width, height)


def sheet(config, seed: int, begun, options, executor) -> None:
    """24 samples of each arm from the same beginning, as the domain draws its tasks; arms one under the other."""
    width, height, columns = (96, 96, 12) if options.domain == "maze" else (480, 60, 4)
    gap, rows = 4, []
    for name in options.arms:
        made = sampled(arm(config, seed, name, options.dimensions, executor), begun, name, 24)
        tiles = [picture(config, executor.domain, genome, width, height) for genome in made]
        for first in range(0, len(tiles), columns):
            row = np.full((height + gap, columns * (width + gap), 3), 255, np.uint8)
            for place, tile in enumerate(tiles[first : first + columns]):
                row[: len(tile), place * (width + gap) : place * (width + gap) + tile.shape[1]] = tile
            rows.append(row)
        rows.append(np.full((3 * gap, columns * (width + gap), 3), 255, np.uint8))
    Image.fromarray(np.concatenate(rows)).save(options.sheet)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("domain", choices=[*DOMAINS, "table"])
    parser.add_argument("files", nargs="*")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS))
    parser.add_argument("--warm", type=int, default=0)
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--dimensions", type=int, default=4)
    parser.add_argument("--sheet", default="")
    options = parser.parse_args()
    if options.domain == "table":
        lines = [line for name in options.files for line in Path(name).read_text().splitlines()]
        rows = [json.loads(line) for line in lines if line.startswith('{"seed"')]
        rows = [row for row in rows if "arm" in row]
        return summary(rows, [name for name in ARMS if any(row["arm"] == name for row in rows)])
    warm, steps = {"maze": (600_000, 600_000), "walker": (1_000_000, 500_000)}[options.domain]
    options.warm, options.steps = options.warm or warm, options.steps or steps
    id, tables = DOMAINS[options.domain]
    config = recipe.check({"question": "?", "domain": id} | tables, "generators", "generators")
    domain, rows = envs.domain(id), []
    with ThreadExecutor(domain, config.params.policy.of(domain), 1, np.zeros(1, np.uint8)) as executor:
        for seed in options.seeds:
            begun = begin(config, seed, executor, options.warm)
            print(
                json.dumps(
                    {
                        "seed": seed,
                        "begun": begun.counters.env_steps,
                        "tasks": len(begun.pairs),
                        "generation": begun.generation,
                    }
                ),
                flush=True,
            )
            if options.sheet and seed == options.seeds[0]:
                sheet(config, seed, begun, options, executor)
            for name in options.arms:
                rows.append({"seed": seed, "arm": name} | measured(config, seed, begun, name, options, executor))
                print(json.dumps(rows[-1]), flush=True)
    summary(rows, options.arms)


if __name__ == "__main__":
    main()
