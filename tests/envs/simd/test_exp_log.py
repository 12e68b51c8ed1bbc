"""exp and log against double precision, at every width; no call of the C library in the machine code."""

import numpy as np
import pytest
from numba import njit

from openended.envs.simd.exp import LARGEST, SMALLEST, exp
from openended.envs.simd.log import SMALLEST_NORMAL, log
from openended.envs.simd.number import load, number, store, zero
from tests.envs.walker.simulation.test_assembly import FUSED, LIBM, assembly
from tests.support.widths import NATIVE, WIDTHS

compiled = njit(nogil=True, error_model="numpy")


@compiled
def exponentials(values, out, kind):
    like = zero(kind)
    for i in range(values.shape[0]):
        store(out, i, exp(load(values, i, like)))


@compiled
def logarithms(values, out, kind):
    like = zero(kind)
    for i in range(values.shape[0]):
        store(out, i, log(load(values, i, like)))


def computed(function, values, width):
    out = np.empty_like(values)
    function(values.reshape(-1, width), out.reshape(-1, width), number(width))
    return out


def floats(low, high, step):
    """All float32 whose bits are low .. high - 1, every `step`-th; as many as make whole numbers of 32 lanes."""
    bits = np.arange(low, high, step, dtype=np.uint32)
    return bits[: len(bits) // 32 * 32].view(np.float32)


def bits_of(value):
    return int(np.float32(value).view(np.uint32))


def units(ours, exact):
    """The largest error in units of the last place of the float32 nearest to `exact`, a float64 array."""
    place = np.spacing(np.abs(exact).astype(np.float32).clip(SMALLEST_NORMAL)).astype(np.float64)
    return float(np.max(np.abs(ours.astype(np.float64) - exact) / place))


POSITIVE = (bits_of(1e-12), bits_of(LARGEST))
NEGATIVE = (bits_of(-1e-12), bits_of(SMALLEST))


@pytest.mark.parametrize("step", [997, pytest.param(1, marks=pytest.mark.slow)])
def test_exp_is_within_one_unit_in_the_last_place(step):
    chunk = 2**24 * min(step, 200)
    for low, high in (POSITIVE, NEGATIVE):
        for start in range(low, high, chunk):
            values = floats(start, min(high, start + chunk), step)
            assert units(computed(exponentials, values, NATIVE), np.exp(values.astype(np.float64))) < 1.0


@pytest.mark.parametrize("step", [997, pytest.param(1, marks=pytest.mark.slow)])
def test_log_is_within_one_unit_in_the_last_place(step):
    chunk = 2**24 * min(step, 200)
    for start in range(1, bits_of(np.inf), chunk):
        values = floats(start, min(bits_of(np.inf), start + chunk), step)
        assert units(computed(logarithms, values, NATIVE), np.log(values.astype(np.float64))) < 1.0


def test_log_near_one_is_within_one_unit_in_the_last_place():
    values = floats(bits_of(1) - 2**16, bits_of(1) + 2**16, 1)
    assert units(computed(logarithms, values, NATIVE), np.log(values.astype(np.float64))) < 1.0


def test_special_values():
    values = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e4, -1e4, 1.0], np.float32)
    e = np.float32(np.e)
    expected = np.array([1, 1, np.inf, 0, np.nan, np.inf, 0, e], np.float32)
    np.testing.assert_array_equal(computed(exponentials, values, 1), expected)
    values = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1e-45, -1.0], np.float32)
    expected = np.array([-np.inf, -np.inf, np.inf, np.nan, np.nan, 0, np.nan, np.nan], np.float32)
    np.testing.assert_array_equal(computed(logarithms, values, 1), expected)
    assert computed(exponentials, np.array([LARGEST]), 1) <= np.finfo(np.float32).max
    assert computed(exponentials, np.array([SMALLEST]), 1) <= 2.0**-149


@pytest.mark.parametrize("width", WIDTHS)
def test_every_width_has_the_same_bits(width):
    values = np.random.default_rng(3).integers(0, 2**32, 2**16, np.uint32).view(np.float32)
    values[:4096] = np.linspace(-104, 89, 4096)
    for function in (exponentials, logarithms):
        one, other = computed(function, values, 1), computed(function, values, width)
        assert np.array_equal(np.isnan(one), np.isnan(other))
        assert np.array_equal(one[~np.isnan(one)].view(np.uint32), other[~np.isnan(one)].view(np.uint32))


def test_no_mathematical_library_and_nothing_fused():
    for function in (exponentials, logarithms):
        for width in (1, NATIVE):
            computed(function, np.ones(NATIVE, np.float32), width)
        for parts in assembly(function):
            text = "\n".join(parts.values())
            assert len(text) > 1000
            assert LIBM.findall(text) == []
            assert FUSED.findall(text) == []
