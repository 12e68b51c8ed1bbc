"""How large a cluster a recipe can use: ES steps per second on up to 4,096 simulated workers, and what they wait for.

    python -m benchmarks.costs runs/results/quickstart_es.run > costs.json
    python -m benchmarks.clusters costs.json -o docs/pictures/scaling.png

`costs.json` holds measured durations, which `benchmarks.simulation` replays. Simulated is one ES step of every active
pair and the evaluation after it, cut into items by the executor's own rules. Efficiency is what the episodes of the ES
steps take where they are cheapest (in large items, whose lanes are full), divided by the workers and the wall clock.
Rounds with other draws are averaged; all draws come from `--seed`.

Prints one JSON line, and draws the picture.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from openended.run.cluster.executor import blocks, shares

from .simulation import Costs, Item, Trouble, phase

WORKERS = tuple(2**power for power in range(13))
TOLD = (1, 2, 16, 64, 256, 512, 1024, 4096)
DELAY = 0.001
"""Seconds from submitting to starting on an idle worker of another machine (assumed)."""
TROUBLED = Trouble(spread=0.1, straggling=0.01, slow=4.0, deaths=1 / 3600, notice=1.0, restart=10.0)
"""Workers that differ by a tenth, one item in a hundred that takes four times as long, and each worker dying once an
hour: worse than most clusters."""
BLUE, ORANGE, GREEN, GREY = "#3b6ea5", "#d9822b", "#4c9f70", "#777777"


@dataclass(frozen=True)
class Recipe:
    """How many pairs take an ES step at once, of how many episodes."""

    name: str
    pairs: int
    population: int
    colour: str


RECIPES = (
    Recipe("400 pairs of 512 episodes", 400, 512, GREEN),
    Recipe("poet: 20 pairs of 512", 20, 512, ORANGE),
    Recipe("walker: 16 pairs of 256", 16, 256, BLUE),
)


class Measured:
    """What `benchmarks.costs` has measured."""

    def __init__(self, found: dict[str, Any]):
        self.found = found
        self.shares, self.evaluations = (
            {int(size): np.array(values) for size, values in found[kind].items()}
            for kind in ("durations", "evaluations")
        )
        self.episode = min(values.mean() / size for size, values in self.shares.items())
        """Seconds of an episode where they are cheapest."""

    def costs(self, population: int) -> Costs:
        parts = {name: self.found[name] for name in ("submit", "fetch", "ask", "ask_each")}
        return Costs(**parts, update=self.found["update"][str(population)], delay=DELAY)

    def step(self, recipe: Recipe, workers: int, random: np.random.Generator) -> tuple[list[Item], list[Item]]:
        """The items of the ES steps and those of the evaluations."""
        size, each = shares(recipe.pairs, recipe.population, workers), blocks(recipe.pairs, workers)
        steps = [
            Item(seconds, step)
            for step in range(recipe.pairs)
            for seconds in drawn(self.shares, cut(recipe.population, size), random)
        ]
        return steps, [Item(seconds) for seconds in drawn(self.evaluations, cut(recipe.pairs, each), random)]


def cut(total: int, size: int) -> list[int]:
    """Sizes of the parts of a batch, all but the last of one size."""
    return [min(size, total - first) for first in range(0, total, size)]


def drawn(known: dict[int, Any], sizes: Sequence[int], random: np.random.Generator) -> list[float]:
    """Seconds of items of so many episodes, drawn from the measured ones of the nearest size."""
    near = [min(known, key=lambda size: abs(size - wanted)) for wanted in sizes]
    return [float(random.choice(known[size]) * wanted / size) for size, wanted in zip(near, sizes, strict=True)]


def simulated(
    measured: Measured, recipe: Recipe, workers: int, trouble: Trouble, rounds: int, seed: int
) -> dict[str, float]:
    """Means over rounds of one ES step of every pair and its evaluation."""
    random = np.random.default_rng([seed, recipe.pairs, recipe.population, workers])
    seconds, evaluation, deaths = 0.0, 0.0, 0
    driver: dict[str, float] = {}
    for _ in range(rounds):
        for number, items in enumerate(measured.step(recipe, workers, random)):
            found = phase(items, workers, measured.costs(recipe.population), trouble, random)
            seconds, evaluation, deaths = (
                seconds + found.seconds,
                evaluation + number * found.seconds,
                deaths + found.deaths,
            )
            for name, spent in found.driver.items():
                driver[name] = driver.get(name, 0.0) + spent
    return {
        "seconds": seconds / rounds,
        "steps_per_second": rounds * recipe.pairs / seconds,
        "efficiency": rounds * recipe.pairs * recipe.population * measured.episode / seconds / workers,
        "evaluation": evaluation / seconds,
        "driver": sum(driver.values()) / seconds,
        **{f"driver_{name}": spent / seconds for name, spent in driver.items()},
        "deaths": deaths,
    }


def main() -> None:
    """Simulate, report, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("costs", type=Path, help="what benchmarks.costs printed")
    parser.add_argument("--output", "-o", type=Path, help="the picture")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    measured = Measured(json.loads(options.costs.read_text()))
    table = {
        (recipe.name, kind): [
            simulated(measured, recipe, workers, trouble, options.rounds, options.seed) for workers in WORKERS
        ]
        for recipe in RECIPES
        for kind, trouble in (("smooth", Trouble()), ("troubled", TROUBLED))
    }
    report = {
        f"{name}, {kind}": {
            str(workers): {key: round(value, 3) for key, value in row.items()}
            for workers, row in zip(WORKERS, rows, strict=True)
            if workers in TOLD
        }
        for (name, kind), rows in table.items()
    }
    print(json.dumps(report))
    if options.output:
        draw(table, measured, options.output)


def draw(table: dict[tuple[str, str], list[dict[str, float]]], measured: Measured, place: Path) -> None:
    """Left: ES steps per second. Right: how busy the driver is."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, 2, figsize=(10.5, 4.3), sharex=True, sharey=True, layout="constrained")
    titles = {"efficiency": "How much of the workers is used", "driver": "How much of the time the driver is busy"}
    for panel, (name, title) in zip(panels, titles.items(), strict=True):
        for recipe in RECIPES:
            for kind, style in (("smooth", "-"), ("troubled", ":")):
                values = [100 * row[name] for row in table[recipe.name, kind]]
                panel.plot(WORKERS, values, style, color=recipe.colour, linewidth=1.8)
        panel.set_title(title, loc="left", fontsize=10)
        panel.set_xscale("log", base=2)
        panel.set_xticks(WORKERS, [f"{workers:,}" if place % 2 == 0 else "" for place, workers in enumerate(WORKERS)])
        panel.minorticks_off()
        panel.set_xlabel("workers (one core each)")
        panel.set_ylim(0, 104)
        panel.yaxis.set_major_formatter("{x:.0f} %")
        panel.grid(color="#e8e8e8", linewidth=0.8)
        panel.set_axisbelow(True)
        panel.spines[["top", "right"]].set_visible(False)
    for row, recipe in enumerate(RECIPES):
        panels[1].text(1, 97 - 6 * row, recipe.name, color=recipe.colour, fontsize=9)
    note = "solid: equal workers\ndotted: unequal, 1 % stragglers,\neach dies once an hour"
    panels[0].text(1, 4, note, color=GREY, fontsize=9)
    figure.savefig(place, dpi=150)


if __name__ == "__main__":
    main()
