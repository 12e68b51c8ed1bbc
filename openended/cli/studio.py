"""`openended studio FILE`."""

import re
from pathlib import Path

import click

from openended.cli.options import FILE

TAG = re.compile(r"[a-z0-9_-]{1,32}")
RESERVED = re.compile(r"machine|control-.*")
PACKAGES = ("starlette", "uvicorn", "websockets")


def tag(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """An author's tag. Raises click.BadParameter for a text that is none."""
    if value and (not TAG.fullmatch(value) or RESERVED.fullmatch(value)):
        raise click.BadParameter(
            f"{value!r} is no tag; write 1 to 32 of a-z, 0-9, _ and -, but not machine or control-..."
        )
    return value


@click.command("studio")
@FILE
@click.option("--as", "author", metavar="TAG", default="", callback=tag, help="Your tag; default: the page asks.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on this machine; default: a free one.")
@click.option("--read-only", is_flag=True, help="Watch only: nothing can be sent to the run.")
@click.option("--no-browser", is_flag=True, help="Print the link and open no browser.")
def command(file: Path, author: str, port: int, read_only: bool, no_browser: bool) -> None:
    """Open a page on which people watch the run in FILE, make tasks for it and send them in.

    The page is served to this machine only. For a run elsewhere, start the studio there with --port 8765 --no-browser,
    call `ssh -L 8765:127.0.0.1:8765 HOST` here, and open the link that the studio printed.

    \b
    Examples:
      openended studio runs/results/quickstart.run
      openended studio long.run --as ann --port 8765 --no-browser
    """
    from openended.view.packages import needed

    for package in PACKAGES:
        needed(package)
    from openended.studio.server import serve

    serve(file, author, port, read_only, not no_browser, click.echo)
