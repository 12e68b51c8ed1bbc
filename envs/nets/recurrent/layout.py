"""The layout of a gated recurrent network as data, so that a new size compiles nothing; see `nets.layout`.

Parameters are padded: inputs to a multiple of 8; units of the dense layer, of the memory, and outputs to one of 16. A
row of gates has n, r, z and kept n side by side, those of `policy.Gru`. So the columns n, r, z are what the dense layer
gives, and r, z, n what the memory keeps; the matrices have their columns in these orders.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...policy import Gru
from ..layout import ROWS, Plan, Vector, memory, padded
from ..product import LANES, TALL

FIELDS = 17
(
    INPUTS, DENSE, UNITS, COLUMNS, ACTIONS, SQUASHED, BACKWARDS,
    DENSE_W, DENSE_B, GIVEN_W, GIVEN_B, KEPT_W, KEPT_B, OUT_W, OUT_B,
    GIVEN_TURNED, KEPT_TURNED,
) = range(FIELDS)  # fmt: skip
"""Fields of a plan: padded inputs, dense units, units of the memory, outputs; how many outputs are the action's (the
value comes behind them); 1 if tanh follows these; outputs padded to 8; where weights and biases begin among the
parameters; where the transposed weights begin, those of the outputs at 0."""

GIVEN, KEPT = [1, 2, 0], [0, 1, 2]
"""Which third of the columns each gate of `policy.Gru` has: r, z, n."""


class Recurrent(NamedTuple):
    """A gated recurrent network with a value among its outputs.

    Attributes:
        policy: the agent's layout, without the value.
        plan: int64[FIELDS].
        parameters, turned: how many float32 the padded parameters and the transposed weights take.
    """

    policy: Gru
    plan: Plan
    parameters: int
    turned: int


class Cells(NamedTuple):
    """What a network computes at some rows; all float32, row after row.

    Attributes:
        seen: [ROWS, inputs], of one tile.
        dense: [n, dense]. gates: [n, 4 units]. before, after: [n, units], the memory. outputs: [ROWS, columns], of one
            tile.
    """

    seen: Vector
    dense: Vector
    gates: Vector
    before: Vector
    after: Vector
    outputs: Vector


def recurrent(policy: Gru) -> Recurrent:
    """The layout of a policy's network."""
    inputs, dense, units, actions = policy.sizes
    x, d, m, o = padded(inputs, TALL), padded(dense, LANES), padded(units, LANES), padded(actions + 1, LANES)
    plan = np.zeros(FIELDS, np.int64)
    plan[:DENSE_W] = x, d, m, o, actions, not policy.discrete, padded(actions + 1, TALL)
    sizes = [x * d, d, d * 3 * m, 3 * m, m * 3 * m, 3 * m, m * o, o]
    plan[DENSE_W : OUT_B + 1] = np.cumsum([0, *sizes[:-1]])
    out, given, kept = int(plan[BACKWARDS]) * m, 3 * m * d, 3 * m * m
    plan[GIVEN_TURNED], plan[KEPT_TURNED] = out, out + given
    return Recurrent(policy, plan, sum(sizes), out + given + kept)


def cells(net: Recurrent, rows: int) -> Cells:
    """Room for so many rows."""
    x, d, m, o = (int(size) for size in net.plan[: COLUMNS + 1])
    sizes = (ROWS * x, rows * d, rows * 4 * m, rows * m, rows * m, ROWS * o)
    return Cells(*map(memory, sizes))


def _parts(net: Recurrent, vector: Vector) -> tuple[list[tuple[NDArray, tuple]], list[tuple[NDArray, tuple]]]:
    """Of the agent and of the critic, the parts of a padded vector, in the order of the flat one: array and index."""
    inputs, dense, units, actions = net.policy.sizes
    x, d, m, o = (int(size) for size in net.plan[: COLUMNS + 1])
    places = [int(place) for place in net.plan[DENSE_W : OUT_B + 1]]
    shapes = [(x, d), (d,), (d, 3, m), (3, m), (m, 3, m), (3, m), (m, o), (o,)]
    arrays = [vector[at : at + int(np.prod(shape))].reshape(shape) for at, shape in zip(places, shapes, strict=True)]
    indices = [
        np.ix_(range(inputs), range(dense)), np.ix_(range(dense)),
        np.ix_(range(dense), GIVEN, range(units)), np.ix_(GIVEN, range(units)),
        np.ix_(range(units), KEPT, range(units)), np.ix_(KEPT, range(units)),
        np.ix_(range(units), range(actions)), np.ix_(range(actions)),
    ]  # fmt: skip
    value = [(arrays[6], np.ix_(range(units), [actions])), (arrays[7], np.ix_([actions]))]
    return list(zip(arrays, indices, strict=True)), value


def unpacked(net: Recurrent, vector: Vector) -> tuple[Vector, Vector]:
    """The agent, float32[p], as `policy.Gru` has it, and the value's weights and bias, float32[memory + 1]."""
    agent, value = (np.concatenate([array[index].ravel() for array, index in part]) for part in _parts(net, vector))
    return agent, value


def pack(net: Recurrent, agent: Vector, value: Vector, vector: Vector) -> None:
    """The reverse: write into the padded `vector`. Raises ValueError for vectors of another length."""
    wanted = net.policy.parameters, net.policy.memory + 1
    if (agent.shape, value.shape) != ((wanted[0],), (wanted[1],)):
        raise ValueError(
            f"vectors of the shapes {agent.shape} and {value.shape} were given; the policy has ({wanted[0]},), "
            f"its value ({wanted[1]},)"
        )
    for flat, part in zip((agent, value), _parts(net, vector), strict=True):
        at = 0
        for array, index in part:
            shape = array[index].shape
            size = int(np.prod(shape))
            array[index] = flat[at : at + size].reshape(shape)
            at += size
