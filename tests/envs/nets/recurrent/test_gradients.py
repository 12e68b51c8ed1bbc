"""The gradient through time, of the whole objective, is that of torch's autograd over torch's own GRU cell."""

from typing import NamedTuple

import numpy as np
import pytest
import torch

from openended.envs.nets.actions import CHOICE, CLIPPED, DIVERGENCE, ENTROPY, LOSS, NORMAL, VALUE_LOSS
from openended.envs.nets.advantages import FIRST_MOMENTS
from openended.envs.nets.learning import NORM, Settings
from openended.envs.nets.recorded import GOES_ON, TERMINAL, TRUNCATED, recorded
from openended.envs.nets.recurrent.trainer import RecurrentTrainer
from openended.envs.policy import Gru

ENVIRONMENTS, STEPS, LENGTH = 16, 48, 24
ROWS = ENVIRONMENTS * STEPS
GAMMA, LAMBDA = 0.97, 0.9


def settings(kind):
    return Settings(
        kind=kind, epochs=1, minibatch=ROWS, clip=np.float32(0.2), entropy=np.float32(0.003), value=np.float32(0.5),
        norm=np.float32(1e9), rate=0.0, beta1=0.9, beta2=0.999, epsilon=1e-5, low=np.float32(-1.6),
        high=np.float32(-0.5), key=np.uint64(3),
    )  # fmt: skip


class Tensors(NamedTuple):
    agent: torch.Tensor
    value: torch.Tensor
    logarithms: torch.Tensor


class Theirs:
    """The network in torch, float64."""

    def __init__(self, policy, tensors):
        inputs, dense, units, outputs = policy.sizes
        self.cell = torch.nn.GRUCell(dense, units, dtype=torch.float64)
        shapes = [(inputs, dense), (dense,), (dense, 3 * units), (3 * units,), (units, 3 * units), (3 * units,),
                  (units, outputs), (outputs,)]  # fmt: skip
        parts, at = [], 0
        for shape in shapes:
            size = int(np.prod(shape))
            parts.append(tensors.agent[at : at + size].reshape(shape))
            at += size
        assert at == len(tensors.agent)
        self.dense, self.given, self.kept, self.out = zip(parts[::2], parts[1::2], strict=True)
        self.value, self.discrete = tensors.value, policy.discrete

    def step(self, seen, memory):
        """Outputs, value and memory after observations float64[n, o]."""
        x = torch.tanh(seen @ self.dense[0] + self.dense[1])
        weights = {"weight_ih": self.given[0].T, "bias_ih": self.given[1], "weight_hh": self.kept[0].T,
                   "bias_hh": self.kept[1]}  # fmt: skip
        memory = torch.func.functional_call(self.cell, weights, (x, memory))
        outputs = memory @ self.out[0] + self.out[1]
        value = memory @ self.value[:-1] + self.value[-1]
        return outputs if self.discrete else torch.tanh(outputs), value, memory


class Problem:
    """A record of made-up rows with episodes that end anywhere, and a network with random weights."""

    def __init__(self, kind, sizes):
        random = np.random.default_rng(5)
        self.kind, self.policy = kind, Gru(sizes, discrete=kind == CHOICE)
        actions = sizes[3] if kind == NORMAL else 1
        self.trainer = RecurrentTrainer(self.policy, ROWS, LENGTH)
        self.agent = random.normal(0, 0.3, self.policy.parameters).astype(np.float32)
        self.value = random.normal(0, 0.3, sizes[2] + 1).astype(np.float32)
        self.trainer.load(self.agent, self.value)
        self.logarithms = np.linspace(-1.5, -0.6, self.trainer.deviations, dtype=np.float32)
        self.trainer.nets.deviation_part[: self.trainer.deviations] = self.logarithms
        self.trainer.moments[:] = FIRST_MOMENTS
        self.record = recorded(ENVIRONMENTS, STEPS, sizes[0], actions, STEPS, sizes[2])
        for part in (self.record.observations, self.record.rewards, self.record.last, self.record.finals):
            part[:] = random.normal(size=part.shape)
        ends = random.choice([GOES_ON, TERMINAL, TRUNCATED], size=ROWS, p=[0.9, 0.05, 0.05])
        ends[STEPS - 1], ends[2 * STEPS - 1], ends[LENGTH - 1] = TERMINAL, TRUNCATED, TERMINAL
        self.record.ends[:] = ends
        self.record.memories[:] = random.uniform(-1, 1, self.record.memories.shape)
        self.record.memories[3] = 0
        with torch.no_grad():
            outputs, self.values, self.finals, self.last = self.through(self.tensors(), 0, STEPS, self.memories())
            if kind == NORMAL:
                noise = np.exp(self.logarithms) * random.normal(size=(ROWS, actions))
                self.record.actions[:] = outputs.reshape(ROWS, -1).numpy() + noise
            else:
                self.record.actions[:] = random.integers(sizes[3], size=(ROWS, 1))
            before = self.densities(outputs, torch.tensor(self.logarithms))[0].numpy().ravel()
        off = random.normal(0, 0.2, ROWS)
        for edge in np.log([0.8, 1.2]):
            off = np.where(np.abs(off - edge) < 0.001, edge + 0.001, off)  # where float32 and float64 might part ways
        self.record.log_probabilities[:] = before - off
        self.starts = {}

    def tensors(self):
        made = (torch.tensor(values, dtype=torch.float64) for values in (self.agent, self.value, self.logarithms))
        return Tensors(*(tensor.requires_grad_() for tensor in made))

    def memories(self):
        return torch.tensor(self.record.memories, dtype=torch.float64)

    def through(self, tensors, first, last, memory):
        """Outputs [n, steps, a] and values [n, steps] of all environments; values of finals by (environment, step); the
        values and memories after the last step."""
        net, outputs, values, finals = Theirs(self.policy, tensors), [], [], {}
        seen = torch.tensor(self.record.observations.reshape(ENVIRONMENTS, STEPS, -1), dtype=torch.float64)
        ends = self.record.ends.reshape(ENVIRONMENTS, STEPS)
        for t in range(first, last):
            output, value, memory = net.step(seen[:, t], memory)
            outputs.append(output)
            values.append(value)
            for i in np.flatnonzero(ends[:, t] == TRUNCATED):
                number = int((ends[i, :t] == TRUNCATED).sum())
                final = torch.tensor(self.record.finals[i, number], dtype=torch.float64)
                finals[i, t] = float(net.step(final, memory[i])[1].detach())
            memory = memory * torch.tensor(ends[:, t : t + 1] == GOES_ON, dtype=torch.float64)
        after = net.step(torch.tensor(self.record.last, dtype=torch.float64), memory)[1]
        return torch.stack(outputs, 1), torch.stack(values, 1), finals, (after, memory)

    def densities(self, outputs, logarithms):
        """Of the actions, and the entropy, float64[n, steps] each."""
        actions = torch.tensor(self.record.actions.reshape(ENVIRONMENTS, STEPS, -1), dtype=torch.float64)
        if self.kind == NORMAL:
            policy = torch.distributions.Independent(torch.distributions.Normal(outputs, logarithms.exp()), 1)
            return policy.log_prob(actions), policy.entropy()
        policy = torch.distributions.Categorical(logits=outputs)
        return policy.log_prob(actions[:, :, 0]), policy.entropy()

    def advantages(self, scale):
        """From their definition: float64[n, steps]."""
        ends, values = self.record.ends.reshape(ENVIRONMENTS, STEPS), self.values.numpy()
        rewards = self.record.rewards.reshape(ENVIRONMENTS, STEPS) / scale
        made = np.zeros((ENVIRONMENTS, STEPS))
        for i in range(ENVIRONMENTS):
            after, advantage = float(self.last[0][i]), 0.0
            for t in range(STEPS - 1, -1, -1):
                if ends[i, t] != GOES_ON:
                    after, advantage = self.finals.get((i, t), 0.0), 0.0
                advantage = rewards[i, t] + GAMMA * after - values[i, t] + GAMMA * LAMBDA * advantage
                made[i, t], after = advantage, values[i, t]
        return made

    def autograd(self, judged, s):
        """The gradient and the parts of the loss, the gradient cut where a sequence starts."""
        tensors, memory, outputs, values = self.tensors(), self.memories(), [], []
        for first in range(0, STEPS, LENGTH):
            output, value, _, (_, memory) = self.through(tensors, first, first + LENGTH, memory.detach())
            outputs.append(output)
            values.append(value)
        density, entropy = self.densities(torch.cat(outputs, 1), tensors.logarithms)
        given = [
            torch.tensor(part.reshape(ENVIRONMENTS, STEPS), dtype=torch.float64)
            for part in (judged.advantages, judged.targets, self.record.log_probabilities)
        ]
        advantages = (given[0] - given[0].mean()) / (given[0].std() + 1e-8)
        ratio = (density - given[2]).exp()
        kept = ratio.clamp(1 - float(s.clip), 1 + float(s.clip))
        parts = {
            LOSS: -torch.minimum(ratio * advantages, kept * advantages).mean(),
            ENTROPY: entropy.mean(),
            DIVERGENCE: (ratio - 1 - ratio.log()).mean(),
            CLIPPED: (ratio != kept).double().mean(),
            VALUE_LOSS: ((torch.cat(values, 1) - given[1]) ** 2).mean(),
        }
        (parts[LOSS] - float(s.entropy) * parts[ENTROPY] + float(s.value) * parts[VALUE_LOSS]).backward()
        gradient = [np.zeros(len(t)) if t.grad is None else t.grad.numpy() for t in tensors]
        return gradient, {which: float(part.detach()) for which, part in parts.items()}


def alone(work):
    work()


def difference(ours, theirs):
    return np.linalg.norm(ours - theirs) / np.linalg.norm(theirs)


@pytest.mark.parametrize(
    ("kind", "sizes"),
    [(CHOICE, (40, 32, 64, 3)), (CHOICE, (3, 5, 11, 17)), (NORMAL, (24, 16, 16, 4)), (NORMAL, (5, 33, 7, 1))],
    ids=str,
)
def test_values_advantages_and_gradient_are_torchs(kind, sizes):
    problem, s, stop = Problem(kind, sizes), settings(kind), np.zeros(1, np.uint8)
    trainer = problem.trainer
    judged = trainer.judge(problem.record, np.zeros(ENVIRONMENTS), GAMMA, LAMBDA, alone, stop)
    scale = np.sqrt(trainer.moments[2] + 1e-8)
    np.testing.assert_allclose(judged.values, problem.values.ravel(), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(judged.advantages, problem.advantages(scale).ravel(), rtol=1e-5, atol=2e-5)
    np.testing.assert_allclose(judged.targets, judged.advantages + judged.values, rtol=1e-5, atol=1e-5)

    trainer.improve(problem.record, judged, s, alone, stop)
    (agent, value, logarithms), parts = problem.autograd(judged, s)
    n, count = trainer.nets, trainer.deviations
    found = np.split(trainer.gathered(n.gradients[0]), np.cumsum([problem.policy.parameters, count]))
    assert difference(found[0], agent) < 1e-5
    assert difference(found[2], value) < 1e-5
    if kind == NORMAL:
        assert difference(found[1], logarithms) < 1e-5
    for which, part in parts.items():
        assert n.statistics[which] == pytest.approx(part, rel=1e-5, abs=1e-6)
    assert 0.05 < parts[CLIPPED] < 0.95
    assert n.statistics[NORM] == pytest.approx(np.linalg.norm(np.concatenate((agent, value, logarithms))), rel=1e-5)
    padding = np.delete(n.gradients[0], np.flatnonzero(trainer.spread(np.ones_like(trainer.gathered(n.parameters)))))
    assert not padding.any()
