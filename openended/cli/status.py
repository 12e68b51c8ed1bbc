"""`openended status FILE`."""

import json
import sys
from pathlib import Path

import click

from openended.cli.options import FILE


@click.command("status")
@FILE
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--watch", "watched", is_flag=True, help="Refresh until the run is done; Ctrl-C ends it.")
@click.option(
    "--interval",
    type=click.FloatRange(0.1, 86400),
    metavar="SECONDS",
    help="Time between refreshes; default: 2 on a terminal, 60 elsewhere.",
)
def command(file: Path, as_json: bool, watched: bool, interval: float | None) -> None:
    """Report the progress of the run in FILE, live, finished or crashed.

    \b
    Examples:
      openended status runs/results/quickstart.run
      openended status long.run --json
      openended status long.run --watch
    """
    from openended.view import status, watch

    if interval and not watched:
        raise click.UsageError("--interval goes with --watch.")
    if watched:
        watch.watch(file, sys.stdout, interval, as_json)
        return
    report = status.report(file)
    click.echo(json.dumps(report) if as_json else status.text(report))
