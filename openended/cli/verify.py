"""`openended verify FILE`."""

from pathlib import Path

import click

from openended.cli.options import FILE


@click.command("verify")
@FILE
def command(file: Path) -> None:
    """Check FILE for damage: every page, every digest, the whole chain.

    \b
    Examples:
      openended verify runs/results/quickstart.run
    """
    from openended.file.errors import Damaged
    from openended.file.verify import verify

    problems = verify(file)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise Damaged(f"{file} is damaged; go back to a copy of it.")
    click.echo(f"{file} is sound.")
