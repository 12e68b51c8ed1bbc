"""Kernels that are made around other kernels, as the loop around a domain's three functions, and the cache for them.

numba's cache tells closures apart by pickled bytes of what they enclose, which differ in every process, so that it
never finds one again. Here it tells them apart by the names of what they enclose, if that says everything: kernels of
the files that the folder of the cache is named after (`cache.KERNELS`), numbers, and closures made of these. Others,
such as the functions of a user's own domain, may change in files that nobody looks at; they are compiled once in each
process.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from numba.core.caching import FunctionCache

from .cache import SOURCES, kernel_sources
from .simd.compiled import uncached


class _Named(FunctionCache):
    """A cache of functions that the name tells apart."""

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        return sig, codegen.magic_tuple()


def closure(function: Callable[..., Any]) -> Any:
    """Compile a function that encloses kernels, in the same way as `simd.compiled.kernel`."""
    name = _with_cells(function)
    if name is None:
        return uncached(function)
    # The machine code is named after the function, so two of one name may never meet in a process.
    function.__qualname__ += "_" + hashlib.sha256(name.encode()).hexdigest()[:16]
    made = uncached(function)
    made._cache = _Named(function)
    return made


def _with_cells(function: Any) -> str | None:
    """A name that says what a function is and what it encloses, whatever the process; None if there is none."""
    names = [_enclosed(cell.cell_contents) for cell in function.__closure__ or ()]
    known = [name for name in names if name is not None]
    return f"{function.__module__}.{function.__qualname__}({', '.join(known)})" if len(known) == len(names) else None


def _enclosed(content: Any) -> str | None:
    """The name of a kernel or the text of a number; None for a kernel of a file that the cache does not know."""
    if not hasattr(content, "py_func"):
        return repr(content)
    known = Path(content.py_func.__code__.co_filename).resolve() in _sources()
    return _with_cells(content.py_func) if known else None


@cache
def _sources() -> frozenset[Path]:
    return frozenset(kernel_sources(SOURCES))
