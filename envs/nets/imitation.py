"""Imitation: one update of a network that is to do what was done at given observations.

    L = mean of w sum over the actions of (y - a)^2              continuous actions (Pomerleau 1991)
    L = mean of w (log sum of exp y - y of the choice)           a choice: the cross entropy

with y the network's outputs, a what should be done, w a row's weight. Minibatches, chunks, threads and Adam are those
of `proximal`: any number of threads gives the same bits.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..random import bits
from ..simd.compiled import inlined, kernel
from ..simd.exp import exp
from ..simd.flat import load_at, store_at
from ..simd.fused import fma
from ..simd.log import log
from ..simd.number import maximum, select, splat, zero
from .actions import NORMAL, add_to
from .adam import adam
from .atomic import READY, finished, next_chunk, publish
from .dense import backward, forward, transpose
from .layout import BEFORE, ROWS, STRIDE, Perceptron, Plan, Vector, memory
from .learning import CHUNKS, DROPPED, STEPS
from .product import LANES, TALL
from .proximal import across, add_up
from .shuffle import shuffle


class Rows(NamedTuple):
    """What is to be imitated: observations float32[n, o]; actions float32[n, a], of a choice its index, float32[n, 1];
    weights float32[n].
    """

    observations: NDArray[np.float32]
    actions: NDArray[np.float32]
    weights: Vector


class Settings(NamedTuple):
    """Of an update.

    Attributes:
        kind: `actions.NORMAL` or CHOICE. epochs, minibatch: how often, and how many rows at once (a multiple of ROWS).
        norm: largest norm of the gradient. rate, beta1, beta2, epsilon: Adam's. key: fixes the order of the rows.
    """

    kind: int
    epochs: int
    minibatch: int
    norm: np.float32
    rate: float
    beta1: float
    beta2: float
    epsilon: float
    key: np.uint64


class Pupil(NamedTuple):
    """A network in training, and room for its threads to meet; fields as in `learning.Nets`.

    Attributes:
        sums: float32[CHUNKS, LANES], of the loss. loss: float64[1], its mean over an update.
    """

    plan: Plan
    parameters: Vector
    m: Vector
    v: Vector
    turned: Vector
    gradients: NDArray[np.float32]
    sums: NDArray[np.float32]
    order: NDArray[np.int64]
    counts: NDArray[np.int64]
    loss: NDArray[np.float64]
    counters: NDArray[np.int64]
    zeros: Vector


def pupil(net: Perceptron, rows: int) -> Pupil:
    """Memory for a network and `rows` rows."""
    size = net.parameters
    return Pupil(
        plan=net.plan,
        parameters=memory(size),
        m=memory(size),
        v=memory(size),
        turned=memory(max(net.transposed, 1)),
        gradients=memory(CHUNKS * size).reshape(CHUNKS, size),
        sums=memory(CHUNKS * LANES).reshape(CHUNKS, LANES),
        order=np.arange(rows),
        counts=np.zeros(2, np.int64),
        loss=np.zeros(1),
        counters=np.zeros(24, np.int64),
        zeros=memory(int(net.plan[:, STRIDE].max())),
    )


class Desk(NamedTuple):
    """Room of one thread: values and slopes of the network; outputs and slopes by columns, float32[a * ROWS]; actions
    likewise; weights float32[ROWS].
    """

    values: Vector
    behind: Vector
    outputs: Vector
    slopes: Vector
    actions: Vector
    weights: Vector


def desk(net: Perceptron) -> Desk:
    """Room for one thread."""
    columns = ROWS * net.sizes[-1]
    return Desk(*map(memory, (net.values, net.values, columns, columns, columns, ROWS)))


@inlined
def squares(d, share, sums, like):
    """Slopes of the squared error in lanes; adds to `sums`, float32[LANES]."""
    two = np.float32(2.0) * share
    for at in range(0, ROWS, LANES):
        weight, total = load_at(d.weights, at, like), splat(like, np.float32(0.0))
        for j in range(len(d.outputs) // ROWS):
            error = load_at(d.outputs, j * ROWS + at, like) - load_at(d.actions, j * ROWS + at, like)
            total = fma(error, error, total)
            store_at(d.slopes, j * ROWS + at, error * weight * two)
        add_to(sums, 0, total * weight, like)


@inlined
def crossings(d, share, sums, like):
    """Slopes of the cross entropy in lanes; adds to `sums`, float32[LANES]."""
    count = len(d.outputs) // ROWS
    for at in range(0, ROWS, LANES):
        weight, most = load_at(d.weights, at, like), load_at(d.outputs, at, like)
        for j in range(1, count):
            most = maximum(most, load_at(d.outputs, j * ROWS + at, like))
        total = splat(like, np.float32(0.0))
        for j in range(count):
            total = total + exp(load_at(d.outputs, j * ROWS + at, like) - most)
        level, action, loss = most + log(total), load_at(d.actions, at, like), splat(like, np.float32(0.0))
        for j in range(count):
            information = load_at(d.outputs, j * ROWS + at, like) - level
            here = action == splat(like, j)
            loss = select(here, -information, loss)
            taken = select(here, splat(like, np.float32(1.0)), splat(like, np.float32(0.0)))
            store_at(d.slopes, j * ROWS + at, (exp(information) - taken) * weight * share)
        add_to(sums, 0, loss * weight, like)


@kernel
def block_gradient(n: Pupil, rows: Rows, s: Settings, first, chunk, d: Desk, like):
    """Add a block's part of the gradient to that of its chunk."""
    stride, last = n.plan[0, STRIDE], len(n.plan) - 1
    after, columns, count = n.plan[last, BEFORE], n.plan[last, STRIDE], len(d.outputs) // ROWS
    for i in range(ROWS):
        row = n.order[first + i]
        d.weights[i] = rows.weights[row]
        for j in range(rows.observations.shape[1]):
            d.values[i * stride + j] = rows.observations[row, j]
        for j in range(rows.actions.shape[1]):
            d.actions[j * ROWS + i] = rows.actions[row, j]
    forward(n.plan, n.parameters, d.values, ROWS, like)
    for i in range(ROWS):
        for j in range(count):
            d.outputs[j * ROWS + i] = d.values[after + i * columns + j]
    share = np.float32(1.0) / np.float32(s.minibatch)
    if s.kind == NORMAL:
        squares(d, share, n.sums[chunk], like)
    else:
        crossings(d, share, n.sums[chunk], like)
    for i in range(ROWS):
        for j in range(count):
            d.behind[after + i * columns + j] = d.slopes[j * ROWS + i]
        for j in range(count, columns):  # padding: a row that is not a number would leave its mark there
            d.behind[after + i * columns + j] = np.float32(0.0)
    backward(n.plan, n.turned, d.values, d.behind, n.gradients[chunk], 0, ROWS, n.zeros, like)


@kernel
def prepare(n: Pupil, s: Settings, batch):
    """Get ready for a minibatch: the order of its rows, transposed weights."""
    each = len(n.order) // s.minibatch
    if batch % each == 0:
        shuffle(bits(s.key, batch // each), n.order)
    transpose(n.plan, n.parameters, n.turned)


@kernel
def conclude(n: Pupil, s: Settings, chunks, like):
    """Sum the chunks' gradients, clip, and make the step; drop it if the gradient is not finite."""
    gradient = n.gradients[0]
    add_up(n.gradients, chunks, like)
    add_up(n.sums, chunks, like)
    batches = s.epochs * (len(n.order) // s.minibatch)
    n.loss[0] += np.float64(across(load_at(n.sums[0], 0, like))) / s.minibatch / batches
    total = splat(like, np.float32(0.0))
    for at in range(0, len(gradient), LANES):
        part = load_at(gradient, at, like)
        total = fma(part, part, total)
    norm = np.sqrt(across(total))
    if not norm < np.inf:
        n.counts[DROPPED] += 1
        return
    if norm > s.norm:
        factor = s.norm / norm
        for at in range(0, len(gradient), LANES):
            store_at(gradient, at, load_at(gradient, at, like) * factor)
    n.counts[STEPS] += 1
    adam(n.parameters, gradient, n.m, n.v, n.counts[STEPS], -s.rate, s.beta1, s.beta2, s.epsilon)


@kernel
def begin(n: Pupil, s: Settings):
    """Get ready for an update; then any number of threads call `improve`."""
    n.counters[:] = 0
    n.counts[DROPPED] = 0
    n.loss[0] = 0.0
    for i in range(len(n.order)):
        n.order[i] = i
    prepare(n, s, 0)


@kernel
def improve(n: Pupil, rows: Rows, s: Settings, d: Desk, stop, kind):
    """Work on the update until it is done; `stop` uint8[1], set to 1, has all threads return, the update unfinished."""
    like = zero(kind)
    chunks = min(CHUNKS, s.minibatch // ROWS)
    batches = s.epochs * (len(n.order) // s.minibatch)
    work = next_chunk(n.counters, chunks, batches, stop)
    while work >= 0:
        batch, chunk = work // chunks, work % chunks
        n.gradients[chunk, :] = 0.0
        n.sums[chunk, :] = 0.0
        start = batch % (len(n.order) // s.minibatch) * s.minibatch
        for block in range(chunk, s.minibatch // ROWS, CHUNKS):
            block_gradient(n, rows, s, start + block * ROWS, chunk, d, like)
        if finished(n.counters, chunks, batch):
            conclude(n, s, chunks, like)
            if batch + 1 < batches:
                prepare(n, s, batch + 1)
            publish(n.counters, READY, batch + 1)
        work = next_chunk(n.counters, chunks, batches, stop)


@kernel
def outputs_of(plan, parameters, observations, outputs, values, kind):
    """Fill `outputs`, float32[n, a], with those of a network, padded `parameters`, at the observations float32[n, o].

    values: float32, room for the values of its layers.
    """
    like, stride, last = zero(kind), plan[0, STRIDE], len(plan) - 1
    after, columns = plan[last, BEFORE], plan[last, STRIDE]
    for first in range(0, len(observations), ROWS):
        count = min(ROWS, len(observations) - first)
        for i in range(count):
            for j in range(observations.shape[1]):
                values[i * stride + j] = observations[first + i, j]
        forward(plan, parameters, values, (count + TALL - 1) // TALL * TALL, like)
        for i in range(count):
            for j in range(outputs.shape[1]):
                outputs[first + i, j] = values[after + i * columns + j]
