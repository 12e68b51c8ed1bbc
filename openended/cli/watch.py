"""Running with someone watching: what `run` and `resume` share."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from openended.file.settings import Config


def follow(path: Path, config: "Config", **placement: Any) -> None:
    """Run with a live view on a terminal, or with plain lines elsewhere, and print the run file at the end.

    `placement` is what `options.placement` adds to a verb.
    """
    from openended.run import driver
    from openended.view import live

    with live.observer(config, sys.stdout) as observe:
        state = driver.run(
            path, config, observe=observe, say=lambda message: click.echo(message, err=True), **placement
        )
    click.echo(f"{path}: generation {state.generation} of {config.head.generations} is done.")
