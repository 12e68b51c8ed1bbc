"""One episode of one world, with everything written down."""

import numpy as np

from ...api import Trace
from ...forward import controller
from ...policy import Policy
from ...simd.compiled import kernel
from ...simd.number import Number, number, zero
from ..courses.course import Course, stack
from .ground import Grounds, grounds
from .robot import BODIES, HULL, RAYS
from .step import ACTIONS, FALL, OBSERVATIONS, advance, drive, has_failed, has_finished, observe, reward_of, shaping_of
from .world import ANGLE, BODY_ROWS, Worlds, X, Y, begin, worlds

SINGLE: Number = number(1)


@kernel
def reset_one(w: Worlds, g: Grounds, live, action, observation, kind):
    """Begin the episode of a single world, with the step of rest that Gymnasium makes; returns its shaping.

    `action` float32[4] is that of rest, zeros.
    """
    begin(w, g, 0, 0)
    drive(w, 0, action)
    advance(w, g, live, zero(kind))
    observe(w, g, 0, observation, zero(kind))
    return shaping_of(w, 0)


@kernel
def step_one(w: Worlds, g: Grounds, live, action, shaping, observation, kind):
    """One step of a single world: its new shaping, the reward, and whether it failed or finished."""
    drive(w, 0, action)
    advance(w, g, live, zero(kind))
    observe(w, g, 0, observation, zero(kind))
    potential = shaping_of(w, 0)
    reward = reward_of(potential - shaping, action, False)
    failed = has_failed(w, 0)
    return potential, FALL if failed else reward, failed, has_finished(w, 0)


def trace(course: Course, policy: Policy, agent: np.ndarray, cap: int) -> Trace:
    """One episode step by step, in a single world (see `envs.api.Trace`)."""
    g = grounds(stack([course]))
    w = worlds(1)
    live = np.ones((1, 1), np.uint8)
    observation = np.zeros(OBSERVATIONS, np.float32)
    act = controller(policy, agent)
    shaping = reset_one(w, g, live, np.zeros(ACTIONS, np.float32), observation, SINGLE)
    scene = {name: [value] for name, value in snapshot(w).items()}
    rewards, observations, actions = [], [], []
    failed = finished = False
    while len(rewards) < cap and not failed and not finished:
        action = act(observation)
        observations.append(observation.copy())
        shaping, reward, failed, finished = step_one(w, g, live, action, shaping, observation, SINGLE)
        rewards.append(reward)
        actions.append(action)
        for name, value in snapshot(w).items():
            scene[name].append(value)
    return Trace(
        np.array(rewards),
        np.array(observations, np.float32).reshape(-1, OBSERVATIONS),
        np.array(actions, np.float32).reshape(-1, ACTIONS),
        {name: np.array(values) for name, values in scene.items()},
        {"finished": bool(finished and not failed), "distance": float(w.bodies[X, 0])},
    )


def snapshot(w: Worlds) -> dict[str, np.ndarray]:
    """What a picture of a single world needs."""
    bodies = w.bodies[:, 0].reshape(BODIES, BODY_ROWS)
    rays = w.rays[:, 0].reshape(3, RAYS)
    ends = bodies[HULL, [X, Y]] + (rays[:2] * rays[2]).T
    return {
        "position": bodies[:, [X, Y]].copy(),
        "angle": bodies[:, ANGLE].copy(),
        "lidar": ends.astype(np.float32),
        "contact": w.feet[:, 0].astype(bool),
    }
