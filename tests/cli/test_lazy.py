"""What is imported when: the command line must answer at once."""

import json
import subprocess
import sys

import pytest

HEAVY = {"torch", "ribs", "ray", "evotorch", "matplotlib", "pandas", "sklearn", "scipy"}
HEAVY |= {"onnx", "pyarrow", "tensorboardX", "gymnasium", "starlette", "uvicorn", "websockets"}
PARTS = [
    "core.algorithms.map_elites",
    "run.driver",
    "file.verify",
    "view.status",
    "view.live",
    "view.compare",
    "view.export",
]
SCRIPT = f"""
import contextlib, importlib, io, json, sys

loaded = {{}}
import openended, openended.cli
loaded["package"] = list(sys.modules)
sys.argv = ["openended", "--help"]
with contextlib.redirect_stdout(io.StringIO()) as help, contextlib.suppress(SystemExit):
    openended.cli.main()
loaded["help"] = list(sys.modules)
for part in {PARTS}:
    importlib.import_module("openended." + part)
    loaded[part] = list(sys.modules)
print(json.dumps(loaded | {{"words": help.getvalue().split()}}))
"""


@pytest.fixture(scope="module")
def loaded():
    """Top-level modules that an interpreter has loaded after each of its imports, which follow one another."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    return {name: {module.split(".")[0] for module in modules} for name, modules in json.loads(done.stdout).items()}


def test_importing_the_package_loads_nothing_heavy(loaded):
    assert "click" in loaded["package"]
    assert not loaded["package"] & {*HEAVY, "numba", "numpy", "rich"}


def test_help_loads_nothing_heavy(loaded):
    assert {"Usage:", "resume"} <= loaded["words"]
    assert not loaded["help"] & {*HEAVY, "numba", "numpy", "rich"}


@pytest.mark.parametrize("part", PARTS)
def test_importing_a_part_loads_no_library_that_takes_seconds(loaded, part):
    assert "numpy" in loaded[part]
    assert not loaded[part] & HEAVY
