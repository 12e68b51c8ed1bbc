import subprocess
import sys
from dataclasses import is_dataclass
from inspect import signature
from pathlib import Path

import pytest

from openended.core.algorithms import ALGORITHMS, algorithm

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "ribs", "evotorch", "ray", "matplotlib", "numba")


@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_algorithm_offers_the_four_parts(name):
    module = algorithm(name)
    assert is_dataclass(module.Params)
    assert all(callable(getattr(module, part)) for part in ("check", "init", "step"))
    assert list(signature(module.step).parameters) == ["means", "state", "offers"]


def test_an_unknown_algorithm_is_refused_with_those_that_exist():
    with pytest.raises(ValueError, match=r"'poetry' is not known; choose one of: .*map-elites"):
        algorithm("poetry")


def test_the_algorithms_load_nothing_heavy():
    code = f"import sys, {', '.join(ALGORITHMS.values())}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
