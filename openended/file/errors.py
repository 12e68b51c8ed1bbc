"""What can go wrong with a run, one class per exit code. Messages are one sentence or two: what, where, what to do."""


class Failure(Exception):
    """Something that the user can act on.

    Attributes:
        code: exit code of the command.
        at_once: whether the process should end without the seconds that its libraries and threads would take to end.

    """

    code = 1
    at_once = False


class Usage(Failure):
    """The command or the recipe is wrong; nothing was written."""

    code = 2


class Damaged(Failure):
    """The run file is damaged, not ours, newer than this code, or belongs to another recipe; it was left untouched."""

    code = 3


class Owned(Failure):
    """Another process owns the run file."""

    code = 4


class Locked(Owned):
    """Another process holds a lock on the run file."""


class Resources(Failure):
    """Disk, memory, file system or cluster gave out; the run file is intact up to its last generation."""

    code = 5


DIFFERENT = 6
"""Exit code of `openended diff` where the runs differ."""

STOPPED = 75
"""Exit code of a run that was stopped on request and can be resumed (EX_TEMPFAIL, "try again")."""


class Interrupted(Failure):
    """The run was stopped on request; it can be resumed."""

    code = STOPPED
    at_once = True
