"""Actions have the distribution that the network says, and the density that is written down."""

import numpy as np
import pytest

from openended.envs.nets.actions import CHOICE, NORMAL
from openended.envs.nets.draw import Actor, draw, room
from openended.envs.nets.layout import BEFORE, ROWS, STRIDE, count, packed, perceptron
from openended.envs.nets.start import first_network
from openended.envs.simd.compiled import kernel
from openended.envs.simd.number import number, zero

SIZES = (3, 8, 3)


@kernel
def drawn(actor, place, rows, index, kind):
    draw(actor, place, rows, index, zero(kind))


def drawings(kind, times):
    """Means or logits float32[3], then actions [times * ROWS, 3 or 1] and their log densities."""
    net = perceptron(SIZES)
    flat = first_network([1, 2], SIZES, 1.0)
    deviations = np.array([0.3, 0.5, 0.9])
    deviations = np.concatenate([np.log(deviations), deviations, 1 / deviations]).astype(np.float32)
    actor = Actor(kind, 3, net.plan, packed(net, flat), deviations if kind == NORMAL else deviations[:0])
    assert len(flat) == count(SIZES)
    place = room(net)
    place.keys[:] = np.arange(ROWS, dtype=np.uint64).reshape(place.keys.shape)
    place.values[: ROWS * net.plan[0, STRIDE]].reshape(ROWS, -1)[:, :3] = (0.5, -1.0, 2.0)
    actions, densities = [], []
    for index in range(times):
        drawn(actor, place, ROWS, index, number(16))
        actions.append(place.actions.reshape(-1, ROWS)[: 3 if kind == NORMAL else 1].T.copy())
        densities.append(place.densities.copy())
    outputs = place.values[net.plan[-1, BEFORE] :][:3].copy()
    return outputs, np.concatenate(actions), np.concatenate(densities)


def test_continuous_actions_are_normal_around_the_outputs():
    means, actions, densities = drawings(NORMAL, 500)
    deviations = np.array([0.3, 0.5, 0.9])
    assert actions.mean(axis=0) == pytest.approx(means, abs=5 * 0.9 / np.sqrt(len(actions)))
    assert actions.std(axis=0) == pytest.approx(deviations, rel=0.03)
    assert np.abs(np.corrcoef(actions.T) - np.eye(3)).max() < 0.03
    z = (actions - means) / deviations
    expected = (-0.5 * z**2 - np.log(deviations) - 0.5 * np.log(2 * np.pi)).sum(axis=1)
    np.testing.assert_allclose(densities, expected, atol=2e-5)


def test_choices_have_the_probabilities_of_the_softmax():
    logits, actions, densities = drawings(CHOICE, 500)
    p = np.exp(logits - logits.max())
    p /= p.sum()
    shares = np.bincount(actions[:, 0].astype(int), minlength=3) / len(actions)
    assert shares == pytest.approx(p, abs=5 * 0.5 / np.sqrt(len(actions)))
    np.testing.assert_allclose(densities, np.log(p)[actions[:, 0].astype(int)], atol=1e-5)
