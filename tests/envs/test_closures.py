"""Closures are compiled once on a machine where their names say everything, and never taken for one another."""

import subprocess
import sys

import pytest

from openended.envs.closures import closure
from openended.envs.random import bits, uniform
from openended.envs.recording import stretch
from openended.envs.simd.compiled import inlined
from tests.support import ROOT

MAKER = """
import sys
from openended.envs.closures import closure
from openended.envs.random import bits, uniform
import numpy as np

def around(draw, number):
    @closure
    def made(key):
        return number * float(draw(key, 5))

    return made

made = {name: around(draw, number) for name, draw, number in
        [("a", bits, 1), ("b", uniform, 1), ("c", uniform, 2)]}
for name in sys.argv[1]:
    print(name, repr(made[name](np.uint64(7))), sum(made[name].stats.cache_hits.values()))
"""


def around(draw, number):
    @closure
    def made(key):
        return number * draw(key, 5)

    return made


@inlined
def local(key, count):
    return key


def names(*made):
    return {each.py_func.__qualname__ for each in made}


def test_the_name_says_what_is_enclosed():
    assert len(names(*(around(draw, number) for draw in (bits, uniform) for number in (1, 2)))) == 4
    assert len(names(around(bits, 1), around(bits, 1))) == 1


def test_closures_in_closures_are_told_apart():
    made = [stretch(bits, bits, step, True, -1, bits) for step in (bits, uniform, bits)]
    assert len(names(*made)) == 2


def closed(number):
    @inlined
    def draw(key, count):
        return key + number

    return draw


def test_a_function_that_nobody_looks_at_is_not_kept():
    assert names(around(local, 1), around(local, 2)) == {around.__qualname__ + ".<locals>.made"}
    assert names(around(closed(1), 1)) == names(around(local, 1))
    made = around(local, 3)
    assert made(2) == 6
    assert made.stats.cache_path is None


@pytest.fixture
def printed(tmp_path):
    file = tmp_path / "maker.py"
    file.write_text(MAKER)

    def run(which):
        known = {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path / "kept"), "PATH": "", "HOME": str(tmp_path)}
        done = subprocess.run([sys.executable, str(file), which], env=known, capture_output=True, text=True, check=True)
        return [line.split() for line in done.stdout.splitlines()]

    return run


def test_another_process_finds_it_and_none_is_taken_for_another(printed):
    first, again = printed("a"), printed("cba")
    assert [hits for *_, hits in again] == ["0", "0", "1"]
    third = printed("bca")
    assert [hits for *_, hits in third] == ["1", "1", "1"]
    values = {name: float(value) for name, value, _ in again}
    assert {name: float(value) for name, value, _ in first + third} == values
    assert values["a"] != values["b"]
    assert values["c"] == 2 * values["b"]
