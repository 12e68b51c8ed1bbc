"""The folder of compiled kernels: named after what they depend on, writable, private, inherited by child processes."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from openended.envs import cache
from tests.support import ROOT

KERNEL = """
from numba import njit
from {package}.simd.helper import CONSTANT

@njit(cache=True)
def entry(x):
    return x + CONSTANT
"""


def run(code: str, **environment: str) -> str:
    """What `code` prints in a fresh interpreter with its own environment."""
    known = {name: value for name, value in os.environ.items() if name not in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME")}
    known |= {"PYTHONPATH": str(ROOT)} | environment
    done = subprocess.run([sys.executable, "-c", code], env=known, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def sources(tmp_path):
    folder = tmp_path / "sources"
    (folder / "walker" / "courses" / "deep").mkdir(parents=True)
    (folder / "walker" / "courses" / "deep" / "kernel.py").write_text("a = 1\n")
    (folder / "random.py").write_text("")
    return folder


def test_the_same_sources_give_the_same_key(sources):
    key = cache.source_key(sources, {})
    assert key == cache.source_key(sources, {})
    assert len(key) == 16
    assert set(key) <= set("0123456789abcdef")


def test_a_changed_added_or_moved_source_gives_another_key(sources):
    keys = [cache.source_key(sources, {})]
    courses = sources / "walker" / "courses"
    (courses / "deep" / "kernel.py").write_text("a = 2\n")
    keys.append(cache.source_key(sources, {}))
    (courses / "deep" / "kernel.py").rename(courses / "kernel.py")
    keys.append(cache.source_key(sources, {}))
    (courses / "new.py").write_text("")
    keys.append(cache.source_key(sources, {}))
    assert len(set(keys)) == 4


def test_what_no_kernel_uses_does_not_count(sources):
    key = cache.source_key(sources, {})
    (sources / "walker" / "courses" / "notes.txt").write_text("nothing to compile")
    for name in ("walker/gymnasium/single.py", "walker/pictures/paint.py", "api.py"):
        (sources / name).parent.mkdir(exist_ok=True)
        (sources / name).write_text('"""Another word."""')
    assert cache.source_key(sources, {"HOME": "/elsewhere"}) == key


def test_versions_and_compiler_settings_count(sources, monkeypatch):
    key = cache.source_key(sources, {})
    assert cache.source_key(sources, {"NUMBA_OPT": "1"}) != key
    monkeypatch.setattr(cache, "version", lambda package: "0.0.1")
    assert cache.source_key(sources, {}) != key


def test_the_users_cache_folder_is_taken(tmp_path):
    assert cache.cache_folder("k", {"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "openended" / "k"
    assert (tmp_path / "openended" / "k").is_dir()


def test_a_folder_set_for_numba_is_respected(tmp_path):
    assert cache.cache_folder("k", {"NUMBA_CACHE_DIR": str(tmp_path)}) == tmp_path / "k"


def test_a_child_process_shares_its_parents_folder(tmp_path):
    folder = cache.cache_folder("k", {"NUMBA_CACHE_DIR": str(tmp_path)})
    assert cache.cache_folder("k", {"NUMBA_CACHE_DIR": str(folder)}) == folder


def test_without_a_writable_home_a_private_temporary_folder_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(cache.tempfile, "tempdir", str(tmp_path))
    (tmp_path / "file").write_text("in the way")
    folder = cache.cache_folder("k", {"XDG_CACHE_HOME": str(tmp_path / "file")})
    assert folder == tmp_path / f"openended-{os.getuid()}" / "k"
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert cache.cache_folder("k", {"XDG_CACHE_HOME": str(tmp_path / "file")}) == folder


def test_a_temporary_folder_that_others_can_write_is_not_trusted(tmp_path, monkeypatch):
    monkeypatch.setattr(cache.tempfile, "tempdir", str(tmp_path))
    (tmp_path / "file").write_text("in the way")
    planted = tmp_path / f"openended-{os.getuid()}"
    planted.mkdir()
    planted.chmod(0o777)
    folder = cache.cache_folder("k", {"XDG_CACHE_HOME": str(tmp_path / "file")})
    assert planted not in folder.parents
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700


def test_importing_it_is_enough_and_does_not_load_numba(tmp_path):
    code = (
        "import os, sys; from openended.envs import cache; print(os.environ['NUMBA_CACHE_DIR'], 'numba' in sys.modules)"
    )
    folder, loaded = run(code, XDG_CACHE_HOME=str(tmp_path)).split()
    assert Path(folder).parent == tmp_path / "openended"
    assert loaded == "False"


def test_numba_imported_earlier_is_told_too(tmp_path):
    code = "import numba; from openended.envs import cache; print(numba.config.CACHE_DIR == str(cache.FOLDER))"
    assert run(code, XDG_CACHE_HOME=str(tmp_path)) == "True"


def test_compiled_before_knows_what_has_been_compiled(tmp_path):
    code = """
import numpy as np
from openended.envs import cache
before = cache.compiled_before()
from openended.envs.simd.sine import sine_cosine
sine_cosine(np.float32(1), np.float32(0))
print(before, cache.compiled_before(), cache.compiled_before("sine_cosine"), cache.compiled_before("sine"))
"""
    assert run(code, XDG_CACHE_HOME=str(tmp_path)) == "False True True False"
    again = "from openended.envs import cache; print(cache.compiled_before('sine_cosine'))"
    assert run(again, XDG_CACHE_HOME=str(tmp_path)) == "True"


def test_a_changed_helper_never_runs_stale_code(tmp_path):
    """The trap itself, on a package of two files: numba alone would return the old sum."""
    package = tmp_path / "kernels"
    (package / "simd").mkdir(parents=True)
    (package / "__init__.py").write_text("from . import cache\n")
    (package / "cache.py").write_text(Path(cache.__file__).read_text())
    (package / "entry.py").write_text(KERNEL.format(package="kernels"))
    results = []
    for constant in (1, 2):
        (package / "simd" / "helper.py").write_text(f"CONSTANT = {constant}\n")
        code = "from kernels.entry import entry; print(entry(40))"
        results.append(run(code, PYTHONPATH=str(tmp_path), XDG_CACHE_HOME=str(tmp_path), PYTHONDONTWRITEBYTECODE="1"))
    assert results == ["41", "42"]
