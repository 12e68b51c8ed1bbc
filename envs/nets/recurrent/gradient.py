"""The gradient of proximal policy optimization for one chunk of a minibatch of sequences; see `proximal`."""

import numpy as np

from ...simd.compiled import inlined, kernel
from ...simd.flat import load_at
from ..actions import NORMAL, VALUE_LOSS, add_to, choice_slopes, normal_slopes
from ..layout import ROWS
from ..learning import CHUNKS, Settings
from ..product import LANES
from ..recorded import GOES_ON
from .back import gates_back, outputs_back, step_back
from .cell import give, remember, speak
from .layout import ACTIONS, COLUMNS, INPUTS, SQUASHED, UNITS
from .learning import BLOCK, STRETCH, Desk, Nets, Rows

ZERO, ONE, TWO = np.float32(0.0), np.float32(1.0), np.float32(2.0)


@inlined
def see(n, rows, start, step, d):
    """Bring a tile's observations: STRETCH steps from `step` on of the sequences from n.order[start] on."""
    stride = n.plan[INPUTS]
    for i in range(BLOCK):
        row = n.order[start + i * rows.length] + step
        for t in range(STRETCH):
            at = (t * BLOCK + i) * stride
            for j in range(rows.observations.shape[1]):
                d.cells.seen[at + j] = rows.observations[row + t, j]


@inlined
def ahead(n, rows, start, d, like):
    """All steps of BLOCK sequences, forwards."""
    c, m = d.cells, n.plan[UNITS]
    for i in range(BLOCK):
        sequence = n.order[start + i * rows.length] // rows.length
        for j in range(m):
            c.before[i * m + j] = rows.starts[sequence, j]
    for step in range(rows.length):
        first = step * BLOCK
        if step % STRETCH == 0:
            see(n, rows, start, step, d)
            give(n.plan, n.parameters, n.biases, c, first, ROWS, like)
        if step > 0:
            for i in range(BLOCK):
                going = rows.ends[n.order[start + i * rows.length] + step - 1] == GOES_ON
                at = (first + i) * m
                for j in range(m):
                    c.before[at + j] = c.after[at - BLOCK * m + j] if going else ZERO
        remember(n.plan, n.parameters, c, first, BLOCK, like)


@inlined
def judge_tile(n, rows, start, step, s, chunk, share, d, like):
    """The loss of a tile, whose outputs are there, and its derivatives with respect to them, `d.slopes`."""
    count, columns = n.plan[ACTIONS], n.plan[COLUMNS]
    for i in range(BLOCK):
        first = n.order[start + i * rows.length] + step
        for t in range(STRETCH):
            row, place = first + t, t * BLOCK + i
            for j in range(rows.actions.shape[1]):
                d.actions[j * ROWS + place] = rows.actions[row, j]
            for j in range(count):
                d.outputs[j * ROWS + place] = d.cells.outputs[place * columns + j]
            d.before[place] = rows.log_probabilities[row]
            d.advantages[place] = (rows.advantages[row] - n.normal[0]) * n.normal[1]
            d.errors[place] = d.cells.outputs[place * columns + count] - rows.targets[row]
    if s.kind == NORMAL:
        normal_slopes(
            d.outputs, d.actions, d.before, d.advantages, n.deviations, share, s.clip, d.action_slopes,
            n.deviation_slopes[chunk], n.sums[chunk], 0, like,
        )  # fmt: skip
    else:
        choice_slopes(
            d.outputs, d.actions, d.before, d.advantages, count, share, s.clip, s.entropy, d.action_slopes,
            n.sums[chunk], 0, like,
        )  # fmt: skip
    for i in range(0, ROWS, LANES):
        error = load_at(d.errors, i, like)
        add_to(n.sums[chunk], VALUE_LOSS * LANES, error * error, like)
    factor = TWO * s.value * share
    for i in range(ROWS):
        for j in range(count):
            slope = d.action_slopes[j * ROWS + i]
            if n.plan[SQUASHED]:
                y = d.outputs[j * ROWS + i]
                slope = slope * (ONE - y * y)
            d.slopes[i * columns + j] = slope
        d.slopes[i * columns + count] = factor * d.errors[i]


@inlined
def back(n, rows, start, s, chunk, share, d, like):
    """All steps of BLOCK sequences, backwards, tile by tile: adds to the gradient."""
    c, m, gradient = d.cells, n.plan[UNITS], n.gradients[chunk]
    d.carried[:] = ZERO
    for tile in range(rows.length // STRETCH - 1, -1, -1):
        step, first = tile * STRETCH, tile * ROWS
        speak(n.plan, n.parameters, c, first, ROWS, like)
        judge_tile(n, rows, start, step, s, chunk, share, d, like)
        outputs_back(n.plan, n.turned, c, first, d.slopes, d.above, gradient, n.zeros, like)
        for t in range(STRETCH - 1, -1, -1):
            step_back(n.plan, n.turned, c, first + t * BLOCK, BLOCK, d.above, t * BLOCK * m, d.carried, like)
            if step + t > 0:
                for i in range(BLOCK):
                    if rows.ends[n.order[start + i * rows.length] + step + t - 1] != GOES_ON:
                        for j in range(m):
                            d.carried[i * m + j] = ZERO
        see(n, rows, start, step, d)
        gates_back(n.plan, n.turned, c, first, d.below, gradient, n.zeros, like)


@kernel
def chunk_gradient(n: Nets, rows: Rows, s: Settings, batch, chunk, d: Desk, like):
    """The gradient of one chunk of a minibatch."""
    n.gradients[chunk, :] = 0.0
    n.deviation_slopes[chunk, :] = 0.0
    n.sums[chunk, :] = 0.0
    share = ONE / np.float32(s.minibatch)
    first, each = batch % (len(n.order) // s.minibatch) * s.minibatch, BLOCK * rows.length
    for block in range(chunk, s.minibatch // each, CHUNKS):
        ahead(n, rows, first + block * each, d, like)
        back(n, rows, first + block * each, s, chunk, share, d, like)
