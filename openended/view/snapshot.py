"""One moment of a run, read from its file and closed again: what pictures are drawn from."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from envs.api import Axis
from openended.core.types import Counters, Pair, State
from openended.run.store import Reader


@dataclass(frozen=True)
class Snapshot:
    """The last generation of a run.

    Attributes:
        recipe: name of the recipe.
        config: the complete recipe.
        domain: the simulator of the tasks.
        state: tasks and pairs; of a run without a generation, none, and generation -1.
        metrics: counters, metrics and clock of the last generation, empty if there is none.
        elites: the pair that holds each niche: of several, the one with the best fitness, of equals the oldest.
    """

    recipe: str
    config: dict[str, Any]
    domain: Any
    state: State
    metrics: dict[str, Any]
    elites: dict[int, Pair]

    @property
    def cells(self) -> tuple[int, ...] | None:
        """Cells of a grid archive along each axis; None for a CVT archive."""
        return cells(self.config, len(self.domain.axes))

    @property
    def solved(self) -> float:
        """Fitness from which on a task counts as solved."""
        return float(self.config["criterion"]["solved"])

    @property
    def generation(self) -> int:
        return self.state.generation

    def descriptor(self, pair: Pair) -> NDArray[np.float64]:
        """Where the pair's task lies, float64[m], in the units of the axes."""
        return np.array(self.state.tasks[pair.task].descriptor, np.float64)

    def hardness(self, pair: Pair) -> float:
        """Length of the task's descriptor, each axis scaled to 0 .. 1 over its range."""
        low, high = (np.array([getattr(axis, end) for axis in self.domain.axes]) for end in ("low", "high"))
        return float(np.linalg.norm((self.descriptor(pair) - low) / (high - low)))


def snapshot(path: str | Path) -> Snapshot:
    """The last generation of the run file. Raises Failure if the file cannot be read."""
    with Reader(path) as run:
        return taken(run)


def taken(run: Reader) -> Snapshot:
    """The last generation of the run that the reader sees. Raises Failure if it cannot be read."""
    empty = run.last()[0] < 0
    state = State(-1, {}, {}, Counters()) if empty else run.state()
    metrics = {} if empty else run.generations()[-1]
    return Snapshot(run.recipe, run.config, run.domain, state, metrics, elites(state.pairs))


def elites(pairs: Mapping[int, Pair]) -> dict[int, Pair]:
    """The elite of each niche that is held, by niche."""
    best: dict[int, Pair] = {}
    for task in sorted(pairs):
        pair = pairs[task]
        held = best.get(pair.niche)
        if held is None or pair.best_fitness > held.best_fitness or math.isnan(held.best_fitness):
            best[pair.niche] = pair
    return dict(sorted(best.items()))


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
