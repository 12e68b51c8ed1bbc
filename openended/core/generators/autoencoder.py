"""A small variational autoencoder of tasks' vectors, trained by the kernels of `envs.nets`.

Source: Kingma and Welling (2014), Auto-Encoding Variational Bayes, with normal decoders of one fixed variance:

    L = mean over vectors of  |x - x'|^2 / (2 v) + sum of (m^2 + s^2 - 1) / 2 - log s,   z = m + s e,   x' = decoder(z)

The deviation s is the squareplus of the encoder's output u, u/2 + sqrt(u^2/4 + 1) (Barron 2021, Squareplus), in place
of an exponential: so the gradient takes + - * / and square roots alone, and has the same bits on every CPU.
"""

from dataclasses import dataclass, fields, replace
from math import fsum

import numpy as np
from numpy.typing import NDArray

from openended.envs.nets.adam import adam
from openended.envs.nets.dense import backward, forward, transpose
from openended.envs.nets.layout import (
    BEFORE,
    COLUMNS,
    INPUTS,
    ROWS,
    STRIDE,
    WEIGHTS,
    Perceptron,
    Vector,
    memory,
    packed,
    perceptron,
    unpacked,
)
from openended.envs.nets.product import LANES
from openended.envs.nets.start import first_network
from openended.envs.simd.normal import normals
from openended.envs.simd.number import number

from ..keys import generator
from ..types import Arrays
from .jacobi import Matrix

HIDDEN = 64
STEPS = 400
"""Of Adam, each on `ROWS` vectors drawn with replacement."""
RATE, BETA1, BETA2, EPSILON = 3e-3, 0.9, 0.999, 1e-8
VARIANCE = 0.1
"""v: of what the decoder leaves out, in units of the vectors' mean variance."""

Block = NDArray[np.float32]
"""float32[ROWS, ...]: one minibatch."""


class Half:
    """The encoder or the decoder: a network in training, and room for a minibatch.

    Attributes:
        parameters, slope: padded, of the network and of the loss.

    """

    def __init__(self, sizes: tuple[int, ...], flat: Vector):
        self.net: Perceptron = perceptron(sizes)
        self.parameters, self.slope = memory(self.net.parameters), memory(self.net.parameters)
        self.parameters[:] = packed(self.net, flat)
        self._m, self._v = memory(self.net.parameters), memory(self.net.parameters)
        self._values, self._slopes = memory(self.net.values), memory(self.net.values)
        self._turned = memory(max(self.net.transposed, 1))
        self._zeros = memory(int(self.net.plan[:, STRIDE].max()))

    @property
    def flat(self) -> Vector:
        """The parameters without padding."""
        return unpacked(self.net, self.parameters)

    def _at(self, room: Vector, layer: int) -> Block:
        start, stride = self.net.plan[layer, [BEFORE, STRIDE]]
        return room[start : start + ROWS * stride].reshape(ROWS, stride)

    def outputs(self, inputs: Block) -> Block:
        """float32[ROWS, outputs]."""
        self._at(self._values, 0)[:, : inputs.shape[1]] = inputs
        forward(self.net.plan, self.parameters, self._values, ROWS, number(LANES))
        return self._at(self._values, len(self.net.plan) - 1)[:, : self.net.sizes[-1]].copy()

    def back(self, slopes: Block) -> Block:
        """Fill `slope` after `outputs`; returns the derivatives with respect to the inputs, float32[ROWS, inputs]."""
        self.slope[:], self._slopes[:] = 0.0, 0.0
        self._at(self._slopes, len(self.net.plan) - 1)[:, : slopes.shape[1]] = slopes
        transpose(self.net.plan, self.parameters, self._turned)
        plan, like = self.net.plan, number(LANES)
        backward(plan, self._turned, self._values, self._slopes, self.slope, 0, ROWS, self._zeros, like)
        first, (rows, columns, start) = self._at(self._slopes, 1), plan[0, [INPUTS, COLUMNS, WEIGHTS]]
        weights = self.parameters[start : start + rows * columns].reshape(rows, columns)
        total = np.zeros((ROWS, self.net.sizes[0]), np.float32)
        for unit in range(self.net.sizes[1]):
            total += first[:, unit, None] * weights[: self.net.sizes[0], unit]
        return total

    def step(self, number: int) -> None:
        """Descend, for the `number`-th time (from 1)."""
        adam(self.parameters, self.slope, self._m, self._v, number, -RATE, BETA1, BETA2, EPSILON)


def slopes(encoder: Half, decoder: Half, vectors: Block, noise: Block) -> None:
    """Fill the slopes of both for the mean loss of scaled vectors float32[ROWS, d]; noise: e, float32[ROWS, k]."""
    count = noise.shape[1]
    half, one, share = np.float32(0.5), np.float32(1.0), np.float32(1.0 / ROWS)
    code = encoder.outputs(vectors)
    middle, u = code[:, :count], half * code[:, count:]
    root = np.sqrt(u * u + one)
    deviation = u + root
    error = decoder.outputs(middle + deviation * noise) - vectors
    by_point = decoder.back(error * np.float32(1.0 / VARIANCE) * share)
    by_deviation = by_point * noise + (deviation - one / deviation) * share
    by_u = by_deviation * (half + half * u / root)
    encoder.back(np.concatenate([by_point + middle * share, by_u], axis=1))


@dataclass(frozen=True)
class Autoencoder:
    """A fitted model.

    Attributes:
        mean: of the vectors, float64[d].
        scale: root of their mean variance, float64[1].
        encoder, decoder: flat parameters, float32[...].
        spread: standard deviations of the tasks' m, float64[k]; a point holds m in units of them.

    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    encoder: Vector
    decoder: Vector
    spread: NDArray[np.float64]

    @property
    def dimensions(self) -> int:
        """Of the latent space."""
        return len(self.spread)

    @property
    def arrays(self) -> Arrays:
        """What the run file keeps."""
        networks = {"encoder": self.encoder, "decoder": self.decoder}
        return {"mean": self.mean, "scale": self.scale, "spread": self.spread} | networks

    def encode(self, vectors: Matrix) -> Matrix:
        """The points float64[n, k] of vectors float64[n, d]."""
        size = vectors.shape[1]
        half = Half((size, HIDDEN, 2 * self.dimensions), self.encoder)
        return by_blocks(half, (vectors - self.mean) / self.scale)[:, : self.dimensions] / self.spread

    def decode(self, points: Matrix) -> Matrix:
        """The vectors float64[n, d] of points float64[n, k]."""
        half = Half((self.dimensions, HIDDEN, len(self.mean)), self.decoder)
        return np.asarray(self.mean + self.scale * by_blocks(half, points * self.spread))


def by_blocks(half: Half, inputs: Matrix) -> Matrix:
    """The outputs float64[n, b] of a network for inputs float64[n, a]."""
    blocks, outputs = -(-len(inputs) // ROWS), half.net.sizes[-1]
    room = np.zeros((blocks, ROWS, inputs.shape[1]), np.float32)
    room.reshape(-1, inputs.shape[1])[: len(inputs)] = inputs
    made = np.array([half.outputs(block) for block in room]).reshape(-1, outputs)
    return np.asarray(made[: len(inputs)], np.float64)


def fit(vectors: Matrix, dimensions: int, key: int) -> Autoencoder:
    """A model of vectors float64[n, d]; key, 0 .. 2^64 - 1, fixes first weights, minibatches and noise."""
    count, size = vectors.shape
    mean = np.array([fsum(column) / count for column in vectors.T])
    centred = vectors - mean
    variance = fsum((centred * centred).ravel()) / centred.size
    scale = np.sqrt(np.array([variance if variance > 0.0 else 1.0]))
    scaled = (centred / scale).astype(np.float32)
    stream = generator(key)
    halves = [
        Half(sizes, first_network([whole(stream) for _ in sizes[1:]], sizes, 0.1))
        for sizes in ((size, HIDDEN, 2 * dimensions), (dimensions, HIDDEN, size))
    ]
    for step in range(1, STEPS + 1):
        rows = scaled[stream.integers(count, size=ROWS)]
        slopes(halves[0], halves[1], rows, normals(whole(stream), (ROWS, dimensions)))
        for half in halves:
            half.step(step)
    model = Autoencoder(mean, scale, halves[0].flat, halves[1].flat, np.ones(dimensions))
    codes = model.encode(vectors).T
    variances = [fsum((code - fsum(code) / count) ** 2) / count for code in codes]
    return replace(model, spread=np.sqrt(np.array([value if value > 0.0 else 1.0 for value in variances])))


def whole(stream: np.random.Generator) -> int:
    """The next key of a stream."""
    return int(stream.integers(2**64, dtype=np.uint64))


def restored(arrays: Arrays) -> Autoencoder:
    """The model of what a run file keeps."""
    return Autoencoder(**{field.name: arrays[field.name] for field in fields(Autoencoder)})
