"""Every tile of a product has the bits of every other, so CPUs with few registers have those of CPUs with many."""

import numpy as np
import pytest

from openended.envs.nets.product import eight_by_16, four_by_16, four_by_64, multiply
from openended.envs.simd.compiled import uncached
from openended.envs.simd.number import number, zero

ROWS, TERMS, COLUMNS = 8, 40, 64


@uncached
def by_four_by_16(a, b, c, kind):
    like = zero(kind)
    for j in range(0, COLUMNS, 16):
        for i in range(0, ROWS, 4):
            four_by_16(
                a, i * TERMS, TERMS, 1, TERMS, b, j, COLUMNS, c, i * COLUMNS + j, COLUMNS, c, i * COLUMNS + j, COLUMNS,
                like,
            )  # fmt: skip


@uncached
def by_eight_by_16(a, b, c, kind):
    for j in range(0, COLUMNS, 16):
        eight_by_16(a, 0, TERMS, 1, TERMS, b, j, COLUMNS, c, j, COLUMNS, c, j, COLUMNS, zero(kind))


@uncached
def by_four_by_64(a, b, c, kind):
    for i in range(0, ROWS, 4):
        four_by_64(
            a, i * TERMS, TERMS, 1, TERMS, b, 0, COLUMNS, c, i * COLUMNS, COLUMNS, c, i * COLUMNS, COLUMNS, zero(kind)
        )


@uncached
def by_all(a, b, c, kind):
    multiply(a, 0, TERMS, 1, TERMS, b, 0, COLUMNS, c, 0, COLUMNS, c, 0, COLUMNS, ROWS, COLUMNS, zero(kind))


@pytest.fixture
def matrices():
    random = np.random.default_rng(3)
    return [random.normal(size=size).astype(np.float32) for size in ((ROWS, TERMS), (TERMS, COLUMNS), (ROWS, COLUMNS))]


@pytest.mark.parametrize("product", [by_four_by_16, by_eight_by_16, by_four_by_64, by_all])
def test_all_tiles_make_the_same_product(matrices, product):
    a, b, c = matrices
    expected, found = c.copy(), c.copy()
    by_eight_by_16(a.ravel(), b.ravel(), expected.ravel(), number(16))
    product(a.ravel(), b.ravel(), found.ravel(), number(16))
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_allclose(found, c + a.astype(np.float64) @ b, rtol=1e-4, atol=1e-4)
