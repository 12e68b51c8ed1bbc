"""One moment of a run, read from its file and closed again: what pictures are drawn from.

Agents are left in the file until somebody asks for them. Elites are never altered, so that this may be later.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.core.measures.milestones import Milestone
from openended.core.measures.potentials import Potentials
from openended.core.offers import Taken
from openended.core.types import Agent, Counters, Pair, Score, State, Task, Transfer
from openended.core.types import Snapshot as Kept
from openended.envs.api import Axis, Domain
from openended.envs.policy import Policy
from openended.file.contents import Find
from openended.file.errors import Damaged, Usage
from openended.file.reader import Reader
from openended.file.settings import external

MENTIONED = 30
"""Most niches that an error names."""


@dataclass(frozen=True)
class Record:
    """What a run measured.

    Attributes:
        recipe: name of the recipe.
        config: the complete recipe.
        history: counters, metrics and clock of every generation (`Reader.generations`).
    """

    recipe: str
    config: dict[str, Any]
    history: Sequence[dict[str, Any]]

    @property
    def metrics(self) -> dict[str, Any]:
        """Counters, metrics and clock of the last generation, empty if there is none."""
        return self.history[-1] if self.history else {}

    @property
    def solved(self) -> float:
        """Fitness from which on a task counts as solved."""
        return float(self.config["criterion"]["solved"])


@dataclass(frozen=True)
class Snapshot(Record):
    """The last generation of a run, and how it came to be.

    Attributes:
        path: the run file.
        domain: the simulator of the tasks.
        policy: the network of the agents.
        state: pairs and their tasks, without learners and elites; of a run without a generation, none, and -1.
        tasks: all tasks ever made.
        elites: the pair that holds each niche: of several, the one with the best fitness, ties to the oldest.
        finds: all elites that were ever found, in order, without their agents.
        steps: training steps by learner.
        transfers: all transfers tried, in order.
        scores: all scores of retired agents, in order.
        migrated: the last generation that was written with an older schema, which knew less; -1 if none was.
    """

    path: Path
    domain: Domain
    policy: Policy
    state: State
    tasks: Mapping[int, Task]
    elites: dict[int, Pair]
    finds: Sequence[Find] = ()
    steps: Mapping[int, int] = field(default_factory=dict)
    transfers: Sequence[Transfer] = ()
    scores: Sequence[Score] = ()
    migrated: int = -1

    @property
    def cells(self) -> tuple[int, ...] | None:
        """Cells of a grid archive along each axis; None for a CVT archive."""
        return cells(self.config, len(self.domain.axes))

    @property
    def agents(self) -> list[Pair]:
        """The elites, by niche, whose agent is there: a curriculum does not try its agent on every task."""
        return [pair for pair in self.elites.values() if pair.elite is not None]

    @property
    def generation(self) -> int:
        return self.state.generation

    @property
    def centroids(self) -> NDArray[np.float64] | None:
        """Centroids of a CVT archive, float64[cells, m] in units of the axes' ranges; None for a grid."""
        return self.state.arrays.get("centroids")

    def check_agents(self) -> None:
        """Raise Usage if the run keeps no agents."""
        if external(self.config):
            raise Usage(f"{self.path} holds no agents: its learner is external; look for them where it is kept.")

    def best_agents(self, pairs: Iterable[Pair]) -> list[Agent]:
        """The best agent found on the task of each pair, float32[parameters], read from the run file now.

        Raises Usage for a pair that has none yet, Failure if the file cannot be read.
        """
        wanted: dict[int, int] = {}
        for pair in pairs:
            if pair.elite is None:
                self.check_agents()
                raise Usage(f"nothing has been found for task {pair.task} yet; let the run go on for some generations.")
            wanted[pair.task] = pair.elite
        with Reader(self.path) as run:
            found = run.elites(wanted.values())
        if any(found[id].task != task for task, id in wanted.items()):
            raise Damaged(f"{self.path} holds another run than when it was opened; open it again.")
        return [found[id].agent for id in wanted.values()]

    def snapshots(self) -> list[Kept]:
        """All snapshots of learners' agents, in order, read from the run file now."""
        with Reader(self.path) as run:
            return run.snapshots()

    def potentials(self) -> list[Potentials]:
        """What all visits told about tasks, in order, read from the run file now."""
        with Reader(self.path) as run:
            return run.potentials()

    def offers(self) -> list[Taken]:
        """What was taken from outside, in order, read from the run file now."""
        with Reader(self.path) as run:
            return run.offers()

    def milestones(self) -> list[Milestone]:
        """All milestones of pairs, in order, read from the run file now."""
        with Reader(self.path) as run:
            return run.milestones()

    def best_agent(self, pair: Pair) -> Agent:
        """The best agent found on the task of a pair; see `best_agents`."""
        return self.best_agents([pair])[0]

    def descriptor(self, pair: Pair) -> NDArray[np.float64]:
        """Where the pair's task lies, float64[m], in the units of the axes."""
        return np.array(self.state.tasks[pair.task].descriptor, np.float64)

    def hardness(self, pair: Pair) -> float:
        """Length of the task's descriptor, each axis scaled to 0 .. 1 over its range."""
        low, high = (np.array([getattr(axis, end) for axis in self.domain.axes]) for end in ("low", "high"))
        return float(np.linalg.norm((self.descriptor(pair) - low) / (high - low)))


def record(path: str | Path) -> Record:
    """What the run measured. The simulator is not loaded. Raises Failure if the file cannot be read."""
    with Reader(path) as run:
        return Record(run.recipe, run.config, run.generations())


def snapshot(path: str | Path) -> Snapshot:
    """The last generation of the run file. Raises Failure if the file cannot be read."""
    with Reader(path) as run:
        return taken(run)


def taken(run: Reader) -> Snapshot:
    """The last generation of the run that the reader sees. Raises Failure if it cannot be read."""
    state = State(-1, {}, {}, {}, {}, Counters()) if run.last()[0] < 0 else run.state(agents=False)
    tasks, centroids = run.tasks(), state.arrays.get("centroids")
    shape = cells(run.config, len(run.domain.axes))
    niches = math.prod(shape) if shape else 0 if centroids is None else len(centroids)
    if any(task.niche >= niches for task in tasks.values()):
        raise Damaged(f"{run.path} has tasks in niches that its archive lacks; the file is damaged.")
    return Snapshot(
        recipe=run.recipe,
        config=run.config,
        history=run.generations(),
        path=run.path,
        domain=run.domain,
        policy=run.policy,
        state=state,
        tasks=tasks,
        elites=elites(state.pairs),
        finds=run.finds(),
        steps=run.steps(),
        transfers=run.transfers(),
        scores=run.scores(),
        migrated=run.migrated,
    )


def elites(pairs: Mapping[int, Pair]) -> dict[int, Pair]:
    """The elite of each niche that is held, by niche."""
    best: dict[int, Pair] = {}
    for task in sorted(pairs):
        pair = pairs[task]
        held = best.get(pair.niche)
        if held is None or pair.best_fitness > held.best_fitness or math.isnan(held.best_fitness):
            best[pair.niche] = pair
    return dict(sorted(best.items()))


def chosen(view: Snapshot, niche: int | None, best: bool) -> Pair:
    """The elite to be shown. Raises Usage if there is none.

    Args:
        view: the run.
        niche: whose elite; None: that with the best fitness.
        best: instead, the solved elite on the hardest task, the one farthest from the descriptors' low ends.
    """
    view.check_agents()
    if not view.agents:
        raise Usage("the run has no elites yet; let it run for some generations first.")
    if niche is not None:
        if niche not in view.elites:
            occupied = [str(held) for held in view.elites]
            more = f", and {len(occupied) - MENTIONED} more" if len(occupied) > MENTIONED else ""
            raise Usage(f"niche {niche} is empty; occupied are: {', '.join(occupied[:MENTIONED])}{more}.")
        return view.elites[niche]
    solved = [pair for pair in view.agents if pair.best_fitness >= view.solved]
    if best and solved:
        return max(solved, key=lambda pair: (view.hardness(pair), pair.best_fitness))
    return max(view.agents, key=lambda pair: -math.inf if math.isnan(pair.best_fitness) else pair.best_fitness)


def cells(config: Mapping[str, Any], axes: int) -> tuple[int, ...] | None:
    """Cells of a grid archive along each of its axes; None for a CVT archive."""
    archive = config["archive"]
    if archive["kind"] != "grid":
        return None
    given = tuple(int(count) for count in archive["cells"])
    return given * axes if len(given) == 1 else given


def described(axes: tuple[Axis, ...], descriptor: tuple[float, ...]) -> str:
    """A task's descriptor in words, such as `highest obstacle 0.62 m, roughness 0.1 m`."""
    return ", ".join(
        f"{axis.name} {value:.3g} {'' if axis.unit == '1' else axis.unit}".rstrip()
        for axis, value in zip(axes, descriptor, strict=True)
    )


def explored(cells: tuple[int, ...], niches: Sequence[int]) -> tuple[int, ...]:
    """How many cells of each axis to show: all, or up to the farthest niche and a few more where that is much less."""
    if not niches:
        return cells
    farthest = np.array(np.unravel_index(np.array(niches, np.int64), cells)).max(axis=1)
    wanted = np.maximum(farthest + 2, 4)
    return tuple(int(want) if want < 0.7 * size else size for want, size in zip(wanted, cells, strict=True))
