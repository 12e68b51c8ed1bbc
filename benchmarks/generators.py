"""Where new tasks come from: the latent space of a model of the run's own tasks, against mutation and random draws.

    python -m benchmarks.generators maze|walker [--seeds 1 2 3] [--arms mutation random iso_line cma_me vae]
                                                [--warm STEPS] [--steps STEPS] [--dimensions 4] [--sheet PNG]

MAP-Elites of pairs with the settings below. Of each seed all arms continue the same beginning, which mutation made, for
the same number of environment steps. `made`: tasks made in that time; of these the shares `duplicate` (there was such a
task) and `taken` (of a niche that is held), and of the others, which are tried, `met`: the share that meets the minimal
criterion. `novelty`: mean distance of all tasks made to their five nearest predecessors, in units of the axes' ranges.
`admitted`, `niches`, `solved`: how many tasks were admitted, niches filled, tasks solved. `own`: the same of the tasks
alone that the generator made, without the third that is always mutated. Prints one JSON line per seed and arm, then one
per arm: means over seeds, and the mean differences from `mutation` with 95 % bootstrap intervals over seeds. `--sheet`
draws, after the first seed's beginning, samples of each arm instead, a row each.
"""

import argparse
import json
from dataclasses import replace
from math import isnan

import numpy as np

from openended import envs
from openended.core.algorithms import map_elites
from openended.core.criterion import judge
from openended.core.generators import Latent, Mutation, Random, proposals
from openended.core.generation import Generation
from openended.core.means import Means
from openended.core.measures.statistics import interval
from openended.core.novelty import novelty
from openended.run import recipe
from openended.run.threads import ThreadExecutor

MAZE = {
    "archive": {"cells": [16, 12, 1]}, "episodes": {"stall": 60, "evaluation_stall": 100},
    "policy": {"kind": "mlp", "hidden": [32, 32]},
    "learner": {
        "kind": "ppo", "environments": 16, "steps": 256, "updates": 2, "minibatch": 1024, "entropy": 0.003,
        "learning_rate": 1e-3, "discount": 0.98,
    },
    "criterion": {"low": 0.0, "high": 1.0, "solved": 0.05},
    "reproduction": {"every": 1, "threshold": 0.05, "children": 48, "admitted": 4}, "transfer": {"every": 10, "proposals": False},
    "active": {"count": 4},
}  # fmt: skip
"""Those of the recipe `maze`, with fewer pairs at a time."""
WALKER = {
    "archive": {"cells": [24, 20, 15]}, "episodes": {"stall": 100, "evaluation_stall": 100},
    "policy": {"hidden": [64, 64]}, "learner": {"kind": "ppo", "environments": 16},
    "reproduction": {"every": 1, "threshold": 150, "children": 24, "admitted": 4}, "transfer": {"every": 10, "proposals": False},
    "active": {"count": 2},
}  # fmt: skip
DOMAINS = {"maze": ("maze-solvable-v1", MAZE), "walker": ("walker-v1", WALKER)}
ARMS = {
    "mutation": Mutation(),
    "random": Random(),
    "iso_line": Latent(),
    "cma_me": Latent(emitter="cma_me"),
    "vae": Latent(model="vae"),
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
    k = means.params.reproduction.novelty_neighbours
    while state.counters.env_steps < end:
        archive = means.archive.at(state)
        before, known = archive.points.copy(), state
        state, changes = map_elites.step(means, state)
        new = [task for task in changes.tasks if task.generation == state.generation]
        tally.add(new, before, archive, k)
        assert known is not state
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
        "niches": len({task.niche for task in state.tasks.values()}) - len({task.niche for task in begun.tasks.values()}),
        "solved": solved(state, bounds) - solved(begun, bounds),
        "own": tally.told(bounds, {"latent", "random"}),
        "steps": state.counters.env_steps - begun.counters.env_steps,
        "generations": state.generation - begun.generation,
    }
    return row


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
        line = {"arm": name, "seeds": len(mine), "mean": {what: round(share([row[what] for row in mine]), 4) for what in COUNTED}}
        if name != "mutation" and base:
            line["less mutation"] = {what: difference(mine, base, what) for what in COUNTED}
        print(json.dumps(line), flush=True)


def difference(mine, base, what: str) -> list[float]:
    a, b = (np.array([[row[what]] for row in rows], np.float64) for rows in (mine, base))
    found = interval(lambda x, y: float(x.mean() - y.mean()), a, b, key=1)
    return [round(value, 4) for value in (found.value, found.low, found.high)]


def sheet(config, seed: int, begun, options, executor) -> None:
    """Samples of each arm from the same beginning, drawn as the domain draws its tasks."""
    from PIL import Image

    width, height, columns = (96, 96, 24) if options.domain == "maze" else (320, 60, 6)
    profile = executor.domain.pictures.profile
    tiles = []
    for name in options.arms:
        means = arm(config, seed, name, options.dimensions, executor)
        generation = Generation(means, begun)
        eligible = [pair.task for pair in begun.pairs.values() if pair.best_fitness >= config.params.reproduction.threshold]
        settings = means.params.generator if name != "mutation" else Mutation()
        made = [each.genome for each in proposals(generation, replace(settings, floor=0.0), eligible, 24)[0]] if name != "mutation" else [
            executor.domain.tasks.mutate(generation.task(eligible[number % len(eligible)]).genome, generation.key("sheet", number)) for number in range(24)
        ]
        tiles.append([profile(genome, width, height) for genome in made])
    rows = -(-24 // columns)
    picture = np.full(((rows * (height + 4) + 12) * len(tiles), columns * (width + 4), 3), 255, np.uint8)
    for row, each in enumerate(tiles):
        for place, tile in enumerate(each):
            y, x = row * (rows * (height + 4) + 12) + place // columns * (height + 4), place % columns * (width + 4)
            picture[y : y + height, x : x + width] = tile[:height, :width]
    Image.fromarray(picture).save(options.sheet)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("domain", choices=DOMAINS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS))
    parser.add_argument("--warm", type=int, default=0)
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--dimensions", type=int, default=4)
    parser.add_argument("--sheet", default="")
    options = parser.parse_args()
    warm, steps = {"maze": (1_000_000, 2_000_000), "walker": (3_000_000, 2_000_000)}[options.domain]
    options.warm, options.steps = options.warm or warm, options.steps or steps
    id, tables = DOMAINS[options.domain]
    config = recipe.check({"question": "?", "domain": id} | tables, "generators", "generators")
    domain, rows = envs.domain(id), []
    with ThreadExecutor(domain, config.params.policy.of(domain), 1, np.zeros(1, np.uint8)) as executor:
        for seed in options.seeds:
            begun = begin(config, seed, executor, options.warm)
            print(json.dumps({"seed": seed, "begun": begun.counters.env_steps, "tasks": len(begun.pairs), "generation": begun.generation}), flush=True)
            if options.sheet:
                sheet(config, seed, begun, options, executor)
                return
            for name in options.arms:
                rows.append({"seed": seed, "arm": name} | measured(config, seed, begun, name, options, executor))
                print(json.dumps(rows[-1]), flush=True)
    summary(rows, options.arms)


if __name__ == "__main__":
    main()
