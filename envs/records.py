"""Records of arrays: plain data of fixed shape in one block of memory, handed to a kernel as one pointer."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import DTypeLike

CACHE_LINE = 64
"""Bytes. Every field begins a cache line, so that a row of 16 lanes of float32 is read in one go."""

Fields = Mapping[str, tuple[DTypeLike, tuple[int, ...]]]
"""The dtype and shape of each field by its name."""


def record_type(fields: Fields) -> np.dtype[np.void]:
    """The dtype of a record with these fields, each at the beginning of a cache line."""
    ends = np.cumsum([-(-np.dtype(field).itemsize // CACHE_LINE) * CACHE_LINE for field in fields.values()])
    return np.dtype(
        {
            "names": list(fields),
            "formats": list(fields.values()),
            "offsets": [0, *ends[:-1].tolist()],
            "itemsize": int(ends[-1]),
        }
    )


def records(count: int, fields: Fields) -> np.recarray:
    """`count` records with these fields, all zero."""
    kind = record_type(fields)
    room = np.zeros(count * kind.itemsize + CACHE_LINE, np.uint8)
    start = -room.ctypes.data % CACHE_LINE
    return room[start : start + count * kind.itemsize].view(kind).view(np.recarray)
