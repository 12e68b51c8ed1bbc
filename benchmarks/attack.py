"""Ways of attacking an agent, with the same number of tests: in how many niches does each find a verified fault?

    python -m benchmarks.attack AGENT.run --recipe attack --seeds 1 2 3 4 5 --tests 5000 --to runs/results/attack

AGENT.run is the run whose shared agent is attacked and whose elites are the witnesses. Arms: `archive`, mutations of
tests that hold niches, ranked by regret; `failure`, the same ranked by plain failure; `fuzzing`, mutations of any test
that showed a fault, without an archive; `random`, all drawn. All begin with the same share of random tests, and in all
a fault is a task that a witness solves and the agent fails. Nothing is examined or shrunk. Seeds come first, and a run
that is there is continued, not repeated. Prints one JSON line for each run, and at the end the rows of a Markdown
table: the median of niches with a fault after a fifth, two fifths, ... of the tests, the lowest and the highest of all
seeds at the end, and the share of tests that showed a fault.
"""

import argparse
import json
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.evidence import openended
from openended.file.snapshot import record

ARMS = {
    "archive": {"source": "archive", "objective": "regret"},
    "failure": {"source": "archive", "objective": "failure"},
    "fuzzing": {"source": "fuzzing", "objective": "regret"},
    "random": {"source": "random", "objective": "regret"},
}
FIRST = 0.2
"""Share of the tests that is drawn at random in all arms."""
PARTS = 5


def attacked(arm: str, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    """Run an arm, and tell what it found."""
    run = options.to / f"{arm}-seed{seed}.run"
    generations = -(-options.tests // options.count)
    settings = {
        "attack.agent": options.agent,
        "tests.count": options.count,
        "tests.first": round(FIRST * options.tests),
        "tests.total": options.tests,
        "shrinking.every": 0,
        **{f"tests.{name}": value for name, value in ARMS[arm].items()},
    }
    changed = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    openended(
        "run", options.recipe, "--seed", seed, "--threads", options.threads, "--out", run,
        "--generations", generations, *changed,
    )  # fmt: skip
    history = record(run).history
    places = [generations * part // PARTS for part in range(1, PARTS + 1)]
    total = {name: sum(row.get(name) or 0 for row in history) for name in ("tests", "failures", "faults")}
    return {
        "arm": arm,
        "seed": seed,
        "fault_niches": [history[place]["fault_niches"] for place in places],
        **total,
        "env_steps": history[-1]["env_steps"],
        "seconds": round(sum(row["seconds"] for row in history), 1),
    }


def rows(found: list[dict[str, Any]]) -> list[str]:
    """The table."""
    parts = " | ".join(f"{part}/{PARTS} of the tests" for part in range(1, PARTS + 1))
    lines = [
        f"| arm | seeds | {parts} | range | faults |",
        f"|---|--:{'|--:' * PARTS}|--:|--:|",
    ]
    for arm in ARMS:
        mine = [each for each in found if each["arm"] == arm]
        if mine:
            middles = [f"{median(column):g}" for column in zip(*(each["fault_niches"] for each in mine), strict=True)]
            ends = [each["fault_niches"][-1] for each in mine]
            share = sum(each["faults"] for each in mine) / sum(each["tests"] for each in mine)
            cells = [arm, len(mine), *middles, f"{min(ends)} to {max(ends)}", f"{share:.1%}"]
            lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("agent", type=Path)
    parser.add_argument("--recipe", default="attack")
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--tests", type=int, default=5000)
    parser.add_argument("--count", type=int, default=50, help="tests in a generation")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--to", type=Path, default=Path("runs", "results", "attack"))
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    found = []
    for seed in options.seeds:
        for arm in options.arms:
            found.append(attacked(arm, seed, options))
            print(json.dumps(found[-1]), flush=True)
    print("\n".join(rows(found)))


if __name__ == "__main__":
    main()
