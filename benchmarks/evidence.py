"""Runs the recipes of an experiment with several seeds, one after the other, and evaluates them: tables of evidence.

    python -m benchmarks.evidence walker_dr walker_adr walker_accel --seeds 1 2 3 --steps 100e6 --to runs/results/suite

Everything is a command that can be typed by hand: `openended run`, `evaluate`, `table`. A recipe is changed in nothing
but its seed and its generations. With `--steps` a run gets generations until it has so many environment steps, the same
for all recipes. The folder is the memory: what is there is not done again, a run that was stopped goes on, so that the
same command may be given as often as one likes, with more seeds, recipes or steps. Seeds come first: if time ends, all
recipes have as many. Writes one JSON line for each command to the error output; the folder then has `table.md`,
`table.json` and `solved.png`.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import Any

BESIDE = Path(__file__).with_name("published.toml")
STOPPED = 75


def openended(*arguments: object) -> str:
    """What a command prints. One that fails ends the program with its exit code."""
    begin, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [str(argument) for argument in arguments]
    done = subprocess.run([sys.executable, "-m", "openended", *words], stdout=subprocess.PIPE, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    seconds = round(time.monotonic() - begin, 1)
    if words[0] != "status":
        said = {"command": f"openended {' '.join(words)}", "seconds": seconds, "cpu_seconds": round(cpu, 1)}
        print(json.dumps(said | ({"code": done.returncode} if done.returncode else {})), file=sys.stderr, flush=True)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout


def status(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(openended("status", run, "--json"))
    return found


def grow(recipe: str, seed: int, run: Path, options: argparse.Namespace, settings: Sequence[str] = ()) -> None:
    """Start or continue a run until it is done; `settings` are those of the recipe that are altered."""
    altered = [word for setting in settings for word in ("--set", setting)]
    common = ("run", recipe, "--seed", seed, "--threads", options.threads, "--out", run, *altered)
    if not options.steps:
        wanted = ("--generations", options.generations) if options.generations else ()
        openended(*common, *wanted)
        return
    if not run.exists():
        openended(*common, "--generations", FIRST)
    generation, steps = 0, 0
    while (now := status(run))["env_steps"] < options.steps:
        pace = (now["env_steps"] - steps) / max(now["generation"] - generation, 1)
        generation, steps = max(now["generation"], 0), now["env_steps"]
        share = 0.98 if steps > options.steps / 2 else 0.5
        more = max(1, ceil(share * (options.steps - steps) / pace))
        openended(*common, "--generations", generation + min(more, max(generation, FIRST)))


FIRST = 4
"""Generations that tell how many steps one takes at first. Asked again half of the way later until half of the steps
are made, and at the latest after as many generations again: populations grow, and with them the steps of a generation.
"""


def judge(run: Path, on: str, options: argparse.Namespace) -> Path:
    """Evaluate the run on a suite unless that was done at its present generation."""
    how = ("--sampled",) if options.sampled else ()
    place = run.with_name(".".join((run.stem, on.replace(":", "-"), *(["sampled"] if how else []), "json")))
    now = status(run)
    try:
        done = json.loads(place.read_text())
        if (done["digest"], done["suite"]) == (now["digest"], on):
            return place
    except (OSError, ValueError, KeyError):
        pass
    whom: tuple[object, ...] = ()
    if now["algorithm"] in SHARED:
        whom = ("--learner", 0, *(("--snapshots",) if on in options.curves else ()))
    openended("evaluate", run, "--on", on, *whom, *how, "--threads", options.threads, "-o", place)
    return place


SHARED = ("curriculum", "generalist")
"""Algorithms whose learner 0 is the agent for all tasks; of others the elite of the hardest solved task is judged."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipes", nargs="+", help="names or files")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--steps", type=float, help="environment steps of every run; default: what the recipe says")
    parser.add_argument("--generations", type=int, help="instead of steps, for trials")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--on", nargs="+", default=["walker-suite-v1", "random:10000", "graded:2000"])
    parser.add_argument("--curves", nargs="*", default=["walker-suite-v1"], help="where snapshots are judged, too")
    parser.add_argument("--sampled", action="store_true", help="judge agents by sampled actions")
    parser.add_argument("--to", type=Path, default=Path("runs", "results", "evidence"))
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    evaluations = []
    for seed in options.seeds:
        for recipe in options.recipes:
            run = options.to / f"{Path(recipe).stem}-seed{seed}.run"
            grow(recipe, seed, run, options)
            evaluations += [judge(run, on, options) for on in options.on]
            with suppress(SystemExit):
                table(sorted(evaluations), options)


def table(evaluations: list[Path], options: argparse.Namespace) -> None:
    """Write what is known so far. Exits if that makes no table, with the sentence of the command."""
    arguments = ("table", *evaluations, "--beside", BESIDE, *(("--at", options.steps * 1.05) if options.steps else ()))
    (options.to / "table.json").write_text(openended(*arguments, "--json"))
    picture = options.to / "solved.png"
    (options.to / "table.md").write_text(openended(*arguments, "-o", picture).removesuffix(f"{picture}\n"))


if __name__ == "__main__":
    main()
