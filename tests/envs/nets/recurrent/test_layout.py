"""Padding and the order of gates come and go without a trace."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openended.envs.nets.recurrent.layout import pack, recurrent, unpacked
from openended.envs.nets.recurrent.start import KEYS, first_agent, first_value
from openended.envs.nets.recurrent.trainer import RecurrentTrainer, sequence_length
from openended.envs.policy import Gru

SIZES = st.tuples(*[st.integers(1, 40)] * 4)


@given(SIZES, st.booleans())
@settings(max_examples=30, deadline=None)
def test_what_is_packed_comes_back(sizes, discrete):
    policy = Gru(sizes, discrete)
    net, random = recurrent(policy), np.random.default_rng(1)
    agent = random.normal(size=policy.parameters).astype(np.float32)
    value = random.normal(size=policy.memory + 1).astype(np.float32)
    vector = np.zeros(net.parameters, np.float32)
    pack(net, agent, value, vector)
    assert np.count_nonzero(vector) == len(agent) + len(value)
    back = unpacked(net, vector)
    np.testing.assert_array_equal(back[0], agent)
    np.testing.assert_array_equal(back[1], value)


@pytest.mark.parametrize(
    "policy", [Gru((5, 7, 9, 3), discrete=True), Gru((5, 7, 9, 3))], ids=["discrete", "continuous"]
)
def test_vectors_of_moments_come_back(policy):
    trainer = RecurrentTrainer(policy, 128, 16)
    flat = np.arange(1, policy.parameters + trainer.deviations + 10 + 1, dtype=np.float32)
    np.testing.assert_array_equal(trainer.gathered(trainer.spread(flat)), flat)


def test_vectors_of_another_length_are_refused():
    trainer = RecurrentTrainer(Gru((5, 7, 9, 3)), 128, 16)
    with pytest.raises(ValueError, match=r"shapes \(4,\) and \(10,\) were given; the policy has \(5"):
        trainer.load(np.zeros(4, np.float32), np.zeros(10, np.float32))


def test_every_gate_begins_orthogonal():
    policy = Gru((6, 8, 8, 2))
    agent = first_agent(list(range(KEYS)), policy, 0.01)
    assert agent.shape == (policy.parameters,)
    at = 7 * 8 + 9 * 24
    kept = agent[at : at + 8 * 24].reshape(8, 24)
    for gate in range(3):
        matrix = kept[:, 8 * gate : 8 * gate + 8].astype(np.float64)
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(8), atol=1e-6)
    assert not agent[at + 8 * 24 : at + 9 * 24].any()
    outputs = agent[-18:-2].reshape(8, 2).astype(np.float64)
    np.testing.assert_allclose(outputs.T @ outputs, 1e-4 * np.eye(2), atol=1e-9)
    assert np.linalg.norm(first_value(3, policy)[:-1]) == pytest.approx(1, rel=1e-6)


def test_records_that_cannot_be_cut_are_refused_in_one_sentence():
    assert sequence_length(512, 1024, 64) == 64
    assert sequence_length(32, 1024, 64) == 32
    with pytest.raises(
        ValueError, match="sequences of 64 steps were asked for in records of 100; a policy with memory"
    ):
        sequence_length(100, 1024, 64)
    with pytest.raises(ValueError, match=r"sequences of 20 steps .* takes a multiple of 8 that divides the record"):
        sequence_length(20, 1024, 64)
    with pytest.raises(ValueError, match=r"a minibatch of 1024 rows was given; .* so choose a multiple of 2048"):
        sequence_length(512, 1024, 256)
