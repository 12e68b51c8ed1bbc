"""Where a run begins if not from nothing: at what another run had come to."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from .types import Elite, Learner, Pair, State


@dataclass(frozen=True)
class Start:
    """Another run to begin from.

    Attributes:
        run: its run file. It is read once; the new run file holds copies of all that it needs.
        digest: what the digest of that run must be; empty: whatever it is, and it is noted in the new run file.
        tasks: a further run file, such as that of an attack, whose tasks come beside those of the first; of an attack
            the faults of the atlas. Empty: none.
        tasks_digest: what its digest must be; empty: whatever it is.

    """

    run: str
    digest: str = ""
    tasks: str = ""
    tasks_digest: str = ""


@dataclass(frozen=True)
class Predecessor:
    """What the other run had come to.

    Attributes:
        state: its last, of the same domain and the same policy.
        learner: the one that all its tasks share; None where every task has its own.
        kind: of its learners.
        algorithm: that made it.

    """

    state: State
    learner: Learner | None
    kind: str
    algorithm: str = ""


def joined(state: State, further: State, chosen: Callable[[Pair], bool]) -> State:
    """The state with the chosen pairs of another one of the same policy beside its own, their tasks and elites numbered
    on from its last.
    """
    first = max(state.tasks, default=-1) + 1
    found = max(state.elites, default=-1) + 1
    pairs = {id + first: renumbered(pair, first, found) for id, pair in further.pairs.items() if chosen(pair)}
    tasks = {
        id + first: replace(task, id=id + first, parent=task.parent + first if task.parent >= 0 else -1)
        for id, task in further.tasks.items()
        if id + first in pairs
    }
    elites: dict[int, Elite] = {
        id + found: replace(elite, id=id + found, task=elite.task + first)
        for id, elite in further.elites.items()
        if elite.task + first in pairs
    }
    return replace(
        state,
        tasks=dict(state.tasks) | tasks,
        pairs=dict(state.pairs) | pairs,
        elites=dict(state.elites) | elites,
    )


def renumbered(pair: Pair, first: int, found: int) -> Pair:
    """The pair with its task and its elite numbered on."""
    return replace(pair, task=pair.task + first, elite=None if pair.elite is None else pair.elite + found)
