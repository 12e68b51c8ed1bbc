"""The minimal criterion: a new task is worth having if it is neither hopeless nor already mastered.

Source: Wang, Lehman, Clune, Stanley (2019), Paired Open-Ended Trailblazer (POET), section 3.2, after Brant and Stanley
(2017), Minimal Criterion Coevolution.
"""

import math
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["too hard", "too easy", "ok"]


@dataclass(frozen=True)
class Bounds:
    """Bounds on the best fitness that any agent tried reaches on a new task.

    Attributes:
        low: below it a task is too hard.
        high: above it a task is too easy; a niche whose best fitness lies above it rests.
        solved: fitness from which on a task counts as solved (POET: 230).

    """

    low: float = 50.0
    high: float = 300.0
    solved: float = 230.0

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(
                f"low is {self.low} and high is {self.high}: no fitness lies between; low must not exceed high"
            )


def judge(score: float, bounds: Bounds) -> Verdict:
    """Where `score` lies; both bounds are allowed. What is not a number counts as too hard."""
    if math.isnan(score) or score < bounds.low:
        return "too hard"
    return "too easy" if score > bounds.high else "ok"
