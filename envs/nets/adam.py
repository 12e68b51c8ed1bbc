"""Adam (Kingma and Ba 2015, A Method for Stochastic Optimization) as a kernel, with the same bits on every CPU.

    m <- beta1 m + (1 - beta1) g        v <- beta2 v + (1 - beta2) g^2
    x <- x + rate * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon)

The factors are computed once in double precision; each parameter takes correctly rounded float32 operations.
"""

import numpy as np

from ..simd.compiled import inlined, kernel


@inlined
def power(base, exponent):
    """base^exponent for a float64 and a whole number from 0, by repeated squaring in double precision (not libm)."""
    result = 1.0
    square = np.float64(base)
    while exponent > 0:
        if exponent & 1:
            result *= square
        square *= square
        exponent >>= 1
    return result


@kernel
def adam(x, gradient, m, v, t, rate, beta1, beta2, epsilon):
    """Climb: step number `t` (from 1) along the gradient, in place; x, gradient, m, v: float32[p].

    A negative `rate` descends. Any part of the arrays may be stepped by itself.
    """
    step = np.float32(rate / (1.0 - power(beta1, t)))
    scale = np.float32(1.0 / np.sqrt(1.0 - power(beta2, t)))
    keep1, take1 = np.float32(beta1), np.float32(1.0 - beta1)
    keep2, take2 = np.float32(beta2), np.float32(1.0 - beta2)
    guard = np.float32(epsilon)
    for i in range(x.size):
        g = gradient[i]
        m[i] = keep1 * m[i] + take1 * g
        v[i] = keep2 * v[i] + take2 * (g * g)
        x[i] += step * m[i] / (np.sqrt(v[i]) * scale + guard)
