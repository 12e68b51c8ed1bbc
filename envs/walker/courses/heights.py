"""The ground that a network draws, compiled: heights of a whole course in some microseconds.

Activations are neat-python's: sigmoid and sine of 5 x, tanh of 2.5 x, each clamped to +-60, square and identity. They
use no library function whose bits differ between machines: tanh is the agents' own, the sigmoid follows from it, and
the sine is fdlibm's polynomials (Sun Microsystems, 1993) behind a reduction by multiples of pi / 2. Nodes are computed
in the order of neat-python's layers: one whose inputs can never be computed stays out, and so does all that needs it.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ...random import uniform
from ...simd.compiled import inlined, maker
from ...simd.tanh import tanh
from .course import GROUND_HEIGHT, GROUND_POINTS, MAX_BOXES, PUSH, START_PAD, TILE, Course
from .hills import NAMES, Hills

IDENTITY, SIGMOID, SIN, SQUARE, TANH = range(5)
HIGHEST = 500.0
"""How far the ground may get from its level at the start (m)."""
STEEPEST = 60.0

_MIDDLE = GROUND_POINTS / 2
PLACES = (np.arange(GROUND_POINTS) - _MIDDLE) * math.pi / _MIDDLE
"""The network's input at each ground point, -pi .. pi."""
TEST_PLACES = (np.arange(GROUND_POINTS) - _MIDDLE) / _MIDDLE
"""Where the reference measures how high a network rises, -1 .. 1."""

_QUADRANT, _QUADRANT_REST = 1.5707963267341256, 6.077100506506192e-11  # pi / 2 in two parts (fdlibm, pio2_1, pio2_1t)
_S1, _S2, _S3 = -1.66666666666666324348e-01, 8.33333333332248946124e-03, -1.98412698298579493134e-04
_S4, _S5, _S6 = 2.75573137070700676789e-06, -2.50507602534068634195e-08, 1.58969099521155010221e-10
_C1, _C2, _C3 = 4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05
_C4, _C5, _C6 = -2.75573143513906633035e-07, 2.08757232129817482790e-09, -1.13596475577881948265e-11


@inlined
def sine(x):
    """Sine of a float64 within +-60 rad, to some 1e-15."""
    quadrant = np.floor(x * (2.0 / math.pi) + 0.5)
    y = (x - quadrant * _QUADRANT) - quadrant * _QUADRANT_REST
    z = y * y
    place = np.int64(quadrant) & 3
    if place & 1:
        value = 1.0 - 0.5 * z + z * z * (_C1 + z * (_C2 + z * (_C3 + z * (_C4 + z * (_C5 + z * _C6)))))
    else:
        value = y + y * z * (_S1 + z * (_S2 + z * (_S3 + z * (_S4 + z * (_S5 + z * _S6)))))
    return -value if place & 2 else value


@inlined
def activate(kind, x):
    """neat-python's activation functions."""
    if kind == IDENTITY:
        return x
    if kind == SQUARE:
        return x * x
    if kind == SIN:
        return sine(min(max(5.0 * x, -STEEPEST), STEEPEST))
    bent = np.float64(tanh(np.float32(min(max(2.5 * x, -STEEPEST), STEEPEST))))
    return bent if kind == TANH else 0.5 + 0.5 * bent


@maker
def evaluate(places, kinds, biases, responses, first, sources, weights):
    """Values of the last node, float64[n], at the places float64[n].

    Node i has `kinds[i]`, `biases[i]`, `responses[i]` and the connections `first[i]` .. `first[i + 1]` - 1 from
    `sources`, which number the input 0 and node j j + 1.
    """
    made = np.empty(len(places))
    values = np.zeros(len(kinds) + 1)
    for i in range(len(places)):
        values[0] = places[i]
        for node in range(len(kinds)):
            total = 0.0
            for link in range(first[node], first[node + 1]):
                total += weights[link] * values[sources[link]]
            values[node + 1] = activate(kinds[node], biases[node] + responses[node] * total)
        made[i] = values[-1]
    return made


def order(task: Hills) -> list[int]:
    """Ids of the nodes in the order of computation, the output last; empty if it cannot be computed."""
    links = [(link.source, link.target) for link in task.connections if link.enabled]
    needed, known, found = {0}, {-1}, list[int]()
    while more := {source for source, target in links if target in needed} - needed - {-1}:
        needed |= more
    while layer := [
        node.id
        for node in task.nodes
        if node.id in needed - known
        and (inputs := {source for source, target in links if target == node.id})
        and inputs <= known
    ]:
        found += layer
        known |= {*layer}
    return [node for node in found if node != 0] + [0] if 0 in known else []


def network(task: Hills, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the task's network gives at the places; 0 where its output depends on nothing."""
    ids = order(task)
    if not ids:
        return np.zeros(len(places))
    slot = {-1: 0} | {id: number for number, id in enumerate(ids, 1)}
    nodes = {node.id: node for node in task.nodes}
    links = sorted(
        (link for link in task.connections if link.enabled and link.target in slot), key=lambda each: slot[each.target]
    )
    counts = np.bincount([slot[link.target] for link in links], minlength=len(ids) + 1)
    return evaluate(
        places,
        np.array([NAMES.index(nodes[id].activation) for id in ids]),
        np.array([nodes[id].bias for id in ids]),
        np.array([nodes[id].response for id in ids]),
        np.cumsum(counts),
        np.array([slot[link.source] for link in links]),
        np.array([link.weight for link in links]),
    )


def rise(task: Hills) -> float:
    """How high the network's values rise above the first, at the places where the reference looks."""
    values = network(task, TEST_PLACES)
    return float(np.max(values) - values[0])


def heights(task: Hills) -> NDArray[np.float64]:
    """Height of every ground point (m): level up to point 20, from point 21 on the network, there begun."""
    made = np.full(GROUND_POINTS, GROUND_HEIGHT)
    values = network(task, PLACES)[START_PAD + 1 :]
    made[START_PAD + 1 :] += values - values[0]
    return made


def spread(task: Hills) -> float:
    """How far the ground gets from its level at the start (m); infinite if that is no number."""
    far = float(np.max(np.abs(heights(task) - GROUND_HEIGHT)))
    return far if math.isfinite(far) else math.inf


@maker
def push(seed):
    """Force on the hull in the first step (N)."""
    return np.float32(PUSH * (2.0 * uniform(seed, 0) - 1.0))


def course(task: Hills) -> Course:
    """The course of a task: its ground, no boxes."""
    points = np.empty((GROUND_POINTS, 2), np.float32)
    points[:, 0] = np.arange(GROUND_POINTS) * TILE
    points[:, 1] = heights(task)
    boxes = np.zeros((MAX_BOXES, 4, 2), np.float32)
    return Course(points, boxes, np.zeros(MAX_BOXES, np.uint8), 0, push(task.seed))
