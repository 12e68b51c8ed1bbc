"""`openended plot FILE`."""

from pathlib import Path

import click

from openended.cli.options import FILE, PICTURE


@click.command("plot")
@FILE
@click.option("--kind", type=click.Choice(["heatmap"]), default="heatmap", show_default=True, help="What to draw.")
@PICTURE
def command(file: Path, kind: str, picture: Path) -> None:
    """Draw the archive of the run in FILE; png, svg or pdf by the picture's ending.

    \b
    Examples:
      openended plot runs/results/quickstart.run -o heatmap.png
    """
    from openended.view.heatmap import heatmap

    click.echo(heatmap(file, picture))
