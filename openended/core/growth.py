"""Ranges that grow: tasks are drawn below levels that widen, one by one, with an agent's success at them.

Source: Akkaya et al. (2019), Solving Rubik's Cube with a Robot Hand, section 5 (automatic domain randomization). Here
each kind of difficulty has one level, tried at its very edge, and grows by a factor.

`focus` is ours: a share of the tasks is of one kind alone, at its level, and a kind comes the more often the more the
agent failed there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, Gt, Le

from openended.envs.api import Genome
from openended.envs.ranges import Ranges

from .drawing import draw_one
from .evaluation import Trial
from .generation import Generation
from .keys import generator
from .keys import key as derived
from .means import Means
from .types import Agent, Changes, State

LEVELS = "levels"
"""The array of the levels, float64[kinds]."""
FAILED = "failed"
"""The array of the shares of tasks at each level that the last trial left unsolved, float64[kinds]; with a focus."""


@dataclass(frozen=True)
class Growth:
    """How levels widen.

    Attributes:
        every: generations from one trial to the next.
        trials: fresh tasks of each kind, at its level, on which the agent is tried.
        above: share of them solved above which the level grows.
        below: share below which it shrinks.
        up: factor of growth.
        down: factor of shrinking.
        together: all levels move by one factor, by the share solved of all kinds; otherwise each by its own.
        focus: share of new tasks that are of one kind alone, all of it at its level, each kind in proportion to the
            share of such tasks that the last trial left unsolved.

    """

    every: Annotated[int, Ge(1)] = 2
    trials: Annotated[int, Ge(1)] = 24
    above: Annotated[float, Ge(0), Le(1)] = 0.6
    below: Annotated[float, Ge(0), Le(1)] = 0.25
    up: Annotated[float, Ge(1)] = 1.08
    down: Annotated[float, Gt(0), Le(1)] = 0.97
    together: bool = False
    focus: Annotated[float, Ge(0), Le(1)] = 0.0


def grown(settings: Growth, levels: Sequence[float], rates: Sequence[float], full: Sequence[float]) -> list[float]:
    """The levels after trials with the given shares solved; none beyond its full range."""
    moved = []
    counted = [fsum(rates) / len(rates)] * len(rates) if settings.together else rates
    for level, rate, most in zip(levels, counted, full, strict=True):
        factor = settings.up if rate > settings.above else settings.down if rate < settings.below else 1.0
        moved.append(min(level * factor, most))
    return moved


def with_levels(means: Means[Any], state: State, changes: Changes) -> tuple[State, Changes]:
    """Generation 0 with the levels at their beginning, or as a run left them whose learner this one takes over."""
    first = np.array(ranges_of(means).first)
    arrays = {LEVELS: first} | ({FAILED: np.ones(len(first))} if means.params.growth.focus else {})
    if means.before is not None and means.before.learner is not None:
        reached = means.before.state.arrays
        arrays |= {name: reached[name] for name in arrays if name in reached}
    return replace(state, arrays=state.arrays | arrays), replace(changes, arrays=changes.arrays | arrays)


def below_levels(generation: Generation[Any], key: int) -> Genome:
    """A new task, drawn below the levels that this generation began with, or at one of them."""
    ranges, arrays, focus = ranges_of(generation.means), generation.before.arrays, generation.means.params.growth.focus
    levels = arrays[LEVELS].tolist()
    if focus:
        stream = generator(derived(key, 0, "focus"))
        if stream.random() < focus:
            return ranges.edge(levels, draw_one(arrays[FAILED], stream), key)
    return ranges.draw(levels, key)


def grow(generation: Generation[Any], settings: Growth, agent: Agent) -> None:
    """Try the agent at the edge of each kind of difficulty, and move the levels."""
    means, ranges = generation.means, ranges_of(generation.means)
    levels, first = generation.before.arrays[LEVELS].tolist(), generation.task(0)
    trials = [
        Trial(replace(first, id=place, genome=ranges.edge(levels, kind, generation.key("edge", kind, place))), agent)
        for place, kind in enumerate(np.repeat(np.arange(len(levels)), settings.trials).tolist())
    ]
    returns = np.array(generation.evaluate(trials, "edge")).reshape(len(levels), settings.trials)
    rates = np.mean(returns >= means.params.criterion.solved, axis=1).tolist()
    generation.arrays[LEVELS] = np.array(grown(settings, levels, rates, ranges.full))
    if settings.focus:
        generation.arrays[FAILED] = 1.0 - np.array(rates)
    generation.metrics |= {f"level_{name}": level for name, level in zip(ranges.names, levels, strict=True)}
    generation.metrics |= {f"solved_{name}": rate for name, rate in zip(ranges.names, rates, strict=True)}


def ranges_of(means: Means[Any]) -> Ranges:
    """The domain's ranges. Raises ValueError if it has none."""
    ranges = means.domain.tasks.ranges
    if ranges is None:
        raise ValueError(f"{means.domain.id} has no ranges to draw tasks from")
    return ranges
