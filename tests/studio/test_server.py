"""The studio as a process: its link, its end, and that neither it nor the run stops the other."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from openended.file.errors import Resources
from openended.file.reader import Reader
from openended.studio.server import bound, launch
from tests.studio.test_make import begun, patiently
from tests.support import toy
from tests.support.studio import HANDS, PATIENCE, served

TEXT = "document.body?.innerText"
NEAR = {"x": 1.5, "y": 0.0, "wind": 0.0}


@pytest.fixture
def path(grown_toy, tmp_path):
    return Path(shutil.copy(grown_toy(4), tmp_path / "toy.run"))


@pytest.fixture
def live(tmp_path):
    """A live run and its process."""
    path = tmp_path / "live.run"
    with begun(path, toy.SETTINGS) as run:
        try:
            patiently(lambda: path.exists() and generation(path) > 2)
            yield path, run
        finally:
            run.kill()


def generation(path):
    with Reader(path) as run:
        return run.last()[0]


def further(path):
    """Whether the run goes on."""
    before = generation(path)
    return patiently(lambda: generation(path) > before)


SLOW = pytest.mark.slow
ENDS = [signal.SIGINT, pytest.param(signal.SIGTERM, marks=SLOW), pytest.param(signal.SIGHUP, marks=SLOW)]


@pytest.mark.parametrize("number", ENDS)
def test_a_request_to_end_ends_it_though_somebody_plays_and_its_token_is_nowhere(path, number):
    with served(path) as studio, connect(f"ws://127.0.0.1:{studio.port}/api/play", origin=studio.origin) as game:
        for changed in ({}, {"Authorization": "Bearer wrong"}, {"Host": "evil.test"}):
            studio.ask("GET", f"/api/nothing?{studio.token[:3]}", **changed)
        command = Path(f"/proc/{studio.process.pid}/cmdline")
        assert not command.exists() or studio.token.encode() not in command.read_bytes()
        game.send(json.dumps({"token": studio.token, "task": NEAR}))
        assert json.loads(game.recv(timeout=PATIENCE))["step"] == 0
        studio.process.send_signal(number)
        assert studio.process.wait(PATIENCE) == 0
        with pytest.raises(ConnectionClosed):
            game.recv(timeout=PATIENCE)
        said = studio.process.stdout.read() + studio.process.stderr.read()
    assert "Ctrl-C ends the studio" in said
    assert studio.token not in said
    assert "Traceback" not in said
    with Reader(path) as run:
        assert not [event for event in run.events() if studio.token in json.dumps(event.detail)]


@pytest.mark.slow
def test_it_is_reached_from_this_machine_only(path):
    with served(path) as studio:
        found = Path("/proc/net/tcp").read_text().splitlines() if Path("/proc/net/tcp").exists() else []
        mine = [line.split()[1] for line in found if f":{studio.port:04X} " in line and line.split()[3] == "0A"]
        assert all(address == f"0100007F:{studio.port:04X}" for address in mine)
        for other in {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}:
            if not other.startswith("127."):
                with pytest.raises(OSError, match=r".*"):
                    socket.create_connection((other, studio.port), timeout=2).close()


def test_a_port_that_is_taken_is_a_sentence(path):
    with bound(0) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(Resources, match=f"Port {port} of 127.0.0.1 cannot be had"), bound(port):
            pass
        command = [sys.executable, str(HANDS), "studio", str(path), "--no-browser", "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 5
    assert "choose another one, or leave out --port" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.run"], "does not exist"),
        (["toy.run", "--as", "Ann B."], "is no tag"),
        (["."], "is a folder"),
    ],
)
def test_what_cannot_be_served_is_a_sentence(path, arguments, words):
    command = [sys.executable, str(HANDS), "studio", *arguments, "--no-browser"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, cwd=path.parent)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_browser_is_led_through_a_file_that_only_we_can_read(monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    with launch("http://127.0.0.1:1/#code=secret"):
        file = Path(opened[0].removeprefix("file://"))
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert "#code=secret" in file.read_text()
        assert "secret" not in opened[0]
    assert not file.exists()


@pytest.mark.slow
def test_the_launch_code_opens_the_page_once(chromium, path, tmp_path):
    command = [sys.executable, str(HANDS), "studio", str(path)]
    tool = tmp_path / "opener"
    tool.write_text('#!/bin/sh\ncp "${1#file://}" "$OPENED.part" && mv "$OPENED.part" "$OPENED"\n')
    tool.chmod(0o700)
    copy = tmp_path / "opened.html"
    given = os.environ | {"BROWSER": f"{tool} %s", "OPENED": str(copy)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=given) as process:
        try:
            patiently(copy.exists)
            for shown in ("document.querySelectorAll('.tile').length > 2", f"{TEXT}.includes('used before')"):
                chromium.visit("about:blank")
                chromium.open(copy)
                chromium.until(f"location.protocol === 'http:' && {shown}")
                chromium.run("sessionStorage.clear()")
            assert "code=" not in chromium.run("location.href")
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0
    chromium.visit("about:blank")


@pytest.mark.slow
def test_two_studios_of_a_live_run_disturb_neither_it_nor_each_other(live):
    path, run = live
    with served(path) as one, served(path, "--read-only") as other:
        assert one.token != other.token
        assert one.ask("GET", "/api/run", Authorization=f"Bearer {other.token}")[0] == 401
        seen = {studio.get("/api/moment")["generation"] for studio in (one, other) for _ in range(5)}
        assert max(seen) > 1
        assert one.get("/api/moment")["owner"].endswith(f":{run.pid}")
        further(path)
    assert run.poll() is None
    further(path)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_studio_that_is_killed_or_stopped_does_not_stop_the_run(live, number):
    path, run = live
    with served(path) as studio:
        for _ in range(20):
            studio.get("/api/moment")
        studio.process.send_signal(number)
        further(path)
        assert run.poll() is None
        studio.process.kill()


@pytest.mark.slow
def test_a_run_that_is_killed_does_not_stop_the_studio(live, chromium):
    path, run = live
    with served(path) as studio:
        chromium.visit(studio.link)
        chromium.until("document.getElementById('state').className.includes('runs')")
        run.kill()
        run.wait()
        chromium.until("document.getElementById('state').textContent.startsWith('stopped')")
        assert "openended resume" in chromium.run("document.getElementById('pace').textContent")
        moved = path.with_name("elsewhere.run")
        path.rename(moved)
        chromium.until("document.getElementById('problem').innerText.includes('is gone: it was moved or deleted')")
        moved.rename(path)
        chromium.until("document.getElementById('problem').hidden")
        studio.process.kill()
        chromium.until("document.getElementById('problem').innerText.includes('The studio does not answer')")
        chromium.visit("about:blank")


def test_a_finished_run_says_so(studio):
    told = studio.get("/api/moment")
    assert told["done"]
    assert studio.get(f"/api/moment?after={told['tag']}") is None


@pytest.mark.slow
def test_an_offer_waits_while_nobody_runs_and_is_taken_when_somebody_does(path):
    with served(path, "--as", "ann") as studio:
        payload = {"task": {"x": 2.5, "y": 0.5, "wind": 0.0}, "from": None, "beat": None, "hints": []}
        name = studio.post("/api/send", {"kind": "task", "author": "", "payload": payload})["name"]
        assert studio.get("/api/offers?author=ann") == {"waiting": 1, "counts": {}, "offers": []}
        command = [sys.executable, str(HANDS), "resume", str(path), "--generations", "6", "--threads", "1"]
        subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
        told = patiently(lambda: studio.get("/api/offers?author=ann")["offers"])
        assert [each["name"] for each in told if each["kind"] == "task"] == [name]
