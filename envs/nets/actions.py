"""What a policy's outputs mean: normal distributions of continuous actions, or a choice among several.

Rows stand side by side in lanes here: `columns` of an array float32[columns, ROWS] are one quantity of all rows. The
gradients are those of the clipped objective of Schulman et al. (2017), Proximal policy optimization algorithms,

    L = - mean of min(r A, clip(r, 1 - e, 1 + e) A) - w entropy        r = p(action) / p(action when it was drawn)

with respect to the outputs, row by row, and for normal distributions to the logarithms of the standard deviations.
"""

import numpy as np

from ..simd.compiled import inlined
from ..simd.exp import exp
from ..simd.flat import load_at, store_at
from ..simd.fused import fma
from ..simd.log import log
from ..simd.number import maximum, minimum, select, splat
from .layout import ROWS
from .product import LANES

NORMAL, CHOICE = range(2)
"""Kinds of policies: continuous actions, or one of several."""

HALF_LOG_TWO_PI = np.float32(float.fromhex("0x1.d67f1cp-1"))
ZERO, ONE, HALF = np.float32(0.0), np.float32(1.0), np.float32(0.5)

LOSS, ENTROPY, DIVERGENCE, CLIPPED, VALUE_LOSS, SUMS = range(6)
"""Sums over rows that the update reports: of -min(...), of the entropy, of (r - 1) - log r (an estimate of the KL
divergence; Schulman 2020, Approximating KL divergence), how often r was clipped, of the squared error of the value."""


@inlined
def objective(log_ratio, advantage, clip, sums, sums_at, like):
    """The derivative of -min(r A, clip(r) A) with respect to log r, in lanes; adds to `sums`, float32[SUMS * LANES]."""
    one = splat(like, ONE)
    ratio = exp(log_ratio)
    kept = minimum(maximum(ratio, one - clip), one + clip)
    plain, cut = ratio * advantage, kept * advantage
    add_to(sums, sums_at + LOSS * LANES, -minimum(plain, cut), like)
    add_to(sums, sums_at + DIVERGENCE * LANES, (ratio - one) - log_ratio, like)
    add_to(sums, sums_at + CLIPPED * LANES, select(ratio == kept, splat(like, ZERO), one), like)
    return select(plain > cut, splat(like, ZERO), -plain)


@inlined
def add_to(array, at, number, like):
    """array[at : at + LANES] += number."""
    store_at(array, at, load_at(array, at, like) + number)


@inlined
def normal_slopes(
    outputs, actions, before, advantages, deviations, share, clip, slopes, deviation_slopes, sums, sums_at, like
):  # fmt: skip
    """Fill `slopes` and add to `deviation_slopes` for normal distributions with the means `outputs`.

    outputs, actions, slopes: float32[a * ROWS], quantity after quantity; before: float32[ROWS], log p when drawn;
    advantages: float32[ROWS]; deviations: float32[3 * a]: the logarithm of each standard deviation, it, its inverse;
    deviation_slopes: float32[a * LANES], partial sums; share: 1 / rows of the minibatch.
    """
    count = len(deviations) // 3
    for at in range(0, ROWS, LANES):
        density = splat(like, ZERO)
        constant = ZERO
        for j in range(count):
            constant = constant + (deviations[j] + HALF_LOG_TWO_PI)
            z = (load_at(actions, j * ROWS + at, like) - load_at(outputs, j * ROWS + at, like)) * deviations[
                2 * count + j
            ]
            store_at(slopes, j * ROWS + at, z)
            density = fma(z * HALF, z, density)
        log_ratio = -density - constant - load_at(before, at, like)
        slope = objective(log_ratio, load_at(advantages, at, like), clip, sums, sums_at, like) * share
        for j in range(count):
            z = load_at(slopes, j * ROWS + at, like)
            add_to(deviation_slopes, j * LANES, slope * (z * z - ONE), like)
            store_at(slopes, j * ROWS + at, slope * z * deviations[2 * count + j])


@inlined
def choice_slopes(outputs, actions, before, advantages, count, share, clip, weight, slopes, sums, sums_at, like):
    """Fill `slopes` for a choice among `count` actions by the softmax of `outputs`, entropy with its weight included.

    Shapes as above; actions: float32[ROWS], the index taken.
    """
    for at in range(0, ROWS, LANES):
        most = load_at(outputs, at, like)
        for j in range(1, count):
            most = maximum(most, load_at(outputs, j * ROWS + at, like))
        total = splat(like, ZERO)
        for j in range(count):
            total = total + exp(load_at(outputs, j * ROWS + at, like) - most)
        level = most + log(total)
        action, chosen, entropy = load_at(actions, at, like), splat(like, ZERO), splat(like, ZERO)
        for j in range(count):
            information = load_at(outputs, j * ROWS + at, like) - level
            chosen = select(action == splat(like, j), information, chosen)
            entropy = entropy - exp(information) * information
        add_to(sums, sums_at + ENTROPY * LANES, entropy, like)
        log_ratio = chosen - load_at(before, at, like)
        slope = objective(log_ratio, load_at(advantages, at, like), clip, sums, sums_at, like)
        for j in range(count):
            information = load_at(outputs, j * ROWS + at, like) - level
            p = exp(information)
            taken = select(action == splat(like, j), splat(like, ONE), splat(like, ZERO))
            store_at(slopes, j * ROWS + at, (slope * (taken - p) + weight * p * (information + entropy)) * share)
