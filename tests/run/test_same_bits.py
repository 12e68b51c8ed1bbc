"""The same recipe and seed give the same bits, whatever the CPU offers: child processes with less of it.

Each switch takes something from one library: vector instructions from MKL, NumPy, the C library, ATen and numba, lanes
from the simulator. Other kinds of CPU differ in these very things.
"""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from openended.envs.walker.simulation.episode import native_width
from tests.support.short_runs import PINNED, RUNS, WALKERS

ROOT = Path(__file__).parents[2]
x86 = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="the switches are those of x86")
pytestmark = x86


def numpys_features():
    """What NumPy would choose from at run time and has found on this machine."""
    known = np._core._multiarray_umath
    return " ".join(name for name in known.__cpu_dispatch__ if known.__cpu_features__.get(name))


SWITCHES = {
    "MKL": {"MKL_CBWR": "COMPATIBLE"},
    "NumPy": {"NPY_DISABLE_CPU_FEATURES": numpys_features()},
    "glibc": {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F,-AVX2_Usable,-FMA_Usable,-FMA4"},
    "ATen": {"ATEN_CPU_CAPABILITY": "default"},
    "numba": {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": "+sse2"},
}
LANES = {f"{width} lanes": {"OPENENDED_LANES": str(width)} for width in (4, 8, 16)}
ALL = {name: value for switch in SWITCHES.values() for name, value in switch.items()}


def made(*names, **switches):
    """Digests of short runs by name, made in a child process with these environment variables."""
    command = [sys.executable, "-m", "tests.support.short_runs", *names]
    done = subprocess.run(
        command, env=os.environ | switches, cwd=ROOT, capture_output=True, text=True, timeout=1800, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def pinned(names):
    """The digests that the runs of these names should have."""
    known = json.loads(PINNED.read_text())
    return {name: known[name] for name in names}


def test_the_toy_runs_have_one_digest_under_all_switches_at_once():
    assert made(*RUNS, **ALL) == pinned(RUNS)


def test_the_switches_do_switch():
    script = (
        "import json, numpy, torch, numba, llvmlite.binding\n"
        "from openended.envs.walker.simulation.episode import native_width\n"
        "target = numba.core.registry.cpu_target.target_context.codegen()\n"
        "found = numpy._core._multiarray_umath.__cpu_features__\n"
        "print(json.dumps({'ATen': torch.backends.cpu.get_cpu_capability(), 'lanes': native_width(),\n"
        "    'numpy': [name for name, there in found.items() if there], 'numba': target.magic_tuple()[1:]}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | ALL | {"OPENENDED_LANES": "2"}, cwd=ROOT,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert (found["ATen"], found["lanes"]) == ("DEFAULT", 2)
    assert found["numba"] == ["x86-64", "+sse2"]
    assert not set(found["numpy"]) & set(numpys_features().split())


def test_lanes_that_do_not_exist_are_refused(monkeypatch):
    monkeypatch.setenv("OPENENDED_LANES", "3")
    with pytest.raises(ValueError, match=r"^OPENENDED_LANES is '3'; choose one of 1, 2, 4, 8, 16, 32$"):
        native_width()


@pytest.mark.slow
@pytest.mark.parametrize("switch", SWITCHES | LANES)
def test_walkers_have_one_digest_under_every_switch(switch):
    assert made(*WALKERS, **(SWITCHES | LANES)[switch]) == pinned(WALKERS)
