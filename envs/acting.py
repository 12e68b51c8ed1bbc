"""Actions that are given rather than chosen by an agent: an episode of them, and their JSON."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .api import Genome, Simulator, Space, Trace
from .people import Actions


def act(simulator: Simulator, genome: Genome, actions: Actions, cap: int, key: int) -> Trace:
    """The episode in which these actions are done one after another, until it is over, the actions are at an end or
    `cap` steps are made: how a witness is tried.

    Raises:
        ValueError: the simulator has no worlds that are moved on step by step.
    """
    if simulator.begin is None:
        raise ValueError("nobody can act by hand in this domain, so it has no witnesses")
    world = simulator.begin(genome, key)
    for action in actions[:cap]:
        if world.over:
            break
        world.step(action)
    return world.trace()


def read_actions(space: Space, value: Any) -> Actions:
    """Recorded actions of a JSON value: a list of choices, or of lists of numbers within -1 .. 1.

    Raises:
        ValueError: they are no actions of the space; says why.
    """
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ValueError(f"actions are {value!r:.50}; they must be a list")
    for step, action in enumerate(value):
        if space.discrete:
            if isinstance(action, bool) or not isinstance(action, int) or not 0 <= action < space.size:
                raise ValueError(f"action {step} is {action!r:.50}; it must be a whole number in 0 .. {space.size - 1}")
        elif not _are_shares(action, space.size):
            raise ValueError(f"action {step} is {action!r:.80}; it must be {space.size} numbers within -1 .. 1")
    if space.discrete:
        return np.array(value, np.int64)
    return np.array(value, np.float32).reshape(len(value), space.size)


def write_actions(actions: Actions) -> list[Any]:
    """The same as JSON values, which `read_actions` reads back to the bit."""
    written: list[Any] = actions.tolist()
    return written


def _are_shares(action: Any, size: int) -> bool:
    return (
        isinstance(action, Sequence)
        and len(action) == size
        and all(isinstance(part, int | float) and not isinstance(part, bool) and -1 <= part <= 1 for part in action)
    )
