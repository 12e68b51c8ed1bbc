"""What every vector environment of ours takes: seeds, a time limit, a mask of environments to reset."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium.error import Error
from numpy.typing import NDArray


def seeds_for(seed: int | Sequence[int | None] | None, count: int) -> list[int | None]:
    """The seed of each of `count` environments: seed + i for an integer, None to continue its generator.

    Raises:
        ValueError: a sequence of another length.
        gymnasium.error.Error: neither None, an integer nor a sequence.
    """
    if seed is None:
        return [None] * count
    if isinstance(seed, int):
        return [seed + i for i in range(count)]
    if not isinstance(seed, Sequence):
        raise Error(f"the seed is of the type {type(seed).__name__}; give a Python integer, a list of them, or None")
    if len(seed) != count:
        raise ValueError(f"{len(seed)} seeds were given for {count} environments; give one for each")
    return list(seed)


def checked_limit(steps: int | None) -> int:
    """The longest episode in steps; None and -1 set no limit, as in `gymnasium.make`.

    Raises:
        ValueError: no integer, or below 1.
    """
    if steps is None or steps == -1:
        return int(np.iinfo(np.int64).max)
    if not isinstance(steps, int) or steps < 1:
        raise ValueError(f"max_episode_steps={steps!r} was given; it must be an integer of at least 1, -1 or None")
    return steps


def checked_mask(mask: Any, count: int) -> NDArray[np.bool_]:
    """Which of `count` environments a reset is for; None means all.

    Raises:
        TypeError: not an array of booleans.
        ValueError: another shape than (count,), or all false.
    """
    if mask is None:
        return np.ones(count, np.bool_)
    if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_:
        given = mask.dtype if isinstance(mask, np.ndarray) else type(mask).__name__
        raise TypeError(f"options['reset_mask'] is of {given}; give a NumPy array of bool")
    if mask.shape != (count,) or not mask.any():
        raise ValueError(f"options['reset_mask'] is {mask}; give {count} values of which at least one is true")
    return mask
