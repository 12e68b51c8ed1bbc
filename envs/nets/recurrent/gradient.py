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
from .layout import ACTIONS, COLUMNS, INPUTS, SQUASHED, UNITS, Cells
from .learning import BLOCK, STRETCH, Desk, Nets, Rows

ZERO, ONE, TWO = np.float32(0.0), np.float32(1.0), np.float32(2.0)


@kernel
def see(n: Nets, rows: Rows, start, step, c: Cells):
    """Bring a tile's observations: STRETCH steps from `step` on of the sequences from n.order[start] on."""
    stride = n.plan[INPUTS]
    for i in range(BLOCK):
        row = n.order[start + i * rows.length] + step
        for t in range(STRETCH):
            for j in range(rows.observations.shape[1]):
                c.seen[(t * BLOCK + i) * stride + j] = rows.observations[row + t, j]


@kernel
def recall(n: Nets, rows: Rows, start, step, c: Cells):
    """Bring the memories before a step of these sequences: those of the step before, empty where an episode begins."""
    m, to = n.plan[UNITS], step * BLOCK * n.plan[UNITS]
    for i in range(BLOCK):
        row = n.order[start + i * rows.length] + step
        for j in range(m):
            at = to + i * m + j
            if step == 0:
                c.before[at] = rows.starts[row // rows.length, j]
            elif rows.ends[row - 1] == GOES_ON:
                c.before[at] = c.after[at - BLOCK * m]
            else:
                c.before[at] = ZERO


@kernel
def judge_tile(n: Nets, rows: Rows, s: Settings, start, step, chunk, share, d: Desk, like):
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


@kernel
def forget(n: Nets, rows: Rows, start, step, carried):
    """No gradient passes where an episode begins, nor where a sequence does."""
    m = n.plan[UNITS]
    for i in range(BLOCK):
        if step == 0 or rows.ends[n.order[start + i * rows.length] + step - 1] != GOES_ON:
            for j in range(m):
                carried[i * m + j] = ZERO


@kernel
def forwards(n: Nets, rows: Rows, start, c: Cells, like):
    """All steps of BLOCK sequences, from n.order[start] on."""
    for step in range(rows.length):
        if step % STRETCH == 0:
            see(n, rows, start, step, c)
            give(n.plan, n.parameters, n.biases, c, step * BLOCK, ROWS, like)
        recall(n, rows, start, step, c)
        remember(n.plan, n.parameters, c, step * BLOCK, BLOCK, like)


@kernel
def backwards(n: Nets, rows: Rows, start, first, slopes, above, below, carried, c: Cells, gradient, like):
    """From `slopes` float32[ROWS, columns] of the outputs of a tile, the steps from `first` on: the gradient of all of
    it, and `carried`. above, below: room float32[ROWS, units], float32[ROWS, dense].
    """
    plan, turned, tile = n.plan, n.turned, first * BLOCK
    outputs_back(plan, turned, c, tile, slopes, above, gradient, n.zeros, like)
    for step in range(first + STRETCH - 1, first - 1, -1):
        step_back(plan, turned, c, step * BLOCK, BLOCK, above, (step - first) * BLOCK * plan[UNITS], carried, like)
        forget(n, rows, start, step, carried)
    see(n, rows, start, first, c)
    gates_back(plan, turned, c, tile, below, gradient, n.zeros, like)


@kernel
def chunk_gradient(n: Nets, rows: Rows, s: Settings, batch, chunk, d: Desk, like):
    """The gradient of one chunk of a minibatch: BLOCK sequences at a time, all steps forwards, then backwards."""
    clear(n, chunk)
    share, each = ONE / np.float32(s.minibatch), BLOCK * rows.length
    first = batch % (len(n.order) // s.minibatch) * s.minibatch
    for start in range(first + chunk * each, first + s.minibatch, CHUNKS * each):
        forwards(n, rows, start, d.cells, like)
        forget(n, rows, start, 0, d.carried)
        for step in range(rows.length - STRETCH, -1, -STRETCH):
            speak(n.plan, n.parameters, d.cells, step * BLOCK, ROWS, like)
            judge_tile(n, rows, s, start, step, chunk, share, d, like)
            backwards(
                n, rows, start, step, d.slopes, d.above, d.below, d.carried, d.cells, n.gradients[chunk], like
            )  # fmt: skip


@inlined
def clear(n, chunk):
    """Set a chunk's sums to 0."""
    for i in range(n.gradients.shape[1]):
        n.gradients[chunk, i] = ZERO
    for i in range(n.deviation_slopes.shape[1]):
        n.deviation_slopes[chunk, i] = ZERO
    for i in range(n.sums.shape[1]):
        n.sums[chunk, i] = ZERO
