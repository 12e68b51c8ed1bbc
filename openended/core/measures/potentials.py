"""What a visit told about a task, as the run file keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Potentials:
    """What the shared learner's visit of a task told about it: measured, not part of what the search did.

    Attributes:
        generation: of the visit.
        task: its id; it has a pair.
        trained: whether the learner was trained on the visit's episodes, or only played them.
        mean_return: of the episodes that ended; NaN: none did.
        solved_rate: share of them that reach `criterion.solved`; NaN: none ended.
        by_name: every potential (`core.potentials`); NaN where the learner or the visit gives none.

    """

    generation: int
    task: int
    trained: bool
    mean_return: float
    solved_rate: float
    by_name: Mapping[str, float]
