"""The exponential and the hyperbolic tangent in float64, without libm, with the same bits everywhere.

x is split into n log(2) + r with |r| <= log(2) / 2 (W. J. Cody and W. Waite, Software Manual for the Elementary
Functions, 1980, chapter 6), exp(r) is its Taylor series to the 13th power. All operations are correctly rounded.
"""

import numpy as np
from numpy.typing import NDArray

LARGEST = 700.0
"""Arguments are cut to within this, either way."""
_PER_LOG2 = float.fromhex("0x1.71547652b82fep+0")
_LOG2_HIGH = float.fromhex("0x1.62e42feep-1")
"""32 bits, so that its product with any n is exact."""
_LOG2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
_TERMS = 13


def exponential(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """exp(x), to some 2e-16 of itself."""
    cut = np.minimum(np.maximum(x, -LARGEST), LARGEST)
    whole = np.floor(cut * _PER_LOG2 + 0.5)
    rest = (cut - whole * _LOG2_HIGH) - whole * _LOG2_LOW
    series = np.ones_like(rest)
    for term in range(_TERMS, 0, -1):
        series = series * rest / term + 1.0
    return np.asarray(np.ldexp(series, whole.astype(np.int32)))


def tangent(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """tanh(x), to some 1e-16."""
    small = exponential(-2.0 * np.minimum(np.abs(x), LARGEST))
    return np.asarray(np.sign(x) * ((1.0 - small) / (1.0 + small)))
