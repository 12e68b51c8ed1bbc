"""What recorded rollouts hold, whatever the domain: the rows that a learner learns from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ..policy import Policy

if TYPE_CHECKING:
    from .draw import Actor

Run = Callable[[Callable[[], None]], None]
"""Calls a function in every thread there is, and waits for all of them."""

GOES_ON, TERMINAL, TRUNCATED = range(3)
"""How a step ends: the episode continues, is terminal, or is truncated by a time limit, so its last value counts."""


class Recorded(NamedTuple):
    """`steps` steps in each of n environments; row i * steps + t is step t of environment i.

    Attributes:
        observations: float32[rows, o], what the agent saw.
        actions: float32[rows, a], what it did (of a choice: its index).
        log_probabilities: float32[rows], of the actions (continuous: of their density) when they were drawn.
        rewards: float32[rows].
        ends: uint8[rows], GOES_ON, TERMINAL or TRUNCATED.
        last: float32[n, o], what each environment shows after its last step.
        finals: float32[n, most, o], what was seen after the truncated steps of each environment, in their order.
        memories: float32[n, m], what a policy with memory remembers before each environment's first step; m = 0: none.
        candidates: float32[c, k], what a policy that scores saw of everything that could be done, row after row;
            offsets: int64[rows + 1], where those of each row begin. Of other policies neither has anything.
    """

    observations: NDArray[np.float32]
    actions: NDArray[np.float32]
    log_probabilities: NDArray[np.float32]
    rewards: NDArray[np.float32]
    ends: NDArray[np.uint8]
    last: NDArray[np.float32]
    finals: NDArray[np.float32]
    memories: NDArray[np.float32]
    candidates: NDArray[np.float32]
    offsets: NDArray[np.int64]


def recorded(environments: int, steps: int, observations: int, actions: int, most: int, memory: int = 0) -> Recorded:
    """Room for that much, with at most `most` truncated episodes in each environment, and a policy's memory."""
    rows = environments * steps
    return Recorded(
        observations=np.zeros((rows, observations), np.float32),
        actions=np.zeros((rows, actions), np.float32),
        log_probabilities=np.zeros(rows, np.float32),
        rewards=np.zeros(rows, np.float32),
        ends=np.zeros(rows, np.uint8),
        last=np.zeros((environments, observations), np.float32),
        finals=np.zeros((environments, most, observations), np.float32),
        memories=np.zeros((environments, memory), np.float32),
        candidates=np.zeros((0, 0), np.float32),
        offsets=np.zeros(0, np.int64),
    )


@dataclass(frozen=True)
class Ended:
    """How the episodes of a record ended.

    Attributes:
        tasks: int32[rows], of every row: its task's place among those given.
        fresh: bool[rows], the step is an episode's first.
        totals, lengths: float64, int32 [rows]: return and steps of an episode, in the row of its last step.
        facts: what else the domain knows of an episode, arrays [rows] by name, in the same rows.
    """

    tasks: NDArray[np.int32]
    fresh: NDArray[np.bool_]
    totals: NDArray[np.float64]
    lengths: NDArray[np.int32]
    facts: dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Rehearsal:
    """Environments to be recorded.

    Attributes:
        tasks: what `simulator.prepare` made of the genomes; each episode's task is drawn from them, each as likely.
        policy: the actor's network.
        environments: how many there are, each in an episode of its own.
        key: fixes tasks and noise.
        cap: truncate an episode after this many steps; stall: after this many without progress, 0: never.
        threads: how many will record. No result depends on it.
    """

    tasks: Any
    policy: Policy
    environments: int
    key: int
    cap: int
    stall: int = 0
    threads: int = 1


class Recorder(Protocol):
    """Environments in the middle of their episodes."""

    def record(self, steps: int, actor: "Actor", run: Run, stop: NDArray[np.uint8]) -> tuple[Recorded, Ended]:
        """The next `steps` steps of every environment; `stop[0]`, set to 1, ends the call, the record unfinished."""
        ...
