import json
import subprocess
import sys

import pytest

HEAVY = {"torch", "ribs", "ray", "evotorch", "matplotlib", "numba", "pandas", "sklearn", "scipy"}
HEAVY |= {"onnx", "pyarrow", "tensorboardX", "gymnasium"}


def loaded(statement):
    """Top-level modules that a fresh interpreter has loaded after a statement."""
    script = f"import sys, json\n{statement}\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded("import openended, openended.cli") & {*HEAVY, "numpy", "rich"}


PARTS = [
    "core.algorithms.map_elites",
    "run.driver",
    "file.verify",
    "view.status",
    "view.live",
    "view.compare",
    "view.export",
]


@pytest.mark.parametrize("module", PARTS)
def test_importing_a_part_loads_no_library_that_takes_seconds(module):
    assert not loaded(f"import openended.{module}") & HEAVY - {"numba"}


def test_help_loads_nothing_heavy():
    script = "import sys; sys.argv = ['openended', '--help']; from openended import cli"
    end = "\ntry: cli.main()\nexcept SystemExit: pass"
    assert not loaded(script + end) & {*HEAVY, "numpy", "rich"}
