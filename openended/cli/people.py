"""`openended people FILE`."""

import json
from pathlib import Path

import click

from openended.cli.options import FILE


@click.command("people")
@FILE
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with all that is known.")
def command(file: Path, as_json: bool) -> None:
    """Report what people and scripted authors brought to the run in FILE, beside the search itself.

    Of each author: how many tasks got how far, how often they made an agent fail on a task that can be solved, and what
    their tasks taught after admission, with intervals of 95 %.

    \b
    Examples:
      openended people runs/results/quickstart.run
      openended people long.run --json
    """
    from openended.view.people import report

    found = report.report(file)
    click.echo(json.dumps(found) if as_json else report.text(found))
