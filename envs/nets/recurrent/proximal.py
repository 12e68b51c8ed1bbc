"""One update of a policy with memory from recorded sequences; see `nets.proximal` for the objective and its details.

The gradient goes back through all steps of a sequence, and no farther (truncated backpropagation through time; Williams
and Peng 1990, An efficient gradient-based algorithm for on-line training of recurrent network trajectories). Where an
episode ends within a sequence, the memory is empty and no gradient passes. A sequence starts from the memory that its
environment had there when the record was judged.

Minibatches are made of whole sequences. Block b of `learning.BLOCK` sequences belongs to chunk b mod 8; chunks are
summed 0 .. 7, so any number of threads gives the same bits.
"""

import numpy as np

from ...random import bits
from ...simd.compiled import inlined, kernel
from ...simd.number import zero
from ..atomic import READY, finished, next_chunk, publish
from ..learning import CHUNKS, DROPPED, Settings
from ..proximal import conclude, set_deviations
from ..shuffle import shuffle
from .back import turn
from .cell import combine
from .gradient import chunk_gradient
from .learning import BLOCK, Desk, Nets, Rows


@inlined
def arrange(n, rows, s, batch):
    """Shuffle the sequences before the first minibatch of every epoch."""
    each = len(n.order) // s.minibatch
    if batch % each == 0:
        shuffle(bits(s.key, batch // each), n.sequences)
        for i in range(len(n.order)):
            n.order[i] = n.sequences[i // rows.length] * rows.length + i % rows.length


@kernel
def prepare(n: Nets, rows: Rows, s: Settings, batch):
    """Get ready for a minibatch: its rows, the moments of their advantages, transposed weights."""
    arrange(n, rows, s, batch)
    first = batch % (len(n.order) // s.minibatch) * s.minibatch
    total, squares = 0.0, 0.0
    for i in range(first, first + s.minibatch):
        total += np.float64(rows.advantages[n.order[i]])
    mean = total / s.minibatch
    for i in range(first, first + s.minibatch):
        off = np.float64(rows.advantages[n.order[i]]) - mean
        squares += off * off
    n.normal[0] = mean
    n.normal[1] = 1.0 / (np.sqrt(squares / (s.minibatch - 1)) + 1e-8)
    set_deviations(n)
    turn(n.plan, n.parameters, n.turned)
    combine(n.plan, n.parameters, n.biases)


@kernel
def begin(n: Nets, rows: Rows, s: Settings):
    """Get ready for an update; then any number of threads call `improve`."""
    n.counters[:] = 0
    n.counts[DROPPED] = 0
    n.statistics[:] = 0.0
    for i in range(len(n.sequences)):
        n.sequences[i] = i
    prepare(n, rows, s, 0)


@kernel
def improve(n: Nets, rows: Rows, s: Settings, d: Desk, stop, kind):
    """Work on the update until it is done; `stop` uint8[1], set to 1, has all threads return, the update unfinished."""
    like = zero(kind)
    chunks = min(CHUNKS, s.minibatch // (BLOCK * rows.length))
    batches = s.epochs * (len(n.order) // s.minibatch)
    work = next_chunk(n.counters, chunks, batches, stop)
    while work >= 0:
        batch = work // chunks
        chunk_gradient(n, rows, s, batch, work % chunks, d, like)
        if finished(n.counters, chunks, batch):
            conclude(n, s, chunks, like)
            if batch + 1 < batches:
                prepare(n, rows, s, batch + 1)
            publish(n.counters, READY, batch + 1)
        work = next_chunk(n.counters, chunks, batches, stop)
