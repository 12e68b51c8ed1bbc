"""The studio as a process of its own, and requests over bare sockets."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TOY, HANDS = (Path(__file__).with_name(f"{name}.py") for name in ("toy", "hands"))
PATIENCE = 60.0


@dataclass
class Served:
    """A studio that is being served."""

    process: subprocess.Popen
    link: str

    @property
    def token(self):
        return self.link.rpartition("=")[2]

    @property
    def port(self):
        return int(re.search(r":(\d+)/", self.link)[1])

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    def headers(self, **changed):
        """The headers of an honest request; a change to None leaves one out."""
        usual = {"Host": f"127.0.0.1:{self.port}", "Origin": self.origin, "Authorization": f"Bearer {self.token}"}
        usual |= {name.replace("_", "-"): value for name, value in changed.items()}
        return {name: value for name, value in usual.items() if value is not None}

    def ask(self, method, path, body=None, **changed):
        """Status, headers and body of an answer."""
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Content_Type": "application/json", "Content_Length": str(len(data))} if body is not None else {}
        return exchange(self.port, method, path, self.headers(**given | changed), data)

    def get(self, path, **changed):
        status, _, body = self.ask("GET", path, **changed)
        assert status in {200, 204}, (path, status, body[:300])
        return json.loads(body) if body else None

    def post(self, path, value):
        status, _, body = self.ask("POST", path, value)
        assert status == 200, (path, status, body[:300])
        return json.loads(body)


def exchange(port, method, path, headers, body=b""):
    """One request over a bare socket: status, headers (names in lower case), body."""
    given = {"Connection": "close"} | headers
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return raw(port, "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)


def raw(port, data):
    """What the server answers to some bytes: status (0: nothing), headers, body."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(data)
        answer = b""
        while chunk := received(connection):
            answer += chunk
            if b"101 Switching" in answer:
                break
    if not answer:
        return 0, {}, b""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = unchunked(body)
    return int(first.split()[1]), headers, body


def received(connection):
    try:
        return connection.recv(1 << 16)
    except ConnectionResetError:
        return b""


def unchunked(body):
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        whole, body = whole + body[:length], body[length + 2 :]
    return whole


@contextmanager
def served(path, *options, script=HANDS):
    """A studio of a run file, stopped at the end if it still runs; `script` is the command line with toy domains."""
    command = [sys.executable, str(script), "studio", str(path), "--no-browser", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield Served(process, link(process))
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(PATIENCE)
                finally:
                    process.kill()


def link(process):
    """The link that the studio prints."""
    late = threading.Timer(PATIENCE, process.kill)
    late.start()
    try:
        found = next(filter(None, (re.search(r"http://\S+", line) for line in process.stdout)), None)
    finally:
        late.cancel()
    assert found, f"the studio printed no link: {process.stderr.read()}"
    return found[0]
