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
    """Put the run in FILE on one page for the browser, which needs no network: archive, episodes to play, progress.

    \b
    Examples:
      openended report runs/results/quickstart.run -o report.html
    """
    from openended.view.report.page import report

    click.echo(report(file, output))
