"""Whether what a learner remembers can be trained with: run files come from strangers, and kernels trust arrays."""

import numpy as np

from ..types import Learner


def check(learner: Learner, fresh: Learner) -> None:
    """Raise ValueError unless the learner remembers what one like it should (`Means.like`).

    Names, dtypes and shapes are the same, numbers are finite, and single numbers that start above zero, such as step
    sizes, still are.
    """
    if set(learner.memory) != set(fresh.memory):
        raise ValueError(f"learner {learner.id} remembers {sorted(learner.memory)}, not {sorted(fresh.memory)}")
    for name, expected in fresh.memory.items():
        found = learner.memory[name]
        if (found.dtype, found.shape) != (expected.dtype, expected.shape):
            raise ValueError(
                f"{name} of learner {learner.id} is {found.dtype}{list(found.shape)}, not "
                f"{expected.dtype}{list(expected.shape)}"
            )
        if not np.isfinite(found).all() or (expected.ndim == 0 and (expected > 0 >= found or expected >= 0 > found)):
            raise ValueError(f"{name} of learner {learner.id} holds a number that cannot be worked with")
