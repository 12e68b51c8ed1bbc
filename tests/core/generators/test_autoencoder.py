"""Torch's autograd is the oracle of the gradient."""

import itertools

import numpy as np
import torch

from openended.core.generators import autoencoder
from openended.core.generators.autoencoder import HIDDEN, VARIANCE, Half, fit, restored, slopes
from openended.envs.nets.layout import ROWS, unpacked

SIZE, POINT = 11, 3
ENCODER, DECODER = (SIZE, HIDDEN, 2 * POINT), (POINT, HIDDEN, SIZE)


def parameters(sizes, stream):
    count = sum((a + 1) * b for a, b in itertools.pairwise(sizes))
    return stream.normal(size=count).astype(np.float32) * np.float32(0.2)


def output(flat, sizes, values):
    at = 0
    for layer, (a, b) in enumerate(itertools.pairwise(sizes)):
        values = values @ flat[at : at + a * b].reshape(a, b) + flat[at + a * b : at + (a + 1) * b]
        at += (a + 1) * b
        values = torch.tanh(values) if layer + 2 < len(sizes) else values
    return values


def test_the_gradient_is_that_of_autograd():
    stream = np.random.default_rng(1)
    halves = [Half(sizes, parameters(sizes, stream)) for sizes in (ENCODER, DECODER)]
    vectors, noise = (stream.normal(size=(ROWS, size)).astype(np.float32) for size in (SIZE, POINT))
    slopes(*halves, vectors, noise)
    encoder, decoder = (torch.tensor(half.flat.astype(np.float64), requires_grad=True) for half in halves)
    x, e = torch.tensor(vectors.astype(np.float64)), torch.tensor(noise.astype(np.float64))
    code = output(encoder, ENCODER, x)
    middle, u = code[:, :POINT], code[:, POINT:]
    deviation = u / 2 + torch.sqrt(u * u / 4 + 1)
    left = (output(decoder, DECODER, middle + deviation * e) - x).square().sum() / (2 * VARIANCE)
    divergence = ((middle.square() + deviation.square() - 1) / 2 - torch.log(deviation)).sum()
    ((left + divergence) / ROWS).backward()
    for half, exact in zip(halves, (encoder, decoder), strict=True):
        found, wanted = unpacked(half.net, half.slope), exact.grad.numpy()
        assert np.abs(found - wanted).max() <= 1e-5 * max(1.0, np.abs(wanted).max())


def test_a_fit_is_a_function_of_its_key_and_brings_back_what_varies(monkeypatch):
    monkeypatch.setattr(autoencoder, "STEPS", 150)
    stream = np.random.default_rng(2)
    vectors = stream.normal(size=(70, 2)) @ stream.normal(size=(2, 6)) + 5.0
    model = fit(vectors, 2, key=7)
    points = model.encode(vectors)
    assert points.shape == (70, 2)
    assert np.allclose(points.std(axis=0), 1.0)
    assert np.mean((model.decode(points) - vectors) ** 2) < 0.1 * vectors.var(axis=0).mean()
    again, other = fit(vectors, 2, key=7), fit(vectors, 2, key=8)
    assert again.decoder.tobytes() == model.decoder.tobytes() != other.decoder.tobytes()
    assert restored(model.arrays).encode(vectors).tobytes() == points.tobytes()
