"""The agents' network: a multilayer perceptron 24-40-40-4 with tanh after every layer (POET's reference code).

Parameters are float32 in the order W1, b1, W2, b2, W3, b3, each W stored as (inputs, outputs) in row-major order. Every
output starts from its bias and adds input times weight in the order of the inputs, so the compiler may compute any
number of outputs side by side without a change of bits. No fused multiply-add, no libm.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .api import RationalTanh
from .physics.compiled import inlined, kernel

OBSERVATIONS = 24
HIDDEN = 40
ACTIONS = 4
SIZES = (OBSERVATIONS, HIDDEN, HIDDEN, ACTIONS)

_SECOND = (OBSERVATIONS + 1) * HIDDEN
_THIRD = _SECOND + (HIDDEN + 1) * HIDDEN
PARAMETERS = _THIRD + (HIDDEN + 1) * ACTIONS

_BOUND = np.float32(8.5)
_ONE = np.float32(1.0)
_P1 = np.float32(0.13406206350806382)
_P2 = np.float32(0.0035258197531315262)
_P3 = np.float32(2.1121582630974096e-05)
_P4 = np.float32(1.409926941084572e-08)
_Q1 = np.float32(0.46739517733107916)
_Q2 = np.float32(0.02599113709395636)
_Q3 = np.float32(0.00033356912907096554)
_Q4 = np.float32(8.07362752767766e-07)
TANH = RationalTanh(
    float(_BOUND), tuple(map(float, (_ONE, _P1, _P2, _P3, _P4))), tuple(map(float, (_ONE, _Q1, _Q2, _Q3, _Q4)))
)


@inlined
def tanh(x):
    """Hyperbolic tangent of a float32: x P(x^2) / Q(x^2) on |x| <= 8.5 (minimax fit of degree 4), constant beyond.

    Odd, within [-1, 1], tanh(0) = 0, NaN stays NaN. Largest error over all floats: 4.2e-7.
    Free of branches, so it vectorises.
    """
    x = -_BOUND if x < -_BOUND else x
    x = _BOUND if x > _BOUND else x
    s = x * x
    p = (((_P4 * s + _P3) * s + _P2) * s + _P1) * s + _ONE
    q = (((_Q4 * s + _Q3) * s + _Q2) * s + _Q1) * s + _ONE
    y = x * p / q
    y = -_ONE if y < -_ONE else y
    return _ONE if y > _ONE else y


@inlined
def _layer(agent, start, inputs, outputs, x, y):
    """y[j] = tanh(b[j] + x[0] W[0, j] + x[1] W[1, j] + ...), the layer's parameters beginning at agent[start].

    Four inputs per pass over the outputs; `inputs` is a multiple of four.
    """
    bias = start + inputs * outputs
    for j in range(outputs):
        y[j] = agent[bias + j]
    for i in range(0, inputs, 4):
        row = start + i * outputs
        x0, x1, x2, x3 = x[i], x[i + 1], x[i + 2], x[i + 3]
        for j in range(outputs):
            total = y[j] + x0 * agent[row + j]
            total = total + x1 * agent[row + outputs + j]
            total = total + x2 * agent[row + 2 * outputs + j]
            y[j] = total + x3 * agent[row + 3 * outputs + j]
    for j in range(outputs):
        y[j] = tanh(y[j])


@kernel
def act(agent, observation, hidden1, hidden2, action):
    """Fill `action` float32[4] with what `agent` float32[2804] does at `observation` float32[24].

    `hidden1` and `hidden2`, float32[40] each, are room to work in. All arrays contiguous, none overlapping.
    """
    _layer(agent, 0, OBSERVATIONS, HIDDEN, observation, hidden1)
    _layer(agent, _SECOND, HIDDEN, HIDDEN, hidden1, hidden2)
    _layer(agent, _THIRD, HIDDEN, ACTIONS, hidden2, action)


def controller(agent: NDArray[np.float32]) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """What an agent float32[2804] does, as a function of an observation float32[24]: an action float32[4], to the bit
    as in the rollouts of a search. Raises ValueError for another shape.
    """
    parameters = np.array(agent, np.float32)
    if parameters.shape != (PARAMETERS,):
        raise ValueError(f"an agent of the shape {parameters.shape} was given; a walker's has ({PARAMETERS},)")
    hidden = np.zeros((2, HIDDEN), np.float32)

    def actions(observation: NDArray[np.float32]) -> NDArray[np.float32]:
        action = np.zeros(ACTIONS, np.float32)
        act(parameters, np.ascontiguousarray(observation, np.float32), hidden[0], hidden[1], action)
        return action

    return actions
