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

PROGRAMS = ("chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The shells are the same browser without its windows, and open a page in a third of the time."""
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--mute-audio",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-dev-shm-usage", "--lang=en-US", "--remote-debugging-pipe",
    # Clicks that come before a page was painted first are not dropped.
    "--allow-pre-commit-input",
    # Nothing of a page is kept when it is left, and the next one needs no new process.
    "--disable-features=BackForwardCache,ProactivelySwapBrowsingInstance,RenderDocument,SpareRendererForSitePerProcess",
)  # fmt: skip
START = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)
PATIENCE = 60.0
"""Seconds to wait for an answer."""
LEFT = ("navigated", "destroyed", "Cannot find context")
"""What errors say of a page that was left for another one."""
LOADING = {
    "Page.frameRequestedNavigation": True, "Page.frameStartedLoading": True, "Page.frameStoppedLoading": False,
}  # fmt: skip
"""What tells that another page is on its way, or there."""
KEYS = {"ArrowUp": 38, "ArrowDown": 40, "Delete": 46}
"""Windows's codes of keys."""


class BrowserError(RuntimeError):
    """There is no browser, or it does not do as it is told; one sentence."""


class LeftError(BrowserError):
    """The page that was asked has been left for another one."""


class Page:
    """The one page of a browser.

    Attributes:
        patience: seconds to wait for an answer, and for a page to settle.
    """

    def __init__(self, sender: int, receiver: int) -> None:
        self.patience = PATIENCE
        self._sender, self._receiver = sender, receiver
        self._number, self._rest, self._session = 0, b"", ""
        self._loaded, self._loading = "", False
        self._frame = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=self._frame, flatten=True)["sessionId"]
        self.call("Page.enable")
        self.call("Page.setLifecycleEventsEnabled", enabled=True)

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
                said = str(answer["error"].get("message"))
                left = any(word in said for word in LEFT)
                raise (LeftError if left else BrowserError)(f"the browser refuses a command: {said}")
            if answer.get("id") == number:
                result: dict[str, Any] = answer["result"]
                return result

    def _receive(self) -> dict[str, Any]:
        deadline = time.monotonic() + self.patience
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._receiver], [], [], max(0.0, deadline - time.monotonic()))
            data = os.read(self._receiver, 1 << 16) if ready else b""
            if not data:
                slow = f"the page does not settle within {self.patience:g} seconds"
                raise BrowserError("the browser has ended" if ready else slow)
            self._rest += data
        first, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        event, told = message.get("method", ""), message.get("params", {})
        if event == "Page.lifecycleEvent" and (told["frameId"], told["name"]) == (self._frame, "load"):
            self._loaded = told["loaderId"]
        if event in LOADING:
            self._loading = LOADING[event]
        if event == "Page.javascriptDialogOpening":
            self.send("Page.handleJavaScriptDialog", accept=True)
        return message

    def first(self, script: str) -> None:
        """Run a script on every page that is opened from now on, before its own."""
        self.call("Page.addScriptToEvaluateOnNewDocument", source=script)

    def open(self, address: str) -> None:
        """Load a page and wait until it is there."""
        loader = self.call("Page.navigate", url=address)["loaderId"]
        while self._loaded != loader:  # a page that was left may still say that it is loaded
            self._receive()

    def run(self, script: str, again: str = "") -> Any:
        """The value of an expression on the page; a promise is waited for. `again`: what is asked instead of the page
        that this one has led to, if it has, as soon as that is there.
        """
        try:
            value = self._value(script)
        except LeftError:
            if not again:
                raise
        else:
            if not again or not self._loading:
                return value
        while self._loading:
            self._receive()
        return self._value(again)

    def _value(self, script: str) -> Any:
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise BrowserError(f"the page's script fails: {result['exceptionDetails'].get('exception')}")
        return result["result"].get("value")

    def click(self, x: float, y: float, control: bool = False) -> None:
        """Click with the mouse, and wait until the page has seen it; `control`: with the control key held."""
        event = {"x": x, "y": y, "button": "left", "clickCount": 1, "modifiers": 2 if control else 0}
        self.send("Input.dispatchMouseEvent", type="mousePressed", **event)
        self.call("Input.dispatchMouseEvent", type="mouseReleased", **event)

    def insert(self, text: str) -> None:
        """Type a text where the cursor is, in place of what is selected; nothing: delete that."""
        if text:
            self.call("Input.insertText", text=text)
            return
        self.press("Delete", 1)

    def press(self, key: str, times: int) -> None:
        """Press and release a key, one of `KEYS`, so many times."""
        for _ in range(times):
            for kind in ("keyDown", "keyUp"):
                self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=KEYS[key])


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
