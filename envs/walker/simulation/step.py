"""One step of Gymnasium's bipedal walker in `width` worlds: motors, physics, observation, reward, the ends."""

import numpy as np

from ...box2d import joint
from ...box2d.constants import ONE, ZERO
from ...simd.compiled import inlined, kernel
from ..courses.course import SCALE
from .broad import synchronize
from .continuous import solve_impacts
from .ground import Grounds
from .impacts import find_impacts
from .island import settle, solve_velocities
from .lidar import look
from .positions import solve_positions
from .robot import (
    BODIES,
    FINISH,
    GEAR,
    JOINT_BODIES,
    JOINTS,
    MOTOR_TORQUE,
    POSITION_ITERATIONS,
    REFERENCE_ANGLES,
    STEPS_PER_SECOND,
    TIME_STEP,
)
from .slots import gather, scatter
from .touch import any_moved, collide, find_new_contacts
from .world import ANGLE, BODY_ROWS, SPIN, VX, VY, Worlds, X

OBSERVATIONS = 24
ACTIONS = 4
VIEW_WIDTH, VIEW_HEIGHT = 600, 400
COST = 0.00035 * MOTOR_TORQUE
FALL = -100.0
TORQUE = np.float32(MOTOR_TORQUE)
PAIRS = np.array(JOINT_BODIES)
GEAR64 = GEAR.astype(np.float64)
JOINT_ENTRIES = np.array([4, 6, 9, 11])
"""Where in the observation each joint's angle stands, its speed behind it; a knee's angle is given plus 1."""


@inlined
def drive(w, lane, action):
    """Set the motors by an action, four numbers: its sign is the direction, its size (at most 1) the torque.

    80 times a float32 is exact in float64, so one rounding gives Gymnasium's torque for float32 and float64 alike.
    """
    for j in range(JOINTS):
        torque = np.float32(TORQUE * min(abs(action[j]), ONE))
        w.joints[j * joint.ROWS + joint.MOTOR_SPEED, lane] = GEAR[j] * np.sign(action[j])
        w.joints[j * joint.ROWS + joint.MAX_IMPULSE, lane] = TIME_STEP * torque
    for body in range(BODIES):
        w.awake[body, lane] = 1


@kernel
def approach(w: Worlds, g: Grounds, live, like):
    """The first part of a time step in every world that is live (uint8[1, width]): up to the uncorrected positions."""
    for lane in range(live.shape[1]):
        w.unsolved[0, lane] = live[0, lane]
        if live[0, lane] and w.first[lane]:
            w.first[lane] = 0
            for body in range(BODIES):
                w.moved[body, lane] = 1
            find_new_contacts(w, g, lane)
    collide(w, g, live)
    gather(w, live)
    solve_velocities(w, like)


@kernel
def conclude(w: Worlds, g: Grounds, live, like):
    """The last part of a time step: what follows from the corrected positions."""
    settle(w, like)
    synchronize(w, like)
    scatter(w, live)
    for lane in range(live.shape[1]):
        if live[0, lane] and any_moved(w, lane):
            find_new_contacts(w, g, lane)
    find_impacts(w, g, live)
    for lane in range(live.shape[1]):
        if w.impact[lane]:
            solve_impacts(w, g, lane)


@inlined
def advance(w, g, live, like):
    """Make one time step in every world that is live, uint8[1, width] (b2World::Step)."""
    approach(w, g, live, like)
    solve_positions(w, POSITION_ITERATIONS, like)
    conclude(w, g, live, like)


@inlined
def between(bodies, lane, row, j):
    """Difference in `row` of the two bodies that joint j connects."""
    return bodies[PAIRS[j, 1] * BODY_ROWS + row, lane] - bodies[PAIRS[j, 0] * BODY_ROWS + row, lane]


@kernel
def observe(w: Worlds, g: Grounds, lane, observation, like):
    """Fill `observation` float32[24]; the arithmetic is Gymnasium's, in float64."""
    observation[0] = w.bodies[ANGLE, lane]
    observation[1] = 2.0 * w.bodies[SPIN, lane] / STEPS_PER_SECOND
    observation[2] = 0.3 * w.bodies[VX, lane] * (VIEW_WIDTH / SCALE) / STEPS_PER_SECOND
    observation[3] = 0.3 * w.bodies[VY, lane] * (VIEW_HEIGHT / SCALE) / STEPS_PER_SECOND
    for j in range(JOINTS):
        at = JOINT_ENTRIES[j]
        angle = between(w.bodies, lane, ANGLE, j) - REFERENCE_ANGLES[j]
        observation[at] = angle + 1.0 if j & 1 else angle
        observation[at + 1] = between(w.bodies, lane, SPIN, j) / GEAR64[j]
    observation[8] = 1.0 if w.feet[0, lane] else 0.0
    observation[13] = 1.0 if w.feet[1, lane] else 0.0
    look(w, g, lane, observation[14:], like)


@inlined
def shaping_of(w, lane):
    """The potential whose gain is the reward (float64)."""
    return 130 * np.float64(w.bodies[X, lane]) / SCALE - 5.0 * abs(np.float64(w.bodies[ANGLE, lane]))


@inlined
def reward_of(gain, action, double):
    """Gain of shaping less the cost of torque, before the ends of the episode are looked at (float64).

    Summed as NumPy's rules make Gymnasium do it: in float32 if the action is, in float64 if `double`.
    """
    exact, single = gain, np.float32(gain)
    for j in range(ACTIONS):
        used = min(abs(action[j]), ONE)
        exact -= COST * used
        single -= np.float32(COST) * np.float32(used)
    return exact if double else np.float64(single)


@inlined
def has_failed(w, lane):
    """True if the hull touched the ground or left the course behind its start."""
    return w.fallen[lane] != 0 or w.bodies[X, lane] < ZERO


@inlined
def has_finished(w, lane):
    """True if the hull is beyond the end of the course."""
    return np.float64(w.bodies[X, lane]) > FINISH
