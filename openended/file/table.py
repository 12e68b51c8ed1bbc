"""What a table of a run file is: its columns, and how a value of the search becomes a row of it and comes back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from openended.core.types import Changes
from openended.file import digest

Row = tuple[Any, ...]
"""A row in the order of `Table.names`: without its digest."""


@dataclass(frozen=True)
class Codec:
    """What rows need to know of the run: how its domain writes and reads genomes, and the parameters of its policy."""

    encode: Callable[[Any], str]
    decode: Callable[[str], Any]
    parameters: int


@dataclass(frozen=True, eq=False)
class Table:
    """One table of a run file.

    Commit, resume, verify, diff and migration iterate over `tables.TABLES` and know no table by its name.

    Attributes:
        name: of the table.
        columns: their SQL types by name. The first is the key; `digest` and blobs stand last, so that reading the other
            columns does not touch the blobs' pages. A REAL column holds NULL where the value is NaN.
        replaced: a new row takes the place of the row with its key. Rows of other tables are never altered.
        pick: a generation's values for this table, in the order of their keys; None: generations write none.
        write: a value as a row; without its key if the table is `numbered`.
        read: the value of a row. Raises ValueError, TypeError, KeyError or Damaged where the row makes none.
        numbered: the key counts the rows from 0 and is given by the file.
        chained: the rows are what the search did and enter its digest; otherwise they are what was measured about it.
        later: columns that the first releases lacked. One that is NULL enters no digest, so that runs without it keep
            their digests.
        shared: a column of blobs of which many are equal. It holds digests of rows of `tables.AGENT`, where each is
            stored once; a row as it is read and written has the blob itself.
    """

    name: str
    columns: Mapping[str, str]
    replaced: bool = False
    pick: Callable[[Changes], Iterable[Any]] | None = None
    write: Callable[[Any, Codec], Row] = lambda value, codec: value
    read: Callable[[Row, Codec], Any] = lambda row, codec: row
    numbered: bool = False
    chained: bool = True
    later: tuple[str, ...] = ()
    shared: str = ""

    @property
    def key(self) -> str:
        """Name of the column that names a row."""
        return next(iter(self.columns))

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that a row's digest covers, in order: all but the digest itself."""
        return tuple(name for name in self.columns if name != "digest")

    @property
    def generation(self) -> int | None:
        """The place in a row of the generation that it belongs to; None if rows belong to none."""
        return self.names.index("generation") if "generation" in self.names else None

    def digest(self, row: Sequence[digest.Value]) -> bytes:
        """SHA-256 of a row; a later column enters it by name, if it holds anything."""
        if not self.later:
            return digest.row(self.name, row)
        known = dict(zip(self.names, row, strict=True))
        held = [(name, known.pop(name)) for name in self.later]
        named = [part for each in held if not missing(each[1]) for part in each]
        return digest.row(self.name, [*known.values(), *named])

    @property
    def statement(self) -> str:
        """The text that creates the table, as SQLite keeps it in `sqlite_schema`."""
        columns = ", ".join(f"{name} {kind}" for name, kind in self.columns.items())
        return f"CREATE TABLE {self.name} ({columns})"


def missing(value: digest.Value) -> bool:
    """Whether SQLite stores the value as NULL."""
    return value is None or (isinstance(value, float) and isnan(value))
