"""Digests: what makes a changed bit visible, and two runs comparable by one number.

A row's digest is the SHA-256 of its canonical bytes. A generation digests, table by table, the rows that it added;
tables whose rows are replaced have the sum of all their rows' digests modulo 2^256 (an additive multiset hash: Bellare
and Micciancio, "A new paradigm for collision-free hashing", 1997), so that a generation pays only for the rows that it
altered. The chain of a generation digests the chain before it and what the generation did: no clock, and nothing that
was only measured. Two runs did the same if and only if their last chains are equal.
"""

import hashlib
import json
import math
import struct
from collections.abc import Iterable, Sequence
from typing import Any

Value = int | float | str | bytes | None

SIZE = 32
"""Bytes of a digest."""


def canonical(values: Iterable[Value]) -> bytes:
    """Unambiguous bytes of a row: a tag per type, fixed little-endian numbers, length before text.

    NaN counts as NULL and -0.0 as 0.0, because that is how SQLite stores them.
    """
    parts = []
    for value in values:
        if value is None or (isinstance(value, float) and math.isnan(value)):
            parts.append(b"n")
        elif isinstance(value, int):
            parts.append(b"i" + int(value).to_bytes(8, "little", signed=True))
        elif isinstance(value, float):
            parts.append(b"f" + struct.pack("<d", value + 0.0))
        else:
            data, tag = (value.encode(), b"t") if isinstance(value, str) else (bytes(value), b"b")
            parts.append(tag + len(data).to_bytes(8, "little") + data)
    return b"".join(parts)


def row(table: str, values: Sequence[Value]) -> bytes:
    """SHA-256 of a row, its columns in the order of the schema without the digest."""
    return hashlib.sha256(canonical([table, *values])).digest()


def added(rows: Iterable[bytes]) -> bytes:
    """The digest of the rows that a generation added to a table, from their digests in the order of their keys."""
    return hashlib.sha256(canonical([b"".join(rows)])).digest()


def multiset(before: bytes, removed: Iterable[bytes], added: Iterable[bytes]) -> bytes:
    """The digest of a table after rows with the digests `removed` gave way to rows with the digests `added`."""
    total = int.from_bytes(before, "little")
    total += sum(int.from_bytes(digest, "little") for digest in added)
    total -= sum(int.from_bytes(digest, "little") for digest in removed)
    return (total % (1 << 8 * SIZE)).to_bytes(SIZE, "little")


def chain(before: bytes, generation: int, did: str) -> bytes:
    """The chained digest of a generation.

    Args:
        before: the chain of the generation before; for the first one `genesis`.
        generation: its number.
        did: the digests of what it did by table, canonical JSON; tables without rows are left out.

    """
    return hashlib.sha256(canonical([before, generation, did])).digest()


def genesis(identity: str) -> bytes:
    """What stands before the first chain: the digest of what makes a run itself, as canonical JSON."""
    return hashlib.sha256(canonical(["openended", identity])).digest()


def text(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, shortest floats that read back to the same bits. No NaN, no infinity."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
