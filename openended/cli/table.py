"""`openended table EVALUATION...`."""

import json
from pathlib import Path

import click


@click.command("table")
@click.argument("evaluations", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--beside", type=click.Path(path_type=Path), help="Show published rows, too: a TOML file with tables [[row]]."
)
@click.option("--at", "steps", type=click.FloatRange(min=1), help="Compare the last agents up to so many env steps.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with the values of every run.")
@click.option(
    "--output", "-o", "picture", type=click.Path(path_type=Path), help="Draw solved rates over steps: png, svg or pdf."
)
def command(
    evaluations: tuple[Path, ...], beside: Path | None, steps: float | None, as_json: bool, picture: Path | None
) -> None:
    """Print a table in Markdown of EVALUATIONS, files that `openended evaluate -o` has written.

    Runs of one recipe that differ in their seeds alone are one row: interquartile means with 95 % intervals.

    \b
    Examples:
      openended table evaluations/*.json
      openended table evaluations/*.json --beside benchmarks/published.toml --at 100e6 -o solved.png
    """
    from openended.view import evaluations as read
    from openended.view import published, table

    arms = read.arms(evaluations, steps)
    rows = published.read(beside) if beside else []
    click.echo(json.dumps(table.report(arms, rows)) if as_json else table.markdown(arms, rows))
    if picture is not None:
        click.echo(table.plot(arms, rows, picture))
