"""Whether what a learner remembers can be trained with: run files come from strangers, and kernels trust arrays."""

import numpy as np

from ..types import Learner


def check(learner: Learner, fresh: Learner) -> None:
    """Raise ValueError unless the learner remembers what one like it should (`Means.like`).

    Names, dtypes and shapes are the same, numbers are finite, and what starts above zero, such as step sizes and the
    count and variance among the moments of returns, still is.
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
        single = expected.ndim == 0
        bound = single or name == "moments"
        low = bound and bool(((expected > 0) & (found <= 0)).any() or (single and expected >= 0 > found))
        if low or not np.isfinite(found).all():
            raise ValueError(f"{name} of learner {learner.id} holds a number that cannot be worked with")
