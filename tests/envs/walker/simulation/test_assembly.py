"""What the compiler made of the walker: nothing that would change a bit from machine to machine."""

import math
import re

import llvmlite.binding
import numpy as np
import pytest
from numba import float32, njit

from openended.envs.api import Queue
from openended.envs.simd.compiled import kernel
from openended.envs.simd.number import number, zero
from openended.envs.walker.domain import WALKER
from openended.envs.walker.simulation import episode
from openended.envs.walker.simulation.broad import synchronize
from openended.envs.walker.simulation.episode import native_width
from openended.envs.walker.simulation.island import settle, solve_velocities
from openended.envs.walker.simulation.lidar import look
from openended.envs.walker.simulation.positions import begin_positions
from openended.envs.walker.simulation.robot import RAYS
from openended.envs.walker.simulation.world import begin, worlds

FUSED = re.compile(r"^\s+v?(?:fn?m(?:add|sub|addsub|subadd)\w*|fml[as]\w*)\s", re.MULTILINE)
"""Fused multiply-add on x86 (vfmadd231ps ...) and Arm (fmadd, fmla ...)."""
LIBM = re.compile(
    r"(?<![\w.])((?:sin|cos|sincos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|exp|exp2|expm1|log|log2|log10|log1p|pow|hypot"
    r"|cbrt|fma|fmod)f?)\b"
)
TRIGONOMETRY = {"sinf", "cosf", "sincosf"}


def assembly(kernel):
    """The machine code of all that a compiled function consists of, by symbol, one dictionary for each signature.

    numba's `inspect_asm` has nothing to tell of functions that come from its cache; their bitcode does.
    """
    for compiled in kernel.overloads.values():
        library = compiled.library
        text = str(library.codegen._tm.emit_assembly(library._get_module_for_linking()))
        parts = re.split(r"^(\w+):[^\n]*$", text, flags=re.MULTILINE)
        yield dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture(scope="module")
def functions():
    """All functions of whole episodes at the machine's own width, policy included."""
    domain = WALKER
    ground, policy = domain.simulator.prepare([domain.tasks.first()]), domain.policies.default
    queue = Queue(ground, policy, policy.init(0)[None], np.zeros((1, 2), np.int32), np.zeros(1, np.uint64), cap=1)
    domain.simulator.rollouts(queue)
    found = {}
    for each in assembly(episode.work_off):
        found |= each
    return found


def test_the_walker_has_no_fused_multiplication_and_addition(functions):
    assert sum(map(len, functions.values())) > 100_000
    assert {name: FUSED.findall(text) for name, text in functions.items() if FUSED.search(text)} == {}


def test_the_walker_asks_the_platform_for_nothing_but_sine_and_cosine(functions):
    assert {call for text in functions.values() for call in LIBM.findall(text)} <= TRIGONOMETRY


@kernel
def in_lanes(w, g, observation, kind):
    """All of a step that is done in lanes; the rest may ask the platform for sine and cosine."""
    like = zero(kind)
    solve_velocities(w, like)
    begin_positions(w, like)
    settle(w, like)
    synchronize(w, like)
    look(w, g, 0, observation, like)


def test_lanes_call_no_mathematical_library(functions):
    domain, width = WALKER, native_width()
    ground, w = domain.simulator.prepare([domain.tasks.first()]), worlds(width)
    begin(w, ground, 0, 0)
    in_lanes(w, ground, np.zeros(RAYS, np.float32), number(width))
    (parts,) = assembly(in_lanes)
    assert sum(map(len, parts.values())) > 50_000
    assert {name: LIBM.findall(text) for name, text in parts.items() if LIBM.search(text)} == {}
    assert not any(LIBM.search(text) for name, text in functions.items() if "policy" in name)


def test_a_fused_operation_and_a_call_would_be_noticed():
    add = njit(float32(float32, float32, float32), fastmath={"contract"})(lambda a, b, c: a * b + c)
    tanh = njit(float32(float32))(lambda a: math.tanh(a) + a)
    assert any(LIBM.findall(text) == ["tanhf"] for each in assembly(tanh) for text in each.values())
    if llvmlite.binding.get_host_cpu_features().get("fma", True):
        assert any(FUSED.search(text) for each in assembly(add) for text in each.values())
    assert FUSED.search("\tvfnmadd213ps\t%zmm1, %zmm2, %zmm3")
    assert not FUSED.search("\tvmulps\t%zmm1, %zmm2, %zmm3")
