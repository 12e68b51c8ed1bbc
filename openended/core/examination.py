"""Examining faults: is a failure a class of tasks or a fluke, and what is the least that causes it?

A test's chance is drawn anew many times, its parameters kept: the share of these tasks that the agent fails, too, tells
a class from a fluke. Then the test is shrunk (`shrinking`) while the agent fails and a witness solves, and the minimal
task is tested in the same way. It is a task of its own, whose parent is the test.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from math import fsum
from typing import Annotated, Any

from annotated_types import Ge

from openended.envs.api import Genome

from .buffer import leave
from .generation import Generation
from .lifecycle import due
from .measures.potentials import Potentials
from .shrinking import Search, smallest
from .testing import enter
from .types import Pair
from .witnesses import Asked, Finding, provisional, tried

FAILING, WITNESSED = "failing", "witnessed"
"""What is told of fresh tasks, as shares of them: a witness solves where the agent fails; anybody solves."""


@dataclass(frozen=True)
class Shrinks:
    """How faults are examined.

    Attributes:
        every: generations from one examination to the next; 0: none.
        count: tests that are examined at once, those with the highest regret first, each once.
        smaller: whether they are shrunk, too.
        seeds: fresh tasks that tell a class from a fluke.

    """

    every: Annotated[int, Ge(0)] = 1
    count: Annotated[int, Ge(1)] = 4
    smaller: bool = True
    seeds: Annotated[int, Ge(0)] = 32


def examine(generation: Generation[Any], settings: Shrinks, witnesses: int) -> None:
    """Examine faults that hold a niche and have not been examined yet."""
    if not due(generation, settings.every):
        return
    rows, solved = generation.rows, generation.means.params.criterion.solved
    faults = rows["active"] & (rows["fitness"] < solved) & (rows["best_fitness"] >= solved) & (rows["visits"] == 0)
    pairs = [generation.pair(task) for task in rows["task"][faults].tolist()]
    chosen = sorted(pairs, key=lambda pair: (-pair.potential, pair.task))[: settings.count]
    minimal = shrunk(generation, chosen, witnesses) if settings.smaller else []
    for pair in [*chosen, *minimal]:
        generation.put(replace(pair, visits=1, seen=generation.number))
    repeat(generation, [*chosen, *minimal], settings.seeds, witnesses)
    generation.metrics |= {"examined": len(chosen), "shrunk": len(minimal)}


@dataclass
class Run:
    """The search for the smallest task below a test.

    Attributes:
        pair: of the test.
        search: see `shrinking`.
        wants: what is to be tried next.
        known: what was found of each task, by its text.
        ended: whether the search is over; then `end` is the smallest task.
    """

    pair: Pair
    search: Search
    wants: list[Genome] = field(default_factory=list)
    known: dict[str, Finding] = field(default_factory=dict)
    ended: bool = False
    end: Genome = None

    def advance(self, encode: Callable[[Genome], str], solved: float) -> None:
        """Go on with what was found of the tasks that were wanted."""
        shows = [self.known[encode(genome)].fault(solved) for genome in self.wants]
        try:
            self.wants = self.search.send(shows) if self.wants else next(self.search)
        except StopIteration as stop:
            self.ended, self.end, self.wants = True, stop.value, []


def shrunk(generation: Generation[Any], pairs: Sequence[Pair], witnesses: int) -> list[Pair]:
    """The pairs of the minimal tasks of these tests, where they are smaller."""
    tasks, solved = generation.means.domain.tasks, generation.means.params.criterion.solved
    runs = [Run(pair, smallest(tasks, generation.task(pair.task).genome)) for pair in pairs]
    for number in count():
        for run in runs:
            if not run.ended:
                run.advance(tasks.encode, solved)
        if all(run.ended for run in runs):
            break
        wanted = [(run, genome) for run in runs for genome in run.wants if tasks.encode(genome) not in run.known]
        tried_now = again(generation, [(run.pair, genome) for run, genome in wanted], witnesses, "shrink", number)
        for (run, genome), found in zip(wanted, tried_now, strict=True):
            run.known[tasks.encode(genome)] = found
    minimal = []
    for run in runs:
        end = run.known.get(tasks.encode(run.end))
        if end is not None:
            task = replace(end.task, id=generation.counters.tasks_created, outcome="minimal", score=end.own)
            generation.add(task)
            enter(generation, replace(end, task=task))
            leave(generation, task.id)
            minimal.append(generation.pair(task.id))
    return minimal


def repeat(generation: Generation[Any], pairs: Sequence[Pair], seeds: int, witnesses: int) -> None:
    """Try the tests with their chance drawn anew, where the domain can, and tell what share of them shows the fault."""
    reseed, solved = generation.means.domain.tasks.reseed, generation.means.params.criterion.solved
    if reseed is None or not seeds:
        return
    wanted = [
        (pair, reseed(generation.task(pair.task).genome, generation.key("fresh", pair.task, number)))
        for pair in pairs
        for number in range(seeds)
    ]
    found = again(generation, wanted, witnesses, "fresh")
    for place, pair in enumerate(pairs):
        mine = found[place * seeds : (place + 1) * seeds]
        shares = {
            FAILING: sum(each.fault(solved) for each in mine) / seeds,
            WITNESSED: sum(each.best >= solved for each in mine) / seeds,
        }
        mean, rate = fsum(each.own for each in mine) / seeds, sum(each.own >= solved for each in mine) / seeds
        generation.told(Potentials(generation.number, pair.task, False, mean, rate, shares))


def again(
    generation: Generation[Any], wanted: Sequence[tuple[Pair, Genome]], witnesses: int, purpose: str, *ids: int
) -> list[Finding]:
    """What is found of tasks that were made from tests. Where the agent fails, the test's own witness is asked, too."""
    tasks = provisional(generation, [genome for _, genome in wanted], [pair.task for pair, _ in wanted], "shrinking")
    asked = [Asked(task, (generation.best_agent(pair),)) for task, (pair, _) in zip(tasks, wanted, strict=True)]
    return tried(generation, asked, witnesses, purpose, *ids, below=generation.means.params.criterion.solved)
