"""Eigenvectors of symmetric matrices, with the same bits on every CPU: all of a small one, the first of a large one.

Source: Golub and Van Loan (2013), Matrix Computations. Section 8.5: Jacobi's rotations in a parallel ordering; in each
round every row meets one other, so that the rotations of a round are disjoint and are made at once. Section 8.2:
orthogonal iteration, here of some vectors more than are wanted, with Rayleigh's and Ritz's quotients at the end. Only
+ - * / and square roots in a fixed order; no LAPACK, no BLAS.
"""

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

SWEEPS = 40
"""Most sweeps; convergence is quadratic, some ten do."""
ITERATIONS = 60
"""Of orthogonal iteration: an error shrinks each time by the ratio of eigenvalues that stand `BESIDE` ranks apart."""
BESIDE = 8
"""Vectors that are iterated beside those wanted."""
LARGE = 64
"""Rows above which a matrix is large."""
LARGEST = 2.0**500
"""A number whose square is finite."""
SMALL = 2.0**-50
"""Elements off the diagonal that count as zero, in units of the largest element at the start."""


def times(a: Matrix, b: Matrix) -> Matrix:
    """The product of float64[n, k] and float64[k, m]; sums run over k in order."""
    total = np.zeros((len(a), b.shape[1]))
    for k in range(len(b)):
        total += a[:, k, None] * b[k]
    return total


def first_eigenvectors(matrix: Matrix, count: int) -> tuple[NDArray[np.float64], Matrix]:
    """The `count` largest eigenvalues of a symmetric float64[n, n] without negative ones, and their vectors, unit rows
    of a float64[count, n].
    """
    size = len(matrix)
    if size <= max(LARGE, count + BESIDE):
        values, rows = eigenvectors(matrix)
        return values[:count], rows[:count]
    from openended.envs.nets.start import orthonormalise
    from openended.envs.simd.normal import normals

    rows = normals(0, (count + BESIDE, size)).astype(np.float64)
    for _ in range(ITERATIONS):
        orthonormalise(rows)
        rows = times(rows, matrix)
    orthonormalise(rows)
    values, turns = eigenvectors(times(times(rows, matrix), np.ascontiguousarray(rows.T)))
    return values[:count], times(turns[:count], rows)


def eigenvectors(matrix: Matrix) -> tuple[NDArray[np.float64], Matrix]:
    """Eigenvalues of a symmetric float64[n, n], the largest first, and their vectors, unit rows of a float64[n, n]."""
    size = len(matrix)
    even = size + size % 2
    a, rows = np.zeros((even, even)), np.eye(even)
    a[:size, :size] = matrix
    bound = SMALL * float(np.abs(a).max(initial=0.0))
    order = np.arange(even)
    for _ in range(SWEEPS):
        off = np.abs(a)
        np.fill_diagonal(off, 0.0)
        if float(off.max(initial=0.0)) <= bound:
            break
        for _ in range(even - 1):
            _rotate(a, rows, order[: even // 2], order[::-1][: even // 2])
            order = np.concatenate([order[:1], order[-1:], order[1:-1]])
    values = a.diagonal()[:size]  # the row that makes the number even never turned
    ranking = np.argsort(-values, kind="stable")
    return values[ranking], rows[ranking, :size]


def _rotate(a: Matrix, rows: Matrix, p: NDArray[np.int64], q: NDArray[np.int64]) -> None:
    """Make a[p, q] zero for disjoint pairs p, q of rows, in place."""
    beside, difference = a[p, q], a[q, q] - a[p, p]
    turned = beside != 0.0
    with np.errstate(over="ignore"):
        theta = np.clip(difference / np.where(turned, 2.0 * beside, 1.0), -LARGEST, LARGEST)
    tangent = np.where(theta < 0.0, -1.0, 1.0) / (np.abs(theta) + np.sqrt(theta * theta + 1.0))
    tangent = np.where(turned, tangent, 0.0)
    cosine = 1.0 / np.sqrt(tangent * tangent + 1.0)
    sine = tangent * cosine
    for each in (a, a.T, rows):
        upper, lower = each[p], each[q]
        each[p] = cosine[:, None] * upper - sine[:, None] * lower
        each[q] = sine[:, None] * upper + cosine[:, None] * lower
    a[p, q] = a[q, p] = 0.0
