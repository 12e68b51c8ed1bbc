"""`openended compare RUN... --vs RUN...`."""

from pathlib import Path

import click


class Versus(click.Command):
    """A command whose option `--vs` takes every path up to the next option."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        spread: list[str] = []
        after = False
        for argument in arguments:
            if argument.startswith("-"):
                after = argument == "--vs"
                spread += [] if after else [argument]
            else:
                spread += ["--vs", argument] if after else [argument]
        return super().parse_args(context, spread)


@click.command("compare", cls=Versus)
@click.argument("runs", nargs=-1, type=click.Path(path_type=Path))
@click.option("--metric", default="qd_score", show_default=True, help="What to compare: a metric of the runs.")
@click.option("--across", is_flag=True, help="Also runs of different domains, for metrics that mean the same in both.")
@click.option("--output", "-o", "picture", type=click.Path(path_type=Path), help="Draw it, too: png, svg or pdf.")
@click.option(
    "--vs", "others", multiple=True, type=click.Path(path_type=Path), metavar="RUN...", help="The second group."
)
def command(runs: tuple[Path, ...], metric: str, across: bool, picture: Path | None, others: tuple[Path, ...]) -> None:
    """Compare two groups of RUNS, the same recipe with several seeds in each, at equal environment steps.

    \b
    Examples:
      openended compare poet-seed*.run --vs no_transfer-seed*.run
      openended compare poet-seed*.run --metric annecs -o annecs.png --vs random_tasks-seed*.run
    """
    from openended.view import compare

    found = compare.compare(runs, others, metric, across)
    click.echo(compare.text(found))
    if picture is not None:
        click.echo(compare.plot(found, picture))
