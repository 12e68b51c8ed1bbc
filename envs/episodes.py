"""Episodes: their spaces, those that threads work off together, and one that is written down step by step."""

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .policy import Policy

Genome = Any
"""A task as its domain writes it: an immutable value (a frozen dataclass) that `encode` turns into canonical JSON."""

Agent = NDArray[np.float32]
"""Parameters of a policy, float32[parameters]."""


@dataclass(frozen=True)
class Space:
    """What an observation or an action is.

    Attributes:
        size: how many numbers; of a discrete space, how many choices.
        discrete: whether it is a choice 0 .. size - 1.
    """

    size: int
    discrete: bool = False


@dataclass
class Queue:
    """A queue of episodes that any number of threads work off together.

    Each thread that calls `simulator.rollouts(queue)` takes the next episode not yet taken until none is left, or until
    `stop[0]` is set. What an episode returns depends on its task, policy, agent and key alone, never on who runs it
    when.

    Attributes:
        tasks: what `simulator.prepare` made of the genomes.
        policy: what the agents' parameters mean.
        agents: float32[a, parameters].
        which: int32[n, 2], the indices (task, agent) of each episode.
        keys: uint64[n], one random stream per episode (ignored by a deterministic domain).
        cap: most steps of an episode.
        stall: end an episode with its return so far after this many steps without progress; 0 switches that off.
        threads: how many threads are going to work on the queue.
        returns: float64[n], the sum of rewards; NaN until the episode has run.
        steps: int32[n], the length of each episode; 0 until it has run.
        facts: further results of each episode, arrays of length n by name (`finished`, `distance`).
        taken: int64[1], how many episodes have been taken from the queue.
        stop: uint8[1], set to 1 to have every thread return within a few milliseconds, the queue unfinished.
    """

    tasks: Any
    policy: Policy
    agents: NDArray[np.float32]
    which: NDArray[np.int32]
    keys: NDArray[np.uint64]
    cap: int
    stall: int = 0
    threads: int = 1
    returns: NDArray[np.float64] = field(init=False)
    steps: NDArray[np.int32] = field(init=False)
    facts: dict[str, NDArray[Any]] = field(init=False, default_factory=dict)
    taken: NDArray[np.int64] = field(init=False)
    stop: NDArray[np.uint8] = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.which)
        self.returns = np.full(count, np.nan)
        self.steps = np.zeros(count, np.int32)
        self.taken = np.zeros(1, np.int64)
        self.stop = np.zeros(1, np.uint8)


@dataclass(frozen=True)
class Trace:
    """One episode step by step, for replays.

    Attributes:
        rewards: float64[t].
        observations: float32[t, o], what the agent saw before each action.
        actions: float32[t, a], or int64[t] in a discrete space.
        scene: what `draw` needs of every step, arrays of length t + 1 by name (index 0: before step 1).
        facts: `finished`, `distance` and the like at the end.
    """

    rewards: NDArray[np.float64]
    observations: NDArray[np.float32]
    actions: NDArray[Any]
    scene: dict[str, NDArray[Any]]
    facts: dict[str, float]


class World(Protocol):
    """One episode under way, moved on step by step."""

    @property
    def observation(self) -> NDArray[np.float32]:
        """What an agent would see now, float32[o]; a copy."""
        ...

    @property
    def over(self) -> bool:
        """Whether the episode has ended: then it can be looked at, and no more."""
        ...

    def step(self, action: Any) -> float:
        """Do something, an int or float32[a] within -1 .. 1; the reward. Raises ValueError when the episode is over."""
        ...

    def now(self) -> Trace:
        """The moment as a trace of no steps, for `draw` and `sketch`, with `facts` as they are."""
        ...

    def trace(self) -> Trace:
        """The episode so far."""
        ...
