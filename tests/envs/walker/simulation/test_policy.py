import re

import numpy as np
import pytest
from numba import float32, njit

from openended.envs.policy import Mlp
from openended.envs.walker.simulation import policy

LAYOUT = Mlp(policy.SIZES)


@njit
def tanh_of_all(x):
    y = np.empty_like(x)
    for i in range(len(x)):
        y[i] = policy.tanh(x[i])
    return y


def act(agent, observation):
    action = np.full(4, np.nan, np.float32)
    room = np.full((2, 40), np.nan, np.float32)
    policy.act(agent, observation, room[0], room[1], action)
    return action


def layers(agent):
    start = 0
    for inputs, outputs in zip(policy.SIZES, policy.SIZES[1:], strict=False):
        matrix = agent[start : start + inputs * outputs].reshape(inputs, outputs)
        start += inputs * outputs
        yield matrix, agent[start : start + outputs]
        start += outputs


def act_in_float64(agent, observation):
    x = observation.astype(np.float64)
    for matrix, bias in layers(agent.astype(np.float64)):
        x = np.tanh(x @ matrix + bias)
    return x


def act_one_input_after_the_other(agent, observation):
    x = observation
    for matrix, bias in layers(agent):
        total = bias.copy()
        for value, row in zip(x, matrix, strict=True):
            total = total + value * row
        x = tanh_of_all(total)
    return x


@pytest.fixture(params=range(20))
def case(request):
    random = np.random.Generator(np.random.Philox(key=request.param))
    return LAYOUT.init(request.param), random.standard_normal(24, dtype=np.float32)


def test_the_layout_is_poets():
    assert policy.PARAMETERS == LAYOUT.parameters == 2804


def test_actions_agree_with_float64_within_rounding(case):
    # At most 41 additions a layer and an error of 4.2e-7 in tanh, carried through two more layers of row sums around 2.
    assert np.abs(act(*case) - act_in_float64(*case)).max() < 3e-5


def test_actions_are_those_of_adding_input_after_input_to_the_bit(case):
    assert act(*case).tobytes() == act_one_input_after_the_other(*case).tobytes()


def test_large_weights_saturate_and_nan_shows():
    agent = np.full(2804, 100, np.float32)
    assert (act(agent, np.ones(24, np.float32)) > 0.999999).all()
    agent[5] = np.nan
    assert np.isnan(act(agent, np.ones(24, np.float32))).all()


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


def test_the_compiled_policy_fuses_nothing_and_calls_no_libm():
    afresh = njit(error_model="numpy")(policy.act.py_func)  # cached code cannot be looked into
    vector = float32[::1]
    afresh.compile((vector, vector, vector, vector, vector))
    (assembly,) = afresh.inspect_asm().values()
    assert "mulps" in assembly, "outputs are computed side by side"
    assert not re.search(r"vfm(add|sub)|vfnm|fmla|tanhf?\b", assembly)
    assert not re.search(r"\bv?(add|mul|div)[sp]d\b", assembly), "no float64"


def test_a_controller_does_what_its_agent_does_to_the_bit_and_keeps_its_own_copy(case):
    agent, observation = case
    expected = act(agent, observation)
    actions = policy.controller(agent)
    agent[:] = 0
    first = actions(observation)
    assert first.tobytes() == expected.tobytes()
    assert not np.shares_memory(first, actions(observation))
    assert actions(np.repeat(observation, 2)[::2]).tobytes() == expected.tobytes()


def test_a_controller_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"shape \(7,\).*2804"):
        policy.controller(np.zeros(7, np.float32))
