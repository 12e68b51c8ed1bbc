"""Python values to SQLite's and back, to the bit.

SQLite is loose about kinds and knows no NaN, so what is read is checked: numbers are numbers, JSON is of the kind that
belongs there, and an array has as many bytes as its declared dtype and shape need.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openended.file import digest
from openended.file.errors import Damaged

DTYPES = {"<f4", "<f8", "<i8"}
"""The dtypes of stored arrays: float32, float64 and int64, little-endian."""


def plain(value: Any) -> float | int | None:
    """A Python number of any number; None of None, NaN and infinity."""
    number = value.item() if isinstance(value, np.generic) else value
    return None if number is None or not math.isfinite(number) else number


def real(value: Any) -> float:
    """A column of real numbers; NULL is NaN."""
    return math.nan if value is None else float(value)


def whole(value: Any) -> int:
    """An integer as it is. Raises ValueError for anything else, as SQLite is loose about kinds, and beyond 2^53."""
    if not isinstance(value, int) or abs(value) > 1 << 53:
        raise ValueError(f"{value!r:.40} where a whole number belongs")
    return value


def parsed(text: Any, kind: type) -> Any:
    """JSON of a kind, `dict` or `list`. Raises ValueError for anything else."""
    try:
        value = json.loads(text)
    except (TypeError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(value, kind):
        raise ValueError(f"JSON of another kind: {text:.40}")
    return value


def digests(text: Any) -> dict[str, str]:
    """Digests by table, JSON. Raises ValueError for anything else."""
    found: dict[str, str] = parsed(text, dict)
    for table, value in found.items():
        if not isinstance(value, str) or len(value) != 2 * digest.SIZE or len(bytes.fromhex(value)) != digest.SIZE:
            raise ValueError(f"{value!r:.40} where the digest of {table!r:.20} belongs")
    return found


def packed(array: NDArray[Any]) -> bytes:
    """The raw bytes of an array, little-endian, the last axis fastest."""
    return np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()


def unpacked(data: Any, dtype: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """A read-only array of the machine's byte order. Raises Damaged for other dtypes and for a wrong length."""
    if dtype not in DTYPES:
        raise Damaged(f"an array has dtype {dtype!r}; allowed are {', '.join(sorted(DTYPES))}; the file is damaged.")
    kind = np.dtype(dtype)
    size = kind.itemsize * math.prod(shape)
    if not isinstance(data, bytes) or len(data) != size:
        found = f"{len(data)} bytes" if isinstance(data, bytes) else type(data).__name__
        raise Damaged(f"an array holds {found} where {kind.name}{list(shape)} needs {size}; the file is damaged.")
    return np.frombuffer(data, kind).astype(kind.newbyteorder("="), copy=False).reshape(shape)


def described(array: NDArray[Any]) -> tuple[str, list[int]]:
    """Dtype and shape of an array as they are declared. Raises ValueError for a dtype that is not stored."""
    dtype = array.dtype.newbyteorder("<").str
    if dtype not in DTYPES:
        raise ValueError(f"an array of {array.dtype} cannot be stored; make it float32, float64 or int64")
    return dtype, list(array.shape)


def packed_all(arrays: Mapping[str, NDArray[Any]]) -> tuple[str, bytes]:
    """Named arrays as one declaration, JSON `[[name, dtype, shape], ...]` in the order of names, and their bytes."""
    order = sorted(arrays)
    return digest.text([[name, *described(arrays[name])] for name in order]), b"".join(
        packed(arrays[name]) for name in order
    )


def unpacked_all(declared: Any, data: Any) -> dict[str, NDArray[Any]]:
    """Named arrays, read-only. Raises Damaged or ValueError unless the bytes fit the declaration."""
    if not isinstance(data, bytes):
        raise ValueError("arrays that are no bytes")
    arrays, start = {}, 0
    for name, dtype, shape in parsed(declared, list):
        sizes = tuple(whole(size) for size in shape)
        if dtype not in DTYPES or any(size < 0 for size in sizes):
            raise ValueError(f"array {name!r:.40} declared as {dtype!r:.10} {sizes}")
        end = start + np.dtype(dtype).itemsize * math.prod(sizes)
        arrays[str(name)] = unpacked(data[start:end], dtype, sizes)
        start = end
    if start != len(data):
        raise Damaged(f"arrays hold {len(data)} bytes where {start} are declared; the file is damaged.")
    return arrays
