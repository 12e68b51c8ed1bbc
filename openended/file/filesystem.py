"""What the file system under a run file can do; SQLite stands and falls with its locks.

Where a folder lies is read from the kernel's list of mounts (`/proc/self/mountinfo`, see proc(5)); systems without one
are taken for local disks. What the types and options mean: nfs(5), mount.lustre(8), mount.cifs(8).
"""

import errno
import fcntl
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from openended.file.errors import Resources

MOUNTS = Path("/proc/self/mountinfo")


@dataclass(frozen=True)
class Mount:
    """One mounted file system: its place, its type (`ext4`, `nfs4`, `fuse.sshfs`), and all its options."""

    point: str
    kind: str
    options: frozenset[str]


def mounts(text: str) -> list[Mount]:
    """The lines of a `mountinfo` file: ids, root, mount point, options, optional fields, `-`, type, source, options of
    the file system. Lines of another form are passed over.
    """
    found = []
    for line in text.splitlines():
        before, dash, after = line.partition(" - ")
        place, kind = before.split(), after.split()
        if dash and len(place) >= 6 and len(kind) >= 3:
            options = frozenset({*place[5].split(","), *kind[2].split(",")})
            found.append(Mount(plain(place[4]), kind[0], options))
    return found


def plain(field: str) -> str:
    r"""A field with its octal escapes (`\040` for a space) undone."""
    head, *rest = field.split("\\")
    return head + "".join(chr(int(part[:3], 8)) + part[3:] for part in rest)


def under(path: str, known: Iterable[Mount]) -> Mount | None:
    """The mount that holds an absolute path: of those with the longest mount point the last, which hides the others."""
    holder = None
    for mount in known:
        if Path(path).is_relative_to(mount.point) and (holder is None or len(mount.point) >= len(holder.point)):
            holder = mount
    return holder


def locks(mount: Mount) -> str:
    """Whom locks on this file system keep out: `everyone`, `node` (only processes of the same machine), or `none`."""
    kind, options = mount.kind, mount.options
    if kind == "lustre":
        return "everyone" if "flock" in options else "node" if "localflock" in options else "none"
    if kind in {"nfs", "nfs4"}:
        return "node" if options & {"nolock", "local_lock=all", "local_lock=posix"} else "everyone"
    if kind in {"cifs", "smb3"}:
        return "node" if "nobrl" in options else "everyone"
    if kind.startswith("fuse") or kind in {"9p", "vboxsf", "virtiofs", "beegfs"}:
        return "node"
    return "everyone"


def probe(path: Path) -> str:
    """Test the folder of a run file, which exists. Returns a sentence where the user should know something, else "".

    Raises Resources if files there cannot be locked or written.
    """
    folder = path.parent.resolve()
    try:
        known = mounts(MOUNTS.read_text())
    except OSError:
        known = []
    mount = under(str(folder), known)
    name = f"{mount.kind} file system" if mount else "file system"
    refusal = try_lock(folder)
    if refusal:
        raise Resources(
            f"{path} lies on a {name} that refuses {refusal}; choose another place, or pass --scratch DIR with a folder"
            " on a local disk."
        )
    if mount and locks(mount) != "everyone":
        return (
            f"{path} lies on a {name} whose locks hold within one machine only: run and watch it from this machine, or"
            " pass --scratch DIR and watch the copies."
        )
    return ""


def try_lock(folder: Path) -> str:
    """What does not work in a folder: `locks` or `writing` with the system's reason; empty if both work."""
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".lock-") as file:
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno in {errno.EAGAIN, errno.EACCES}:
                    return ""
                return f"locks ({error.strerror})"
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return f"writing ({error.strerror})"
    return ""


def synchronise(path: Path) -> None:
    """Make a file's content, or a folder's names, durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
