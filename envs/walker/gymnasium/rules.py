"""What Gymnasium's walker promises and takes: its spaces, its actions, and the errors for what it does not take."""

import math
from typing import Any

import numpy as np
from gymnasium.error import InvalidAction, UnsupportedMode
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
