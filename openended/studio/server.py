"""The studio's process: a socket on this machine only, the link to it, and its end."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from threading import Thread

import uvicorn

from openended.file.errors import Resources

from .app import application
from .errands import NICE
from .guard import BODY, HEADERS, Keys
from .look import Looker
from .session import Studio

HOST = "127.0.0.1"
CONNECTIONS = 64
GRACE = 1
"""Seconds that open requests get at the end."""
REDIRECT = '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={}">'


class Server(uvicorn.Server):
    """uvicorn's server, which leaves signals to us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(path: Path, author: str, port: int, read_only: bool, browser: bool, say: Callable[[str], None]) -> None:
    """Show the run in a file until the process is asked to end (Ctrl-C).

    Args:
        path: the run file.
        author: tag under which the page's user offers; empty: the page asks.
        port: of the server; 0: any that is free.
        read_only: whether nothing can be offered.
        browser: whether to open one.
        say: takes what the user should read.

    Raises:
        Failure: the file cannot be read, or the port not be had.
    """
    looker, keys = Looker(path), Keys()
    with bound(port) as listening:
        port = listening.getsockname()[1]
        os.nice(NICE)
        studio = Studio(looker, keys, author, read_only)
        loading = Thread(target=import_module, args=("ribs.archives",))  # takes seconds; the first drawing needs it
        loading.start()
        say(f"The studio of {path} is at\n\n    http://{HOST}:{port}/#token={keys.token}\n")
        say("Whoever has this link can use it. Ctrl-C ends the studio; the run does not notice.")
        with launch(f"http://{HOST}:{port}/#code={keys.code}") if browser else nothing():
            asyncio.run(until_asked(Server(configured(studio, port)), listening, studio))
    sys.stdout.flush()
    studio.close()
    if studio.busy or loading.is_alive():
        os._exit(0)  # a kernel that is being compiled would keep the process for a minute


def configured(studio: Studio, port: int) -> uvicorn.Config:
    """A server that trusts no proxy, logs no request, and takes nothing large."""
    return uvicorn.Config(
        application(studio, port),
        http="h11",
        ws="websockets-sansio",
        loop="asyncio",
        lifespan="off",
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        ws_max_size=BODY,
        ws_max_queue=8,
        ws_per_message_deflate=False,
        h11_max_incomplete_event_size=HEADERS,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=GRACE,
    )


async def until_asked(server: Server, listening: socket.socket, studio: Studio) -> None:
    """Serve until a signal asks to end; a second one ends the process at once."""
    loop = asyncio.get_running_loop()

    def end() -> None:
        if server.should_exit:
            os._exit(0)
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end)
    await server.serve(sockets=[listening])
    await studio.end()


@contextmanager
def bound(port: int) -> Iterator[socket.socket]:
    """A listening socket that only this machine reaches. Raises Resources if the port is taken."""
    with socket.socket() as found:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((HOST, port))
        except OSError as error:
            raise Resources(
                f"Port {port} of {HOST} cannot be had ({error.strerror}); choose another one, or leave out --port."
            ) from error
        found.listen(128)
        yield found


@contextmanager
def launch(link: str) -> Iterator[None]:
    """Open a browser at a link that no other user of this machine can read, as its command line would show it.

    The link leads through a file that only we can read, and its code works once.
    """
    handle, name = tempfile.mkstemp(prefix="openended-", suffix=".html")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(REDIRECT.format(link))
        with suppress(webbrowser.Error):
            webbrowser.open(Path(name).as_uri())
        yield
    finally:
        with suppress(OSError):
            os.unlink(name)


@contextmanager
def nothing() -> Iterator[None]:
    yield
