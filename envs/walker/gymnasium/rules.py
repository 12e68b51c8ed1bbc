"""What Gymnasium's walker promises and takes: its spaces, its actions, and the errors for what it does not take."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium.error import Error, InvalidAction, UnsupportedMode
from gymnasium.spaces import Box
from numpy.typing import NDArray

from ..simulation.robot import RAYS, STEPS_PER_SECOND
from ..simulation.step import ACTIONS

METADATA: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": STEPS_PER_SECOND}


def action_space() -> Box:
    """Torque of hip, knee, hip, knee, as a share of the strongest; its sign is the direction."""
    return Box(np.full(ACTIONS, -1, np.float32), np.full(ACTIONS, 1, np.float32))


def observation_space() -> Box:
    """The bounds that Gymnasium declares for the 24 observations; velocities may leave them in a hard impact."""
    leg_low, leg_high = [-math.pi, -5.0, -math.pi, -5.0, -0.0], [math.pi, 5.0, math.pi, 5.0, 5.0]
    low = [-math.pi, -5.0, -5.0, -5.0, *leg_low, *leg_low, *[-1.0] * RAYS]
    high = [math.pi, 5.0, 5.0, 5.0, *leg_high, *leg_high, *[1.0] * RAYS]
    return Box(np.array(low, np.float32), np.array(high, np.float32))


def checked_actions(given: Any, shape: tuple[int, ...], unused: NDArray[np.bool_] | None = None) -> NDArray[Any]:
    """The actions as an array of float32, float64 or integers.

    Any size is taken: beyond 1 it counts as 1, as in Gymnasium. Rows that are `unused` may be NaN.

    Raises:
        InvalidAction: another shape, another dtype, or a NaN.
    """
    try:
        actions = np.asarray(given)
    except (TypeError, ValueError) as error:
        raise InvalidAction(f"the action is no array of the shape {shape}: {error}") from None
    if actions.shape != shape:
        raise InvalidAction(f"an action of the shape {actions.shape} was given; the walker takes {shape}")
    if actions.dtype not in (np.float32, np.float64) and actions.dtype.kind not in "iu":
        raise InvalidAction(f"an action of the dtype {actions.dtype} was given; give float32, float64 or integers")
    absent = np.isnan(actions)
    if absent.any() and (unused is None or absent[~unused].any()):
        raise InvalidAction(f"the action {actions.tolist()} has a NaN; the walker takes numbers only")
    return actions


def is_double(actions: NDArray[Any]) -> bool:
    """Whether NumPy's rules make Gymnasium's reward for these actions float64 (float64, integers) or float32."""
    return bool(actions.dtype != np.float32)


def check_render_mode(mode: str | None) -> None:
    """Refuse the render modes that there are not.

    Raises:
        UnsupportedMode: neither None nor "rgb_array".
    """
    if mode not in (None, *METADATA["render_modes"]):
        raise UnsupportedMode(
            f"render_mode {mode!r} was asked for; there are 'rgb_array' and None. "
            "For a window use gymnasium.wrappers.HumanRendering on 'rgb_array'."
        )


def seeds_for(seed: int | Sequence[int | None] | None, count: int) -> list[int | None]:
    """The seed of each of `count` environments: seed + i for an integer, None to continue its generator.

    Raises:
        ValueError: a sequence of another length.
        gymnasium.error.Error: neither None, an integer nor a sequence.
    """
    if seed is None:
        return [None] * count
    if isinstance(seed, int):
        return [seed + i for i in range(count)]
    if not isinstance(seed, Sequence):
        raise Error(f"the seed is of the type {type(seed).__name__}; give a Python integer, a list of them, or None")
    if len(seed) != count:
        raise ValueError(f"{len(seed)} seeds were given for {count} environments; give one for each")
    return list(seed)


def checked_limit(steps: int | None) -> int:
    """The longest episode in steps; None and -1 set no limit, as in `gymnasium.make`.

    Raises:
        ValueError: no integer, or below 1.
    """
    if steps is None or steps == -1:
        return int(np.iinfo(np.int64).max)
    if not isinstance(steps, int) or steps < 1:
        raise ValueError(f"max_episode_steps={steps!r} was given; it must be an integer of at least 1, -1 or None")
    return steps


def checked_mask(mask: Any, count: int) -> NDArray[np.bool_]:
    """Which of `count` environments a reset is for; None means all.

    Raises:
        TypeError: not an array of booleans.
        ValueError: another shape than (count,), or all false.
    """
    if mask is None:
        return np.ones(count, np.bool_)
    if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_:
        given = mask.dtype if isinstance(mask, np.ndarray) else type(mask).__name__
        raise TypeError(f"options['reset_mask'] is of {given}; give a NumPy array of bool")
    if mask.shape != (count,) or not mask.any():
        raise ValueError(f"options['reset_mask'] is {mask}; give {count} values of which at least one is true")
    return mask
