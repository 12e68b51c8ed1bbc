"""`openended generality RUN...`."""

import json
from pathlib import Path

import click

from openended.cli.options import THREADS


@click.command("generality")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--fresh",
    type=click.IntRange(min=0),
    default=1000,
    show_default=True,
    help="Fresh tasks, from easy to hard, beside the suites.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    help="Loss of return on a task that counts as none.",
)
@click.option("--learner", type=int, default=0, show_default=True, help="Whose snapshots; 0 in a curriculum.")
@click.option(
    "--most", type=click.IntRange(min=2), default=10, show_default=True, help="Most snapshots, evenly chosen."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a run, with every two snapshots.")
@click.option("--output", "-o", "picture", type=click.Path(path_type=Path), help="Draw it, too: png, svg or pdf.")
@THREADS
def command(
    runs: tuple[Path, ...],
    fresh: int,
    tolerance: float,
    learner: int,
    most: int,
    as_json: bool,
    picture: Path | None,
    threads: int | None,
) -> None:
    """Compare every two snapshots of a learner of each of the RUNS: is the later one more general, and what was lost?

    \b
    Examples:
      openended generality runs/results/walker_adr.run -o generality.png
      openended generality runs/results/walker_adr-seed*.run --fresh 200 --json
    """
    from openended.file.errors import Usage
    from openended.run.driver import cores
    from openended.run.generality import Options, generality
    from openended.view import generality as view

    if picture is not None and len(runs) > 1:
        raise Usage(f"one picture shows one run, {len(runs)} were given; draw them one by one.")
    for run in runs:
        report = generality(run, Options(fresh, tolerance, learner, most), threads or cores())
        click.echo(json.dumps(report) if as_json else view.text(report))
        if picture is not None:
            click.echo(view.plot(report, picture))
