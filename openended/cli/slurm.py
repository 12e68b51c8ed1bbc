"""`openended slurm RECIPE`."""

import sys
from pathlib import Path

import click

from openended.cli.options import GENERATIONS
from openended.cli.run import RESULTS, label

OTHERS = ("partition", "account", "qos", "constraint", "mem")
"""Directives that are handed on to Slurm as they are."""


@click.command("slurm")
@click.argument("recipe")
@click.option(
    "--nodes", type=click.IntRange(1, 4096), default=1, show_default=True, help="Number of nodes; two or more use Ray."
)
@click.option("--time", required=True, help="Time limit as Slurm writes it: 24:00:00, 2-00:00:00.")
@click.option("--cpus", type=click.IntRange(0, 4096), default=0, help="CPUs per node; default: whole nodes.")
@click.option("--partition", help="Passed to Slurm, like the next four.")
@click.option("--account")
@click.option("--qos")
@click.option("--constraint")
@click.option("--mem")
@click.option("--out", type=click.Path(path_type=Path), help="The run file; default: runs/results/RECIPE.run.")
@GENERATIONS
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed of all random streams, instead of the recipe's.")
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Change a setting: learner.population=256."
)
@click.option("--scratch", type=click.Path(path_type=Path), help="Folder on a node's own disk for the live file.")
def command(
    recipe: str,
    nodes: int,
    time: str,
    cpus: int,
    out: Path | None,
    generations: int | None,
    seed: int | None,
    overrides: tuple[str, ...],
    scratch: Path | None,
    **others: str | None,
) -> None:
    """Print a batch script that runs RECIPE on a Slurm cluster and continues it after every interruption.

    \b
    Examples:
      openended slurm walker --time 24:00:00 --cpus 64 > walker.sh && sbatch walker.sh
      openended slurm walker --nodes 8 --time 2-00:00:00 --partition cpu > walker.sh
    """
    from openended.run import recipe as recipes
    from openended.run import slurm

    config = recipes.load(recipe, overrides, generations=generations, seed=seed)
    run = out or RESULTS / f"{label(config.name, seed)}.run"
    arguments = ["run", recipe, "--out", str(run)]
    for option, given in (("--generations", generations), ("--seed", seed), ("--scratch", scratch)):
        arguments += [option, str(given)] if given is not None else []
    for override in overrides:
        arguments += ["--set", override]
    options = tuple((name, value) for name in OTHERS if (value := others[name]) is not None)
    job = slurm.Job(config.name, nodes, time, cpus, options)
    click.echo(slurm.script(job, [sys.executable, "-m", "openended"], sys.executable, run, arguments), nl=False)
