"""`openended submit FILE TASK.json`."""

from pathlib import Path

import click

from openended.cli.options import FILE


@click.command("submit")
@FILE
@click.argument("task", type=click.Path(path_type=Path))
@click.option("--as", "author", required=True, metavar="TAG", help="Who sends it: 1 to 32 of a-z, 0-9, _ and -.")
@click.option(
    "--from", "start", type=click.IntRange(min=0), metavar="NICHE", help="It was made from this niche's task."
)
@click.option("--beat", type=click.IntRange(min=0), metavar="NICHE", help="It was made to defeat this niche's agent.")
def command(file: Path, task: Path, author: str, start: int | None, beat: int | None) -> None:
    """Offer the task in TASK.json to the run in FILE, live or stopped, and print the name of the offer.

    The run judges it by its minimal criterion between two generations; `openended people` tells what became of it.

    \b
    Examples:
      openended submit runs/results/quickstart.run course.json --as ann
      openended submit long.run harder.json --as ann --from 12 --beat 12
    """
    from openended.run.submit import submit

    click.echo(submit(file, task, author, start, beat))
