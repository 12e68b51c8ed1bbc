"""`openended status FILE`."""

import json
from pathlib import Path

import click

from openended.cli.options import FILE


@click.command("status")
@FILE
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(file: Path, as_json: bool) -> None:
    """Say how far the run in FILE is, live, finished or crashed.

    \b
    Examples:
      openended status runs/results/quickstart.run
      openended status long.run --json
    """
    from openended.view import status

    report = status.report(file)
    click.echo(json.dumps(report) if as_json else status.text(report))
