"""A gated recurrent network forwards, for rows side by side; see `policy.Gru` for the equations.

What does not depend on the memory, `give`, takes many rows of several steps at once; only `remember` goes step by step.
"""

import numpy as np

from ...simd.compiled import inlined, kernel
from ...simd.flat import load_at, store_at
from ...simd.fused import fma
from ..dense import tanh
from ..product import LANES, multiply
from .layout import (
    ACTIONS,
    COLUMNS,
    DENSE,
    DENSE_B,
    DENSE_W,
    GIVEN_B,
    GIVEN_W,
    INPUTS,
    KEPT_B,
    KEPT_W,
    OUT_B,
    OUT_W,
    SQUASHED,
    UNITS,
    Cells,
)

ONE, HALF = np.float32(1.0), np.float32(0.5)


@kernel
def combine(plan, parameters, biases):
    """Fill `biases` float32[3 units], those of n, r, z: where both sides of a gate have one, their sum."""
    m = plan[UNITS]
    for j in range(m):
        biases[j] = parameters[plan[GIVEN_B] + j]
    for j in range(2 * m):
        biases[m + j] = parameters[plan[GIVEN_B] + m + j] + parameters[plan[KEPT_B] + j]


@kernel
def give(plan, parameters, biases, c: Cells, first, rows, like):
    """Dense layer and its part of the gates of `rows` rows, a multiple of 8, from `first` on; seen is `c.seen`."""
    x, d, m = plan[INPUTS], plan[DENSE], plan[UNITS]
    multiply(
        c.seen, 0, x, 1, x, parameters, plan[DENSE_W], d, parameters, plan[DENSE_B], 0, c.dense, first * d, d,
        rows, d, like,
    )  # fmt: skip
    for at in range(first * d, (first + rows) * d, LANES):
        store_at(c.dense, at, tanh(load_at(c.dense, at, like), like))
    multiply(
        c.dense, first * d, d, 1, d, parameters, plan[GIVEN_W], 3 * m, biases, 0, 0, c.gates, first * 4 * m, 4 * m,
        rows, 3 * m, like,
    )  # fmt: skip


@inlined
def logistic(x, like):
    """1 / (1 + exp(-x)), as 1/2 + tanh(x / 2) / 2."""
    return fma(tanh(x * HALF, like), HALF, HALF)


@kernel
def remember(plan, parameters, c: Cells, first, rows, like):
    """From `c.before` and what `give` left, the gates and `c.after` at these rows."""
    m, start = plan[UNITS], first * plan[UNITS]
    gates = 4 * start
    multiply(
        c.before, start, m, 1, m, parameters, plan[KEPT_W], 3 * m, c.gates, gates + m, 4 * m,
        c.gates, gates + m, 4 * m, rows, 2 * m, like,
    )  # fmt: skip
    multiply(
        c.before, start, m, 1, m, parameters, plan[KEPT_W] + 2 * m, 3 * m, parameters, plan[KEPT_B] + 2 * m, 0,
        c.gates, gates + 3 * m, 4 * m, rows, m, like,
    )  # fmt: skip
    for row in range(rows):
        for j in range(0, m, LANES):
            at = gates + row * 4 * m + j
            r, z = logistic(load_at(c.gates, at + m, like), like), logistic(load_at(c.gates, at + 2 * m, like), like)
            n = tanh(fma(r, load_at(c.gates, at + 3 * m, like), load_at(c.gates, at, like)), like)
            store_at(c.gates, at, n)
            store_at(c.gates, at + m, r)
            store_at(c.gates, at + 2 * m, z)
            h = load_at(c.before, start + row * m + j, like)
            store_at(c.after, start + row * m + j, fma(z, h - n, n))


@kernel
def speak(plan, parameters, c: Cells, first, rows, like):
    """The outputs of these rows, in the first rows of `c.outputs`: the action's, with tanh if it is continuous, then
    the value.
    """
    m, o = plan[UNITS], plan[COLUMNS]
    multiply(
        c.after, first * m, m, 1, m, parameters, plan[OUT_W], o, parameters, plan[OUT_B], 0, c.outputs, 0, o,
        rows, o, like,
    )  # fmt: skip
    if plan[SQUASHED]:
        for row in range(rows):
            for j in range(plan[ACTIONS]):
                c.outputs[row * o + j] = tanh(c.outputs[row * o + j], ONE)


@kernel
def answer(plan, parameters, biases, c: Cells, rows, like):
    """All of it, for rows whose observations and memories are in `c.seen` and `c.before`."""
    give(plan, parameters, biases, c, 0, rows, like)
    remember(plan, parameters, c, 0, rows, like)
    speak(plan, parameters, c, 0, rows, like)
