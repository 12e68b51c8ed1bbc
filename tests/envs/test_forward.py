import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numba import float32, int64, njit

from openended.envs import forward
from openended.envs.policy import Gru, Mlp, make, sampling
from openended.envs.simd.tanh import tanh

WALKER = Mlp((24, 40, 40, 4))
POLICIES = [
    WALKER,
    Mlp((1, 1)),
    Mlp((3, 7, 33, 5)),
    Mlp((5, 64, 13, 75, 2)),
    Mlp((2, 100, 3), discrete=True),
    Gru((5, 16, 8, 3)),
    Gru((7, 5, 11, 4), discrete=True),
]


@njit
def tanh_of_all(x):
    y = np.empty_like(x)
    for i in range(len(x)):
        y[i] = tanh(x[i])
    return y


def act(policy, agent, observation, state=None):
    outputs = np.full(policy.outputs, np.nan, np.float32)
    room = np.full_like(forward.room_for(policy), np.nan)
    state = np.zeros(policy.memory, np.float32) if state is None else state
    forward.act(policy.code, agent, observation, state, room, outputs)
    return outputs


def shapes(policy):
    """Matrices and biases of a policy, in their order."""
    sizes = policy.sizes
    if policy.kind == "mlp":
        return list(pairwise(sizes))
    inputs, dense, memory, outputs = sizes
    return [(inputs, dense), (dense, 3 * memory), (memory, 3 * memory), (memory, outputs)]


def layers(policy, agent):
    start = 0
    for inputs, outputs in shapes(policy):
        matrix = agent[start : start + inputs * outputs].reshape(inputs, outputs)
        start += inputs * outputs
        yield matrix, agent[start : start + outputs]
        start += outputs
    assert start == len(agent)


def network(policy, agent, x, state, summed, curve):
    """The network over other arithmetic: `summed(x, matrix, bias)` and `curve(total)`."""
    parts = list(layers(policy, agent))
    last = (lambda total: total) if policy.discrete else curve
    if policy.kind == "mlp":
        for matrix, bias in parts[:-1]:
            x = curve(summed(x, matrix, bias))
        return last(summed(x, *parts[-1])), state
    dense, given, kept, output = parts
    half = x.dtype.type(0.5)
    a, b = np.split(summed(curve(summed(x, *dense)), *given), 3), np.split(summed(state, *kept), 3)
    r, z = (half + half * curve(half * (a[gate] + b[gate])) for gate in (0, 1))
    n = curve(a[2] + r * b[2])
    state = (1 - z) * n + z * state
    return last(summed(state, *output)), state


def input_after_input(x, matrix, bias):
    total = bias.copy()
    for value, row in zip(x, matrix, strict=True):
        total = total + value * row
    return total


@pytest.fixture(params=[(policy, key) for policy in POLICIES for key in range(4)], ids=str)
def case(request):
    policy, key = request.param
    random = np.random.Generator(np.random.Philox(key=key))
    return policy, policy.init(key) * np.float32(key + 1), random.standard_normal((6, policy.inputs), dtype=np.float32)


def test_the_default_layout_of_walkers_is_poets():
    assert WALKER.parameters == 2804


def test_outputs_agree_with_float64_within_rounding(case):
    policy, agent, observations = case
    ours, state = np.zeros(policy.memory, np.float32), np.zeros(policy.memory)
    for observation in observations:
        wide = observation.astype(np.float64)
        expected, state = network(
            policy, agent.astype(np.float64), wide, state, lambda x, matrix, bias: x @ matrix + bias, np.tanh
        )
        assert act(policy, agent, observation, ours) == pytest.approx(expected, abs=1e-4)


def test_outputs_are_those_of_adding_input_after_input_to_the_bit(case):
    policy, agent, observations = case
    ours, state = np.zeros(policy.memory, np.float32), np.zeros(policy.memory, np.float32)
    for observation in observations:
        expected, state = network(policy, agent, observation, state, input_after_input, tanh_of_all)
        assert act(policy, agent, observation, ours).tobytes() == expected.tobytes()
        assert ours.tobytes() == state.tobytes()


def test_large_weights_saturate_and_nan_shows():
    agent = np.full(2804, 100, np.float32)
    assert (act(WALKER, agent, np.ones(24, np.float32)) > 0.999999).all()
    agent[5] = np.nan
    assert np.isnan(act(WALKER, agent, np.ones(24, np.float32))).all()


def test_tanh_is_accurate_odd_bounded_and_float32():
    x = np.concatenate([np.linspace(0, 12, 200_001), np.geomspace(1e-38, 1e38, 2001)]).astype(np.float32)
    y = tanh_of_all(x)
    assert y.dtype == np.float32
    assert np.abs(y - np.tanh(x.astype(np.float64))).max() <= 4.2e-7
    assert (tanh_of_all(-x) == -y).all()
    assert np.abs(y).max() <= 1
    assert np.diff(tanh_of_all(np.linspace(0, 12, 20_001).astype(np.float32))).min() > -5e-7, "rounding apart, it rises"
    ends = np.array([0, np.inf, -np.inf, np.nan], np.float32)
    assert np.allclose(tanh_of_all(ends), [0, 1, -1, np.nan], rtol=0, atol=2e-7, equal_nan=True)


def test_one_compilation_serves_all_layouts_fuses_nothing_and_calls_no_libm():
    for policy in POLICIES:
        act(policy, policy.init(0), np.zeros(policy.inputs, np.float32))
    assert len(forward.act.signatures) == 1
    afresh = njit(error_model="numpy")(forward.act.py_func)  # cached code cannot be looked into
    vector = float32[::1]
    afresh.compile((int64[::1], vector, vector, vector, float32[:, ::1], vector))
    (assembly,) = afresh.inspect_asm().values()
    assert "mulps" in assembly, "outputs are computed side by side"
    assert not re.search(r"vfm(add|sub)|vfnm|fmla|tanhf?\b", assembly)
    assert not re.search(r"\bv?(add|mul|div)[sp]d\b", assembly), "no float64"


def test_a_controller_does_what_its_agent_does_to_the_bit_and_keeps_its_own_copy(case):
    policy, agent, observations = case
    state = np.zeros(policy.memory, np.float32)
    expected = [act(policy, agent, observation, state) for observation in observations]
    actions = forward.controller(policy, agent)
    agent[:] = 0
    found = [actions(np.repeat(observation, 2)[::2]) for observation in observations]
    if policy.discrete:
        assert found == [int(np.argmax(outputs)) for outputs in expected]
    else:
        assert np.array(found).tobytes() == np.array(expected).tobytes()


def test_a_controller_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"shape \(7,\).*2804"):
        forward.controller(WALKER, np.zeros(7, np.float32))


def test_of_equal_outputs_the_first_is_chosen():
    assert forward.choice(np.array([0, 3, 1, 3], np.float32)) == 1


def test_policies_are_made_by_kind_and_hidden_layers():
    assert make("mlp", 24, (40, 40), 4) == WALKER
    assert make("gru", 5, (16, 8), 3, discrete=True) == Gru((5, 16, 8, 3), discrete=True)
    assert make("mlp", 3, (), 2).parameters == 8


@pytest.mark.parametrize(
    ("kind", "hidden", "words"),
    [
        ("lstm", (4,), "kind is 'lstm'; choose mlp or gru"),
        ("gru", (4,), "a gru has two sizes"),
        ("mlp", (40, 0), r"sizes \[24, 40, 0, 4\]: 2 or more layers have 1 to 4096 units each"),
        ("mlp", (5000,), "1 to 4096 units"),
    ],
)
def test_policies_that_cannot_be_are_refused_in_one_sentence(kind, hidden, words):
    with pytest.raises(ValueError, match=words):
        make(kind, 24, hidden, 4)


def test_a_sampled_policy_draws_actions_with_the_softmax_of_its_outputs():
    policy = sampling(Mlp((2, 5, 4), discrete=True))
    agent = policy.init(3) * np.float32(10)
    seen = np.array([0.5, -1.0], np.float32)
    outputs = act(policy, agent, seen).astype(np.float64)
    expected = np.exp(outputs - outputs.max())
    expected /= expected.sum()
    drawn = [forward.controller(policy, agent, key)(seen) for key in range(20_000)]
    shares = np.bincount(drawn, minlength=4) / len(drawn)
    assert np.abs(shares - expected).max() < 4 * np.sqrt(0.25 / len(drawn)), (shares, expected)
    assert np.sort(shares)[-2] > 0.05, "the agent of this test is not sure of itself"
    assert forward.controller(replace(policy, sampled=False), agent)(seen) == outputs.argmax()


def test_draws_differ_from_step_to_step_and_depend_on_the_key_alone():
    policy = sampling(Mlp((1, 1 + 7), discrete=True))
    agent, seen = np.zeros(policy.parameters, np.float32), np.zeros(1, np.float32)
    one, again, other = (forward.controller(policy, agent, key) for key in (1, 1, 2))
    draws = np.array([[each(seen) for each in (one, again, other)] for _ in range(300)]).T
    assert np.array_equal(draws[0], draws[1])
    assert np.mean(draws[0] == draws[2]) < 0.25
    assert np.bincount(draws[0], minlength=8).min() > 10


def test_only_choices_are_sampled():
    with pytest.raises(ValueError, match="no choice among several"):
        sampling(WALKER)
    with pytest.raises(ValueError, match="sampled actions are discrete"):
        Mlp((2, 3), sampled=True)
