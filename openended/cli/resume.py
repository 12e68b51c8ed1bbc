"""`openended resume FILE`."""

from pathlib import Path
from typing import Any

import click

from openended.cli.options import FILE, GENERATIONS, placement
from openended.cli.watch import follow


@click.command("resume")
@FILE
@GENERATIONS
@placement
def command(file: Path, generations: int | None, **placement: Any) -> None:
    """Continue the run in FILE with the settings that it holds.

    \b
    Examples:
      openended resume runs/results/quickstart.run
      openended resume long.run --generations 5000
    """
    from openended.run import driver

    follow(file, driver.load_config(file, generations), **placement)
