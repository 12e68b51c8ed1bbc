"""`openended replay FILE`."""

from pathlib import Path

import click

from openended.cli.options import FILE, PICTURE


@click.command("replay")
@FILE
@click.option(
    "--niche",
    "niches",
    type=click.IntRange(min=0),
    multiple=True,
    help="Show the elite of this niche, several side by side; default: the fittest of all.",
)
@click.option("--best", is_flag=True, help="Show the solved elite on the hardest task.")
@click.option("--all", "everyone", is_flag=True, help="Show the elites of all niches.")
@click.option("--spread", type=click.IntRange(min=1), help="Show so many elites, from easy tasks to hard ones.")
@click.option(
    "--learner",
    type=click.IntRange(min=0),
    help="Show the agent in training of this learner, 0 in a curriculum, on the task of --on.",
)
@click.option(
    "--on",
    metavar="NICHE|TASK.json|SUITE:COURSE",
    help="Show them on the task of this niche, of a file, or of a suite; default: each on its own.",
)
@click.option("--versus", is_flag=True, help="Of an attack: the agent and a witness on the niche's minimal task.")
@PICTURE
def command(
    file: Path,
    niches: tuple[int, ...],
    best: bool,
    everyone: bool,
    spread: int | None,
    learner: int | None,
    on: str | None,
    versus: bool,
    picture: Path,
) -> None:
    """Show agents of the run in FILE on tasks: a film (gif, mp4), whole episodes (png), or, of a web
    site, a page to play on (html), by the extension.

    \b
    Examples:
      openended replay runs/results/quickstart.run --best -o walker.gif
      openended replay runs/results/quickstart.run --niche 0 --niche 12 --on 12 -o race.mp4
      openended replay runs/results/quickstart.run --all -o gallery.png
      openended replay runs/results/quickstart.run --learner 0 --on walker-suite:Stairs -o stairs.png
      openended replay runs/results/attack.run --versus -o fault.gif
    """
    from openended.view.replay import replay

    click.echo(replay(file, picture, niches, best, everyone, on, against=versus, some=spread or 0, learner=learner))
