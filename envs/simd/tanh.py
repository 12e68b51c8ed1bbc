"""Hyperbolic tangent of a float32, free of branches and of libm, with the same bits everywhere."""

import numpy as np

from ..policy import RationalTanh
from .compiled import inlined

_BOUND = np.float32(8.5)
_ONE = np.float32(1.0)
_P1 = np.float32(0.13406206350806382)
_P2 = np.float32(0.0035258197531315262)
_P3 = np.float32(2.1121582630974096e-05)
_P4 = np.float32(1.409926941084572e-08)
_Q1 = np.float32(0.46739517733107916)
_Q2 = np.float32(0.02599113709395636)
_Q3 = np.float32(0.00033356912907096554)
_Q4 = np.float32(8.07362752767766e-07)
TANH = RationalTanh(
    float(_BOUND), tuple(map(float, (_ONE, _P1, _P2, _P3, _P4))), tuple(map(float, (_ONE, _Q1, _Q2, _Q3, _Q4)))
)


@inlined
def tanh(x):
    """Hyperbolic tangent of a float32: x P(x^2) / Q(x^2) on |x| <= 8.5 (minimax fit of degree 4), constant beyond.

    Odd, within [-1, 1], tanh(0) = 0, NaN stays NaN. Largest error over all floats: 4.2e-7.
    Free of branches, so it vectorises.
    """
    x = -_BOUND if x < -_BOUND else x
    x = _BOUND if x > _BOUND else x
    s = x * x
    p = (((_P4 * s + _P3) * s + _P2) * s + _P1) * s + _ONE
    q = (((_Q4 * s + _Q3) * s + _Q2) * s + _Q1) * s + _ONE
    y = x * p / q
    y = -_ONE if y < -_ONE else y
    return _ONE if y > _ONE else y
