"""POET's first claim: what direct optimization reaches on the hardest tasks that runs have solved.

    python -m benchmarks.direct poet_ppo-seed*.run --recipe direct_ppo --to runs/results/direct [--tasks 2]

From each run the hardest solved tasks are taken, by POET's band, then by the length of the descriptor. An agent is
trained on each from scratch, with the seed of the run and by twice as many training steps as the run has generations:
no lineage can have had more, as it takes one a generation and one a transfer. Runs that are there are continued, not
repeated. Prints the rows of a Markdown table.
"""

import argparse
from pathlib import Path
from typing import Any

from benchmarks.evidence import openended
from openended.core.types import Pair
from openended.file.snapshot import Snapshot, record, snapshot

HEAD = """| seed, `terrain_seed` | band | roughness, gaps, stumps | best | direct, best | solved after | direct steps |
|---|--:|---|--:|--:|---|--:|"""


def hardest(view: Snapshot, count: int) -> list[Pair]:
    """The hardest solved elites, at most so many."""
    band = view.domain.metrics["band"]
    solved = [pair for pair in view.elites.values() if pair.best_fitness >= view.solved]
    order = sorted(
        solved, key=lambda pair: (band(view.state.tasks[pair.task].genome), view.hardness(pair)), reverse=True
    )
    return order[:count]


def row(view: Snapshot, pair: Pair, options: argparse.Namespace) -> str:
    """Train an agent on the task of the pair from scratch, and tell how it did."""
    task, seed = view.state.tasks[pair.task].genome, view.config["seed"]
    run = options.to / f"{Path(options.recipe).stem}-seed{seed}-task{task.terrain_seed}.run"
    openended(
        "run", options.recipe, "--seed", seed, "--set", f"task={view.domain.tasks.encode(task)}", "--threads",
        options.threads, "--generations", 2 * view.generation, "--out", run,
    )  # fmt: skip
    history = record(run).history
    solved = [each["env_steps"] for each in history if (each["best"] or 0.0) >= view.solved]
    cells = [
        f"{seed}, {task.terrain_seed}",
        view.domain.metrics["band"](task),
        f"{task.roughness:g}, {span(task.pit_gap)}, {span(task.stump_height)}",
        f"{pair.best_fitness:.0f}",
        f"{history[-1]['best']:.0f}",
        f"{solved[0] / 1e6:.1f} M" if solved else "-",
        f"{history[-1]['env_steps'] / 1e6:.1f} M",
    ]
    return f"| {' | '.join(map(str, cells))} |"


def span(interval: Any) -> str:
    return "-" if interval is None else f"{interval[0]:g} to {interval[1]:g}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--recipe", default="direct_ppo")
    parser.add_argument("--tasks", type=int, default=2, help="of each run")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--to", type=Path, default=Path("runs", "results", "direct"))
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    views = [snapshot(path) for path in options.runs]
    rows = [row(view, pair, options) for view in views for pair in hardest(view, options.tasks)]
    print("\n".join([HEAD, *rows]))


if __name__ == "__main__":
    main()
