"""Where a run begins if not from nothing: at what another run had come to."""

from dataclasses import dataclass

from .types import Learner, State


@dataclass(frozen=True)
class Start:
    """Another run to begin from.

    Attributes:
        run: its run file. It is read once; the new run file holds copies of all that it needs.
        digest: what the digest of that run must be; empty: whatever it is, and it is noted in the new run file.

    """

    run: str
    digest: str = ""


@dataclass(frozen=True)
class Source:
    """What the other run had come to.

    Attributes:
        state: its last, of the same domain and the same policy.
        learner: the one that all its tasks share; None where every task has its own.
        kind: of its learners.

    """

    state: State
    learner: Learner | None
    kind: str
