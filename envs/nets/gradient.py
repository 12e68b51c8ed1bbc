"""The gradient of proximal policy optimization for one chunk of a minibatch; see `proximal`."""

import numpy as np

from ..simd.compiled import inlined, kernel
from ..simd.flat import load_at
from .actions import NORMAL, VALUE_LOSS, add_to, choice_slopes, normal_slopes
from .dense import backward, forward
from .layout import BEFORE, ROWS, STRIDE
from .learning import CHUNKS, Desk, Nets, Rows, Settings
from .product import LANES


@inlined
def gather(n, rows, order, first, d):
    """Bring 64 rows to the desk."""
    stride = n.actor[0, STRIDE]
    for i in range(ROWS):
        for j in range(rows.observations.shape[1]):
            d.actor_values[i * stride + j] = rows.observations[order[first + i], j]
    fetch(n, rows, order, first, d)


@inlined
def fetch(n, rows, order, first, d):
    """Bring all of them but what the actor sees."""
    stride = n.critic[0, STRIDE]
    for i in range(ROWS):
        row = order[first + i]
        for j in range(rows.observations.shape[1]):
            d.critic_values[i * stride + j] = rows.observations[row, j]
        for j in range(rows.actions.shape[1]):
            d.actions[j * ROWS + i] = rows.actions[row, j]
        d.before[i] = rows.log_probabilities[row]
        d.advantages[i] = (rows.advantages[row] - n.normal[0]) * n.normal[1]


@inlined
def actor_block(n, s, chunk, share, d, like):
    """Add a block's part of the actor's gradient."""
    forward(n.actor, n.actor_part, d.actor_values, ROWS, like)
    last = len(n.actor) - 1
    after, columns = n.actor[last, BEFORE], n.actor[last, STRIDE]
    count = len(d.outputs) // ROWS
    for i in range(ROWS):
        for j in range(count):
            d.outputs[j * ROWS + i] = d.actor_values[after + i * columns + j]
    if s.kind == NORMAL:
        normal_slopes(
            d.outputs, d.actions, d.before, d.advantages, n.deviations, share, s.clip, d.slopes,
            n.deviation_slopes[chunk], n.sums[chunk], 0, like,
        )  # fmt: skip
    else:
        choice_slopes(
            d.outputs, d.actions, d.before, d.advantages, count, share, s.clip, s.entropy, d.slopes,
            n.sums[chunk], 0, like,
        )  # fmt: skip
    for i in range(ROWS):
        for j in range(count):
            d.actor_slopes[after + i * columns + j] = d.slopes[j * ROWS + i]
    backward(n.actor, n.actor_turned, d.actor_values, d.actor_slopes, n.gradients[chunk], 0, ROWS, n.zeros, like)


@inlined
def critic_block(n, rows, order, first, s, chunk, share, d, like):
    """Add a block's part of the critic's gradient."""
    forward(n.critic, n.critic_part, d.critic_values, ROWS, like)
    last = len(n.critic) - 1
    after, columns = n.critic[last, BEFORE], n.critic[last, STRIDE]
    for i in range(ROWS):
        d.before[i] = d.critic_values[after + i * columns] - rows.targets[order[first + i]]
    for i in range(0, ROWS, LANES):
        error = load_at(d.before, i, like)
        add_to(n.sums[chunk], VALUE_LOSS * LANES, error * error, like)
    factor = np.float32(2.0) * s.value * share
    for i in range(ROWS):
        d.critic_slopes[after + i * columns] = factor * d.before[i]
    start = len(n.actor_part) + len(n.deviation_part)
    backward(
        n.critic, n.critic_turned, d.critic_values, d.critic_slopes, n.gradients[chunk], start, ROWS, n.zeros, like
    )


@kernel
def chunk_gradient(n: Nets, rows: Rows, s: Settings, batch, chunk, d: Desk, like):
    """The gradient of one chunk of a minibatch."""
    n.gradients[chunk, :] = 0.0
    n.deviation_slopes[chunk, :] = 0.0
    n.sums[chunk, :] = 0.0
    share = np.float32(1.0) / np.float32(s.minibatch)
    start = batch % (len(n.order) // s.minibatch) * s.minibatch
    for block in range(chunk, s.minibatch // ROWS, CHUNKS):
        first = start + block * ROWS
        gather(n, rows, n.order, first, d)
        actor_block(n, s, chunk, share, d, like)
        critic_block(n, rows, n.order, first, s, chunk, share, d, like)
