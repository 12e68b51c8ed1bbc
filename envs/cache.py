"""Where compiled kernels are kept, so that a machine compiles them once.

numba's own cache notices a change in the file of a kernel, but not in another file whose functions or constants the
kernel uses. So the folder itself is named after everything else that the machine code depends on: the sources in
`KERNELS`, the versions of numba and llvmlite, numba's settings. A change starts an empty folder; nothing stale can run.
(numba's keys have the CPU.) A change elsewhere, say in the wording of a Gymnasium class, compiles nothing again.

Import this module before numba: importing it sets NUMBA_CACHE_DIR. The folder is, in this order, under the
NUMBA_CACHE_DIR that the user has set, under XDG_CACHE_HOME or ~/.cache, or, where neither can be written, private under
the folder for temporary files. Several processes may fill it at once: numba writes files whole, under their names last.
Folders of earlier sources stay and may be deleted at any time.
"""

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

SOURCES = Path(__file__).resolve().parent

KERNELS = (
    "box2d",
    "cache.py",
    "closures.py",
    "feedforward.py",
    "forward.py",
    "maze/simulation.py",
    "nets",
    "policy.py",
    "queue.py",
    "random.py",
    "recording.py",
    "records.py",
    "simd",
    "walker/courses",
    "walker/simulation",
    "web/simulation",
    "web/sites/kinds.py",
    "web/sites/limits.py",
)
"""Folders and files below `SOURCES` that kernels of other files take functions or constants from. A test reads all
kernels and finds what is missing here.
"""

SETTINGS = (
    "NUMBA_BOUNDSCHECK",
    "NUMBA_DEBUGINFO",
    "NUMBA_ENABLE_AVX",
    "NUMBA_LOOP_VECTORIZE",
    "NUMBA_OPT",
    "NUMBA_SLP_VECTORIZE",
)
"""Environment variables that change the machine code but not numba's keys."""


def source_key(sources: Path, settings: Mapping[str, str]) -> str:
    """16 hexadecimal digits for the `*.py` files of `KERNELS` in `sources`, the compiler's versions and its settings.

    The path of `sources` counts too, because numba keeps the kernels of two copies apart.
    """
    digest = hashlib.sha256()
    facts = [str(sources), sys.implementation.cache_tag or "", version("numba"), version("llvmlite")]
    facts += [f"{name}={settings.get(name, '')}" for name in SETTINGS]
    for fact in facts:
        digest.update(fact.encode() + b"\0")
    for path in sorted(kernel_sources(sources)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(sources).as_posix()} {len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def kernel_sources(sources: Path) -> Iterator[Path]:
    """The `*.py` files below `sources` that `KERNELS` names."""
    for name in KERNELS:
        place = sources / name
        yield from place.rglob("*.py") if place.is_dir() else [place] if place.is_file() else []


def cache_folder(key: str, environment: Mapping[str, str]) -> Path:
    """The folder for `key`, created, and writable by us: the first of the candidates that can be written."""
    for folder in _candidates(key, environment):
        if _writable(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix="openended-")) / key


def _candidates(key: str, environment: Mapping[str, str]) -> Iterator[Path]:
    given = environment.get("NUMBA_CACHE_DIR")
    if given:
        # A child process inherits the folder that its parent has chosen.
        yield Path(given) if Path(given).name == key else Path(given) / key
    else:
        user = environment.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        if os.path.isabs(user):
            yield Path(user) / "openended" / key
    shared = Path(tempfile.gettempdir()) / f"openended-{os.getuid()}"
    if _private(shared):
        yield shared / key


def _private(folder: Path) -> bool:
    """Create `folder` for us alone; false if somebody else could write there, as compiled code is code."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def compiled_before(kernel: str = "*") -> bool:
    """True if the function named `kernel` (by default any) has been compiled here from these very sources.

    numba writes an entry kernel's file after everything it calls has been compiled, so ask for the entry kernel.
    """
    return any(FOLDER.glob(f"*/*.{kernel}-*.nbc"))


FOLDER = cache_folder(source_key(SOURCES, os.environ), os.environ)
os.environ["NUMBA_CACHE_DIR"] = str(FOLDER)
if "numba" in sys.modules:
    sys.modules["numba"].config.CACHE_DIR = str(FOLDER)
