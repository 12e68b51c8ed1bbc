"""`openended lineage FILE`."""

from pathlib import Path

import click

from openended.cli.options import FILE


@click.command("lineage")
@FILE
@click.option(
    "--elite",
    "niche",
    type=click.IntRange(min=0),
    metavar="N",
    help="The elite of niche N; default: the solved elite on the hardest task.",
)
@click.option("--output", "-o", "picture", type=click.Path(path_type=Path), help="Draw it, too: png, svg or pdf.")
def command(file: Path, niche: int | None, picture: Path | None) -> None:
    """Print the history of an elite of the run in FILE: the ancestors of its task, and the tasks on which its agent was
    trained before.

    \b
    Examples:
      openended lineage runs/results/quickstart.run
      openended lineage runs/results/quickstart.run --elite 363 -o lineage.png
    """
    from openended.view.plot import lineage

    for line in lineage(file, niche, picture):
        click.echo(line)
