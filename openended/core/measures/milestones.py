"""Milestones: how good the best agent of a task was after some training there.

A pair is overwritten as it is trained, so what a task taught can be told afterwards only from what was written on the
way.
"""

from dataclasses import dataclass

STEPS = (10, 30, 100)
"""Training steps of a pair's own learner after which its best fitness is written."""


@dataclass(frozen=True)
class Milestone:
    """The best fitness found for a task when the learner of its pair had made so many training steps."""

    generation: int
    task: int
    steps: int
    fitness: float
