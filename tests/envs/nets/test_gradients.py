"""The gradients of networks and of the whole objective are those of torch's autograd."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from openended.envs.nets import proximal
from openended.envs.nets.actions import CHOICE, CLIPPED, DIVERGENCE, ENTROPY, LOSS, NORMAL, VALUE_LOSS
from openended.envs.nets.layout import count, packed, perceptron, unpacked
from openended.envs.nets.learning import NORM, Rows, Settings, desk, nets, side_by_side
from openended.envs.nets.recorded import recorded
from openended.envs.nets.trainer import Judged, Trainer
from openended.envs.simd.number import number

ROWS = 1024


def settings(kind, **changed):
    given = {
        "kind": kind, "epochs": 1, "minibatch": ROWS, "clip": 0.2, "entropy": 0.003, "value": 0.5, "norm": 1e9,
        "rate": 0.0, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-5, "low": -1.6, "high": -0.5, "key": np.uint64(3),
    } | changed  # fmt: skip
    floats = {name: np.float32(given[name]) for name in ("clip", "entropy", "value", "norm", "low", "high")}
    return Settings(**given | floats)


class Problem:
    """Two networks with random weights, and rows that were drawn by a slightly different actor."""

    def __init__(self, kind, observations=24, actions=4, hidden=(64, 64), squashed=False):
        random = np.random.default_rng(5)
        self.kind = kind
        self.squashed = squashed
        self.actor = perceptron((observations, *hidden, actions), squashed)
        self.critic = perceptron((observations, *hidden, 1))
        self.nets = nets(self.actor, self.critic, actions if kind == NORMAL else 0, ROWS)
        self.flat = [random.normal(0, 0.25, count(net.sizes)).astype(np.float32) for net in (self.actor, self.critic)]
        self.nets.actor_part[:] = packed(self.actor, self.flat[0])
        self.nets.critic_part[:] = packed(self.critic, self.flat[1])
        self.logarithms = np.linspace(-1.5, -0.6, actions, dtype=np.float32)
        observed = random.normal(size=(ROWS, observations)).astype(np.float32)
        if kind == NORMAL:
            self.nets.deviation_part[:actions] = self.logarithms
            means = self.network(self.actor.sizes, *map(torch.tensor, (self.flat[0], observed)), self.squashed).numpy()
            taken = means + np.exp(self.logarithms) * random.normal(size=(ROWS, actions))
        else:
            taken = random.integers(actions, size=(ROWS, 1))
        self.rows = Rows(
            observed,
            taken.astype(np.float32),
            np.zeros(ROWS, np.float32),
            random.normal(1, 2, ROWS).astype(np.float32),
            random.normal(size=ROWS).astype(np.float32),
        )
        before = self.log_probabilities(*self.tensors())[0].detach().numpy()
        off = random.normal(0, 0.2, ROWS)
        for edge in np.log([0.8, 1.2]):
            off = np.where(np.abs(off - edge) < 0.001, edge + 0.001, off)  # where float32 and float64 might part ways
        self.rows.log_probabilities[:] = before - off

    def tensors(self):
        made = [torch.tensor(values, dtype=torch.float64) for values in (*self.flat, self.logarithms)]
        return [tensor.requires_grad_() for tensor in made]

    @staticmethod
    def network(sizes, flat, x, squashed=False):
        at = 0
        for layer, (inputs, outputs) in enumerate(pairwise(sizes)):
            weights = flat[at : at + inputs * outputs].reshape(inputs, outputs)
            at += inputs * outputs
            x = x @ weights + flat[at : at + outputs]
            at += outputs
            x = torch.tanh(x) if squashed or layer < len(sizes) - 2 else x
        return x

    def log_probabilities(self, actor, _, logarithms):
        """Of the actions, and the entropy, float64[n] each."""
        seen = torch.tensor(self.rows.observations, dtype=torch.float64)
        outputs = self.network(self.actor.sizes, actor, seen, self.squashed)
        actions = torch.tensor(self.rows.actions, dtype=torch.float64)
        if self.kind == NORMAL:
            policy = torch.distributions.Independent(torch.distributions.Normal(outputs, logarithms.exp()), 1)
            return policy.log_prob(actions), policy.entropy()
        policy = torch.distributions.Categorical(logits=outputs)
        return policy.log_prob(actions[:, 0]), policy.entropy()

    def loss(self, tensors, s):
        """The parts of the loss over all rows."""
        density, entropy = self.log_probabilities(*tensors)
        given = {name: torch.tensor(part, dtype=torch.float64) for name, part in self.rows._asdict().items()}
        advantages = (given["advantages"] - given["advantages"].mean()) / (given["advantages"].std() + 1e-8)
        ratio = (density - given["log_probabilities"]).exp()
        kept = ratio.clamp(1 - float(s.clip), 1 + float(s.clip))
        value = self.network(self.critic.sizes, tensors[1], given["observations"])[:, 0]
        return {
            LOSS: -torch.minimum(ratio * advantages, kept * advantages).mean(),
            ENTROPY: entropy.mean(),
            DIVERGENCE: (ratio - 1 - ratio.log()).mean(),
            CLIPPED: (ratio != kept).double().mean(),
            VALUE_LOSS: ((value - given["targets"]) ** 2).mean(),
        }

    def autograd(self, s):
        """The gradients of actor, critic and logarithms, and the parts of the loss."""
        tensors = self.tensors()
        parts = self.loss(tensors, s)
        (parts[LOSS] - float(s.entropy) * parts[ENTROPY] + float(s.value) * parts[VALUE_LOSS]).backward()
        gradients = [np.zeros(len(t)) if t.grad is None else t.grad.numpy() for t in tensors]
        return gradients, {which: float(part.detach()) for which, part in parts.items()}


def difference(ours, theirs):
    return np.linalg.norm(ours - theirs) / np.linalg.norm(theirs)


@pytest.mark.parametrize(
    ("kind", "observations", "actions", "hidden", "squashed"),
    [
        (NORMAL, 24, 4, (64, 64), False),
        (NORMAL, 24, 4, (40, 40), True),
        (NORMAL, 3, 1, (40, 7, 130), False),
        (CHOICE, 8, 4, (64, 64), False),
        (CHOICE, 5, 19, (12,), False),
    ],
)
def test_the_gradient_of_the_objective_is_autograds(kind, observations, actions, hidden, squashed):
    problem = Problem(kind, observations, actions, hidden, squashed)
    n, s = problem.nets, settings(kind)
    proximal.begin(n, problem.rows, s)
    proximal.improve(n, problem.rows, s, desk(problem.actor, problem.critic), np.zeros(1, np.uint8), number(16))
    (actor, critic, logarithms), parts = problem.autograd(s)
    ours, first, behind = n.gradients[0], len(n.actor_part), len(n.actor_part) + len(n.deviation_part)
    assert difference(unpacked(problem.actor, ours[:first]), actor) < 1e-5
    assert difference(unpacked(problem.critic, ours[behind:]), critic) < 1e-5
    if kind == NORMAL:
        assert difference(ours[first : first + actions], logarithms) < 1e-5
    for which, part in parts.items():
        assert n.statistics[which] == pytest.approx(part, rel=1e-5, abs=1e-6)
    assert 0.05 < parts[CLIPPED] < 0.95
    assert n.statistics[NORM] == pytest.approx(np.linalg.norm(np.concatenate((actor, critic, logarithms))), rel=1e-5)


def test_rows_side_by_side_are_the_same_numbers_each_row_within_two_cache_lines():
    rows = Problem(NORMAL).rows
    made = side_by_side(rows)
    for given, part in zip(rows, made, strict=True):
        np.testing.assert_array_equal(part, given)
        assert part.strides[0] == 128
        assert 0 <= part.ctypes.data - made.observations.ctypes.data < 128
    assert made.observations.ctypes.data % 64 == 0


def test_an_update_takes_what_was_recorded():
    """The trainer's own way gives what the kernels alone give."""
    one, other, s = Problem(NORMAL), Problem(NORMAL), settings(NORMAL, minibatch=64, rate=1e-3, epochs=2)
    proximal.begin(one.nets, one.rows, s)
    proximal.improve(one.nets, one.rows, s, desk(one.actor, one.critic), np.zeros(1, np.uint8), number(16))
    trainer = Trainer(other.actor, other.critic, True, ROWS)
    trainer.nets.parameters[:] = other.nets.parameters
    made = recorded(1, ROWS, 24, 4, 1)._replace(
        observations=other.rows.observations, actions=other.rows.actions, log_probabilities=other.rows.log_probabilities
    )
    judged = Judged(other.rows.targets, other.rows.advantages, other.rows.targets)
    trainer.improve(made, judged, s, lambda work: work(), np.zeros(1, np.uint8))
    assert trainer.nets.parameters.tobytes() == one.nets.parameters.tobytes() != other.nets.parameters.tobytes()
