"""The inbox of a run: a folder beside the run file where anybody who may write there leaves offers.

It is a maildir (D. J. Bernstein, 1995): an offer is written to `tmp/`, made durable, and renamed into `new/`, so that
what is seen there is whole; no locks are needed, on network disks either. The run takes offers out of `new/` between
two generations, and moves them to `done/` once they are in the run file.
"""

import os
import secrets
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from heapq import nsmallest
from pathlib import Path
from stat import S_ISREG
from typing import Any

from openended.core.offers import Offer
from openended.file import digest
from openended.file.errors import Resources, Usage
from openended.file.letters import NAME, SIZE, Unreadable, check, read

MOST = 1000
"""Most files that a run looks at between two generations."""
PARTS = ("tmp", "new", "done")
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_NOFOLLOW | os.O_CLOEXEC


def folder(run: Path | str) -> Path:
    """The inbox of a run file, whether it exists or not; links to the run file have the inbox of the file."""
    place = Path(run).resolve()
    return place.with_name(f"{place.name}.inbox")


def offer(run: Path | str, kind: str, author: str, payload: Mapping[str, Any], nonce: str | None = None) -> str:
    """Leave an offer in the inbox of a run, durably, and return its name.

    Args:
        run: the run file.
        kind: one of `core.offers.KINDS`.
        author: a tag of who sends it, 1 to 32 of `a-z0-9_-`; a tag, not an identity.
        payload: its content (`file.letters`).
        nonce: text that tells equal offers apart; None: drawn at random. An offer with the same nonce counts once.

    Raises:
        Usage: the kind, the author or the payload is none, or the offer is larger than 64 KiB.
        Resources: the inbox cannot be written.

    """
    letter = {"author": author, "kind": kind, "nonce": secrets.token_hex(16) if nonce is None else nonce}
    try:
        text = digest.text(letter | {"payload": payload})
        check(read(text.encode()))
    except (Unreadable, ValueError, TypeError, RecursionError) as error:
        raise Usage(f"the offer cannot be sent: {error}.") from None
    name = sha256(text.encode()).hexdigest()
    place = folder(run)
    try:
        with suppress(FileExistsError):
            os.mkdir(place, 0o700)
        with opened(place, make=True) as inbox:
            deliver(inbox, f"{name}.json", text.encode())
    except OSError as error:
        raise Resources(
            f"{place} cannot be written ({error.strerror}); is it a folder of yours, with space?"
        ) from error
    return name


@contextmanager
def opened(place: Path, make: bool = False) -> Iterator[dict[str, int]]:
    """Handles of the inbox's folders by name, made if they are to be; no link is followed. Raises OSError."""
    handles: dict[str, int] = {}
    try:
        inbox = handles[""] = os.open(place, FOLDER)
        for part in PARTS:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, 0o700, dir_fd=inbox)
            handles[part] = os.open(part, FOLDER, dir_fd=inbox)
        yield handles
    finally:
        for handle in handles.values():
            os.close(handle)


def deliver(inbox: Mapping[str, int], name: str, data: bytes) -> None:
    """Write a file to `tmp/`, make it durable, give it its name in `new/`. Raises OSError."""
    draft = f"{os.getpid()}-{secrets.token_hex(8)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | FILE, 0o600, dir_fd=inbox["tmp"])
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(draft, name, src_dir_fd=inbox["tmp"], dst_dir_fd=inbox["new"])
        os.fsync(inbox["new"])
    except BaseException:
        with suppress(OSError):
            os.unlink(draft, dir_fd=inbox["tmp"])
        raise


class Inbox:
    """The inbox of a run as its driver sees it. Whatever lies there, and if there is none, nothing is raised."""

    def __init__(self, run: Path | str):
        self.place = folder(run)

    def waiting(self) -> list[str]:
        """The names of up to 1,000 offers that wait, in their order."""
        try:
            with opened(self.place) as inbox:
                return listed(inbox)[0]
        except OSError:
            return []

    def take(
        self, known: Callable[[str], bool], limits: Mapping[str, int], keep: Container[str] = ()
    ) -> tuple[Offer, ...]:
        """The offers that wait, in the order of their names; none is moved.

        Args:
            known: whether the run has already taken the offer of a name; such ones are moved to `done/`.
            limits: most of each kind; what is beyond waits, and so does what is not among the first 1,000 names.
            keep: known ones that are not moved yet.

        """
        try:
            with opened(self.place) as inbox:
                names, others = listed(inbox)
                put_away(inbox, [*others, *(f"{name}.json" for name in names if known(name) and name not in keep)])
                room, taken = dict(limits), list[Offer]()
                for name in (name for name in names if not known(name)):
                    found = look(inbox, name)
                    if found.problem or room.get(found.kind, 0) > 0:
                        taken.append(found)
                    room[found.kind] = room.get(found.kind, 0) - (not found.problem)
                return tuple(taken)
        except OSError:
            return ()

    def done(self, names: Iterable[str]) -> None:
        """Move offers that are in the run file to `done/`. One that cannot be moved is passed over from now on."""
        files = [f"{name}.json" for name in names]
        with suppress(OSError):
            if files:
                with opened(self.place) as inbox:
                    put_away(inbox, files)


def listed(inbox: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """The first 1,000 names of offers in `new/`, sorted, and up to 1,000 files that are none by their names."""
    with os.scandir(inbox["new"]) as entries:
        found = [entry.name for entry in entries if not entry.name.startswith(".")]
    names = nsmallest(MOST, (name for name in found if NAME.fullmatch(name)))
    others = nsmallest(MOST, (name for name in found if not NAME.fullmatch(name)))
    return [name.removesuffix(".json") for name in names], others


def put_away(inbox: Mapping[str, int], files: Iterable[str]) -> None:
    """Move files from `new/` to `done/`, unread."""
    for file in files:
        with suppress(OSError):
            os.rename(file, file, src_dir_fd=inbox["new"], dst_dir_fd=inbox["done"])


def look(inbox: Mapping[str, int], name: str) -> Offer:
    """The offer in a file, which counts as unreadable unless it is a regular file of at most 64 KiB that holds one."""
    try:
        letter = read(content(f"{name}.json", inbox["new"]))
    except OSError as error:
        return Offer(name, "unknown", "", None, f"it cannot be opened ({error.strerror})")
    except Unreadable as error:
        return Offer(name, "unknown", "", None, str(error))
    sender = letter["kind"], letter["author"]
    try:
        check(letter)
    except Unreadable as error:
        return Offer(name, *sender, None, str(error))
    if sha256(digest.text(letter).encode()).hexdigest() != name:
        return Offer(name, *sender, None, "its name is not the SHA-256 of its content")
    return Offer(name, *sender, letter["payload"])


def content(file: str, parent: int) -> bytes:
    """The bytes of a small regular file. Raises OSError (a link, for one), Unreadable for another kind and size."""
    handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | FILE, dir_fd=parent)
    try:
        known = os.fstat(handle)
        if not S_ISREG(known.st_mode):
            raise Unreadable("it is no regular file")
        if known.st_size > SIZE:
            raise Unreadable(f"it has {known.st_size} bytes, an offer at most {SIZE}")
        with open(handle, "rb", closefd=False) as regular:
            return regular.read(SIZE + 1)
    finally:
        os.close(handle)
