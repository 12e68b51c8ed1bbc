"""`openended run RECIPE`."""

import re
from pathlib import Path
from typing import Any

import click

from openended.cli.options import GENERATIONS, placement
from openended.cli.watch import follow

RESULTS = Path("runs", "results")
"""Where run files go, below the current folder, unless `--out` says otherwise."""


@click.command("run")
@click.argument("recipe")
@click.option("--out", type=click.Path(path_type=Path), help="The run file; default: runs/results/RECIPE.run.")
@GENERATIONS
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed of all random streams, instead of the recipe's.")
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Change a setting: learner.population=256."
)
@placement
def command(
    recipe: str,
    out: Path | None,
    generations: int | None,
    seed: int | None,
    overrides: tuple[str, ...],
    **placement: Any,
) -> None:
    """Start the run of RECIPE, a name listed by `openended recipes` or the path of a TOML file.

    The same command again continues the run from its last generation.

    \b
    Examples:
      openended run quickstart
      openended run walker --seed 3 --set learner.population=256 --out long.run
    """
    from openended.run import recipe as recipes

    config = recipes.load(recipe, overrides, generations=generations, seed=seed)
    follow(out or RESULTS / f"{label(config.name, seed)}.run", config, **placement)


def label(name: str, seed: int | None) -> str:
    """Name of a run file: that of the recipe, with the seed if one was asked for."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", name)[:64]
    return plain if seed is None else f"{plain}-seed{seed}"
