"""Rows in columns that lie in memory one by one, so that looking at one quantity of all rows reads nothing else."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

ROOM = 64
"""Rows that there is room for at first; it doubles when it is used up."""


class Columns:
    """A growing table; `table[name]` is a column as it is by now, [rows] or, of a column with `width` numbers a row,
    [rows, width]. A column may be written to.
    """

    def __init__(self, dtypes: Mapping[str, DTypeLike], widths: Mapping[str, int]):
        self._count = 0
        self._room: dict[str, NDArray[Any]] = {
            name: np.zeros((widths[name], ROOM) if name in widths else ROOM, dtype) for name, dtype in dtypes.items()
        }

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._room[name][..., : self._count].T

    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(self._room)

    def add(self) -> int:
        """A new row of zeros at the end; returns its index."""
        for name, column in self._room.items():
            if self._count == column.shape[-1]:
                self._room[name] = np.concatenate([column, np.zeros_like(column)], axis=-1)
        self._count += 1
        return self._count - 1
