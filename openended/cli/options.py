"""Arguments that several verbs share."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

FILE = click.argument("file", type=click.Path(path_type=Path))
GENERATIONS = click.option("--generations", type=click.IntRange(min=0), help="Stop after this many generations.")
PICTURE = click.option(
    "--output", "-o", "picture", type=click.Path(path_type=Path), required=True, help="The picture to write."
)
THREADS = click.option(
    "--threads", type=click.IntRange(1, 4096), default=None, help="Threads that run episodes; default: one per core."
)
PLACEMENT = (
    THREADS,
    click.option("--ray", metavar="local|ADDRESS", default="", help="Run the episodes on a Ray cluster."),
    click.option(
        "--scratch",
        type=click.Path(path_type=Path, file_okay=False),
        help="Keep the live file in this folder, on a local disk, and copy it to its place every minute.",
    ),
    click.option("--steal", is_flag=True, help="Take over the run even if its owner seems to be alive."),
    click.option(
        "--inputs",
        type=click.Path(path_type=Path),
        help="Take the offers that another run took, from its run file or its export, instead of those in the inbox.",
    ),
)


def placement(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options for the place of a run. None of them changes its result, except by the offers that it takes.

    Stop requests are handled from here on, because loading the libraries of a run takes seconds.
    """

    @wraps(command)
    def heeding(**arguments: Any) -> None:
        from openended.run import signals

        with signals.requests():
            command(**arguments)

    decorated: Callable[..., Any] = heeding
    for option in reversed(PLACEMENT):
        decorated = option(decorated)
    return decorated
