"""What a studio costs a live run, and how quickly it answers.

    python -m benchmarks.studio --rounds 4 --seconds 30 [--run FILE]

`beside`: one run (`--recipe`, with `--threads`) goes on all the time; rounds alternate phases of so many seconds: no
studio; one whose page asks once a second how the run stands; one in which all agents are tried on a new task every five
seconds, too. A phase's rate is that of the generations that ended in it; medians over the rounds are told as shares of
the same round's `alone`. `answers`: of the run in FILE (default: the one of `beside`, when it has ended), in seconds:
a moment, a drawing, the first film of a ghost, 64 agents tried, all tried; medians over the tasks. The load before is
printed, too: with other work on the machine the numbers mean little.

Prints one JSON line.
"""

import argparse
import http.client
import json
import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.watching import PROGRAM, begun, phase

ATTEMPT = 5.0
"""Seconds from one task that is tried to the next."""
TASKS = 8
NEAREST = 64


class Page:
    """What the page asks of a studio."""

    def __init__(self, link: str):
        self.port, self.token = int(link.split(":")[2].partition("/")[0]), link.rpartition("=")[2]

    def asked(self, path: str, value: Any = None) -> http.client.HTTPResponse:
        """The answer to a question, whose body is still to be read."""
        host = f"127.0.0.1:{self.port}"
        headers = {"Host": host, "Origin": f"http://{host}", "Authorization": f"Bearer {self.token}"}
        connection = http.client.HTTPConnection(host, timeout=600)
        body = None if value is None else json.dumps(value)
        kind = {} if value is None else {"Content-Type": "application/json"}
        connection.request("GET" if value is None else "POST", path, body, headers | kind)
        return connection.getresponse()

    def get(self, path: str) -> Any:
        body = self.asked(path).read()
        return json.loads(body) if body else None

    def post(self, path: str, value: Any) -> Any:
        return json.loads(self.asked(path, value).read())

    def tasks(self, seed: int) -> list[Any]:
        """Six mutations of an elite's task."""
        niches = [row[0] for row in self.get("/api/moment")["niches"] if row[8]]
        genome = json.loads(self.get(f"/api/elite/{niches[seed % len(niches)]}")["genome"])
        made = self.post("/api/draft", {"start": "mutations", "seed": 100 * seed, "task": genome})["tasks"]
        return [json.loads(text) for text in made]


@contextmanager
def served(path: Path) -> Iterator[Page]:
    """A studio of a run file."""
    command = (*PROGRAM, "studio", str(path), "--no-browser")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = next(filter(None, (re.search(r"http://\S+", line) for line in process.stdout)))
        try:
            yield Page(found[0])
        finally:
            process.terminate()


@contextmanager
def used(page: Page, trying: bool) -> Iterator[None]:
    """The page looks every second, and if `trying` a new task is tried every few seconds."""
    ended = threading.Event()

    def looks() -> None:
        tag = ""
        while not ended.wait(1.0):
            tag = (page.get(f"/api/moment?after={tag}") or {"tag": tag})["tag"]

    def attempts() -> None:
        seed = 0
        while not ended.wait(ATTEMPT):
            seed += 1
            page.asked("/api/try", {"task": page.tasks(seed)[0]}).read()

    threads = [threading.Thread(target=each) for each in ((looks, attempts) if trying else (looks,))]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def beside(path: Path, page: Page, seconds: float) -> dict[str, float]:
    """Steps per second of the run, by phase."""
    rates = {"alone": phase(path, seconds)[0]}
    for name, trying in (("watched", False), ("tried", True)):
        with used(page, trying):
            rates[name] = phase(path, seconds)[0]
    return rates


def answers(page: Page) -> dict[str, Any]:
    """Median seconds of answers."""
    found: dict[str, list[float]] = {"moment": [], "draw": [], "first_film": [], "nearest": [], "all": []}
    page.asked("/api/try", {"task": page.tasks(0)[0]}).read()  # compiles what is not compiled
    agents = 0
    for seed in range(1, TASKS + 1):
        task = page.tasks(seed)[0]
        clock = time.perf_counter()
        page.get("/api/moment")
        found["moment"].append(time.perf_counter() - clock)
        clock = time.perf_counter()
        page.post("/api/draw", {"task": task})
        found["draw"].append(time.perf_counter() - clock)
        clock, filmed, nearest = time.perf_counter(), False, False
        for line in page.asked("/api/try", {"task": task}):
            told, passed = json.loads(line), time.perf_counter() - clock
            if "film" in told and not filmed:
                found["first_film"].append(passed)
                filmed = True
            if told.get("tried", 0) >= NEAREST and not nearest:
                found["nearest"].append(passed)
                nearest = True
            agents = told.get("of", agents)
        found["all"].append(time.perf_counter() - clock)
    return {name: round(median(values), 4) for name, values in found.items() if values} | {"agents": agents}


def main() -> None:
    """Run, watch, try."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", default="quickstart")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--run", type=Path)
    options = parser.parse_args()
    report: dict[str, Any] = {"recipe": options.recipe, "threads": options.threads, "rounds": options.rounds}
    report["load_before"] = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "watched.run")
        command = (*PROGRAM, "run", options.recipe, "--generations", "1000000", "--out", str(path))
        if options.rounds:
            with subprocess.Popen((*command, "--threads", str(options.threads)), stdout=subprocess.DEVNULL) as run:
                try:
                    begun(path)
                    with served(path) as page:
                        page.asked("/api/try", {"task": page.tasks(0)[0]}).read()
                        rounds = [beside(path, page, options.seconds) for _ in range(options.rounds)]
                finally:
                    run.terminate()
            report["beside"] = {"alone_steps_per_second": round(median(each["alone"] for each in rounds))}
            for name in ("watched", "tried"):
                shares = [each[name] / each["alone"] for each in rounds]
                report["beside"][name] = {"share": round(median(shares), 3), "from": round(min(shares), 3)}
        with served(options.run or path) as page:
            report["answers"] = answers(page)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
