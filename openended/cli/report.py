"""`openended report FILE`."""

from pathlib import Path

import click

from openended.cli.options import FILE


@click.command("report")
@FILE
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), required=True, help="The page to write, ending in .html."
)
def command(file: Path, output: Path) -> None:
    """Write the run in FILE as one page for the browser: archive, playable episodes, progress. It needs no network.

    \b
    Examples:
      openended report runs/results/quickstart.run -o report.html
    """
    from openended.view.report.page import report

    click.echo(report(file, output))
