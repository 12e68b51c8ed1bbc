"""What watching costs a live run: steps per second alone, under `status --watch`, and while plots are made of it.

    python -m benchmarks.watching --rounds 6 --seconds 30

One run (`--recipe`, with `--threads`) goes on all the time. Rounds alternate phases of so many seconds: nobody watches;
`status --watch --interval 2`; a plot at the beginning of each phase; plots one after the other without a pause, at the
lowest priority (`nice`). A phase's rate is that of the generations that ended in it. Medians over the rounds are told,
each as a share of the same round's `alone`, with the CPU seconds of the watchers. Other work on the machine disturbs
all phases alike, if there are rounds enough.

Prints one JSON line.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from openended.file.reader import Reader

PROGRAM = (sys.executable, "-m", "openended")


def main() -> None:
    """Run and watch."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", default="smoke")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "watched.run")
        command = (*PROGRAM, "run", options.recipe, "--generations", "1000000", "--out", str(path))
        with subprocess.Popen((*command, "--threads", str(options.threads)), stdout=subprocess.DEVNULL) as run:
            try:
                begun(path)
                rounds = [round_of(path, options.seconds) for _ in range(options.rounds)]
            finally:
                run.terminate()
    alone = [phases["alone"][0] for phases in rounds]
    report = {"recipe": options.recipe, "threads": options.threads, "rounds": options.rounds, "load_before": load}
    report["alone_steps_per_second"] = round(median(alone))
    for name in rounds[0]:
        shares = [phases[name][0] / rate for phases, rate in zip(rounds, alone, strict=True)]
        report[name] = {
            "share": round(median(shares), 3),
            "from": round(min(shares), 3),
            "to": round(max(shares), 3),
            "cpu_seconds": round(median(phases[name][1] for phases in rounds), 2),
        }
    print(json.dumps(report))


def begun(path: Path) -> None:
    """Wait until the run is under way."""
    while not path.exists() or last(path) < 3:
        time.sleep(0.5)


def last(path: Path) -> int:
    with Reader(path) as run:
        return run.last()[0]


def round_of(path: Path, seconds: float) -> dict[str, tuple[float, float]]:
    """Steps per second, and CPU seconds of the watchers, by phase."""
    status = (*PROGRAM, "status", str(path), "--watch", "--interval", "2")
    plot = (*PROGRAM, "plot", str(path), "-o", str(path.with_suffix(".png")))
    return {
        "alone": phase(path, seconds),
        "status": phase(path, seconds, status, loop=False),
        "plot": phase(path, seconds, plot, loop=False),
        "plots": phase(path, seconds, ("nice", "-n", "19", *plot), loop=True),
    }


def phase(path: Path, seconds: float, command: tuple[str, ...] = (), loop: bool = False) -> tuple[float, float]:
    """Run `command` beside the run, again and again if `loop`, ended with the phase."""
    began, spent = time.time(), children()
    watcher = subprocess.Popen(command, stdout=subprocess.DEVNULL) if command else None
    while time.time() < began + seconds:
        time.sleep(0.1)
        if watcher and loop and watcher.poll() is not None:
            watcher = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    if watcher:
        watcher.terminate()
        watcher.wait()
    with Reader(path) as run:
        rows = run.generations(last=1000)
    before = [row for row in rows if row["finished"] <= began][-1]
    after = [row for row in rows if row["finished"] <= began + seconds][-1]
    rate = (after["env_steps"] - before["env_steps"]) / (after["finished"] - before["finished"])
    return rate, children() - spent


def children() -> float:
    """CPU seconds of the watchers that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
