"""What an update of a policy that scores candidates works on; see `nets.learning`, whose `Nets` it takes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..layout import ROWS, Perceptron, Vector, memory, padded


class Rows(NamedTuple):
    """What is learnt from; a row is a decision. See `recorded` and `advantages`.

    Attributes:
        candidates: float32[c, k], those of all decisions one after the other; offsets: int64[rows + 1], where those of
            each begin.
    """

    observations: NDArray[np.float32]
    actions: NDArray[np.float32]
    log_probabilities: Vector
    advantages: Vector
    targets: Vector
    candidates: NDArray[np.float32]
    offsets: NDArray[np.int64]


class Desk(NamedTuple):
    """Room of one thread; what is not said here is as in `nets.learning.Desk`.

    Attributes:
        tiles: float32[ROWS * each, ...], values of the actor for each tile of the decisions of a block.
        actor_slopes: float32[...], of one tile.
        outputs, slopes: float32[most * ROWS], the scores and their slopes: those of the block's first candidates, then
            of their second, ...
    """

    tiles: NDArray[np.float32]
    actor_slopes: Vector
    critic_values: Vector
    critic_slopes: Vector
    outputs: Vector
    actions: Vector
    slopes: Vector
    before: Vector
    advantages: Vector


def desk(actor: Perceptron, critic: Perceptron, most: int) -> Desk:
    """Room for one thread and at most so many candidates of a decision."""
    most = padded(most, ROWS)
    tiles = memory(most * actor.values).reshape(most, actor.values)
    sizes = (actor.values, critic.values, critic.values, most * ROWS, ROWS, most * ROWS, ROWS, ROWS)
    return Desk(tiles, *map(memory, sizes))
