"""Proximal policy optimization (Schulman et al. 2017): one update of actor and critic from recorded rows.

    L = mean of the clipped objective (see `actions`) - w entropy + c mean of (V - target)^2

With the details that decide results (Huang et al. 2022, The 37 implementation details of proximal policy optimization):
several epochs of shuffled minibatches, advantages normalised within each, the norm of the whole gradient clipped
(Pascanu, Mikolov and Bengio 2013), Adam with epsilon 1e-5; the value is not clipped.

A minibatch is cut into blocks of 64 rows; block b belongs to chunk b mod 8. Each chunk sums its blocks in order into a
gradient of its own, and the chunks are summed 0 .. 7. So any number of threads gives the same bits: each takes the next
chunk, and who finishes a minibatch's last chunk makes its step while the others wait.
"""

import numpy as np

from ..random import bits
from ..simd.compiled import inlined, kernel
from ..simd.exp import exp
from ..simd.flat import load_at, store_at
from ..simd.fused import fma
from ..simd.number import lane, splat, zero
from .actions import ENTROPY, HALF, HALF_LOG_TWO_PI, SUMS
from .adam import adam
from .atomic import READY, finished, next_chunk, publish
from .dense import transpose
from .gradient import chunk_gradient
from .layout import ROWS
from .learning import CHUNKS, DROPPED, NORM, STEPS, Desk, Nets, Rows, Settings
from .product import LANES
from .shuffle import shuffle


@kernel
def set_deviations(n: Nets):
    """Compute what the standard deviations' logarithms imply."""
    count = len(n.deviations) // 3
    for j in range(count):
        n.deviations[j] = n.deviation_part[j]
        n.deviations[count + j] = exp(n.deviation_part[j])
        n.deviations[2 * count + j] = exp(-n.deviation_part[j])


@kernel
def prepare(n: Nets, rows: Rows, s: Settings, batch):
    """Get ready for a minibatch: its rows, the moments of their advantages, transposed weights."""
    each = len(n.order) // s.minibatch
    if batch % each == 0:
        shuffle(bits(s.key, batch // each), n.order)
    first = batch % each * s.minibatch
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
    transpose(n.actor, n.actor_part, n.actor_turned)
    transpose(n.critic, n.critic_part, n.critic_turned)


@inlined
def across(number):
    """The sum of a number's lanes in their order, a float32."""
    total = lane(number, 0)
    for i in range(1, LANES):
        total = total + lane(number, i)
    return total


@inlined
def add_up(parts, chunks, like):
    """parts[0] += parts[1], parts[2], ..., in this order; parts: float32[CHUNKS, n], n a multiple of LANES."""
    for at in range(0, parts.shape[1], LANES):
        total = load_at(parts[0], at, like)
        for chunk in range(1, chunks):
            total = total + load_at(parts[chunk], at, like)
        store_at(parts[0], at, total)


@kernel
def conclude(n: Nets, s: Settings, chunks, like):
    """Sum the chunks' gradients, clip, and make the step; drop it if the gradient is not finite."""
    gradient, size = n.gradients[0], len(n.parameters)
    for sums in (n.gradients, n.deviation_slopes, n.sums):
        add_up(sums, chunks, like)
    count = len(n.deviations) // 3
    for j in range(count):
        gradient[len(n.actor_part) + j] = across(load_at(n.deviation_slopes[0], j * LANES, like)) - s.entropy
    squares = splat(like, np.float32(0.0))
    for at in range(0, size, LANES):
        part = load_at(gradient, at, like)
        squares = fma(part, part, squares)
    norm = np.sqrt(across(squares))
    note(n, s, norm, like)
    if not norm < np.inf:
        n.counts[DROPPED] += 1
        return
    if norm > s.norm:
        factor = s.norm / norm
        for at in range(0, size, LANES):
            store_at(gradient, at, load_at(gradient, at, like) * factor)
    n.counts[STEPS] += 1
    adam(n.parameters, gradient, n.m, n.v, n.counts[STEPS], -s.rate, s.beta1, s.beta2, s.epsilon)
    for j in range(count):
        n.deviation_part[j] = min(max(n.deviation_part[j], s.low), s.high)


@inlined
def note(n, s, norm, like):
    """Add a minibatch to the statistics."""
    share = 1.0 / (s.epochs * (len(n.order) // s.minibatch))
    for which in range(SUMS):
        n.statistics[which] += share * np.float64(across(load_at(n.sums[0], which * LANES, like))) / s.minibatch
    count = len(n.deviations) // 3
    for j in range(count):
        n.statistics[ENTROPY] += share * np.float64(n.deviations[j] + HALF + HALF_LOG_TWO_PI)
    n.statistics[NORM] += share * np.float64(norm)


@kernel
def begin(n: Nets, rows: Rows, s: Settings):
    """Get ready for an update; then any number of threads call `improve`."""
    n.counters[:] = 0
    n.counts[DROPPED] = 0
    n.statistics[:] = 0.0
    for i in range(len(n.order)):
        n.order[i] = i
    prepare(n, rows, s, 0)


@kernel
def improve(n: Nets, rows: Rows, s: Settings, d: Desk, stop, kind):
    """Work on the update until it is done; `stop` uint8[1], set to 1, has all threads return, the update unfinished."""
    like = zero(kind)
    chunks = min(CHUNKS, s.minibatch // ROWS)
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
