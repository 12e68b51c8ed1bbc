"""Imitation by a policy with memory: `nets.imitation` for sequences of rows, with the kernels of `gradient`.

The gradient goes back through all steps of a sequence. A memory is empty, and no gradient passes, where an example
begins. Chunks and threads are those of `proximal`: any number of threads gives the same bits.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...simd.compiled import kernel
from ...simd.number import zero
from ..actions import NORMAL
from ..atomic import READY, TAKEN, add, finished, next_chunk, publish
from ..imitation import Settings, conclude, crossings, squares
from ..layout import ROWS, Plan, Vector, memory
from ..learning import CHUNKS, DROPPED
from ..product import LANES
from .back import turn
from .cell import combine, speak
from .gradient import ONE, backwards, forget, forwards
from .layout import COLUMNS, DENSE, SQUASHED, UNITS, Cells, Recurrent, cells
from .learning import BLOCK, STRETCH
from .proximal import arrange


class Rows(NamedTuple):
    """What is to be imitated; what is not said here is as in `nets.imitation.Rows`.

    Attributes:
        ends: uint8[n], `recorded.TERMINAL` at the last row of an example, else GOES_ON.
        length: rows of a sequence, a multiple of STRETCH; an example lies within one.
        starts: float32[sequences, units], zeros.
    """

    observations: NDArray[np.float32]
    actions: NDArray[np.float32]
    weights: Vector
    ends: NDArray[np.uint8]
    length: int
    starts: NDArray[np.float32]


class Pupil(NamedTuple):
    """A network in training, and room for its threads to meet; fields as in `nets.imitation.Pupil` and `Nets`."""

    plan: Plan
    parameters: Vector
    m: Vector
    v: Vector
    turned: Vector
    biases: Vector
    gradients: NDArray[np.float32]
    sums: NDArray[np.float32]
    sequences: NDArray[np.int64]
    order: NDArray[np.int64]
    counts: NDArray[np.int64]
    loss: NDArray[np.float64]
    counters: NDArray[np.int64]
    zeros: Vector


def pupil(net: Recurrent, rows: int, length: int) -> Pupil:
    """Memory for a network and `rows` rows in sequences of `length`."""
    size = net.parameters
    return Pupil(
        plan=net.plan,
        parameters=memory(size),
        m=memory(size),
        v=memory(size),
        turned=memory(net.turned),
        biases=memory(3 * int(net.plan[UNITS])),
        gradients=memory(CHUNKS * size).reshape(CHUNKS, size),
        sums=memory(CHUNKS * LANES).reshape(CHUNKS, LANES),
        sequences=np.arange(rows // length),
        order=np.arange(rows),
        counts=np.zeros(2, np.int64),
        loss=np.zeros(1),
        counters=np.zeros(24, np.int64),
        zeros=memory(int(net.plan[[DENSE, UNITS]].max())),
    )


class Desk(NamedTuple):
    """Room of one thread: `behind`, float32[ROWS, columns], slopes of a tile's outputs; outputs, slopes and actions by
    columns and weights, as in `nets.imitation.Desk`; the rest as in `learning.Desk`.
    """

    cells: Cells
    behind: Vector
    above: Vector
    below: Vector
    carried: Vector
    outputs: Vector
    slopes: Vector
    actions: Vector
    weights: Vector


def desk(net: Recurrent, length: int) -> Desk:
    """Room for one thread."""
    dense, units, columns = (int(net.plan[place]) for place in (DENSE, UNITS, COLUMNS))
    actions = ROWS * net.policy.outputs
    sizes = (ROWS * columns, ROWS * units, ROWS * dense, BLOCK * units, actions, actions, actions, ROWS)
    return Desk(cells(net, BLOCK * length), *map(memory, sizes))


@kernel
def judge_tile(n: Pupil, rows: Rows, s: Settings, start, step, chunk, share, d: Desk, like):
    """The loss of a tile, whose outputs are there, and its derivatives with respect to them, `d.behind`."""
    count, columns = len(d.outputs) // ROWS, n.plan[COLUMNS]
    for i in range(BLOCK):
        first = n.order[start + i * rows.length] + step
        for t in range(STRETCH):
            row, place = first + t, t * BLOCK + i
            d.weights[place] = rows.weights[row]
            for j in range(rows.actions.shape[1]):
                d.actions[j * ROWS + place] = rows.actions[row, j]
            for j in range(count):
                d.outputs[j * ROWS + place] = d.cells.outputs[place * columns + j]
    if s.kind == NORMAL:
        squares(d, share, n.sums[chunk], like)
    else:
        crossings(d, share, n.sums[chunk], like)
    for i in range(ROWS):
        for j in range(count):
            slope = d.slopes[j * ROWS + i]
            if n.plan[SQUASHED]:
                y = d.outputs[j * ROWS + i]
                slope = slope * (ONE - y * y)
            d.behind[i * columns + j] = slope
        for j in range(count, columns):  # the value, which nothing is asked of here, and padding
            d.behind[i * columns + j] = np.float32(0.0)


@kernel
def prepare(n: Pupil, rows: Rows, s: Settings, batch):
    """Get ready for a minibatch: its rows, transposed weights."""
    arrange(n, rows, s, batch)
    turn(n.plan, n.parameters, n.turned)
    combine(n.plan, n.parameters, n.biases)


@kernel
def begin(n: Pupil, rows: Rows, s: Settings):
    """Get ready for an update; then any number of threads call `improve`."""
    n.counters[:] = 0
    n.counts[DROPPED] = 0
    n.loss[0] = 0.0
    for i in range(len(n.sequences)):
        n.sequences[i] = i
    prepare(n, rows, s, 0)


@kernel
def improve(n: Pupil, rows: Rows, s: Settings, d: Desk, stop, kind):
    """Work on the update until it is done; `stop` uint8[1], set to 1, has all threads return, the update unfinished."""
    like, each = zero(kind), BLOCK * rows.length
    chunks = min(CHUNKS, s.minibatch // each)
    batches = s.epochs * (len(n.order) // s.minibatch)
    share = ONE / np.float32(s.minibatch)
    work = next_chunk(n.counters, chunks, batches, stop)
    while work >= 0:
        batch, chunk = work // chunks, work % chunks
        n.gradients[chunk, :] = 0.0
        n.sums[chunk, :] = 0.0
        first = batch % (len(n.order) // s.minibatch) * s.minibatch
        for start in range(first + chunk * each, first + s.minibatch, CHUNKS * each):
            forwards(n, rows, start, d.cells, like)
            forget(n, rows, start, 0, d.carried)
            for step in range(rows.length - STRETCH, -1, -STRETCH):
                speak(n.plan, n.parameters, d.cells, step * BLOCK, ROWS, like)
                judge_tile(n, rows, s, start, step, chunk, share, d, like)
                backwards(
                    n, rows, start, step, d.behind, d.above, d.below, d.carried, d.cells, n.gradients[chunk], like
                )  # fmt: skip
        if finished(n.counters, chunks, batch):
            conclude(n, s, chunks, like)
            if batch + 1 < batches:
                prepare(n, rows, s, batch + 1)
            publish(n.counters, READY, batch + 1)
        work = next_chunk(n.counters, chunks, batches, stop)


@kernel
def outputs_of(n: Pupil, rows: Rows, outputs, taken, stop, c: Cells, kind):
    """Fill `outputs`, float32[n, a], with what the network puts out, BLOCK sequences at a time, by any number of
    threads that share `taken`, int64[24], 0 before. Rows must be in order, and `combine` must have been called.
    """
    like, columns, each = zero(kind), n.plan[COLUMNS], BLOCK * rows.length
    while stop[0] == 0:
        start = add(taken, TAKEN, 1) * each
        if start >= len(n.order):
            return
        forwards(n, rows, start, c, like)
        for step in range(0, rows.length, STRETCH):
            speak(n.plan, n.parameters, c, step * BLOCK, ROWS, like)
            for i in range(BLOCK):
                first = n.order[start + i * rows.length] + step
                for t in range(STRETCH):
                    for j in range(outputs.shape[1]):
                        outputs[first + t, j] = c.outputs[(t * BLOCK + i) * columns + j]
