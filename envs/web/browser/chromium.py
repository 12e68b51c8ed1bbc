"""A headless Chromium, spoken to through its DevTools protocol over a pipe: no port, no driver, no package."""

import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--mute-audio",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-dev-shm-usage", "--disable-frame-rate-limit", "--disable-gpu-vsync", "--lang=en-US",
    "--remote-debugging-pipe",
)  # fmt: skip
START = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)
PATIENCE = 60.0
"""Seconds to wait for an answer."""


class BrowserError(RuntimeError):
    """There is no browser, or it does not do as it is told; one sentence."""


class Page:
    """The one page of a browser."""

    def __init__(self, sender: int, receiver: int) -> None:
        self._sender, self._receiver = sender, receiver
        self._number, self._rest, self._session = 0, b"", ""
        self._loaded = 0
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")

    def send(self, method: str, **parameters: Any) -> int:
        """Send a command without waiting for its answer; gives its number."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._sender, json.dumps(message).encode() + b"\0")
        return self._number

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command. Raises BrowserError: an error, or no answer in time."""
        number = self.send(method, **parameters)
        while True:
            answer = self._receive()
            if "error" in answer:
                raise BrowserError(f"the browser refuses a command: {answer['error'].get('message')}")
            if answer.get("id") == number:
                result: dict[str, Any] = answer["result"]
                return result

    def _receive(self) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._receiver], [], [], max(0.0, deadline - time.monotonic()))
            data = os.read(self._receiver, 1 << 16) if ready else b""
            if not data:
                raise BrowserError("the browser does not answer" if not ready else "the browser has ended")
            self._rest += data
        first, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        self._loaded += message.get("method") == "Page.loadEventFired"
        return message

    def open(self, address: str) -> None:
        """Load a page and wait until it is there."""
        before = self._loaded
        self.call("Page.navigate", url=address)
        while self._loaded == before:
            self._receive()

    def run(self, script: str) -> Any:
        """The value of an expression on the page; a promise is waited for."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise BrowserError(f"the page's script fails: {result['exceptionDetails'].get('exception')}")
        return result["result"].get("value")

    def click(self, x: float, y: float, control: bool = False) -> None:
        """Click with the mouse; `control`: with the control key held."""
        for kind in ("mousePressed", "mouseReleased"):
            self.send(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1,
                modifiers=2 if control else 0,
            )  # fmt: skip

    def insert(self, text: str) -> None:
        """Type a text where the cursor is, in place of what is selected; nothing: delete that."""
        if text:
            self.send("Input.insertText", text=text)
            return
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key="Delete", code="Delete", windowsVirtualKeyCode=46)


def program() -> str:
    """The path of a browser. Raises BrowserError where there is none."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        raise BrowserError(f"there is no browser; install one of {', '.join(PROGRAMS)}")
    return found


@contextmanager
def chromium() -> Iterator[Page]:
    """A browser with a new, empty profile. Raises BrowserError where there is none."""
    path = program()
    (to_read, to_send), (to_receive, to_write) = os.pipe(), os.pipe()
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_read, to_write)]
    for end in (to_read, to_write):
        os.close(end)
    with tempfile.TemporaryDirectory(prefix="openended-", ignore_cleanup_errors=True) as folder:
        command = [sys.executable, "-c", START, *map(str, ends), path, *FLAGS, f"--user-data-dir={folder}"]
        with subprocess.Popen(
            command, pass_fds=ends, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            for end in ends:
                os.close(end)
            try:
                yield Page(to_send, to_receive)
            finally:
                process.kill()
                os.close(to_send)
                os.close(to_receive)
