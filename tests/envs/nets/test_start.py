"""First weights are orthogonal, random orders are fair, networks keep their flat vectors."""

from collections import Counter

import numpy as np
import pytest

from openended.envs.nets.layout import count, packed, perceptron, unpacked
from openended.envs.nets.shuffle import shuffle
from openended.envs.nets.start import first_network, logarithm, orthogonal


@pytest.mark.parametrize(("inputs", "outputs"), [(24, 64), (64, 64), (64, 4), (5, 1)])
def test_first_weights_are_orthogonal_and_of_the_length_asked_for(inputs, outputs):
    weights = orthogonal(7, inputs, outputs, 1.5).astype(np.float64)
    product = weights @ weights.T if inputs <= outputs else weights.T @ weights
    np.testing.assert_allclose(product, 2.25 * np.eye(min(inputs, outputs)), atol=1e-6)
    assert not np.array_equal(weights, orthogonal(8, inputs, outputs, 1.5))


def test_a_first_network_has_a_small_last_layer_and_no_biases():
    flat = first_network([1, 2], (3, 8, 2), 0.01)
    assert np.linalg.norm(flat[:24].reshape(3, 8), axis=1) == pytest.approx(np.full(3, np.sqrt(2)))
    assert not flat[24:32].any()
    assert np.linalg.norm(flat[32:48].reshape(8, 2), axis=0) == pytest.approx(np.full(2, 0.01))


def test_every_order_is_as_likely():
    seen = Counter()
    for key in range(6000):
        order = np.arange(3)
        shuffle(np.uint64(key), order)
        seen[tuple(order)] += 1
    assert len(seen) == 6
    assert max(abs(times - 1000) for times in seen.values()) < 5 * np.sqrt(1000 * 5 / 6)


def test_padding_leaves_a_flat_vector_as_it_is():
    net = perceptron((3, 40, 5, 130, 2))
    flat = np.arange(1, count(net.sizes) + 1, dtype=np.float32)
    assert np.array_equal(unpacked(net, packed(net, flat)), flat)
    assert packed(net, flat).sum() == flat.sum()
    with pytest.raises(ValueError, match=r"a vector of the shape \(3,\) was given"):
        packed(net, flat[:3])
    with pytest.raises(ValueError, match="at least inputs and outputs"):
        perceptron((3,))


def test_the_logarithm_is_right_to_the_last_bit_or_its_neighbour():
    assert logarithm(0.2) == pytest.approx(np.log(0.2), rel=1.2e-7)
