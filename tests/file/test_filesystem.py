import errno
import fcntl

import pytest

from openended.file import filesystem
from openended.file.errors import Resources
from openended.file.filesystem import Mount, locks, mounts, probe, under

TABLE = r"""
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro
30 22 0:25 / /dev/shm rw,nosuid,nodev shared:4 - tmpfs tmpfs rw
41 22 0:40 / /data rw,relatime shared:20 - nfs4 nas:/data rw,vers=4.2,hard,proto=tcp,local_lock=none,addr=10.0.0.1
42 22 0:41 / /old rw,relatime - nfs nas:/old rw,vers=3,nolock,local_lock=all,addr=10.0.0.1
43 22 0:42 / /older rw,relatime - nfs nas:/older rw,vers=3,local_lock=none,addr=10.0.0.1
50 22 0:50 / /lustre/flock rw - lustre 10.0.0.2@tcp:/fs rw,flock,user_xattr,lazystatfs
51 22 0:51 / /lustre/local rw - lustre 10.0.0.2@tcp:/fs rw,localflock,lazystatfs
52 22 0:52 / /lustre/none rw master:3 propagate_from:2 - lustre 10.0.0.2@tcp:/fs rw,lazystatfs
60 22 0:60 / /mnt/with\040space\134x rw - fuse.sshfs me@host: rw,user_id=1000
61 41 0:61 / /data/inner rw - ext4 /dev/vdb rw
62 22 0:62 / /win rw - cifs //nas/win rw,vers=3.0,nobrl
63 22 0:63 / /twice rw - ext4 /dev/vdc rw
64 63 0:64 / /twice rw - lustre 10.0.0.2@tcp:/fs rw
this line is none
"""

LOCKS = {
    "/usr/me": ("ext4", "everyone"),
    "/dev/shm/x": ("tmpfs", "everyone"),
    "/data/me": ("nfs4", "everyone"),
    "/data/inner/me": ("ext4", "everyone"),
    "/database": ("ext4", "everyone"),
    "/old/me": ("nfs", "node"),
    "/older/me": ("nfs", "everyone"),
    "/lustre/flock/a/b": ("lustre", "everyone"),
    "/lustre/local": ("lustre", "node"),
    "/lustre/none/a": ("lustre", "none"),
    "/mnt/with space\\x/a": ("fuse.sshfs", "node"),
    "/win": ("cifs", "node"),
    "/twice/a": ("lustre", "none"),
}


@pytest.mark.parametrize(("path", "expected"), LOCKS.items(), ids=LOCKS)
def test_a_path_lies_on_the_innermost_latest_mount_and_its_options_say_whom_locks_keep_out(path, expected):
    mount = under(path, mounts(TABLE))
    assert (mount.kind, locks(mount)) == expected


def test_options_of_the_mount_and_of_the_file_system_are_both_read():
    assert mounts(TABLE)[0] == Mount("/", "ext4", frozenset({"rw", "relatime", "errors=remount-ro"}))
    assert mounts("") == []
    assert under("/", []) is None


def test_this_machines_own_table_has_a_root():
    assert under("/", mounts(filesystem.MOUNTS.read_text())).point == "/"


@pytest.fixture
def lying(tmp_path, monkeypatch):
    """Pretends that the test's folder lies on a mount with the given rest of its line."""

    def pretend(rest):
        table = tmp_path / "mountinfo"
        table.write_text(f"22 1 254:0 / / rw - ext4 /dev/vda1 rw\n41 22 0:40 / {tmp_path.resolve()} rw - {rest}\n")
        monkeypatch.setattr(filesystem, "MOUNTS", table)
        return tmp_path / "x.run"

    return pretend


def test_local_disks_and_locking_network_disks_are_not_worth_a_word(lying, monkeypatch, tmp_path):
    for rest in ("ext4 /dev/vda1 rw", "nfs4 nas:/d rw,local_lock=none", "lustre a:/b rw,flock"):
        path = lying(rest)
        assert probe(path) == ""
        assert [file.name for file in path.parent.iterdir()] == ["mountinfo"]
    monkeypatch.setattr(filesystem, "MOUNTS", tmp_path / "nowhere")
    assert probe(tmp_path / "x.run") == ""


def test_locks_that_hold_on_one_machine_only_are_said_in_one_line(lying):
    said = probe(lying("nfs nas:/old rw,vers=3,nolock"))
    assert "nfs file system whose locks hold within one machine only" in said
    assert "--scratch" in said
    assert "\n" not in said


def test_a_file_system_without_locks_is_refused_with_the_way_out(lying, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "lockf", refuse)
    with pytest.raises(Resources, match=r"lustre file system that refuses locks \(Function not .*--scratch DIR"):
        probe(lying("lustre 10.0.0.2@tcp:/fs rw"))


def test_a_folder_that_cannot_be_written_is_refused(lying, monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(filesystem.tempfile, "TemporaryFile", refuse)
    with pytest.raises(Resources, match="refuses writing"):
        probe(lying("ext4 /dev/vda1 ro"))
