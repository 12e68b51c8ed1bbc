import numpy as np
import pytest

from openended.envs.forward import controller
from openended.envs.policy import Gru, Mlp, Scorer
from openended.envs.simd.tanh import TANH
from openended.envs.walker.domain import WALKER
from openended.file.errors import Usage
from openended.view.network import model

onnxruntime = pytest.importorskip("onnxruntime")


def session(policy, agent, **facts):
    return onnxruntime.InferenceSession(
        model(policy, agent, facts).SerializeToString(), providers=["CPUExecutionProvider"]
    )


@pytest.mark.parametrize("scale", [1, 5, 50])
def test_a_thousand_actions_are_those_of_our_kernel_to_the_bit(scale):
    random = np.random.default_rng(scale)
    agent = scale * WALKER.policies.default.init(scale)
    observations = random.normal(size=(1000, 24)).astype(np.float32)
    act = controller(WALKER.policies.default, agent)
    ours = np.array([act(observation) for observation in observations])
    made = session(WALKER.policies.default, agent)
    assert made.run(None, {"observation": observations})[0].tobytes() == ours.tobytes()
    assert made.run(None, {"observation": observations[7:8]})[0].tobytes() == ours[7].tobytes()


@pytest.mark.parametrize(
    "policy",
    [
        Mlp((5, 9, 3), discrete=True, tanh=TANH),
        Gru((5, 12, 7, 3), tanh=TANH),
        Gru((5, 12, 7, 3), discrete=True, tanh=TANH),
    ],
    ids=str,
)
def test_every_kind_of_policy_acts_as_our_kernel_does_to_the_bit_and_remembers_as_much(policy):
    agent = 5 * policy.init(3)
    observations = np.random.default_rng(1).normal(size=(50, 4, 5)).astype(np.float32)
    made, acts = session(policy, agent), [controller(policy, agent) for _ in range(4)]
    memory = {"state": np.zeros((4, policy.memory), np.float32)} if policy.memory else {}
    choices = set()
    for observation in observations:
        action, *state = made.run(None, {"observation": observation} | memory)
        memory = {"state": state[0]} if state else {}
        ours = np.array([act(row) for act, row in zip(acts, observation, strict=True)])
        assert action.tobytes() == ours.tobytes()
        assert action.dtype == ours.dtype
        choices |= set(action.ravel().tolist())
    assert len(choices) > 1


def test_a_scorer_scores_every_candidate_as_the_sites_kernel_does_to_the_bit():
    from openended.envs.web.policy import DEFAULT
    from openended.envs.web.simulation.episode import choose, new_room

    assert isinstance(DEFAULT, Scorer)
    agent, seen = 5 * DEFAULT.init(3), np.random.default_rng(1).normal(size=(40, 48)).astype(np.float32)
    (scores,) = session(DEFAULT, agent).run(None, {"observation": seen})
    room = new_room(DEFAULT)
    best = choose(DEFAULT.code, agent, seen, len(seen), room.hidden, room.score)
    assert best == np.argmax(scores)
    assert room.score[0] == scores[best, 0]


def test_a_policy_that_says_nothing_of_its_tanh_has_onnxs():
    policy = Mlp((3, 5, 2))
    agent, x = 5 * policy.init(1), np.random.default_rng(1).normal(size=(10, 3)).astype(np.float32)
    hidden = np.tanh(x @ agent[:15].reshape(3, 5) + agent[15:20])
    expected = np.tanh(hidden @ agent[20:30].reshape(5, 2) + agent[30:])
    assert session(policy, agent).run(None, {"observation": x})[0] == pytest.approx(expected, abs=1e-6)


def test_what_is_known_of_an_agent_is_in_its_metadata():
    made = session(Mlp((2, 1)), np.zeros(3, np.float32), niche=12, fitness=230.5)
    assert made.get_modelmeta().custom_metadata_map == {"niche": "12", "fitness": "230.5"}
    assert [(each.name, each.shape) for each in (*made.get_inputs(), *made.get_outputs())] == [
        ("observation", ["n", 2]),
        ("action", ["n", 1]),
    ]


def test_without_onnx_one_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    with pytest.raises(Usage, match=r"needs the package onnx.*pip install 'openended\[export\]'"):
        model(Mlp((2, 1)), np.zeros(3, np.float32), {})
