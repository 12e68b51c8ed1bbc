"""Snapshots: agents of a shared learner that are kept for good, to compare what it became with what it was.

A learner's row is replaced by every training step; a snapshot never is.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Ge

from .generation import Generation
from .lifecycle import due


@dataclass(frozen=True)
class Snapshots:
    """When agents are kept.

    Attributes:
        every: generations from one snapshot to the next; 0: none.

    """

    every: Annotated[int, Ge(0)] = 100


def keep(generation: Generation[Any], settings: Snapshots, learner: int) -> None:
    """Keep the learner's agent if it is time to, unless other code has it (`learners.external`)."""
    if due(generation, settings.every) and len(generation.shared(learner).agent):
        generation.keep(learner)
