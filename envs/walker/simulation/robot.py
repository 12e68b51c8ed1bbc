"""The walker's five bodies and four joints (Gymnasium 1.4's BipedalWalker: metres, kilograms, radians, seconds).

Bodies in the order of their creation: hull, leg -1, lower leg -1, leg +1, lower leg +1. Joint j joins the pair
JOINT_BODIES[j]. Everything a kernel reads is a module constant, so that the compiler can fold it.
"""

import numpy as np

from ...box2d.constants import F
from ...box2d.joint import ROWS
from ...box2d.shapes import box, mass, polygon
from ..courses.course import GROUND_HEIGHT, SCALE, START_PAD, TILE

BODIES = 5
HULL, LEFT_LEG, LEFT_LOWER, RIGHT_LEG, RIGHT_LOWER = range(BODIES)
JOINTS = 4
LEFT_HIP, LEFT_KNEE, RIGHT_HIP, RIGHT_KNEE = range(JOINTS)

STEPS_PER_SECOND = 50
TIME_STEP = F(1.0 / STEPS_PER_SECOND)
VELOCITY_ITERATIONS = 180
POSITION_ITERATIONS = 60
TOI_POSITION_ITERATIONS = 20
GRAVITY = F(-10.0)

MOTOR_TORQUE = 80
HIP_SPEED, KNEE_SPEED = 4, 6
LIDAR_RANGE = 160 / SCALE
RAYS = 10

LEG_DOWN = -8 / SCALE
LEG_WIDTH, LEG_HEIGHT = 8 / SCALE, 34 / SCALE

HULL_SHAPE = polygon([(x / SCALE, y / SCALE) for x, y in [(-30, 9), (6, 9), (34, 1), (34, -8), (-30, -8)]])
LEG_SHAPE = box(LEG_WIDTH / 2, LEG_HEIGHT / 2)
LOWER_SHAPE = box(0.8 * LEG_WIDTH / 2, LEG_HEIGHT / 2)
SHAPES = (HULL_SHAPE, LEG_SHAPE, LOWER_SHAPE, LEG_SHAPE, LOWER_SHAPE)

CORNERS = 5
"""Most vertices of a body's polygon."""
COUNTS = np.array([len(shape.vertices) for shape in SHAPES])
VERTICES = np.zeros((BODIES, CORNERS, 2), np.float32)
NORMALS = np.zeros((BODIES, CORNERS, 2), np.float32)
CENTROIDS = np.array([shape.centroid for shape in SHAPES], np.float32)
for _body, _shape in enumerate(SHAPES):
    VERTICES[_body, : COUNTS[_body]] = _shape.vertices
    NORMALS[_body, : COUNTS[_body]] = _shape.normals

_MASSES = [mass(shape, density) for shape, density in zip(SHAPES, (5.0, 1.0, 1.0, 1.0, 1.0), strict=True)]
INVERSE_MASS = np.array([each.inverse_mass for each in _MASSES], np.float32)
INVERSE_INERTIA = np.array([each.inverse_inertia for each in _MASSES], np.float32)
CENTERS = np.array([each.center for each in _MASSES], np.float32)
"""Centres of mass in the bodies' frames."""

GROUND_FRICTION = F(2.5)
FRICTION = np.array([np.sqrt(GROUND_FRICTION * F(own)) for own in (0.1, 0.2, 0.2, 0.2, 0.2)], np.float32)
"""Of each body with the ground (b2MixFriction; 0.2 is Box2D's default)."""

_X = TILE * START_PAD / 2
_Y = GROUND_HEIGHT + 2 * LEG_HEIGHT
START = np.array(
    [
        (_X, _Y, 0.0),
        (_X, _Y - LEG_HEIGHT / 2 - LEG_DOWN, -0.05),
        (_X, _Y - LEG_HEIGHT * 3 / 2 - LEG_DOWN, -0.05),
        (_X, _Y - LEG_HEIGHT / 2 - LEG_DOWN, 0.05),
        (_X, _Y - LEG_HEIGHT * 3 / 2 - LEG_DOWN, 0.05),
    ],
    np.float32,
)
"""Origin (x, y) and angle of each body before the first step."""

JOINT_BODIES = ((HULL, LEFT_LEG), (LEFT_LEG, LEFT_LOWER), (HULL, RIGHT_LEG), (RIGHT_LEG, RIGHT_LOWER))
REFERENCE_ANGLES = np.array([START[b, 2] - START[a, 2] for a, b in JOINT_BODIES], np.float32)
"""pybox2d's joint definition takes the bodies' angles at creation as the joint's zero."""


def _definition(joint: int) -> tuple[np.float32, ...]:
    a, b = JOINT_BODIES[joint]
    hip = joint in (LEFT_HIP, RIGHT_HIP)
    anchor_a = (F(0), F(LEG_DOWN if hip else -LEG_HEIGHT / 2))
    anchor_b = (F(0), F(LEG_HEIGHT / 2))
    lower, upper = (-0.8, 1.1) if hip else (-1.6, -0.1)
    return (
        anchor_a[0] - CENTERS[a, 0],
        anchor_a[1] - CENTERS[a, 1],
        anchor_b[0] - CENTERS[b, 0],
        anchor_b[1] - CENTERS[b, 1],
        REFERENCE_ANGLES[joint],
        F(lower),
        F(upper),
    )


JOINT_DEFINITIONS = tuple(_definition(joint) for joint in range(JOINTS))
"""Per joint: anchors relative to the centres of mass (A x, y, B x, y), reference angle, lower and upper limit."""

M0, M1, M2, M3, M4 = (F(each) for each in INVERSE_MASS)
I0, I1, I2, I3, I4 = (F(each) for each in INVERSE_INERTIA)
D0, D1, D2, D3 = JOINT_DEFINITIONS
B0, B1, B2, B3, B4 = (np.int64(body) for body in range(BODIES))
J0, J1, J2, J3 = (np.int64(j * ROWS) for j in range(JOINTS))
"""By body: inverse mass and inertia; by joint: definition; then bodies and the joints' first rows. Scalars, so that
solvers may name them; NumPy's integers, because numba would compile each function anew for every literal."""

GEAR = np.array([HIP_SPEED, KNEE_SPEED, HIP_SPEED, KNEE_SPEED], np.float32)
"""Motor speed at full action (rad/s)."""

FINISH = (200 - 10) * TILE
"""x (m) beyond which the course is finished."""
