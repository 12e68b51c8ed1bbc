"""What the number type compiles to, what it refuses to compile, and that numba's cache knows it."""

import subprocess
import sys

import numpy as np
import pytest
from numba import float32, njit
from numba.core.errors import TypingError

from openended.envs.simd.number import (
    absolute,
    any_of,
    load,
    load_mask,
    maximum,
    minimum,
    negate,
    number,
    select,
    splat,
    sqrt,
    store,
    store_mask,
    zero,
)
from tests.support import ROOT
from tests.support.widths import WIDTHS

compiled = njit(nogil=True, error_model="numpy")


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_fused_and_no_library_is_called(width):
    @compiled
    def kernel(a, b, out, kind):
        like = zero(kind)
        for i in range(a.shape[0]):
            x, y = load(a, i, like), load(b, i, like)
            store(out, i, sqrt(absolute(x * y + x)) - minimum(x, y) * maximum(y, x / y))

    rows = np.ones((4, width), np.float32)
    kernel(rows, rows, np.empty_like(rows), number(width))
    (assembly,) = kernel.inspect_asm().values()
    assert "mul" in assembly
    assert not [line for line in assembly.splitlines() if "fmadd" in line or "fmsub" in line or "fnmadd" in line]
    assert not [line for line in assembly.splitlines() if "sqrtf" in line or "fabsf" in line or "fminf" in line]


def test_width_one_is_numbas_own_float32():
    @compiled
    def kernel(kind):
        return select(zero(kind) < splat(kind, 1), splat(kind, 1.5) / splat(kind, 3), zero(kind))

    assert kernel(number(1)) == 0.5
    assert kernel.nopython_signatures[0].return_type == float32


def test_constants_are_rounded_to_float32_once():
    @compiled
    def kernel(out, kind):
        store(out, 0, splat(zero(kind), 1e-4) * splat(kind, 16777217))

    out = np.empty((1, 8), np.float32)
    kernel(out, number(8))
    np.testing.assert_array_equal(out, np.float32(1e-4) * np.float32(16777216))


@pytest.mark.parametrize(
    "mistake",
    [
        lambda a, m, kind: store(a, 0, load(a, 0, zero(kind)) * 0.5),
        lambda a, m, kind: store(a, 0, load(a, 0, zero(kind)) + 1),
        lambda a, m, kind: store(a, 0, select(load(a, 0, zero(kind)), 1.0, zero(kind))),
        lambda a, m, kind: store(a, 0, select(zero(kind) < zero(kind), zero(kind) < zero(kind), zero(kind))),
        lambda a, m, kind: store(a, 0, zero(kind) < zero(kind)),
        lambda a, m, kind: store(m, 0, zero(kind)),
        lambda a, m, kind: store(a[:, 0], 0, zero(kind)),
        lambda a, m, kind: store(a[:, ::2], 0, zero(kind)),
        lambda a, m, kind: store_mask(a, 0, zero(kind) < zero(kind)),
        lambda a, m, kind: store_mask(m, 0, zero(kind)),
        lambda a, m, kind: store(a, 0, sqrt(load_mask(m, 0, kind))),
        lambda a, m, kind: store(a, 0, absolute(load_mask(m, 0, kind))),
        lambda a, m, kind: any_of(zero(kind)),
        lambda a, m, kind: store(a, 0, negate(zero(kind))),
        lambda a, m, kind: splat("like", 0.0),
    ],
)
def test_what_would_mean_different_things_at_different_widths_does_not_compile(mistake):
    with pytest.raises(TypingError):
        compiled(mistake)(np.zeros((1, 8), np.float32), np.zeros((1, 8), np.uint8), number(8))


def test_two_widths_do_not_mix():
    @compiled
    def kernel(one, other):
        return any_of(select(zero(one) < zero(one), zero(one), zero(other)) < zero(one))

    with pytest.raises(TypingError, match="of one width"):
        kernel(number(4), number(8))


@pytest.mark.parametrize("width", [0, 3, 64, "8", 8.5, None])
def test_a_width_that_does_not_exist_is_refused(width):
    with pytest.raises(ValueError, match="choose one of 1, 2, 4, 8, 16, 32"):
        number(width)


SCRIPT = """
import numpy as np
from numba import njit
from openended.envs.simd.number import load, number, store, zero

@njit(cache=True, nogil=True, error_model="numpy")
def kernel(a, kind):
    like = zero(kind)
    store(a, 0, load(a, 0, like) + load(a, 0, like))

for width in (1, 8):
    a = np.ones((1, width), np.float32)
    kernel(a, number(width))
    assert (a == 2).all()
print(sum(kernel.stats.cache_hits.values()), sum(kernel.stats.cache_misses.values()))
"""


def test_a_kernel_over_lanes_is_found_in_the_cache_by_another_process(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    environment = {"PATH": "", "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(tmp_path)}
    outputs = []
    for _ in range(2):
        command = [sys.executable, str(tmp_path / "script.py")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        outputs.append(done.stdout.split())
    assert outputs == [["0", "2"], ["2", "0"]]
