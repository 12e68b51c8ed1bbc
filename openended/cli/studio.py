"""`openended studio FILE`."""

from pathlib import Path

import click

from openended.cli.options import FILE

PACKAGES = ("starlette", "uvicorn", "websockets")


def tag(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """An author's tag. Raises Usage for a text that is none."""
    from openended.run.submit import check_author

    if value:
        check_author(value)
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
    from openended.file.packages import needed

    for package in PACKAGES:
        needed(package)
    from openended.studio.server import serve

    serve(file, author, port, read_only, not no_browser, click.echo)
