"""Candidates on their way through the network, up to ROWS at a time: a tile."""

import numpy as np

from ...simd.compiled import inlined
from ..dense import forward
from ..layout import STRIDE
from ..product import TALL

ZERO = np.float32(0.0)


@inlined
def padded_rows(rows):
    """What the kernels of networks take: the next multiple of TALL."""
    return (rows + TALL - 1) // TALL * TALL


@inlined
def score_tile(plan, parameters, candidates, first, rows, tile, like):
    """Fill `tile`, the values of a network, for the candidates first .. first + rows - 1, ROWS at most.

    Rows of padding are zeros: they must be numbers, as they go through `dense.backward`, too.
    """
    stride = plan[0, STRIDE]
    for i in range(rows):
        for j in range(candidates.shape[1]):
            tile[i * stride + j] = candidates[first + i, j]
    for i in range(rows * stride, padded_rows(rows) * stride):
        tile[i] = ZERO
    forward(plan, parameters, tile, padded_rows(rows), like)
