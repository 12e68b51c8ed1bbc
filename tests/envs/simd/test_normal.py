"""Normal numbers: their distribution, their independence, and the same bits for the same key at every width."""

import math

import numpy as np
import pytest
from numba import njit

from openended.envs.random import bits, generator
from openended.envs.simd.normal import draw_normal, fill_normals, normal, normal_pair, normals, random_words
from openended.envs.simd.number import number, store, zero
from tests.envs.walker.simulation.test_assembly import FUSED, LIBM, assembly
from tests.support.widths import WIDTHS

ERF = np.vectorize(math.erf)


@pytest.fixture(scope="module")
def drawn():
    return normals(11, 2_000_000)


def test_the_moments_are_those_of_the_normal_distribution(drawn):
    x = drawn.astype(np.float64)
    for power, moment, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert abs(np.mean(x**power) - moment) < 4 * math.sqrt(variance / len(x))


def test_kolmogorov_and_smirnov_find_no_difference():
    for key in range(20):
        x = np.sort(normals(key, 20_000).astype(np.float64))
        cumulative = (1 + ERF(x / math.sqrt(2))) / 2
        steps = np.arange(len(x) + 1) / len(x)
        distance = max(np.max(steps[1:] - cumulative), np.max(cumulative - steps[:-1]))
        assert distance < 2.23 / math.sqrt(len(x)), "p = 0.0001"


def test_the_tails_are_as_heavy_as_they_should_be(drawn):
    for bound in (2.0, 3.0, 4.0):
        expected = math.erfc(bound / math.sqrt(2)) * len(drawn)
        assert abs(np.sum(np.abs(drawn) > bound) - expected) < 4 * math.sqrt(expected)
    assert np.max(np.abs(drawn)) < 6.56


def test_neighbours_pairs_and_streams_are_uncorrelated(drawn):
    x = drawn.astype(np.float64)
    other = normals(12, len(drawn)).astype(np.float64)
    for a, b in ((x[:-1], x[1:]), (x[::2], x[1::2]), (x[:-2], x[2:]), (x, other), (x[::2] ** 2 - 1, x[1::2] ** 2 - 1)):
        assert abs(np.corrcoef(a, b)[0, 1]) < 4 / math.sqrt(len(a))


def test_one_number_is_box_and_mullers(drawn):
    for index in (0, 1, 2, 12_345, 1_999_999):
        word = int(bits(np.uint64(11), np.uint64(index // 2)))
        u = (word >> 33 | 1) * 2.0**-31
        turns = (word & 3 & 1) + 2 * (word >> 1 & 1) + ((word >> 5 & (2**25 - 2)) + 1 - 2**24) * 2.0**-25
        angle = turns * math.pi / 2
        expected = math.sqrt(-2 * math.log(u)) * (math.sin(angle) if index % 2 else math.cos(angle))
        assert drawn[index] == pytest.approx(expected, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_width_has_the_same_bits(drawn, width):
    rows = np.empty((4096 // width, width), np.float32)
    fill_normals(np.uint64(11), rows, number(width))
    assert rows.ravel().view(np.uint32).tolist() == drawn[:4096].view(np.uint32).tolist()


def test_any_number_can_be_asked_for_by_itself(drawn):
    for index in (0, 1, 2, 777, 1_999_999):
        assert normal(11, index) == drawn[index]


def test_numbers_drawn_from_numpys_stream_are_normal_and_fixed_by_its_key():
    stream, again = generator(3), generator(3)
    x = np.array([draw_normal(stream) for _ in range(5000)])
    assert x.tolist() == [draw_normal(again) for _ in range(5000)]
    assert abs(np.mean(x)) < 4 / math.sqrt(5000)
    assert abs(np.mean(x**2) - 1) < 4 * math.sqrt(2 / 5000)
    assert abs(np.corrcoef(x[1:], x[:-1])[0, 1]) < 4 / math.sqrt(5000)


@pytest.mark.parametrize("shape", [0, 1, 31, 32, 33, (7, 5), (2, 3, 4)])
def test_a_shorter_array_is_the_beginning_of_a_longer_one(drawn, shape):
    some = normals(11, shape)
    assert (some.shape, some.dtype) == (np.empty(shape).shape, np.float32)
    assert some.ravel().tobytes() == drawn[: some.size].tobytes()


def test_keys_of_64_bits_are_taken_as_they_are():
    assert normals(2**64 - 1, 8).tobytes() != normals(0, 8).tobytes()
    assert normal(np.uint64(2**64 - 1), 5) == normals(2**64 - 1, 8)[5]


@njit(error_model="numpy")
def by_key(keys, index, out, kind):
    like = zero(kind)
    for row in range(keys.shape[0]):
        x, y = normal_pair(random_words(keys, row, np.uint64(index), like))
        store(out, 2 * row, x)
        store(out, 2 * row + 1, y)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_lane_may_have_a_key_of_its_own(width):
    keys = np.random.default_rng(1).integers(0, 2**64, 64, np.uint64)
    out = np.empty((2 * (len(keys) // width), width), np.float32)
    by_key(keys.reshape(-1, width), 9, out, number(width))
    pairs = out.reshape(-1, 2, width).transpose(0, 2, 1).reshape(-1, 2)
    assert pairs.tolist() == [[normal(key, 18), normal(key, 19)] for key in keys]


def test_no_mathematical_library_and_nothing_fused():
    for width in (1, 16):
        fill_normals(np.uint64(0), np.empty((2, width), np.float32), number(width))
    for parts in assembly(fill_normals):
        text = "\n".join(parts.values())
        assert len(text) > 1000
        assert LIBM.findall(text) == []
        assert FUSED.findall(text) == []
