"""A network's layout as data, so that a new size compiles nothing.

A *plan* is an int64[layers, FIELDS] array that the kernels read: how large each dense layer is, and where its
parameters and its values stand. Kernels keep parameters padded: W has its rows (inputs) padded to a multiple of 8 and
its columns (outputs) to one of 16. All padding is zero and stays so: its gradients are exactly zero. Outside, a network
is the flat vector W1, b1, W2, b2, ... without padding, W stored as (inputs, outputs) in row-major order.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..policy import Mlp, Policy
from ..records import CACHE_LINE
from .product import LANES, TALL

ROWS = 64
"""Most rows (observations) that go through a network at once."""

Vector = NDArray[np.float32]
Plan = NDArray[np.int64]

FIELDS = 9
INPUTS, COLUMNS, WEIGHTS, BIAS, BACKWARDS, TRANSPOSED, SQUASHED, BEFORE, STRIDE = range(FIELDS)
"""Fields of a plan's rows: the rows of W; its columns; where W [INPUTS, COLUMNS] and b [COLUMNS] begin among the
parameters; outputs padded to 8, and where W transposed, [BACKWARDS, STRIDE], begins; 1 if tanh follows; where the
values before the layer, [ROWS, STRIDE], begin (those behind it: BEFORE of the next layer), and their padded columns."""


class Perceptron(NamedTuple):
    """A multilayer perceptron: tanh behind every layer, the last one perhaps excepted.

    Attributes:
        sizes: units of each layer, inputs first.
        plan: see above; the last row has only BEFORE and STRIDE, those of the outputs.
        parameters, transposed, values: how many float32 the padded parameters, the transposed weights and the values of
            all layers take.
    """

    sizes: tuple[int, ...]
    plan: Plan
    parameters: int
    transposed: int
    values: int


def padded(number: int, multiple: int) -> int:
    """The next multiple."""
    return -(-number // multiple) * multiple


def perceptron(sizes: tuple[int, ...], squashed: bool = False) -> Perceptron:
    """The layout of a network with these sizes; `squashed`: tanh behind the last layer, too.

    Raises ValueError for fewer than two sizes, or for one below 1.
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"the sizes {sizes} were given; a network has at least inputs and outputs, each 1 or more")
    plan = np.zeros((len(sizes), FIELDS), np.int64)
    parameters = transposed = values = 0
    for layer, size in enumerate(sizes):
        stride = padded(size, LANES)
        plan[layer, [BEFORE, STRIDE]] = values, stride
        values += ROWS * stride
        if layer + 1 < len(sizes):
            inputs, columns, back = padded(size, TALL), padded(sizes[layer + 1], LANES), padded(sizes[layer + 1], TALL)
            weights = inputs * columns
            tanh = squashed or layer + 2 < len(sizes)
            plan[layer, :BEFORE] = inputs, columns, parameters, parameters + weights, back, transposed, tanh
            parameters += weights + columns
            transposed += back * stride
    return Perceptron(sizes, plan, parameters, transposed, values)


def network(policy: Policy) -> Perceptron:
    """The layout of a policy's network. Raises ValueError, in one sentence, for a kind that cannot be trained here."""
    if not isinstance(policy, Mlp) or policy.kind != Mlp.kind:
        raise ValueError(f"a policy of the kind {policy.kind} was given; this network is of the kind mlp")
    return perceptron(policy.sizes, squashed=not policy.discrete)


def _parts(net: Perceptron, vector: Vector) -> Iterator[tuple[Vector, Vector]]:
    """Of each layer the weights (inputs, outputs) and biases (outputs,), views of the padded `vector`."""
    for layer, (inputs, outputs) in enumerate(pairwise(net.sizes)):
        rows, columns, weights, bias = net.plan[layer, [INPUTS, COLUMNS, WEIGHTS, BIAS]]
        matrix = vector[weights:bias].reshape(rows, columns)
        yield matrix[:inputs, :outputs], vector[bias : bias + outputs]


def unpacked(net: Perceptron, vector: Vector) -> Vector:
    """The flat vector float32[...] W1, b1, ... of padded parameters float32[net.parameters]."""
    return np.concatenate([part.ravel() for pair in _parts(net, vector) for part in pair])


def packed(net: Perceptron, flat: Vector) -> Vector:
    """The padded parameters of a flat vector. Raises ValueError for a vector of another length."""
    wanted = count(net.sizes)
    if flat.shape != (wanted,):
        raise ValueError(f"a vector of the shape {flat.shape} was given; the sizes {net.sizes} have ({wanted},)")
    vector = np.zeros(net.parameters, np.float32)
    at = 0
    for pair in _parts(net, vector):
        for part in pair:
            part[...] = flat[at : at + part.size].reshape(part.shape)
            at += part.size
    return vector


def count(sizes: tuple[int, ...]) -> int:
    """How many parameters a network with these sizes has, without padding."""
    return sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes))


def memory(number: int) -> Vector:
    """Zeros float32[number] that begin a cache line."""
    room = np.zeros(number + CACHE_LINE // 4, np.float32)
    start = -room.ctypes.data % CACHE_LINE // 4
    return room[start : start + number]
