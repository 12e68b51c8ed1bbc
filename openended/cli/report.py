"""`openended report FILE`."""

from pathlib import Path

import click

from openended.cli.options import FILE, THREADS


@click.command("report")
@FILE
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), required=True, help="The page to write, ending in .html."
)
@click.option(
    "--generality", is_flag=True, help="With what `openended generality` finds; this plays some 20,000 episodes."
)
@THREADS
def command(file: Path, output: Path, generality: bool, threads: int | None) -> None:
    """Write the run in FILE as one page for the browser: archive, playable episodes, progress. It needs no network.

    \b
    Examples:
      openended report runs/results/quickstart.run -o report.html
      openended report runs/results/walker_adr.run -o report.html --generality
    """
    from openended.view.report.page import report

    if not generality:
        click.echo(report(file, output))
        return
    from openended.run import generality as run
    from openended.run.driver import cores

    click.echo(report(file, output, run.generality(file, run.Options(), threads or cores())))
