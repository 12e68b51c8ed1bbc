"""What short runs do, pinned: `python -m tests.support.short_runs --pin` pins it anew (see there)."""

import json
from importlib import import_module

import pytest

from openended.core import learners
from openended.core.algorithms import ALGORITHMS
from tests.support.short_runs import PINNED, RUNS, SLOW, TOY, WALKERS, digest

KINDS_OF_THE_CPU = [name for name in learners.LEARNERS if import_module(learners.LEARNERS[name]).NOTE]


def test_every_algorithm_has_a_pinned_run():
    assert {run.get("algorithm", "map-elites") for run in (RUNS | WALKERS).values()} == set(ALGORITHMS)
    assert set(json.loads(PINNED.read_text())) == {*RUNS, *WALKERS}


def test_every_kind_of_learner_has_a_pinned_run_or_depends_on_the_cpu():
    pinned = {run.get("learner", {}).get("kind", "es") for run in (RUNS | WALKERS).values()}
    assert {*pinned, *KINDS_OF_THE_CPU, "external"} == set(learners.LEARNERS)  # see tests/run/test_curriculum.py


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in RUNS | WALKERS]
)
def test_a_short_run_does_what_it_always_did(point, name):
    assert digest((RUNS | WALKERS)[name]) == json.loads(PINNED.read_text())[name]


@pytest.mark.parametrize("name", ["map-elites", "poet"])
def test_a_short_run_does_the_same_with_other_threads_and_something_else_with_another_seed(point, name):
    pinned = json.loads(PINNED.read_text())[name]
    assert digest(RUNS[name], threads=2) == pinned
    assert digest(RUNS[name] | {"seed": 2}) != pinned


@pytest.mark.parametrize("kind", KINDS_OF_THE_CPU)
def test_a_kind_whose_bits_depend_on_the_cpu_does_the_same_twice_on_one(point, kind):
    settings = TOY | {"learner": {"kind": kind, "population": 32}, "generations": 4}
    assert digest(settings) == digest(settings, threads=2)
