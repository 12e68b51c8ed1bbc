"""Adam against torch's own optimiser and float64, in pieces, and without a mathematical library."""

import numpy as np
import pytest

from openended.envs.nets.adam import adam, power
from tests.envs.walker.simulation.test_assembly import FUSED, LIBM, assembly

SETTINGS = (0.01, 0.9, 0.999, 1e-8)


def start(parameters, seed=1):
    x = np.random.default_rng(seed).standard_normal(parameters).astype(np.float32)
    return x, np.zeros(parameters, np.float32), np.zeros(parameters, np.float32)


def gradients(parameters, steps):
    scale = np.geomspace(1e-6, 1e3, parameters)
    draws = np.random.default_rng(2).standard_normal((steps, parameters))
    return (draws * scale).astype(np.float32)


def test_a_hundred_steps_agree_with_torch():
    import torch

    x, m, v = start(501)
    theirs = torch.nn.Parameter(torch.tensor(x, dtype=torch.float64))
    optimizer = torch.optim.Adam([theirs], lr=0.01, betas=(0.9, 0.999), eps=1e-8, maximize=True)
    for t, gradient in enumerate(gradients(501, 100), 1):
        adam(x, gradient, m, v, t, *SETTINGS)
        theirs.grad = torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
    expected = theirs.detach().numpy()
    assert np.max(np.abs(x - start(501)[0])) > 0.1
    assert np.max(np.abs(x - expected)) < 2e-6


def test_a_negative_rate_descends():
    up, down = start(7), start(7)
    (gradient,) = gradients(7, 1)
    before = up[0].copy()
    adam(*up[:1], gradient, *up[1:], 1, *SETTINGS)
    adam(*down[:1], gradient, *down[1:], 1, -0.01, *SETTINGS[1:])
    np.testing.assert_allclose(up[0] - before, before - down[0], rtol=1e-4)


def test_any_split_has_the_same_bits():
    whole, parts = start(1000), start(1000)
    for t, gradient in enumerate(gradients(1000, 5), 1):
        adam(whole[0], gradient, *whole[1:], t, *SETTINGS)
        for a, b in ((0, 1), (1, 517), (517, 1000)):
            adam(parts[0][a:b], gradient[a:b], parts[1][a:b], parts[2][a:b], t, *SETTINGS)
    assert [a.tobytes() for a in whole] == [a.tobytes() for a in parts]


def test_the_bits_are_those_of_numpys_scalar_arithmetic():
    x, m, v = start(40)
    expected = [array.copy() for array in (x, m, v)]
    f = np.float32
    for t, gradient in enumerate(gradients(40, 3), 1):
        adam(x, gradient, m, v, t, *SETTINGS)
        one, two = (float(np.prod(np.full(t, beta))) for beta in SETTINGS[1:3])
        step, scale = f(0.01 / (1 - one)), f(1 / np.sqrt(1 - two))
        for i, g in enumerate(gradient):
            a, b, c = (array[i] for array in expected)
            b = f(0.9) * b + f(1 - 0.9) * g
            c = f(0.999) * c + f(1 - 0.999) * (g * g)
            a = a + step * b / (np.sqrt(c) * scale + f(1e-8))
            expected[0][i], expected[1][i], expected[2][i] = a, b, c
    assert x.tobytes() == expected[0].tobytes()
    assert m.tobytes() == expected[1].tobytes()
    assert v.tobytes() == expected[2].tobytes()


@pytest.mark.parametrize("exponent", [0, 1, 2, 7, 1000, 123_456])
def test_power(exponent):
    assert power(0.999, exponent) == pytest.approx(0.999**exponent, rel=1e-12)


def test_no_mathematical_library_and_nothing_fused():
    x, m, v = start(8)
    adam(x, x.copy(), m, v, 1, *SETTINGS)
    for parts in assembly(adam):
        text = "\n".join(parts.values())
        assert LIBM.findall(text) == []
        assert FUSED.findall(text) == []
        assert len(text) > 1000
