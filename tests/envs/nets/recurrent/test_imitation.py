"""Imitation by a policy with memory: its gradients are those of torch's autograd, it learns, threads change no bit."""

import numpy as np
import pytest
import torch

from openended.envs.nets.actions import CHOICE, NORMAL
from openended.envs.nets.imitation import Settings
from openended.envs.nets.recorded import GOES_ON, TERMINAL
from openended.envs.nets.recurrent.imitation import Rows
from openended.envs.nets.recurrent.layout import unpacked
from openended.envs.nets.recurrent.student import RecurrentStudent
from openended.envs.policy import Gru
from tests.envs.nets.recurrent.test_gradients import Tensors, Theirs
from tests.support.threads import everywhere

LENGTH, SEQUENCES = 16, 32
COUNT = LENGTH * SEQUENCES
NO_STOP = np.zeros(1, np.uint8)
pytestmark = pytest.mark.slow  # kernels of their own, half a minute to compile


def settings(kind, **changed):
    given = {
        "kind": kind, "epochs": 1, "minibatch": COUNT, "norm": 1e9, "rate": 0.0, "beta1": 0.9, "beta2": 0.999,
        "epsilon": 1e-5, "key": np.uint64(3),
    } | changed  # fmt: skip
    return Settings(**given | {"norm": np.float32(given["norm"])})


def problem(kind):
    random = np.random.default_rng(4)
    policy = Gru((5, 9, 11, 3), discrete=kind == CHOICE)
    agent = random.normal(0, 0.4, policy.parameters).astype(np.float32)
    shape = (COUNT, 1 if kind == CHOICE else 3)
    actions = random.integers(3, size=shape) if kind == CHOICE else random.uniform(-1, 1, shape)
    ends = np.where(random.random(COUNT) < 0.2, TERMINAL, GOES_ON).astype(np.uint8)
    rows = Rows(
        random.normal(size=(COUNT, 5)).astype(np.float32), actions.astype(np.float32),
        (random.random(COUNT) * (random.random(COUNT) < 0.6)).astype(np.float32), ends, LENGTH,
        np.zeros((SEQUENCES, 16), np.float32),
    )  # fmt: skip
    return policy, agent, rows


def student(policy, agent, rows):
    made = RecurrentStudent(policy, rows)
    made.load(agent, np.zeros_like(agent), np.zeros_like(agent), 0)
    return made


def autograd(kind, policy, agent, rows):
    """Outputs, loss and gradient in torch, float64."""
    flat = torch.tensor(agent, dtype=torch.float64, requires_grad=True)
    value = torch.zeros(policy.memory + 1, dtype=torch.float64)
    net = Theirs(policy, Tensors(flat, value, torch.zeros(0)))
    seen = torch.tensor(rows.observations.reshape(SEQUENCES, LENGTH, -1), dtype=torch.float64)
    goes_on = torch.tensor(rows.ends.reshape(SEQUENCES, LENGTH, 1) == GOES_ON, dtype=torch.float64)
    memory, every = torch.zeros((SEQUENCES, policy.memory), dtype=torch.float64), []
    for step in range(LENGTH):
        output, _, memory = net.step(seen[:, step], memory)
        every.append(output)
        memory = memory * goes_on[:, step]
    outputs = torch.stack(every, 1).reshape(COUNT, -1)
    weights = torch.tensor(rows.weights, dtype=torch.float64)
    actions = torch.tensor(rows.actions, dtype=torch.float64)
    if kind == CHOICE:
        losses = torch.nn.functional.cross_entropy(outputs, actions[:, 0].long(), reduction="none")
    else:
        losses = ((outputs - actions) ** 2).sum(1)
    loss = (losses * weights).mean()
    loss.backward()
    return outputs.detach().numpy(), float(loss.detach()), flat.grad.numpy()


@pytest.mark.parametrize("kind", [NORMAL, CHOICE], ids=["continuous", "choice"])
def test_outputs_loss_and_gradient_are_torchs(kind):
    policy, agent, rows = problem(kind)
    outputs, loss, gradient = autograd(kind, policy, agent, rows)
    ours = student(policy, agent, rows)
    assert np.allclose(ours.outputs(everywhere(2), NO_STOP), outputs, atol=2e-6)
    assert ours.fit(settings(kind), everywhere(1), NO_STOP) == (pytest.approx(loss, rel=1e-5), False)
    found, of_value = unpacked(ours._net, ours._pupil.gradients[0])
    assert np.allclose(found, gradient, atol=3e-7, rtol=1e-4)
    assert not of_value.any()


def test_threads_change_no_bit_of_several_epochs():
    policy, agent, rows = problem(CHOICE)
    states = []
    for threads in (1, 3):
        ours = student(policy, agent, rows)
        ours.fit(settings(CHOICE, rate=0.01, epochs=3, minibatch=COUNT // 2), everywhere(threads), NO_STOP)
        states.append(ours.state())
    assert all(np.array_equal(one, other) for one, other in zip(*states, strict=True))
    assert states[0][3] == 6
