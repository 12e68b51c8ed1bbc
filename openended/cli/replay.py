"""`openended replay FILE`."""

from pathlib import Path

import click

from openended.cli.options import FILE, PICTURE


@click.command("replay")
@FILE
@click.option("--niche", type=click.IntRange(min=0), help="Show the elite of this niche; default: the fittest of all.")
@click.option("--best", is_flag=True, help="Show the solved elite on the hardest task.")
@PICTURE
def command(file: Path, niche: int | None, best: bool, picture: Path) -> None:
    """Show an elite of the run in FILE on its task: a film (gif) or a strip (png) by the picture's ending.

    \b
    Examples:
      openended replay runs/results/quickstart.run --best -o walker.gif
      openended replay runs/results/quickstart.run --niche 12 -o strip.png
    """
    from openended.view.replay import replay

    click.echo(replay(file, picture, niche, best))
