"""The agents' network: a multilayer perceptron 24-40-40-4 with tanh after every layer (POET's reference code).

Parameters are float32 in the order W1, b1, W2, b2, W3, b3, each W stored as (inputs, outputs) in row-major order. Every
output starts from its bias and adds input times weight in the order of the inputs, so the compiler may compute any
number of outputs side by side without a change of bits. No fused multiply-add, no libm.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ...simd.compiled import inlined, kernel
from ...simd.tanh import tanh

OBSERVATIONS = 24
HIDDEN = 40
ACTIONS = 4
SIZES = (OBSERVATIONS, HIDDEN, HIDDEN, ACTIONS)

_SECOND = (OBSERVATIONS + 1) * HIDDEN
_THIRD = _SECOND + (HIDDEN + 1) * HIDDEN
PARAMETERS = _THIRD + (HIDDEN + 1) * ACTIONS


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
