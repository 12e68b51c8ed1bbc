"""Products of small matrices, the work of every layer forwards and backwards.

Sums run over k in order, one fused multiply-add after the other, and lanes hold neighbouring columns, never parts of a
sum. So the bits depend neither on the width of a register nor on how the rows are cut. The inner kernels keep a tile of
the result in registers (Goto and van de Geijn 2008, Anatomy of high-performance matrix multiplication), so large that
nothing is spilled: 4 rows by 64 columns or 8 by 16 in 32 registers of 16 lanes, 4 by 16 in 16 registers of 8.
"""

from ..simd.compiled import inlined, kernel
from ..simd.cpu import has
from ..simd.flat import load_at, store_at
from ..simd.fused import fma, spread

LANES = 16
"""Lanes of every number of a network. Columns are padded to a multiple of it; narrower CPUs split the operations."""
TALL = 8
"""Rows are padded to a multiple of it."""
LARGE = has("avx512f")
"""Whether the registers hold the large tiles."""


@inlined
def four_by_64(a, at, row, step, count, b, b_at, b_row, s, s_at, s_row, c, c_at, c_row, like):
    """Four rows and 64 columns of `multiply`."""
    c00, c01 = load_at(s, s_at, like), load_at(s, s_at + 16, like)
    c02, c03 = load_at(s, s_at + 32, like), load_at(s, s_at + 48, like)
    s_at += s_row
    c10, c11 = load_at(s, s_at, like), load_at(s, s_at + 16, like)
    c12, c13 = load_at(s, s_at + 32, like), load_at(s, s_at + 48, like)
    s_at += s_row
    c20, c21 = load_at(s, s_at, like), load_at(s, s_at + 16, like)
    c22, c23 = load_at(s, s_at + 32, like), load_at(s, s_at + 48, like)
    s_at += s_row
    c30, c31 = load_at(s, s_at, like), load_at(s, s_at + 16, like)
    c32, c33 = load_at(s, s_at + 32, like), load_at(s, s_at + 48, like)
    for _ in range(count):
        b0, b1 = load_at(b, b_at, like), load_at(b, b_at + 16, like)
        b2, b3 = load_at(b, b_at + 32, like), load_at(b, b_at + 48, like)
        x = spread(a, at, like)
        c00, c01, c02, c03 = fma(x, b0, c00), fma(x, b1, c01), fma(x, b2, c02), fma(x, b3, c03)
        x = spread(a, at + row, like)
        c10, c11, c12, c13 = fma(x, b0, c10), fma(x, b1, c11), fma(x, b2, c12), fma(x, b3, c13)
        x = spread(a, at + 2 * row, like)
        c20, c21, c22, c23 = fma(x, b0, c20), fma(x, b1, c21), fma(x, b2, c22), fma(x, b3, c23)
        x = spread(a, at + 3 * row, like)
        c30, c31, c32, c33 = fma(x, b0, c30), fma(x, b1, c31), fma(x, b2, c32), fma(x, b3, c33)
        at += step
        b_at += b_row
    store_four(c, c_at, c00, c01, c02, c03)
    store_four(c, c_at + c_row, c10, c11, c12, c13)
    store_four(c, c_at + 2 * c_row, c20, c21, c22, c23)
    store_four(c, c_at + 3 * c_row, c30, c31, c32, c33)


@inlined
def store_four(c, at, c0, c1, c2, c3):
    """Four numbers side by side."""
    store_at(c, at, c0)
    store_at(c, at + 16, c1)
    store_at(c, at + 32, c2)
    store_at(c, at + 48, c3)


@inlined
def eight_by_16(a, at, row, step, count, b, b_at, b_row, s, s_at, s_row, c, c_at, c_row, like):
    """Eight rows and 16 columns of `multiply`."""
    c0, c1 = load_at(s, s_at, like), load_at(s, s_at + s_row, like)
    c2, c3 = load_at(s, s_at + 2 * s_row, like), load_at(s, s_at + 3 * s_row, like)
    c4, c5 = load_at(s, s_at + 4 * s_row, like), load_at(s, s_at + 5 * s_row, like)
    c6, c7 = load_at(s, s_at + 6 * s_row, like), load_at(s, s_at + 7 * s_row, like)
    for _ in range(count):
        y = load_at(b, b_at, like)
        c0, c1 = fma(spread(a, at, like), y, c0), fma(spread(a, at + row, like), y, c1)
        c2, c3 = fma(spread(a, at + 2 * row, like), y, c2), fma(spread(a, at + 3 * row, like), y, c3)
        c4, c5 = fma(spread(a, at + 4 * row, like), y, c4), fma(spread(a, at + 5 * row, like), y, c5)
        c6, c7 = fma(spread(a, at + 6 * row, like), y, c6), fma(spread(a, at + 7 * row, like), y, c7)
        at += step
        b_at += b_row
    store_at(c, c_at, c0)
    store_at(c, c_at + c_row, c1)
    store_at(c, c_at + 2 * c_row, c2)
    store_at(c, c_at + 3 * c_row, c3)
    store_at(c, c_at + 4 * c_row, c4)
    store_at(c, c_at + 5 * c_row, c5)
    store_at(c, c_at + 6 * c_row, c6)
    store_at(c, c_at + 7 * c_row, c7)


@inlined
def four_by_16(a, at, row, step, count, b, b_at, b_row, s, s_at, s_row, c, c_at, c_row, like):
    """Four rows and 16 columns of `multiply`."""
    c0, c1 = load_at(s, s_at, like), load_at(s, s_at + s_row, like)
    c2, c3 = load_at(s, s_at + 2 * s_row, like), load_at(s, s_at + 3 * s_row, like)
    for _ in range(count):
        y = load_at(b, b_at, like)
        c0, c1 = fma(spread(a, at, like), y, c0), fma(spread(a, at + row, like), y, c1)
        c2, c3 = fma(spread(a, at + 2 * row, like), y, c2), fma(spread(a, at + 3 * row, like), y, c3)
        at += step
        b_at += b_row
    store_at(c, c_at, c0)
    store_at(c, c_at + c_row, c1)
    store_at(c, c_at + 2 * c_row, c2)
    store_at(c, c_at + 3 * c_row, c3)


@kernel
def multiply(a, a_at, a_row, a_step, count, b, b_at, b_row, s, s_at, s_row, c, c_at, c_row, rows, columns, like):
    """C = S + A B: C[i, j] = S[i, j] + A[i, 0] B[0, j] + A[i, 1] B[1, j] + ... up to `count` terms.

    All are parts of flat arrays float32[n]: A[i, k] is a[a_at + i a_row + k a_step] (so A may be stored transposed),
    B[k, j] is b[b_at + k b_row + j], likewise S and C. S may be C itself, or one row for all with s_row = 0. `rows` is
    a multiple of 8, `columns` of 16.
    """
    done = 0
    while LARGE and done + 64 <= columns:
        for i in range(0, rows, 4):
            four_by_64(
                a, a_at + i * a_row, a_row, a_step, count, b, b_at + done, b_row, s, s_at + i * s_row + done, s_row,
                c, c_at + i * c_row + done, c_row, like,
            )  # fmt: skip
        done += 64
    while LARGE and done < columns:
        for i in range(0, rows, 8):
            eight_by_16(
                a, a_at + i * a_row, a_row, a_step, count, b, b_at + done, b_row, s, s_at + i * s_row + done, s_row,
                c, c_at + i * c_row + done, c_row, like,
            )  # fmt: skip
        done += LANES
    while done < columns:
        for i in range(0, rows, 4):
            four_by_16(
                a, a_at + i * a_row, a_row, a_step, count, b, b_at + done, b_row, s, s_at + i * s_row + done, s_row,
                c, c_at + i * c_row + done, c_row, like,
            )  # fmt: skip
        done += LANES
