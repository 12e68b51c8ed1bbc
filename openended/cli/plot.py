"""`openended plot FILE...`."""

from pathlib import Path

import click

from openended.cli.options import PICTURE


@click.command("plot")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--kind", metavar="heatmap|progress|potentials|lineage|transfers|atlas", default="heatmap", help="What to draw."
)
@click.option(
    "--of", metavar="fitness|age|visits|progress|retention|holder", help="heatmap: quantity to show; default: fitness."
)
@click.option("--x", metavar="NAME", help="heatmap, atlas: descriptor of the horizontal axis, by name or prefix.")
@click.option("--y", metavar="NAME", help="heatmap, atlas: descriptor of the vertical axis.")
@click.option("--thumbnails", is_flag=True, default=None, help="heatmap: with small pictures of the tasks.")
@click.option("--over", metavar="generations|steps", help="progress: over generations or environment steps.")
@PICTURE
def command(files: tuple[Path, ...], kind: str, picture: Path, **options: str | bool | None) -> None:
    """Draw the run in FILE, or progress or potentials of several; the extension chooses png, svg or pdf.

    \b
    Kinds:
      heatmap    the archive over two descriptors: fitness, age in generations,
                 visits, learning progress, what the agent in training retains of
                 the best one's return, or whose agent holds the niche
      progress   coverage, QD score, fitness, ANNECS, transfers, speed and more;
                 of several runs the interquartile mean for each recipe
                 and where tasks come from ranges that grow, their levels
      potentials which potentials of tasks went with later improvement there, in a
                 curriculum that replays tasks
      lineage    the tree of tasks: parents, children and their generations
      transfers  which agents took over which tasks
      atlas      of an attack: which niches show faults, how large a share of tasks
                 with other chance fails, too, and minimal counter-examples

    \b
    Examples:
      openended plot runs/results/quickstart.run -o heatmap.png
      openended plot runs/results/quickstart.run --of age --x gap -o age.pdf
      openended plot poet-seed*.run --kind progress --over steps -o progress.png
    """
    from openended.view.plot import plot

    click.echo(plot(files, picture, kind, **{name: value for name, value in options.items() if value is not None}))
