"""Recorded offers: those that a run took, from its run file or from lines of JSON, to be taken again.

A line is an object with `generation`, `kind`, `name`, `author`, `payload` and `outcome`, as `openended export --as
inputs` writes it; `task` and `found` may be there and do not count. Only an outcome `invalid: ...` matters: what could
not be judged then cannot be judged now.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from openended.core.offers import AGAIN, KINDS, Offer
from openended.file.errors import Usage
from openended.file.letters import SIZE, TAG, Unreadable, check, named, whole
from openended.file.reader import Reader

INVALID = "invalid: "
SQLITE = b"SQLite format 3\0"
"""How a run file begins."""
WANTED = {"generation", "kind", "name", "author", "payload", "outcome"}
IGNORED = {"task", "found"}


class Recorded(NamedTuple):
    """An offer and the generation that took it."""

    generation: int
    offer: Offer


def recorded(path: Path) -> list[Recorded]:
    """The offers in a run file or in a file of lines, by generation and name. Raises Failure, Usage for other files."""
    try:
        with path.open("rb") as file:
            if file.read(len(SQLITE)) == SQLITE:
                found = rows(path)
            else:
                file.seek(0)
                found = list(lines(path, file))
    except OSError as error:
        raise Usage(
            f"{path} cannot be read ({error.strerror}); name a run file, or offers that were exported."
        ) from error
    return sorted(found, key=lambda each: (each.generation, each.offer.name))


def rows(path: Path) -> list[Recorded]:
    """The offers in a run file. Raises Failure."""
    with Reader(path) as run, run.readable():
        return [
            Recorded(each.generation, offer(each.name, each.kind, each.author, each.payload, each.outcome))
            for each in run.offers(f"kind != '{AGAIN}'")
        ]


def lines(path: Path, file: Iterable[bytes]) -> Iterator[Recorded]:
    """The offers in lines of JSON. Raises Usage."""
    names: set[str] = set()
    for number, line in enumerate(file, 1):
        try:
            if len(line) > 2 * SIZE:
                raise Unreadable(f"it has {len(line)} bytes")
            found = of_line(json.loads(line))
            if found is None:
                continue
            if found.offer.name in names:
                raise Unreadable("an offer of this name came before")
        except (ValueError, RecursionError) as error:
            raise Usage(f"{path}, line {number} is no recorded offer: {error}.") from None
        names.add(found.offer.name)
        yield found


def of_line(value: Any) -> Recorded | None:
    """The offer of a line; None of a later judgement. Raises Unreadable."""
    if not isinstance(value, Mapping) or not WANTED <= set(value) <= WANTED | IGNORED:
        raise Unreadable(f"it should be an object with {', '.join(sorted(WANTED))}")
    if value["kind"] == AGAIN:
        return None
    if not whole(value["generation"]) or value["generation"] < 1:
        raise Unreadable("generation should be a whole number, 1 or more")
    return Recorded(
        value["generation"], offer(*(value[key] for key in ("name", "kind", "author", "payload", "outcome")))
    )


def offer(name: Any, kind: Any, author: Any, payload: Any, outcome: Any) -> Offer:
    """An offer as it was recorded, of which some part may be anything. Raises Unreadable."""
    if not named(name):
        raise Unreadable("name should be 64 hexadecimal digits")
    if not isinstance(outcome, str) or not isinstance(author, str) or not isinstance(kind, str):
        raise Unreadable("outcome, author and kind should be text")
    if outcome.startswith(INVALID):
        if payload is not None and not isinstance(payload, Mapping):
            raise Unreadable("payload should be an object or null")
        return Offer(name, kind, author, payload, outcome.removeprefix(INVALID))
    if kind not in KINDS or not TAG.fullmatch(author):
        raise Unreadable(f"kind should be one of {', '.join(KINDS)}, and author a tag of a-z, 0-9, _ and -")
    check({"kind": kind, "nonce": "", "payload": payload})
    return Offer(name, kind, author, payload)
