"""Potentials by name: how much more training on a task is likely to teach a learner now.

Sources: Jiang, Grefenstette, Rocktäschel (2021), Prioritized Level Replay (positive value loss); Jiang et al. (2021),
Replay-Guided Adversarial Environment Design (MaxMC); Rutherford et al. (2024), No Regrets (learnability p (1 - p));
Matiisen et al. (2017), Teacher-Student Curriculum Learning (learning progress); Dennis et al. (2020), PAIRED (regret);
Yuan et al. (2026), PACE (size of the update); Lehman and Stanley (2011), Abandoning Objectives (novelty); Zhang,
Abbeel, Pinto (2020), Automatic Curriculum Learning through Value Disagreement; Oudeyer, Kaplan, Hafner (2007),
Intrinsic Motivation Systems for Autonomous Mental Development (the moving average of progress).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge

from openended.envs.policy import Policy

from .sums import mean
from .work import Visit

Name = Literal[
    "disagreement",
    "learnability",
    "max_mc",
    "novelty",
    "positive_value_loss",
    "progress",
    "regret",
    "uniform",
    "update",
    "variance",
]


@dataclass(frozen=True)
class Potential:
    """Which estimate of learning potential decides.

    Attributes:
        kind: its name. `uniform`: all tasks alike; `learnability`: p (1 - p) of the share p of episodes that reach
            `criterion.solved`; `variance`: of the returns; `progress`: how far the mean return moved since the last
            visit; `regret`: how far it stays below what is known to be possible, the best return of any training
            episode on the task or its elite's fitness; `max_mc`: how far the value stays below that best return;
            `positive_value_loss`: the mean of positive advantages; `update`: the squared norm of the policy's gradient
            on the task alone; `disagreement`: the variance of the values of what was seen there by the critic and
            those of the last three training steps; `novelty`: the mean distance of the descriptor from the nearest
            active tasks, in units of the axes' ranges. The four before novelty need a critic.
        neighbours: how many of the nearest tasks novelty looks at.

    """

    kind: Name = "positive_value_loss"
    neighbours: Annotated[int, Ge(1)] = 5


@dataclass(frozen=True)
class Seen:
    """What is known of a task after a visit.

    Attributes:
        visit: of the learner.
        before: mean return at the visit before; NaN at the first.
        best: best return of any training episode on the task; NaN: none.
        novelty: mean distance from the nearest active tasks; infinite: there are none.
        witness: fitness of the task's elite; NaN: it has none.
        solved: return from which an episode counts as solved.

    """

    visit: Visit
    before: float
    best: float
    novelty: float
    witness: float
    solved: float

    @property
    def mean(self) -> float:
        """Mean return; NaN without an episode that ended."""
        return mean(self.visit.returns)

    @property
    def rate(self) -> float:
        """Share of episodes that are solved; NaN without one."""
        return mean((self.visit.returns >= self.solved).astype(np.float64))


def learnability(seen: Seen) -> float:
    return seen.rate * (1.0 - seen.rate)


def variance(seen: Seen) -> float:
    return mean((seen.visit.returns - seen.mean) ** 2)


def progress(seen: Seen) -> float:
    return abs(seen.mean - seen.before)


def regret(seen: Seen) -> float:
    return float(np.fmax(seen.best, seen.witness)) - seen.mean


def score(name: str) -> Callable[[Seen], float]:
    """What the learner says of the visit; NaN if it says nothing of that name."""
    return lambda seen: seen.visit.scores.get(name, math.nan)


def max_mc(seen: Seen) -> float:
    return seen.best - score("value")(seen)


POTENTIALS: Mapping[str, Callable[[Seen], float]] = {
    "disagreement": score("disagreement"),
    "learnability": learnability,
    "max_mc": max_mc,
    "novelty": lambda seen: seen.novelty,
    "positive_value_loss": score("positive_value_loss"),
    "progress": progress,
    "regret": regret,
    "uniform": lambda seen: 1.0,
    "update": score("update"),
    "variance": variance,
}
CRITICS = ("disagreement", "max_mc", "positive_value_loss", "update")
"""Potentials that need a learner with a critic."""
PLAIN = ("disagreement", "update")
"""Potentials that are measured only for multilayer perceptrons."""


def check(settings: Potential, policy: Policy) -> None:
    """Raise ValueError if the potential is not known of such a policy."""
    if settings.kind in PLAIN and policy.kind != "mlp":
        raise ValueError(
            f"potential.kind {settings.kind!r} is not measured for a policy of the kind {policy.kind}: choose another, "
            'or policy.kind = "mlp" where the domain has it'
        )


def moving_progress(before: float, gain: float, memory: float) -> float:
    """Learning progress after one more training step: a moving average of the gains in best fitness, `memory` the
    weight of the newest.
    """
    return (1 - memory) * before + memory * gain


def potentials(seen: Seen) -> dict[str, float]:
    """Every potential by name; NaN where the learner or what was seen gives none."""
    return {name: value(seen) for name, value in POTENTIALS.items() if name != "uniform"}


def potential(kind: str, seen: Seen) -> float:
    """The potential of this name; 0 where what was seen gives no number."""
    value = POTENTIALS[kind](seen)
    return value if math.isfinite(value) else 0.0
