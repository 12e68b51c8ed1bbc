"""Scripted authors, with whom people are to be compared: the floor and the ceiling, through the same inbox.

    python -m benchmarks.authors RECIPE [--tasks 30] [--out authors.run] [--set key=value]... [--threads 2]

Runs a recipe while two authors send tasks, one each in a generation until each has sent its number. `control-random`
edits an elite's task at random. `control-search` looks among such edits for a task that the elite fails and another one
solves. Prints what `openended people` says, then its numbers as one JSON line. The session is a function of the recipe
and its seed: the same command gives the same digest.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from openended.core.keys import generator, key
from openended.core.types import Pair, State
from openended.core.work import Batch, Limits
from openended.envs.api import Domain
from openended.file.inbox import offer
from openended.file.settings import Config
from openended.file.snapshot import elites
from openended.run import driver, recipe
from openended.run.submit import fingerprint, written
from openended.run.threads import ThreadExecutor
from openended.view.people import report

EDITS = 5
"""Most mutations from an elite's task to what is sent."""
CANDIDATES = 24
"""Edits that a search looks at for each task that it sends."""
JURY = 15
"""Other elites that a search tries on each."""


@dataclass(frozen=True)
class Try:
    """An edit of an elite's task, what that elite's agent reaches on it, and what others do."""

    genome: Any
    start: Pair
    target: float
    others: tuple[tuple[float, Pair], ...]


class Authors:
    """Both authors, as an observer of a run."""

    def __init__(self, path: Path, config: Config, domain: Domain, tasks: int, executor: ThreadExecutor):
        self.path, self.config, self.domain, self.executor = path, config, domain, executor
        self.left = dict.fromkeys(("control-random", "control-search"), tasks)

    def __call__(self, state: State, *_: Any) -> None:
        """Send what each author has for the next generation."""
        held = [pair for pair in elites(state.pairs).values() if pair.elite is not None]
        for name in [name for name, left in self.left.items() if left and held]:
            number = key(self.config.head.seed, state.generation, name)
            found = self.random(held, state, number) if name == "control-random" else self.search(held, state, number)
            if found is not None:
                self.send(name, state, found)
                self.left[name] -= 1

    def random(self, held: Sequence[Pair], state: State, number: int) -> Try:
        """Any edit of any elite's task."""
        return Try(*next(self.edits(held, state, number)), np.nan, ())

    def search(self, held: Sequence[Pair], state: State, number: int) -> Try | None:
        """Of many edits one that its own elite fails and others solve: the one on which those reach most beyond it.
        None while there is only one elite.
        """
        if len(held) < 2:
            return None
        solved = self.config.params.criterion.solved
        tried = self.tried([*self.edits(held, state, number, CANDIDATES)], held, state, number)
        return max(tried, key=lambda each: (each.target < solved <= each.others[0][0], each.others[0][0] - each.target))

    def edits(self, held: Sequence[Pair], state: State, number: int, count: int = 1) -> Iterator[tuple[Any, Pair]]:
        """Edits, and the elites whose tasks they are of."""
        stream = generator(number)
        for _ in range(count):
            pair = held[int(stream.integers(len(held)))]
            genome = state.tasks[pair.task].genome
            for _ in range(int(stream.integers(1, EDITS + 1))):
                genome = self.domain.tasks.mutate(genome, int(stream.integers(2**63)))
            yield genome, pair

    def tried(self, edits: Sequence[tuple[Any, Pair]], held: Sequence[Pair], state: State, number: int) -> list[Try]:
        """Every edit with what its own elite and some others reach on it, in one batch."""
        stream, episodes = generator(number + 1), self.config.params.episodes
        juries = []
        for _, pair in edits:
            others = [each for each in held if each.task != pair.task]
            chosen = stream.permutation(len(others))[:JURY]
            juries.append([pair, *(others[place] for place in chosen)])
        agents = {pair.task: place for place, pair in enumerate(held)}
        which = [(place, agents[pair.task]) for place, jury in enumerate(juries) for pair in jury]
        outcome = self.executor.evaluate(
            Batch(
                genomes=[genome for genome, _ in edits],
                agents=np.stack([state.elites[pair.elite].agent for pair in held if pair.elite is not None]),
                which=np.array(which, np.int32),
                keys=stream.integers(2**64, size=len(which), dtype=np.uint64),
                limits=Limits(episodes.cap, episodes.evaluation_stall),
            )
        )
        returns = iter(np.nan_to_num(outcome.returns, nan=-np.inf).tolist())
        found = []
        for (genome, pair), jury in zip(edits, juries, strict=True):
            target, *others = [(next(returns), each) for each in jury]
            found.append(Try(genome, pair, target[0], tuple(sorted(others, key=lambda each: (-each[0], each[1].task)))))
        return found

    def send(self, author: str, state: State, found: Try) -> None:
        """Leave the task in the inbox."""
        start = found.start
        assert start.elite is not None
        mark = fingerprint(state.elites[start.elite].agent)
        payload = {
            "task": written(self.domain, found.genome),
            "from": start.niche,
            "beat": {"niche": start.niche, "agent": mark},
            "hints": [pair.niche for _, pair in found.others[:2]],
        }
        offer(self.path, "task", author, payload, nonce=f"{state.generation}")


def session(path: Path, config: Config, tasks: int, threads: int) -> dict[str, Any]:
    """Run a recipe with both authors; what `openended people` reports."""
    from openended import envs

    domain = envs.domain(config.head.domain, config.head.environment)
    with ThreadExecutor(domain, config.params.policy.of(domain), threads, np.zeros(1, np.uint8)) as executor:
        driver.run(path, config, threads, Authors(path, config, domain, tasks, executor), print)
    return report.report(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipe")
    parser.add_argument("--tasks", type=int, default=30, help="of each author")
    parser.add_argument("--out", type=Path, default=Path("authors.run"))
    parser.add_argument("--set", dest="overrides", action="append", default=[])
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    found = session(options.out, recipe.load(options.recipe, options.overrides), options.tasks, options.threads)
    print(report.text(found))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
