"""The archive of a run in one process: it follows the run's changes, so that no generation pays for those before it.

It holds three things, each a function of the pairs alone: which task holds each niche (pyribs's archive: the fittest
pair; in a tie the incumbent), all pairs in columns, which selection, novelty and metrics read at once, and the names
of all tasks, by which duplicates are known.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.envs.api import Domain

from . import niches
from .criterion import Bounds
from .niches import Niches
from .novelty import nearest, scaled
from .sums import ExactSum
from .types import Pair, Score, State, Task

FEW = 64
"""Most pairs that pyribs is handed one by one."""
ROOM = 64
"""Rows that there is room for at first; it doubles when it is used up."""


@dataclass(frozen=True)
class Statistics:
    """What an archive holds: niches held, their share of all, the sum of fitness above the offset (QD score), the best
    and the mean fitness (None while it is empty).
    """

    elites: int
    coverage: float
    qd_score: float
    best: float | None
    mean_fitness: float | None


class Archive:
    """It mirrors one state at a time; `at` brings it to another one if need be.

    Attributes:
        holders: pyribs's archive; a solution is the id of a task.
        owners: the first task admitted to each niche, by niche.
        names: the identities of all tasks with a pair.

    """

    def __init__(self, settings: Niches, domain: Domain):
        self.settings, self.domain = settings, domain
        self.mirrored: State | None = None

    def at(self, state: State) -> "Archive":
        """The archive after mirroring `state`. It is rebuilt from the state's rows only if it mirrors another state."""
        if self.mirrored is not state:
            self._clear(state.arrays.get("centroids"))
            for _, pair in sorted(state.pairs.items()):
                self.enter(pair, state.tasks[pair.task])
            self.place(pair for _, pair in sorted(state.pairs.items()))
            self.score(Score(0, *ids, fitness) for ids, fitness in state.scores.items())
            self.mirrored = state
        return self

    def _clear(self, centroids: NDArray[np.float64] | None) -> None:
        axes, offset = self.domain.axes, self.domain.simulator.lowest_return
        self.mirrored = None
        self.holders = niches.empty(self.settings, axes, centroids, 1, np.int64, offset)
        self.owners: dict[int, int] = {}
        self.names: set[str] = set()
        self._best: dict[int, float] = {}
        self._highest: float | None = None
        self._fitness, self._quality = ExactSum(), ExactSum()
        self._places: dict[int, int] = {}
        self._room = np.zeros(ROOM, _columns(len(self.domain.metrics)))
        self._points = np.zeros((len(axes), ROOM))
        self._features: NDArray[np.float64] | None = None
        if (features := self.domain.tasks.features) is not None:
            self._features = np.zeros((len(features(self.domain.tasks.first())), ROOM))

    @property
    def rows(self) -> NDArray[np.void]:
        """The pairs as columns, in the order of their tasks' ids.

        `task`, `niche`, `learner`, `visits`, `seen`, `retired`, `made` (generation in which the task was made):
        int64[n]; `fitness`, `best_fitness`, `potential`, `earlier` (best score of the agents that had retired before
        the task was made, NaN if none had): float64[n]; `active`, `child` (the task has a parent): bool[n]; `metrics`
        (the domain's own, of the task): float64[n, k].
        """
        return self._room[: len(self._places)]

    @property
    def points(self) -> NDArray[np.float64]:
        """The descriptors of the tasks with a pair in units of the axes' ranges, float64[n, m], in the same order."""
        return self._points[:, : len(self._places)].T

    @property
    def features(self) -> NDArray[np.float64]:
        """Their features as they are, float64[n, k], in the same order; the points where the domain has no features."""
        return self.points if self._features is None else self._features[:, : len(self._places)].T

    def row(self, task: int) -> int:
        """The row of a task's pair. Raises KeyError if it has none."""
        return self._places[task]

    def name(self, genome: Any) -> str:
        """The identity of a task: SHA-256 of its canonical text, in hexadecimal."""
        return sha256(self.domain.tasks.encode(genome).encode()).hexdigest()

    def point(self, task: Task) -> NDArray[np.float64]:
        """A task's descriptor in units of the axes' ranges, float64[m]."""
        return np.asarray(scaled([task.descriptor], self.domain.axes)[0])

    def features_of(self, task: Task) -> NDArray[np.float64]:
        """A task's features as they are, float64[k]; its point where the domain has no features."""
        features = self.domain.tasks.features
        return np.asarray(features(task.genome), np.float64) if features is not None else self.point(task)

    def niche_of(self, descriptor: Sequence[float]) -> int:
        """The niche of a descriptor; what lies beyond an axis's range counts to its last cell."""
        return int(self.holders.index_of_single(scaled([descriptor], self.domain.axes)[0]))

    def enter(self, pair: Pair, task: Task) -> None:
        """Take in a new pair. Raises ValueError unless its task is newer than all others."""
        place = len(self._places)
        if place and self.rows["task"][-1] >= task.id:
            raise ValueError(f"task {task.id} is not newer than task {self.rows['task'][-1]}")
        if place == len(self._room):
            self._room, self._points = _doubled(self._room), _doubled(self._points)
            self._features = None if self._features is None else _doubled(self._features)
        self._places[task.id] = place
        self._points[:, place] = self.point(task)
        if self._features is not None:
            self._features[:, place] = self.features_of(task)
        row = self._room[place]
        row["task"], row["niche"], row["made"], row["child"] = task.id, pair.niche, task.generation, task.parent >= 0
        row["earlier"] = math.nan
        row["metrics"] = [metric(task.genome) for metric in self.domain.metrics.values()]
        self.owners.setdefault(pair.niche, task.id)
        self.names.add(self.name(task.genome))
        self.alter(pair)

    def alter(self, pair: Pair) -> None:
        """Copy the mutable columns of a pair. Until `mirrored` is set again, the archive mirrors no state."""
        self.mirrored = None
        row = self.rows[self.row(pair.task)]
        for name in ("learner", "visits", "seen", "retired", "fitness", "best_fitness", "potential", "active"):
            row[name] = getattr(pair, name)

    def place(self, pairs: Iterable[Pair]) -> None:
        """Offer pairs to their niches, one after the other: the fitter one holds a niche; in a tie the incumbent.

        Raises ValueError for a fitness that is not finite, before anything is placed: pyribs's own `add` may fail half
        way and leave the archive damaged.
        """
        offered, winners = list(pairs), dict[int, Pair]()
        for pair in offered:
            if not math.isfinite(pair.best_fitness):
                raise ValueError(f"task {pair.task} has fitness {pair.best_fitness}: only finite numbers can be placed")
        for pair in offered:
            before = self._best.get(pair.niche)
            if before is None or pair.best_fitness > before:
                self._count(pair.best_fitness, before)
                self._best[pair.niche] = pair.best_fitness
                winners[pair.niche] = pair
        self._hold(list(winners.values()))

    def _hold(self, pairs: Sequence[Pair]) -> None:
        """Let pairs hold their niches. Few are handed over one by one, since pyribs compiles for batches, 1 to 5 s."""
        if len(pairs) <= FEW:
            for pair in pairs:
                self.holders.add_single([pair.task], pair.best_fitness, self.points[self.row(pair.task)])
        else:
            tasks = np.array([pair.task for pair in pairs], np.int64)
            places = [self.row(pair.task) for pair in pairs]
            self.holders.add(tasks[:, None], [pair.best_fitness for pair in pairs], self.points[places])

    def _count(self, fitness: float, before: float | None) -> None:
        """Count a niche's fitness, and no more the one before it."""
        offset = self.domain.simulator.lowest_return
        self._highest = fitness if self._highest is None else max(self._highest, fitness)
        self._fitness.add(fitness)
        self._quality.add(fitness - offset)
        if before is not None:
            self._fitness.remove(before)
            self._quality.remove(before - offset)

    def score(self, scores: Iterable[Score]) -> None:
        """Count scores of retired agents: those that had retired before the task was made."""
        rows = self.rows
        for score in scores:
            agent, task = self.row(score.agent), self.row(score.task)
            if 0 <= rows["retired"][agent] < rows["made"][task]:
                rows["earlier"][task] = np.fmax(
                    rows["earlier"][task], score.fitness
                )  # of a NaN and a number: the number

    def near(self, task: Task, k: int) -> tuple[list[int], NDArray[np.float64]]:
        """The k tasks with a pair that lie nearest to a task without one, and their distances; nearest first, ties to
        the lower id.
        """
        places, away = nearest(self.point(task), self.points, k)
        return self.rows["task"][places].tolist(), away

    def neighbours(self, task: Task, k: int) -> list[int]:
        """The k tasks with a pair that lie nearest to `task`, itself left out; nearest first, ties to the lower id."""
        return [id for id in self.near(task, k + 1)[0] if id != task.id][:k]

    def statistics(self) -> Statistics:
        """Statistics of the fittest in all niches, exact (pyribs's own depend on the order of adding)."""
        held = len(self._best)
        return Statistics(
            elites=held,
            coverage=held / int(self.holders.cells),
            qd_score=float(self._quality),
            best=self._highest,
            mean_fitness=float(self._fitness) / held if held else None,
        )

    def solved(self, criterion: Bounds) -> NDArray[np.bool_]:
        """Which pairs' best fitness counts as solved, bool[n]."""
        return np.asarray(self.rows["best_fitness"] >= criterion.solved)

    def niches_solved(self, criterion: Bounds) -> int:
        """How many niches are held by a pair whose best fitness counts as solved."""
        return sum(fitness >= criterion.solved for fitness in self._best.values())

    def hardest(self, criterion: Bounds) -> dict[str, float | int]:
        """The domain's own metrics by name, each the largest over all solved tasks; 0 if none is solved."""
        largest = self.rows["metrics"][self.solved(criterion)].max(axis=0, initial=0.0).tolist()
        named = zip(self.domain.metrics, largest, strict=True)
        return {name: int(value) if value == int(value) else value for name, value in named}


def _columns(metrics: int) -> np.dtype[np.void]:
    whole = [(name, np.int64) for name in ("task", "niche", "learner", "visits", "seen", "retired", "made")]
    real = [(name, np.float64) for name in ("fitness", "best_fitness", "potential", "earlier")]
    flags = [(name, np.bool_) for name in ("active", "child")]
    return np.dtype([*whole, *real, *flags, ("metrics", np.float64, (metrics,))])


def _doubled(room: NDArray[Any]) -> NDArray[Any]:
    """The array with as much room again, zeros, along its last axis."""
    return np.concatenate([room, np.zeros_like(room)], axis=-1)
