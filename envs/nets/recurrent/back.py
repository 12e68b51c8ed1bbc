"""A gated recurrent network backwards through time (Werbos 1990, Backpropagation through time: what it does and how to
do it).

    dn = dh' (1 - z) (1 - n n)    dr = dn k r (1 - r)    dz = dh' (h - n) z (1 - z)    dk = dn r    dh = dh' z + ...

with k = h Vn + cn. Slopes take the place of the gates. Sums over rows run in the order in which rows stand and continue
what the gradient holds.
"""

import numpy as np

from ...simd.compiled import inlined, kernel
from ...simd.flat import load_at, store_at
from ...simd.fused import fma
from ...simd.number import splat
from ..layout import ROWS
from ..product import LANES, multiply
from .cell import ONE
from .layout import (
    BACKWARDS,
    COLUMNS,
    DENSE,
    DENSE_B,
    DENSE_W,
    GIVEN_B,
    GIVEN_TURNED,
    GIVEN_W,
    INPUTS,
    KEPT_B,
    KEPT_TURNED,
    KEPT_W,
    OUT_B,
    OUT_W,
    UNITS,
    Cells,
)

ZERO = np.float32(0.0)


@kernel
def turn(plan, parameters, turned):
    """Fill `turned` with the transposed weights of outputs, dense layer and memory."""
    d, m, o = plan[DENSE], plan[UNITS], plan[COLUMNS]
    for i in range(m):
        for j in range(plan[BACKWARDS]):
            turned[j * m + i] = parameters[plan[OUT_W] + i * o + j]
        for j in range(3 * m):
            turned[plan[KEPT_TURNED] + j * m + i] = parameters[plan[KEPT_W] + i * 3 * m + j]
    for i in range(d):
        for j in range(3 * m):
            turned[plan[GIVEN_TURNED] + j * d + i] = parameters[plan[GIVEN_W] + i * 3 * m + j]


@inlined
def add_columns(slopes, at, stride, columns, gradient, place, like):
    """gradient[place + j] += the sum of column j over ROWS rows."""
    for j in range(0, columns, LANES):
        total = load_at(gradient, place + j, like)
        for row in range(ROWS):
            total += load_at(slopes, at + row * stride + j, like)
        store_at(gradient, place + j, total)


@kernel
def outputs_back(plan, turned, c: Cells, first, slopes, above, gradient, zeros, like):
    """From `slopes` float32[ROWS, columns] of a tile's outputs: those of the memory, `above` float32[ROWS, units]."""
    m, o = plan[UNITS], plan[COLUMNS]
    multiply(
        c.after, first * m, 1, m, ROWS, slopes, 0, o, gradient, plan[OUT_W], o, gradient, plan[OUT_W], o, m, o, like
    )
    add_columns(slopes, 0, o, o, gradient, plan[OUT_B], like)
    multiply(slopes, 0, o, 1, plan[BACKWARDS], turned, 0, m, zeros, 0, 0, above, 0, m, ROWS, m, like)


@kernel
def step_back(plan, turned, c: Cells, first, rows, above, above_at, carried, like):
    """One step back at the rows first .. first + rows - 1.

    carried: float32[rows, units], the derivatives with respect to `c.after` from the steps behind; afterwards those
    with respect to `c.before`. above: those from the outputs, from `above_at` on.
    """
    m = plan[UNITS]
    one = splat(like, ONE)
    for row in range(rows):
        for j in range(0, m, LANES):
            at, place = (first + row) * 4 * m + j, row * m + j
            n, r = load_at(c.gates, at, like), load_at(c.gates, at + m, like)
            z, k = load_at(c.gates, at + 2 * m, like), load_at(c.gates, at + 3 * m, like)
            h = load_at(c.before, (first + row) * m + j, like)
            slope = load_at(carried, place, like) + load_at(above, above_at + place, like)
            dn = slope * (one - z) * fma(-n, n, one)
            store_at(c.gates, at, dn)
            store_at(c.gates, at + m, dn * k * r * (one - r))
            store_at(c.gates, at + 2 * m, slope * (h - n) * z * (one - z))
            store_at(c.gates, at + 3 * m, dn * r)
            store_at(carried, place, slope * z)
    multiply(
        c.gates, first * 4 * m + m, 4 * m, 1, 3 * m, turned, plan[KEPT_TURNED], m, carried, 0, m, carried, 0, m,
        rows, m, like,
    )  # fmt: skip


@kernel
def gates_back(plan, turned, c: Cells, first, below, gradient, zeros, like):
    """From the slopes of a tile's gates: the gradient of everything below; `below`: room float32[ROWS, dense]."""
    x, d, m = plan[INPUTS], plan[DENSE], plan[UNITS]
    gates = first * 4 * m
    multiply(
        c.before, first * m, 1, m, ROWS, c.gates, gates + m, 4 * m, gradient, plan[KEPT_W], 3 * m,
        gradient, plan[KEPT_W], 3 * m, m, 3 * m, like,
    )  # fmt: skip
    add_columns(c.gates, gates + m, 4 * m, 3 * m, gradient, plan[KEPT_B], like)
    multiply(
        c.dense, first * d, 1, d, ROWS, c.gates, gates, 4 * m, gradient, plan[GIVEN_W], 3 * m,
        gradient, plan[GIVEN_W], 3 * m, d, 3 * m, like,
    )  # fmt: skip
    add_columns(c.gates, gates, 4 * m, 3 * m, gradient, plan[GIVEN_B], like)
    multiply(c.gates, gates, 4 * m, 1, 3 * m, turned, plan[GIVEN_TURNED], d, zeros, 0, 0, below, 0, d, ROWS, d, like)
    for at in range(0, ROWS * d, LANES):
        y = load_at(c.dense, first * d + at, like)
        store_at(below, at, load_at(below, at, like) * fma(-y, y, splat(like, ONE)))
    multiply(c.seen, 0, 1, x, ROWS, below, 0, d, gradient, plan[DENSE_W], d, gradient, plan[DENSE_W], d, x, d, like)
    add_columns(below, 0, d, d, gradient, plan[DENSE_B], like)
