"""A fused multiply-add rounds once, at every width, and a number can be spread over all lanes."""

from fractions import Fraction

import numpy as np
import pytest
from numba import njit

from openended.envs.simd.flat import load_at, store_at
from openended.envs.simd.fused import fma, spread
from openended.envs.simd.number import number, zero

COUNT = 4096
compiled = njit(nogil=True, error_model="numpy")


@compiled
def fused(a, b, c, out, width, kind):
    like = zero(kind)
    for at in range(0, len(out), width):
        store_at(out, at, fma(load_at(a, at, like), load_at(b, at, like), load_at(c, at, like)))


@compiled
def spreading(a, out, kind):
    store_at(out, 0, spread(a, 3, zero(kind)))


@pytest.mark.parametrize("width", [1, 16])
def test_fma_rounds_once(width):
    random = np.random.default_rng(1)
    a, b, noise = random.normal(size=(3, COUNT)).astype(np.float32)
    c = (-a * b + noise * np.float32(1e-7)).astype(np.float32)  # so close that two roundings would lose what is left
    out = np.zeros(COUNT, np.float32)
    fused(a, b, c, out, width, number(width))
    exact = [Fraction(float(x)) * Fraction(float(y)) + Fraction(float(z)) for x, y, z in zip(a, b, c, strict=True)]
    # Products and these sums are exact in float64, so that the rounding to float32 is the only one.
    wide = np.array([float(value) for value in exact])
    assert all(Fraction(value) == truth for value, truth in zip(wide.tolist(), exact, strict=True))
    np.testing.assert_array_equal(out, wide.astype(np.float32))
    assert (out != a * b + c).mean() > 0.5


def test_a_number_is_spread_over_all_lanes():
    out = np.zeros(16, np.float32)
    spreading(np.arange(5, dtype=np.float32), out, number(16))
    assert (out == 3).all()
