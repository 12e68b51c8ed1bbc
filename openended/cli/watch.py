"""Running with someone watching: what `run` and `resume` share."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from openended.run.recipe import Config


def follow(path: Path, config: "Config", threads: int | None) -> None:
    """Run with a live view on a terminal, a plain line now and then elsewhere, and say at the end where the run is."""
    from openended.run import driver
    from openended.view import live

    with live.observer(config, sys.stdout) as observe:
        state = driver.run(path, config, threads or 0, observe, say=lambda message: click.echo(message, err=True))
    click.echo(f"{path}: generation {state.generation} of {config.head.generations} is done.")
