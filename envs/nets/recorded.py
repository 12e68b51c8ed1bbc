"""What recorded rollouts hold, whatever the domain: the rows that a learner learns from."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

GOES_ON, TERMINAL, TRUNCATED = range(3)
"""How a step ends: the episode goes on; it is over for good; it was cut off (time limit), so its future has a value."""


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
    """

    observations: NDArray[np.float32]
    actions: NDArray[np.float32]
    log_probabilities: NDArray[np.float32]
    rewards: NDArray[np.float32]
    ends: NDArray[np.uint8]
    last: NDArray[np.float32]
    finals: NDArray[np.float32]


def recorded(environments: int, steps: int, observations: int, actions: int, most: int) -> Recorded:
    """Room for that much, with at most `most` truncated episodes in each environment."""
    rows = environments * steps
    return Recorded(
        observations=np.zeros((rows, observations), np.float32),
        actions=np.zeros((rows, actions), np.float32),
        log_probabilities=np.zeros(rows, np.float32),
        rewards=np.zeros(rows, np.float32),
        ends=np.zeros(rows, np.uint8),
        last=np.zeros((environments, observations), np.float32),
        finals=np.zeros((environments, most, observations), np.float32),
    )
