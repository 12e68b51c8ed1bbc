"""Arguments that several verbs share."""

from pathlib import Path

import click

FILE = click.argument("file", type=click.Path(path_type=Path))
GENERATIONS = click.option(
    "--generations", type=click.IntRange(min=0), help="Go on until so many generations are done."
)
THREADS = click.option(
    "--threads", type=click.IntRange(1, 4096), default=None, help="How many threads run episodes; as many as cores."
)
PICTURE = click.option(
    "--output", "-o", "picture", type=click.Path(path_type=Path), required=True, help="The picture to write."
)
