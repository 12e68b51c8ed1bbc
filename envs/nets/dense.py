"""Forward and backward passes of multilayer perceptrons, in blocks of up to `layout.ROWS` rows.

Backpropagation (Rumelhart, Hinton and Williams 1986). For a layer z = W x + b, y = tanh(z), and the derivative dz of a
loss: dW += x dz, db += dz, dx = dz W, and dz of the layer before is dx (1 - y^2). Sums over rows run in their order and
continue what the gradient holds, so a gradient over several blocks is one sum in the order of the rows.
"""

import numpy as np

from ..simd.compiled import inlined, kernel
from ..simd.flat import load_at, store_at
from ..simd.fused import fma
from ..simd.number import select, splat
from ..simd.tanh import TANH
from .layout import BACKWARDS, BEFORE, BIAS, COLUMNS, INPUTS, SQUASHED, STRIDE, TRANSPOSED, WEIGHTS
from .product import LANES, multiply

_ZERO, _ONE, _BOUND = np.float32(0.0), np.float32(1.0), np.float32(TANH.bound)
_, _P1, _P2, _P3, _P4 = map(np.float32, TANH.numerator)
_, _Q1, _Q2, _Q3, _Q4 = map(np.float32, TANH.denominator)


@inlined
def tanh(x, like):
    """Hyperbolic tangent of a number: the rational function of `simd.tanh` by fused multiply-adds; NaN stays NaN."""
    one = splat(like, _ONE)
    x = select(x < -_BOUND, -_BOUND, x)
    x = select(x > _BOUND, _BOUND, x)
    s = x * x
    p = fma(fma(fma(fma(splat(like, _P4), s, _P3), s, _P2), s, _P1), s, one)
    q = fma(fma(fma(fma(splat(like, _Q4), s, _Q3), s, _Q2), s, _Q1), s, one)
    y = x * p / q
    y = select(y < -_ONE, -_ONE, y)
    return select(y > _ONE, _ONE, y)


@kernel
def forward(plan, parameters, values, rows, like):
    """Fill `values` behind the inputs, which stand in its first [rows, STRIDE].

    plan: see `layout`; parameters: float32[...], padded; values: float32[...]; rows: a multiple of 8, at most ROWS.
    """
    for layer in range(len(plan) - 1):
        columns, bias = plan[layer, COLUMNS], plan[layer, BIAS]
        start = plan[layer + 1, BEFORE]
        multiply(
            values, plan[layer, BEFORE], plan[layer, STRIDE], 1, plan[layer, INPUTS],
            parameters, plan[layer, WEIGHTS], columns, parameters, bias, 0, values, start, columns, rows, columns, like,
        )  # fmt: skip
        if plan[layer, SQUASHED]:
            for at in range(start, start + rows * columns, LANES):
                store_at(values, at, tanh(load_at(values, at, like), like))


@kernel
def transpose(plan, parameters, transposed):
    """Fill `transposed` with the weights of every layer but the first, as `backward` reads them."""
    for layer in range(1, len(plan) - 1):
        columns, stride, start = plan[layer, COLUMNS], plan[layer, STRIDE], plan[layer, TRANSPOSED]
        inputs, weights = np.uint64(plan[layer, INPUTS]), plan[layer, WEIGHTS]
        for j in range(plan[layer, BACKWARDS]):
            row = transposed[start + j * stride : start + (j + 1) * stride]
            column = parameters[weights + j : weights + plan[layer, INPUTS] * columns : columns]
            for i in range(inputs):
                row[i] = column[i]


@kernel
def backward(plan, transposed, values, slopes, gradient, first, rows, zeros, like):
    """Add to `gradient` the derivatives of a loss with respect to the parameters, summed over the rows.

    values: as `forward` left them. slopes: float32, as long as values; the derivatives with respect to the outputs
    stand where `values` has the outputs; they and all other places but the inputs' are overwritten. gradient: padded
    as the parameters, from index `first` on. zeros: float32 zeros, as many as the widest layer has columns.
    """
    for back in range(len(plan) - 1):
        layer = len(plan) - 2 - back
        columns, stride = plan[layer, COLUMNS], plan[layer, STRIDE]
        before, after = plan[layer, BEFORE], plan[layer + 1, BEFORE]
        weights, bias = first + plan[layer, WEIGHTS], first + plan[layer, BIAS]
        if plan[layer, SQUASHED]:
            for i in range(after, after + rows * columns, LANES):
                y = load_at(values, i, like)
                store_at(slopes, i, load_at(slopes, i, like) * fma(-y, y, splat(like, _ONE)))
        multiply(
            values, before, 1, stride, rows, slopes, after, columns,
            gradient, weights, columns, gradient, weights, columns, plan[layer, INPUTS], columns, like,
        )  # fmt: skip
        for j in range(0, columns, LANES):
            total = load_at(gradient, bias + j, like)
            for row in range(rows):
                total += load_at(slopes, after + row * columns + j, like)
            store_at(gradient, bias + j, total)
        if layer > 0:
            multiply(
                slopes, after, columns, 1, plan[layer, BACKWARDS], transposed, plan[layer, TRANSPOSED], stride,
                zeros, 0, 0, slopes, before, stride, rows, stride, like,
            )  # fmt: skip
