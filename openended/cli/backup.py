"""`openended backup FILE TO`."""

from pathlib import Path

import click

from openended.cli.options import FILE


@click.command("backup")
@FILE
@click.argument("to", type=click.Path(path_type=Path))
def command(file: Path, to: Path) -> None:
    """Copy the run in FILE, live or not, to TO; `cp` of a live run may miss its journal.

    TO may be an older copy of the same run, which is replaced atomically. Other files are never overwritten.

    \b
    Examples:
      openended backup runs/results/walker.run ~/walker.run
    """
    from openended.file.backup import backup

    click.echo(f"{to}: generation {backup(file, to)}")
