"""`openended diff A B`."""

import sys
from pathlib import Path

import click


@click.command("diff")
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
def command(a: Path, b: Path) -> None:
    """Find the first generation and table in which the runs A and B differ. Exit code 0: equal; 6: different.

    \b
    Examples:
      openended diff straight.run resumed.run
    """
    from openended.file.difference import difference
    from openended.file.errors import DIFFERENT

    found = difference(a, b)
    click.echo(found or f"{a} and {b} are equal.")
    if found:
        sys.exit(DIFFERENT)
