"""A headless Chromium for tests of pages, spoken to through its DevTools protocol over a pipe; no package is needed."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from base64 import b64decode
from contextlib import contextmanager

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--mute-audio",
    "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--remote-debugging-pipe",
)  # fmt: skip
START = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)
MIDDLE = """(async () => {
  const element = document.querySelector(SELECTOR);
  element.scrollIntoView({block: "center"});
  // A click is aimed at the frame that is drawn; on a busy machine that may be the one before scrolling.
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const box = element.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
})()"""
PATIENCE = 60.0
"""Seconds to wait for an answer; the machine may be busy."""


class Browser:
    """One page. `errors` collects what its console complains of, `requests` the addresses that it asks for."""

    def __init__(self, sender, receiver):
        self.sender, self.receiver = sender, receiver
        self.number, self.rest, self.session = 0, b"", None
        self.errors, self.requests, self.loaded = [], [], 0
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        """The result of a DevTools method."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.sender, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]

    def receive(self):
        """The next message, noted if it is an event."""
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self.rest:
            assert time.monotonic() < deadline, "the browser does not answer"
            try:
                data = os.read(self.receiver, 1 << 16)
                assert data, "the browser has ended"
                self.rest += data
            except BlockingIOError:
                time.sleep(0.01)
        first, _, self.rest = self.rest.partition(b"\0")
        message = json.loads(first)
        event, told = message.get("method"), message.get("params", {})
        if event == "Runtime.exceptionThrown":
            self.errors.append(told["exceptionDetails"]["text"])
        elif event == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.errors.append(str(told["args"]))
        elif event == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.errors.append(told["entry"]["text"])
        elif event == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif event == "Page.loadEventFired":
            self.loaded += 1
        return message

    def open(self, path, **window):
        """Open a file in a window; see `visit`."""
        self.visit(path.as_uri(), **window)

    def visit(self, url, width=1280, height=900, dark=False):
        """Open an address in a window of so many pixels."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.resize(width, height)
        before = self.loaded
        self.call("Page.navigate", url=url)
        while self.loaded == before:
            self.receive()

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def run(self, script):
        """The value of an expression on the page."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def until(self, script):
        """Wait until an expression on the page, or on one that it leads to, is true."""
        deadline = time.monotonic() + PATIENCE
        while not self.unless_gone(script):
            assert time.monotonic() < deadline, script
            time.sleep(0.05)

    def unless_gone(self, script):
        """The value of an expression; None if the page is left for another one meanwhile."""
        try:
            return self.run(script)
        except AssertionError as error:
            if "navigated" not in str(error):
                raise
            return None

    def click(self, selector):
        """Click with the mouse on the middle of an element, which must be what is seen there."""
        x, y = self.run(MIDDLE.replace("SELECTOR", json.dumps(selector)))
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def drag(self, *points):
        """Press the mouse at the first point (pixels of the window), move it over the others, and let it go."""
        (x, y), *others = points
        self.call("Input.dispatchMouseEvent", type="mousePressed", x=x, y=y, button="left", buttons=1, clickCount=1)
        for x, y in others:
            self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y, button="left", buttons=1)
        self.call("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=y, button="left", clickCount=1)

    def key(self, name, code=0, text=""):
        """Press and release a key, such as `ArrowUp`; `code` is its Windows virtual key code."""
        kind = "keyDown" if text else "rawKeyDown"
        known = {"key": name, "code": name, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type=kind, **known, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **known)

    def screenshot(self, whole=False):
        """A PNG of the window, or of the whole page."""
        return b64decode(self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"])


def program():
    """The path of a browser. Where there is none the test is skipped, or fails if the environment has CI."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        message = f"there is no browser; install one of {', '.join(PROGRAMS)}"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return found


@contextmanager
def browser(folder, *flags):
    """A browser with its profile in `folder`; `flags` are further ones of its command line."""
    path = program()
    (to_read, to_send), (to_receive, to_write) = os.pipe(), os.pipe()
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_read, to_write)]
    for end in (to_read, to_write):
        os.close(end)
    command = [sys.executable, "-c", START, *map(str, ends), path, *FLAGS, *flags, f"--user-data-dir={folder}"]
    os.set_blocking(to_receive, False)
    with subprocess.Popen(
        command, pass_fds=ends, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        for end in ends:
            os.close(end)
        try:
            page = Browser(to_send, to_receive)
            yield page
            page.session = None
            page.call("Browser.close")
        finally:
            process.kill() if process.poll() is None else None
            os.close(to_send)
            os.close(to_receive)
