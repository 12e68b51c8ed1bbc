"""What an attack has found, read from its run file: which niches show faults, and the least that causes each."""

from collections.abc import Mapping
from dataclasses import dataclass

from openended.core.examination import FAILING
from openended.core.measures.potentials import Potentials
from openended.core.types import Pair
from openended.file.errors import Usage
from openended.file.snapshot import Snapshot


@dataclass(frozen=True)
class Example:
    """A task on which the agent fails and a witness does not.

    Attributes:
        pair: `fitness` is the agent's return, `best_fitness` the witness's, whose agent is the elite.
        failing: share of tasks with other chance on which that is so, too; None: not tried.
        parts: what the task has that the first one does not, such as kinds of obstacles; None: the domain names none.
    """

    pair: Pair
    failing: float | None
    parts: tuple[str, ...] | None

    @property
    def margin(self) -> float:
        """The witness's return minus the agent's."""
        return self.pair.best_fitness - self.pair.fitness


@dataclass(frozen=True)
class Fault:
    """The worst test of a niche, and the smallest task below it that shows the fault: itself where none is smaller."""

    test: Example
    minimal: Example
    examined: bool


@dataclass(frozen=True)
class Atlas:
    """What an attack has found.

    Attributes:
        holders: the test that holds each niche, fault or not.
        faults: by niche.
        tests: tasks that were tried, what shrinking made of them left out.
    """

    holders: Mapping[int, Pair]
    faults: Mapping[int, Fault]
    tests: int


def atlas(view: Snapshot) -> Atlas:
    """The atlas of an attack. Raises Usage for another run."""
    if view.config["algorithm"] != "attack":
        raise Usage(f"{view.path} is no attack but a run of {view.config['algorithm']}, so it has no atlas of faults.")
    told = {each.task: each for each in view.potentials()}
    holders = {pair.niche: pair for _, pair in sorted(view.state.pairs.items()) if pair.active}
    smaller = {task.parent: task.id for task in view.state.tasks.values() if task.maker == "shrinking"}
    faults = {}
    for niche, pair in sorted(holders.items()):
        if pair.fitness < view.solved <= pair.best_fitness:
            least = view.state.pairs[smaller.get(pair.task, pair.task)]
            faults[niche] = Fault(example(view, pair, told), example(view, least, told), pair.visits > 0)
    tests = sum(task.maker != "shrinking" and task.outcome != "duplicate" for task in view.tasks.values())
    return Atlas(holders, faults, tests)


def example(view: Snapshot, pair: Pair, told: Mapping[int, Potentials]) -> Example:
    """A pair, and what was told of its task."""
    shrinking, genome = view.domain.tasks.shrinking, view.state.tasks[pair.task].genome
    failing = told[pair.task].by_name[FAILING] if pair.task in told else None
    return Example(pair, failing, None if shrinking is None else tuple(shrinking.names(genome)))


def telling(atlas: Atlas, most: int) -> list[Fault]:
    """The faults that are most of a class: the largest share of tasks with other chance first, then the largest margin
    of the minimal task; those that were not examined come last.
    """

    def rank(fault: Fault) -> tuple[float, float]:
        share = fault.minimal.failing
        return (-1.0 if share is None else share), fault.minimal.margin

    return sorted(atlas.faults.values(), key=rank, reverse=True)[:most]
