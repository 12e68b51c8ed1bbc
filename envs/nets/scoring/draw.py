"""Drawing one of the candidates of a decision, by keys; see `nets.draw`, whose `Actor` it takes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...simd.compiled import kernel
from ..draw import Actor, draw_choice
from ..layout import BEFORE, ROWS, STRIDE, Perceptron, Vector, memory, padded
from ..product import LANES
from .tiles import score_tile


class Room(NamedTuple):
    """Room of one thread to draw in.

    Attributes:
        keys: uint64[1, LANES], the first is the stream of the environment.
        tile: float32, values of the network for ROWS candidates.
        values: float32[most], the scores. actions, densities: float32, the first is what was drawn and log p of it.
    """

    keys: NDArray[np.uint64]
    tile: Vector
    values: Vector
    actions: Vector
    densities: Vector


def room(net: Perceptron, most: int) -> Room:
    """Room for one thread and at most so many candidates."""
    scores = memory(padded(most, ROWS))
    return Room(np.zeros((1, LANES), np.uint64), memory(net.values), scores, memory(LANES), memory(LANES))


@kernel
def draw_among(actor: Actor, r: Room, candidates, count, stream, index, like):
    """Draw one of the first `count` rows of candidates, float32[n, k]: draw `index` of a stream."""
    r.keys[0, 0] = stream
    last = len(actor.plan) - 1
    after, columns = actor.plan[last, BEFORE], actor.plan[last, STRIDE]
    for first in range(0, count, ROWS):
        rows = min(ROWS, count - first)
        score_tile(actor.plan, actor.parameters, candidates, first, rows, r.tile, like)
        for i in range(rows):
            r.values[first + i] = r.tile[after + i * columns]
    draw_choice(r, 0, index, 0, count)
