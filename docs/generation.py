"""Measures the next generation of a run of MAP-Elites of pairs, for docs/generation.md and its picture.

    python docs/generation.py FILE

A copy of the run file is continued by one generation and committed; FILE stays as it is. The numbers go to
docs/pictures/generation.svg and between the two marks in docs/generation.md.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from generation_picture import picture

from openended.core.algorithms import algorithm
from openended.core.evaluation import Evaluated, Trial
from openended.core.means import Means
from openended.core.types import Changes, State
from openended.core.work import Cost, Job, Learned
from openended.file import tables
from openended.file.backup import backup
from openended.file.writer import Writer
from openended.run.driver import executor, load_config

PAGE = Path(__file__).with_suffix(".md")
PICTURE = PAGE.parent / "pictures" / "generation.svg"
BEGIN, END = "<!-- numbers: python docs/generation.py -->\n", "<!-- end of numbers -->"
PHASES = {
    "criterion": "reproduce: minimal criterion",
    "visit": "reproduce: agents of children whose niche is taken",
    "es": "train: populations",
    "evaluate": "train: evaluations",
    "direct": "transfer: direct trials",
    "propose": "transfer: training steps of proposals",
    "proposal": "transfer: trials of proposals",
}
"""What episodes are run for: the purpose in their keys, and its name on the page, in the order of a generation."""
NUMBER = 8
"""Most bytes of a number in a row."""


@dataclass(frozen=True)
class Recorded(Means[Any]):
    """Means that count the cost of each purpose.

    The core asks for the key of a batch or a job just before it runs the episodes, so the last key names their purpose.
    """

    asked: list[str] = field(default_factory=list)
    costs: dict[str, list[Cost]] = field(default_factory=lambda: {purpose: [] for purpose in PHASES})

    def key(self, generation: int, purpose: str, *ids: int) -> int:
        """The key of a random stream."""
        self.asked.append(purpose)
        return super().key(generation, purpose, *ids)

    def evaluate(self, trials: Sequence[Trial], key: int) -> Evaluated:
        """Fitness of every trial."""
        purpose, result = self.asked[-1], super().evaluate(trials, key)
        self.costs[purpose].append(result.cost)
        return result

    def learn(self, jobs: Sequence[Job]) -> list[Learned]:
        """One training step for every job."""
        purpose, learned = self.asked[-1], super().learn(jobs)
        self.costs[purpose] += [each.cost for each in learned]
        return learned


@dataclass(frozen=True)
class Measured:
    """A generation: the state before it, what it altered, its means, and its commit.

    `rows` and `size` are the rows and the bytes that the commit wrote, by table; `seconds` is its wall clock.
    """

    before: State
    changes: Changes
    means: Recorded
    rows: dict[str, int]
    size: dict[str, int]
    seconds: float

    def episodes(self, *purposes: str) -> int:
        """Episodes run for these purposes."""
        return sum(cost.evaluations for purpose in purposes for cost in self.means.costs[purpose])

    def steps(self, *purposes: str) -> int:
        """Environment steps of these episodes."""
        return sum(cost.env_steps for purpose in purposes for cost in self.means.costs[purpose])

    def made(self, *outcomes: str, tested: bool = False) -> int:
        """Children with one of these outcomes; only those that met an agent if `tested`."""
        tasks = [task for task in self.changes.tasks if not tested or not math.isnan(task.score)]
        return sum(task.outcome in outcomes for task in tasks)


def measure(path: Path) -> Measured:
    """Continue a copy of the run file by one generation."""
    with TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        backup(path, copy)
        config, stop = load_config(copy), np.zeros(1, np.uint8)
        with Writer(copy) as file:
            policy = config.params.policy.of(file.domain)
            with executor(file, policy, copy, None, "", stop, print) as workers:
                means = Recorded(config.params, file.domain, config.head.seed, workers)
                before = file.state()
                _, changes = algorithm(config.head.algorithm).step(means, before)
            seconds = file.commit(changes, 0.0)
            written = {
                table.name: [table.write(value, file.codec) for value in table.pick(changes)]
                for table in tables.SEARCH
                if table.pick
            }
    rows = {name: len(found) for name, found in written.items() if found}
    size = {name: sum(sum(map(weight, row)) for row in written[name]) for name in rows}
    return Measured(before, changes, means, rows, size, seconds)


def weight(value: Any) -> int:
    """Bytes of a value in a row."""
    return len(value) if isinstance(value, bytes) else len(value.encode()) if isinstance(value, str) else NUMBER


def numbers(done: Measured) -> dict[str, int]:
    """What the picture shows, by name."""
    before, changes, params = done.before.pairs.values(), done.changes, done.means.params
    best = {pair.task: pair.best_fitness for pair in before}
    transfers = changes.transfers[done.episodes("visit") :]
    met = done.made("admitted", "not chosen") + done.made("niche taken", tested=True)
    return {
        "generation": changes.generation,
        "pairs": len(before),
        "eligible": sum(pair.best_fitness >= params.reproduction.threshold for pair in before),
        "made": len(changes.tasks),
        "tested": met + done.made("too hard", "too easy"),
        "met": met,
        "admitted": done.made("admitted"),
        "pairs after": len(before) + done.made("admitted"),
        "resting": sum(pair.best_fitness > params.criterion.high for pair in before),
        "active": sum(pair.seen == changes.generation for pair in changes.pairs),
        "training steps": len(done.means.costs["es"]),
        "episodes train": done.episodes("es"),
        "evaluations": done.episodes("evaluate"),
        "improved": sum(pair.best_fitness > best.get(pair.task, math.inf) for pair in changes.pairs),
        "elites": len(changes.elites),
        "niches": int(changes.metrics["elites"] or 0),
        "direct": sum(each.kind == "direct" for each in transfers),
        "direct accepted": sum(each.kind == "direct" and each.accepted for each in transfers),
        "proposals": sum(each.kind == "proposal" for each in transfers),
        "proposals accepted": sum(each.kind == "proposal" and each.accepted for each in transfers),
        "episodes proposals": done.episodes("propose"),
        "episodes": done.episodes(*PHASES),
        "steps": done.steps(*PHASES),
        "steps reproduce": done.steps("criterion", "visit"),
        "steps train": done.steps("es", "evaluate"),
        "steps transfer": done.steps("direct", "propose", "proposal"),
        "rows": sum(done.rows.values()),
        "bytes": sum(done.size.values()),
        "microseconds": round(1e6 * done.seconds),
    }


def tabulate(done: Measured) -> str:
    """The tables of the page."""
    total = done.steps(*PHASES)
    phases = [
        f"| {name} | {done.episodes(purpose):,} | {done.steps(purpose):,} | {done.steps(purpose) / total:.1%} |"
        for purpose, name in PHASES.items()
    ]
    outcomes = [
        f"| {outcome} | {done.made(outcome)} |"
        for outcome in ("admitted", "not chosen", "too hard", "too easy", "niche taken", "duplicate")
    ]
    written = [f"| `{name}` | {rows} | {done.size[name]:,} |" for name, rows in done.rows.items()]
    return "\n".join(
        [
            f"| generation {done.changes.generation} | episodes | environment steps | share |",
            "|---|--:|--:|--:|",
            *phases,
            f"| total | {done.episodes(*PHASES):,} | {total:,} | |",
            "",
            "| outcome of a child | children |",
            "|---|--:|",
            *outcomes,
            "",
            f"| table ({1e3 * done.seconds:.1f} ms to commit) | rows | bytes |",
            "|---|--:|--:|",
            *written,
            "",
        ]
    )


if __name__ == "__main__":
    measured = measure(Path(sys.argv[1]))
    PICTURE.write_text(picture(numbers(measured)))
    head, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(head + BEGIN + "\n" + tabulate(measured) + "\n" + END + rest.partition(END)[2])
