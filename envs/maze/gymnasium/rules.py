"""What the environments of mazes promise and take: spaces, tasks, actions, render modes."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium.error import InvalidAction, UnsupportedMode
from gymnasium.spaces import Box, Discrete
from numpy.typing import NDArray

from ... import read_task
from ...api import Trace
from ..domain import ACTIONS, MAZE
from ..draws import first
from ..maze import Maze, to_text
from ..pictures import STEPS_PER_SECOND, draw
from ..simulation import DIRECTION, OBSERVATIONS, X, Y

METADATA: dict[str, Any] = {"render_modes": ["rgb_array", "ansi"], "render_fps": int(STEPS_PER_SECOND)}
SIDE = 400
"""Pixels of a picture, each way."""


def action_space() -> Discrete:
    """0 turns left, 1 turns right, 2 moves forward."""
    return Discrete(ACTIONS)


def observation_space() -> Box:
    """Walls, goals and the direction, as agents of the domain see them; see `simulation.OBSERVATIONS`."""
    return Box(0.0, 1.0, (OBSERVATIONS,), np.float32)


def maze_of(task: Any) -> Maze:
    """The maze of a task: its JSON, the same as a dict, or a maze; None: the first task.

    Raises:
        ValueError: it is no maze; says why.
    """
    if task is None:
        return first()
    if isinstance(task, Maze):
        return task
    if isinstance(task, Mapping):
        try:
            task = json.dumps(dict(task))
        except TypeError as error:
            raise ValueError(f"the task {task} holds more than JSON does ({error})") from None
    if not isinstance(task, str):
        raise ValueError(f"a task of the type {type(task).__name__} was given; give its JSON, a dict or a Maze")
    made: Maze = read_task(MAZE, task)
    return made


def checked_actions(given: Any, shape: tuple[int, ...], unused: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """The actions as int64; those that are `unused` may be anything.

    Raises:
        InvalidAction: another shape, or a number other than 0, 1 and 2.
    """
    try:
        actions = np.asarray(given)
    except (TypeError, ValueError) as error:
        raise InvalidAction(f"the action is no array of the shape {shape}: {error}") from None
    if actions.shape != shape or actions.dtype.kind not in "iu":
        raise InvalidAction(f"an action {actions.dtype}{actions.shape} was given; give integers of the shape {shape}")
    wrong = (actions < 0) | (actions >= ACTIONS)
    if unused is not None:
        wrong &= ~unused
    if wrong.any():
        raise InvalidAction(f"the action {actions.tolist()} was given; give 0 (left), 1 (right) or 2 (forward)")
    return actions.astype(np.int64)


def check_render_mode(mode: str | None) -> None:
    """Refuse the render modes that there are not. Raises UnsupportedMode."""
    if mode not in (None, *METADATA["render_modes"]):
        raise UnsupportedMode(f"render_mode {mode!r} was asked for; there are 'rgb_array', 'ansi' and None")


def picture(mode: str, maze: Maze, states: NDArray[np.float64]) -> Any:
    """What `render` gives, of the states so far, float64[t + 1, size]: a picture uint8[400, 400, 3] or a text."""
    if mode == "ansi":
        x, y, direction = (int(states[-1, place]) for place in (X, Y, DIRECTION))
        return to_text(maze, (x, y), direction)
    nothing = np.zeros((0, OBSERVATIONS), np.float32), np.zeros(0, np.int64)
    return draw(maze, Trace(np.zeros(0), *nothing, {"state": states}, {}), len(states) - 1, SIDE, SIDE)
