"""The gradient of proximal policy optimization for one chunk of a minibatch of decisions; see `nets.proximal`.

With scores y, p their softmax over the candidates of a decision, a the one taken and H the entropy, the derivatives are
those of any choice (`actions.choice_slopes`):

    d log p(a) / d y_j = [j = a] - p_j          d H / d y_j = -p_j (log p_j + H)

A block has ROWS decisions. All their candidates go forwards, and what the layers hold is kept; then come the slopes of
all scores, side by side in lanes, a score that would be that of no candidate being so low that its p is 0; then every
tile goes backwards, decision by decision, so that a gradient is one sum in the order of the rows.
"""

import numpy as np

from ...simd.compiled import inlined, kernel
from ..actions import choice_slopes
from ..dense import backward
from ..gradient import critic_block, fetch
from ..layout import BEFORE, ROWS, STRIDE
from ..learning import CHUNKS, Nets, Settings
from .learning import Desk, Rows
from .tiles import ZERO, padded_rows, score_tile

NONE = np.float32(-1e30)
"""The score of no candidate."""


@inlined
def count_of(rows, row):
    """How many candidates a decision has."""
    return rows.offsets[row + 1] - rows.offsets[row]


@inlined
def score_block(n, rows, order, first, d, like):
    """Score all candidates of a block's decisions; returns the most that a decision has."""
    last, each = len(n.actor) - 1, len(d.tiles) // ROWS
    after, columns, most = n.actor[last, BEFORE], n.actor[last, STRIDE], 0
    for i in range(ROWS):
        most = max(most, count_of(rows, order[first + i]))
    for i in range(most * ROWS):
        d.outputs[i] = NONE
    for i in range(ROWS):
        row = order[first + i]
        count = count_of(rows, row)
        for start in range(0, count, ROWS):
            tile, here = d.tiles[i * each + start // ROWS], min(ROWS, count - start)
            score_tile(n.actor, n.actor_part, rows.candidates, rows.offsets[row] + start, here, tile, like)
            for k in range(here):
                d.outputs[(start + k) * ROWS + i] = tile[after + k * columns]
    return most


@inlined
def learn_block(n, rows, order, first, chunk, d, like):
    """Add to the gradient what the slopes of a block's scores give."""
    last, each = len(n.actor) - 1, len(d.tiles) // ROWS
    after, columns = n.actor[last, BEFORE], n.actor[last, STRIDE]
    for i in range(ROWS):
        count = count_of(rows, order[first + i])
        for start in range(0, count, ROWS):
            tile, here = d.tiles[i * each + start // ROWS], min(ROWS, count - start)
            for k in range(padded_rows(here)):
                d.actor_slopes[after + k * columns] = d.slopes[(start + k) * ROWS + i] if k < here else ZERO
            backward(
                n.actor, n.actor_turned, tile, d.actor_slopes, n.gradients[chunk], 0, padded_rows(here), n.zeros, like
            )  # fmt: skip


@kernel
def chunk_gradient(n: Nets, rows: Rows, s: Settings, batch, chunk, d: Desk, like):
    """The gradient of one chunk of a minibatch."""
    n.gradients[chunk, :] = 0.0
    n.sums[chunk, :] = 0.0
    share = np.float32(1.0) / np.float32(s.minibatch)
    start = batch % (len(n.order) // s.minibatch) * s.minibatch
    for block in range(chunk, s.minibatch // ROWS, CHUNKS):
        first = start + block * ROWS
        fetch(n, rows, n.order, first, d)
        most = score_block(n, rows, n.order, first, d, like)
        choice_slopes(
            d.outputs, d.actions, d.before, d.advantages, most, share, s.clip, s.entropy, d.slopes,
            n.sums[chunk], 0, like,
        )  # fmt: skip
        learn_block(n, rows, n.order, first, chunk, d, like)
        critic_block(n, rows, n.order, first, s, chunk, share, d, like)
