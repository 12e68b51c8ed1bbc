"""First weights: orthogonal matrices (Saxe, McClelland and Ganguli 2014, Exact solutions to the nonlinear dynamics of
learning in deep linear neural networks), without LAPACK.

As usual with PPO (Huang et al. 2022, The 37 implementation details of PPO, detail 2): gain sqrt(2) for hidden layers,
.01 for the policy's outputs, 1 for a value; biases zero.
"""

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..simd.compiled import kernel
from ..simd.log import log
from ..simd.normal import normals

HIDDEN_GAIN = math.sqrt(2.0)


@kernel
def orthonormalise(rows):
    """Make the rows of a float64[m, n], m <= n, orthonormal by Gram and Schmidt's process, modified and done twice.

    Twice is enough (Giraud, Langou and Rozloznik 2005). All sums in the order of the columns.
    """
    for i in range(rows.shape[0]):
        for _ in range(2):
            for j in range(i):
                dot = 0.0
                for k in range(rows.shape[1]):
                    dot += rows[i, k] * rows[j, k]
                for k in range(rows.shape[1]):
                    rows[i, k] -= dot * rows[j, k]
        square = 0.0
        for k in range(rows.shape[1]):
            square += rows[i, k] * rows[i, k]
        length = np.sqrt(square)
        for k in range(rows.shape[1]):
            rows[i, k] /= length


def orthogonal(key: int, inputs: int, outputs: int, gain: float) -> NDArray[np.float32]:
    """A random matrix float32[inputs, outputs] with orthogonal rows or columns, whichever are fewer, of length `gain`.

    `key`, 0 .. 2^64 - 1, fixes it.
    """
    few, many = sorted((inputs, outputs))
    rows = normals(key, (few, many)).astype(np.float64)
    orthonormalise(rows)
    return (gain * (rows if inputs <= outputs else rows.T)).astype(np.float32)


def first_network(keys: list[int], sizes: tuple[int, ...], last_gain: float) -> NDArray[np.float32]:
    """A network's flat vector W1, b1, W2, b2, ...; one key, 0 .. 2^64 - 1, for each of its layers."""
    parts = []
    for layer, (inputs, outputs) in enumerate(pairwise(sizes)):
        gain = HIDDEN_GAIN if layer + 2 < len(sizes) else last_gain
        parts += [orthogonal(keys[layer], inputs, outputs, gain).ravel(), np.zeros(outputs, np.float32)]
    return np.concatenate(parts)


def logarithm(number: float) -> np.float32:
    """The natural logarithm of a positive number by `simd.log`, the same on every CPU."""
    return np.float32(_logarithm(np.float32(number)))


@kernel
def _logarithm(number):
    return log(number)
