"""Every operation of the number type, at every width, gives in each lane the bits of the scalar float32 operation.

The oracle is NumPy's float32 arithmetic. NaNs are compared as NaN: their sign and payload are nobody's promise.
"""

import operator

import numpy as np
import pytest
from numba import njit

from openended.envs.simd.number import (
    absolute,
    all_of,
    always,
    any_of,
    lane,
    load,
    load_mask,
    maximum,
    minimum,
    negate,
    number,
    put,
    select,
    splat,
    sqrt,
    store,
    store_mask,
    width_of,
    zero,
)
from tests.support.widths import LANES, WIDTHS

SPECIAL = np.array(
    [0.0, 1.0, 1e-45, 1e-39, 1.1754944e-38, 3.4028235e38, np.inf, np.nan, 0.1, 3.0, 16777216.0, 1.0000001], np.float32
)
TENTH = 0.1
compiled = njit(nogil=True, error_model="numpy")


def operands():
    """Three columns float32[n]: all pairs of special values, both signs, then random bits (any exponent, NaNs too)."""
    special = np.concatenate([SPECIAL, -SPECIAL])
    pairs = np.stack(np.meshgrid(special, special)).reshape(2, -1)
    bits = np.random.default_rng(1).integers(0, 1 << 32, (2, 4096 - pairs.shape[1]), np.uint32).view(np.float32)
    a, b = np.concatenate([pairs, bits], axis=1)
    return np.ascontiguousarray(a), np.ascontiguousarray(b), np.roll(a, 7)


def same(a, b):
    """Where two float32 arrays hold the same bits, or NaN both."""
    return (a.view(np.uint32) == b.view(np.uint32)) | (np.isnan(a) & np.isnan(b))


@compiled
def arithmetic(a, b, c, out, kind):
    like = zero(kind)
    rows = a.shape[0]
    for i in range(rows):
        x, y, z = load(a, i, like), load(b, i, like), load(c, i, like)
        store(out, i, x + y)
        store(out, rows + i, x - y)
        store(out, 2 * rows + i, x * y)
        store(out, 3 * rows + i, x / y)
        store(out, 4 * rows + i, -x)
        store(out, 5 * rows + i, sqrt(x))
        store(out, 6 * rows + i, absolute(x))
        store(out, 7 * rows + i, minimum(x, y))
        store(out, 8 * rows + i, maximum(x, y))
        store(out, 9 * rows + i, select(x < y, y, z))
        store(out, 10 * rows + i, x * y + z)
        total = splat(like, TENTH)
        total += x
        total *= y
        total -= z
        total /= x
        store(out, 11 * rows + i, total)
        store(out, 12 * rows + i, np.float32(TENTH) * x - np.float32(3))
        store(out, 13 * rows + i, select(x < y, 1.5, minimum(z, 2)))
        store(out, 14 * rows + i, absolute(-zero(kind)) - zero(kind))


def expected_arithmetic(a, b, c):
    f = np.float32
    with np.errstate(all="ignore"):
        return np.stack(
            [
                a + b,
                a - b,
                a * b,
                a / b,
                -a,
                np.sqrt(a),
                np.abs(a),
                np.where(a < b, a, b),
                np.where(a > b, a, b),
                np.where(a < b, b, c),
                a * b + c,
                ((f(TENTH) + a) * b - c) / a,
                f(TENTH) * a - f(3),
                np.where(a < b, f(1.5), np.where(c < 2, c, f(2))),
                np.zeros_like(a),
            ]
        )


@pytest.mark.parametrize("width", WIDTHS)
def test_arithmetic_gives_the_bits_of_float32_in_every_lane(width):
    a, b, c = operands()
    expected = expected_arithmetic(a, b, c)
    out = np.empty_like(expected)
    arithmetic(*(column.reshape(-1, width) for column in (a, b, c)), out.reshape(-1, width), number(width))
    wrong = ~same(out, expected)
    assert not wrong.any(), [(k, a[i], b[i], c[i], out[k, i], expected[k, i]) for k, i in np.argwhere(wrong)[:5]]


@compiled
def logic(a, b, given, out, kind):
    like = zero(kind)
    rows = a.shape[0]
    for i in range(rows):
        x, y, m = load(a, i, like), load(b, i, like), load_mask(given, i, like)
        store_mask(out, i, x < y)
        store_mask(out, rows + i, x <= y)
        store_mask(out, 2 * rows + i, x > y)
        store_mask(out, 3 * rows + i, x >= y)
        store_mask(out, 4 * rows + i, x == y)
        store_mask(out, 5 * rows + i, x != y)
        store_mask(out, 6 * rows + i, m & (x < y))
        store_mask(out, 7 * rows + i, m | (x < y))
        store_mask(out, 8 * rows + i, m ^ (x < y))
        store_mask(out, 9 * rows + i, ~m)
        store_mask(out, 10 * rows + i, negate(x < y))
        store_mask(out, 11 * rows + i, select(m, x < y, x == y))
        joined = always(like, True)
        joined &= m
        joined |= x > y
        joined ^= always(like, False)
        store_mask(out, 12 * rows + i, joined)
        store_mask(out, 13 * rows + i, x > np.float32(1))


@pytest.mark.parametrize("dtype", [np.uint8, np.bool_])
@pytest.mark.parametrize("width", WIDTHS)
def test_comparisons_and_masks_are_those_of_booleans(width, dtype):
    a, b, _ = operands()
    given = np.random.default_rng(2).integers(0, 2, len(a)).astype(dtype)
    m = given != 0
    expected = np.stack(
        [
            *(f(a, b) for f in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)),
            *(f(m, a < b) for f in (operator.and_, operator.or_, operator.xor)),
            *(~m, ~(a < b), np.where(m, a < b, a == b), m | (a > b), a > 1),
        ]
    )
    out = np.empty(expected.shape, dtype)
    shaped = [column.reshape(-1, width) for column in (a, b, given)]
    logic(*shaped, out.reshape(-1, width), number(width))
    np.testing.assert_array_equal(out != 0, expected)
    assert set(np.unique(out.view(np.uint8))) == {0, 1}


@compiled
def whole(given, out, kind):
    like = zero(kind)
    for i in range(given.shape[0]):
        m = load_mask(given, i, like)
        out[i, 0] = any_of(m)
        out[i, 1] = all_of(m)
        out[i, 2] = lane(m, width_of(like) - 1)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_mask_is_asked_for_some_every_and_one_lane(width):
    rng = np.random.default_rng(3)
    given = np.concatenate([np.zeros((1, width)), np.ones((1, width)), np.eye(width), 1 - np.eye(width)])
    given = np.concatenate([given, rng.integers(0, 2, (64, width))]).astype(np.uint8) * rng.choice([1, 2, 255])
    out = np.empty((len(given), 3), np.bool_)
    whole(given.astype(np.uint8), out, number(width))
    np.testing.assert_array_equal(out, np.stack([given.any(1), given.all(1), given[:, -1] != 0], axis=1))


@compiled
def reversed_lanes(a, out, kind):
    like = zero(kind)
    width = width_of(like)
    for i in range(a.shape[0]):
        x = load(a, i, like)
        y = like
        for k in range(width):
            y = put(y, width - 1 - k, lane(x, k))
        store(out, i, y)


@pytest.mark.parametrize("width", WIDTHS)
def test_single_lanes_are_read_and_replaced(width):
    a = operands()[0].reshape(-1, width)
    out = np.empty_like(a)
    reversed_lanes(a, out, number(width))
    assert same(out, np.ascontiguousarray(a[:, ::-1])).all()


@pytest.mark.parametrize("width", WIDTHS)
def test_rows_may_begin_at_any_address_and_neighbours_stay(width):
    a = np.arange(1 + 4 * width, dtype=np.float32)[1:].reshape(4, width)
    space = np.full(2 + 4 * width, -1, np.float32)
    reversed_lanes(a, space[1:-1].reshape(4, width), number(width))
    np.testing.assert_array_equal(space[1:-1].reshape(4, width), a[:, ::-1])
    assert (space[0], space[-1]) == (-1, -1)


@compiled
def friction(vx, vy, m, like):
    return select(vx * vx + vy * vy > splat(like, 1e-4), vx / m, splat(like, 0.0))


@compiled
def relax(a, b, c, out, kind):
    like = zero(kind)
    for i in range(a.shape[0]):
        x, y, m = load(a, i, like), load(b, i, like), load(c, i, like)
        state = (x, y)
        for _ in range(10):
            moving = absolute(state[0]) > state[1]
            if not any_of(moving):
                break
            x, y = state
            state = (select(moving, friction(x, y, m, like), x), select(moving, y * m, y))
        store(out, i, state[0] + state[1])


@pytest.mark.parametrize("width", LANES)
def test_a_loop_that_ends_when_every_lane_has_ended_gives_the_bits_of_a_single_lane(width):
    rng = np.random.default_rng(4)
    a, b, c = (rng.uniform(0.5, 1.5, 4096).astype(np.float32) for _ in range(3))
    one, many = np.empty_like(a), np.empty_like(a)
    for out, lanes in ((one, 1), (many, width)):
        relax(*(column.reshape(-1, lanes) for column in (a, b, c)), out.reshape(-1, lanes), number(lanes))
    assert len(np.unique(one)) > 4000
    np.testing.assert_array_equal(many, one)
