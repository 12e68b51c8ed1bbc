"""sine_cosine has the bits of glibc's sinf and cosf in every lane, and says where it has none.

All 2,199,912,448 floats below 17 rad have been compared once at every width; here some four million of them, dense
where the algorithm turns over, against the C library and against double precision.
"""

import ctypes
import ctypes.util
import hashlib
import platform
import re

import numpy as np
import pytest
from numba import njit

from openended.envs.simd.number import all_of, load, number, store, store_mask, zero
from openended.envs.simd.sine import LIMIT, TINY, angle_in_range, sine_cosine
from tests.support.widths import LANES, NATIVE, WIDTHS

glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
compiled = njit(nogil=True, error_model="numpy")


@compiled
def both(angles, sines, cosines, kind):
    like = zero(kind)
    for i in range(angles.shape[0]):
        s, c = sine_cosine(load(angles, i, like), like)
        store(sines, i, s)
        store(cosines, i, c)


def computed(angles, width):
    """Sines and cosines, float32[2, n]."""
    out = np.empty((2, len(angles)), np.float32)
    both(angles.reshape(-1, width), out[0].reshape(-1, width), out[1].reshape(-1, width), number(width))
    return out


def library(angles):
    """The same from the C library."""
    found = ctypes.CDLL(ctypes.util.find_library("m"))
    sinf, cosf = found.sinf, found.cosf
    for function in (sinf, cosf):
        function.argtypes, function.restype = [ctypes.c_float], ctypes.c_float

    @compiled
    def fill(angles, out):
        for i in range(angles.size):
            out[0, i] = sinf(angles[i])
            out[1, i] = cosf(angles[i])

    out = np.empty((2, len(angles)), np.float32)
    fill(angles, out)
    return out


@pytest.fixture(scope="module")
def angles():
    """Angles below LIMIT, float32[n], n a multiple of 16; the signs alternate."""
    top = int(LIMIT.view(np.uint32))
    spread = np.arange(0, top, 1021, dtype=np.uint32)
    centres = np.concatenate([np.arange(1, 22) * np.pi / 4, [TINY]]).astype(np.float32).view(np.uint32)
    dense = (centres[:, None] + np.arange(-20_000, 20_000)).astype(np.uint32).ravel()
    ends = np.concatenate([np.arange(2000), top - 1 - np.arange(2000)]).astype(np.uint32)
    positive = np.concatenate([spread, dense, ends])
    positive = positive[: len(positive) // 16 * 16].view(np.float32)
    assert positive.max() < LIMIT
    return np.concatenate([positive, -positive])


@glibc
@pytest.mark.parametrize("width", WIDTHS)
def test_every_lane_has_the_bits_of_the_c_library(angles, width):
    ours, theirs = computed(angles, width).view(np.uint32), library(angles).view(np.uint32)
    wrong = np.flatnonzero((ours != theirs).any(axis=0))
    assert not len(wrong), [(angles[i], ours[:, i].view(np.float32), theirs[:, i].view(np.float32)) for i in wrong[:5]]


def test_it_is_as_near_to_the_truth_as_glibc_promises(angles):
    exact = np.stack([np.sin(angles.astype(np.float64)), np.cos(angles.astype(np.float64))])
    ours = computed(angles, NATIVE)
    in_ulps = np.abs(ours - exact) / np.spacing(np.abs(exact.astype(np.float32)))
    assert in_ulps.max() < 0.57


def test_the_bits_are_the_same_on_every_machine():
    given = np.arange(0, int(LIMIT.view(np.uint32)), 16411, dtype=np.uint32)[: 1 << 16].view(np.float32)
    digest = hashlib.sha256(computed(given, NATIVE).astype("<f4").tobytes()).hexdigest()[:16]
    assert digest == "f1b3f0577a2340a9"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_sine_of_a_signed_zero_is_that_zero(width):
    given = np.resize(np.array([0.0, -0.0], np.float32), 16)
    sines, cosines = computed(given, width)
    np.testing.assert_array_equal(np.signbit(sines), np.signbit(given))
    np.testing.assert_array_equal(cosines, 1)


BEYOND = np.array([17.0, -17.0, 17.5, 119.0, 120.5, -1e6, 3e9, 3e38, np.inf, -np.inf, np.nan], np.float32)


@pytest.mark.parametrize("width", LANES)
def test_a_lane_out_of_range_is_nan_and_its_neighbours_are_right(width):
    given = np.full((len(BEYOND), width), 0.5, np.float32)
    given[:, 2] = BEYOND
    sines, cosines = computed(given.ravel(), width).reshape(2, *given.shape)
    assert np.isnan(sines[:, 2]).all()
    assert np.isnan(cosines[:, 2]).all()
    right = computed(np.array([0.5], np.float32), 1)
    np.testing.assert_array_equal(np.delete(sines, 2, axis=1), right[0, 0])
    np.testing.assert_array_equal(np.delete(cosines, 2, axis=1), right[1, 0])


def test_at_width_one_every_angle_has_the_platforms_answer():
    np.testing.assert_array_equal(computed(BEYOND, 1), library(BEYOND))


@pytest.mark.parametrize("width", WIDTHS)
def test_the_range_ends_below_its_limit(width):
    @compiled
    def kernel(angles, out, kind):
        known = angle_in_range(load(angles, 0, zero(kind)))
        store_mask(out, 0, known)
        return all_of(known)

    out = np.empty((1, width), np.bool_)
    inside = [0.0, -0.0, 3.0, -np.nextafter(LIMIT, np.float32(0)), np.nextafter(LIMIT, np.float32(0))]
    for angle in inside:
        assert kernel(np.full((1, width), angle, np.float32), out, number(width))
        assert out.all()
    for angle in BEYOND:
        given = np.zeros((1, width), np.float32)
        given[0, -1] = angle
        assert not kernel(given, out, number(width))
        assert out.sum() == width - 1


@pytest.mark.parametrize("width", LANES)
def test_lanes_call_no_library_and_fuse_nothing(width):
    kernel = njit(nogil=True, error_model="numpy")(both.py_func)
    rows = np.ones((2, width), np.float32)
    kernel(rows, rows.copy(), rows.copy(), number(width))
    (assembly,) = kernel.inspect_asm().values()
    assert "cvttp" in assembly or platform.machine() not in ("x86_64", "AMD64")
    assert not re.findall(r"\b_?(?:sin|cos|sincos|floor|rint|trunc|fma)f?\b", assembly)
    assert not re.findall(r"\bv?fn?m(?:add|sub)\w*|\bfml[as]\b", assembly)


def test_the_scalar_code_would_be_caught_calling_the_library():
    """The check above can fail: width 1 does call the library beyond the range."""
    kernel = njit(nogil=True, error_model="numpy")(both.py_func)
    rows = np.ones((2, 1), np.float32)
    kernel(rows, rows.copy(), rows.copy(), number(1))
    (assembly,) = kernel.inspect_asm().values()
    assert re.findall(r"\b_?(?:sin|cos|sincos)f\b", assembly)
