"""Imitation: its gradients are those of torch's autograd, it learns, and threads change no bit."""

import numpy as np
import pytest
import torch

from openended.envs.nets import imitation
from openended.envs.nets.actions import CHOICE, NORMAL
from openended.envs.nets.imitation import Rows, Settings, begin, desk, improve, outputs_of, pupil
from openended.envs.nets.layout import count, packed, perceptron, unpacked
from openended.envs.nets.learning import STEPS
from openended.envs.simd.number import number
from tests.envs.nets.test_gradients import Problem
from tests.support.threads import everywhere

COUNT = 700
KINDS = pytest.mark.parametrize("kind", [NORMAL, CHOICE], ids=["continuous", "choice"])


def settings(kind, **changed):
    given = {
        "kind": kind, "epochs": 1, "minibatch": 640, "norm": 1e9, "rate": 0.0, "beta1": 0.9, "beta2": 0.999,
        "epsilon": 1e-5, "key": np.uint64(3),
    } | changed  # fmt: skip
    return Settings(**given | {"norm": np.float32(given["norm"])})


def problem(kind, hidden=(40, 24)):
    random = np.random.default_rng(2)
    net = perceptron((10, *hidden, 4), squashed=kind == NORMAL)
    flat = random.normal(0, 0.4, count(net.sizes)).astype(np.float32)
    shape = (COUNT, 4 if kind == NORMAL else 1)
    actions = random.uniform(-1, 1, shape) if kind == NORMAL else random.integers(4, size=shape)
    observed = random.normal(size=(COUNT, 10)).astype(np.float32)
    weights = random.uniform(0.2, 3.0, COUNT).astype(np.float32)
    return net, flat, Rows(observed, actions.astype(np.float32), weights)


def update(net, flat, rows, given, threads=1):
    learner = pupil(net, len(rows.weights))
    learner.parameters[:] = packed(net, flat)
    begin(learner, given)
    stop = np.zeros(1, np.uint8)

    def work():
        improve(learner, rows, given, desk(net), stop, number(16))

    everywhere(threads)(work)
    return learner


def loss_of(kind, net, flat, rows, chosen):
    seen, actions, weights = (torch.tensor(part[chosen], dtype=torch.float64) for part in rows)
    outputs = Problem.network(net.sizes, flat, seen, kind == NORMAL)
    if kind == NORMAL:
        each = ((outputs - actions) ** 2).sum(dim=1)
    else:
        each = torch.nn.functional.cross_entropy(outputs, actions[:, 0].long(), reduction="none")
    return (each * weights).mean()


@KINDS
@pytest.mark.parametrize("hidden", [(40, 24), (), (70,)])
def test_the_gradient_and_the_loss_are_those_of_autograd(kind, hidden):
    net, flat, rows = problem(kind, hidden)
    learner = update(net, flat, rows, settings(kind))
    tensor = torch.tensor(flat, dtype=torch.float64).requires_grad_()
    loss = loss_of(kind, net, tensor, rows, learner.order[:640])
    loss.backward()
    assert learner.loss[0] == pytest.approx(loss.item(), rel=1e-5)
    expected, found = tensor.grad.numpy(), unpacked(net, learner.gradients[0])
    np.testing.assert_allclose(found, expected, atol=2e-6 * np.abs(expected).max(), rtol=2e-4)
    padding = np.ones(net.parameters, bool)
    padding[packed(net, np.arange(1, len(flat) + 1, dtype=np.float32)) > 0] = False
    assert not learner.gradients[0][padding].any()


@KINDS
def test_steps_are_those_of_torch(kind):
    net, flat, rows = problem(kind)
    given = settings(kind, epochs=3, minibatch=128, rate=1e-3, norm=0.5)
    learner = update(net, flat, rows, given)
    tensor = torch.tensor(flat, dtype=torch.float64).requires_grad_()
    optimiser = torch.optim.Adam([tensor], lr=1e-3, eps=1e-5)
    for epoch in range(3):
        order = np.arange(COUNT)
        for past in range(epoch + 1):
            imitation.shuffle(imitation.bits(np.uint64(3), past), order)
        for first in range(0, 640, 128):
            optimiser.zero_grad()
            loss_of(kind, net, tensor, rows, order[first : first + 128]).backward()
            torch.nn.utils.clip_grad_norm_([tensor], 0.5)
            optimiser.step()
    assert learner.counts[STEPS] == 15
    np.testing.assert_allclose(unpacked(net, learner.parameters), tensor.detach().numpy(), atol=2e-6)


@KINDS
def test_it_learns_what_another_network_does_and_threads_change_no_bit(kind):
    net, teacher, rows = problem(kind)
    outputs = np.empty((COUNT, 4), np.float32)
    outputs_of(net.plan, packed(net, teacher), rows.observations, outputs, np.zeros(net.values, np.float32), number(16))
    double = torch.tensor(rows.observations, dtype=torch.float64)
    exact = Problem.network(net.sizes, torch.tensor(teacher, dtype=torch.float64), double, kind == NORMAL).numpy()
    np.testing.assert_allclose(outputs, exact, atol=2e-6)
    wanted = outputs if kind == NORMAL else outputs.argmax(axis=1)[:, None].astype(np.float32)
    rows = Rows(rows.observations, wanted, np.ones(COUNT, np.float32))
    start = np.random.default_rng(7).normal(0, 0.3, len(teacher)).astype(np.float32)
    first = update(net, start, rows, settings(kind))
    given = settings(kind, epochs=60, minibatch=64, rate=3e-3)
    alone, together = (update(net, start, rows, given, threads) for threads in (1, 3))
    assert alone.loss[0] < first.loss[0] / 4
    assert alone.parameters.tobytes() == together.parameters.tobytes()
    assert alone.loss[0] == together.loss[0]


@KINDS
def test_a_gradient_that_is_not_finite_is_dropped_and_a_stop_ends_the_update(kind):
    net, flat, rows = problem(kind)
    rows.observations[3] = np.nan
    whole = Rows(*(part[:640] for part in rows))
    learner = update(net, flat, whole, settings(kind, rate=1e-3, minibatch=64, epochs=2))
    assert learner.counts.tolist() == [18, 2]  # steps made and dropped
    assert np.isfinite(learner.parameters).all()
    stopped = pupil(net, COUNT)
    begin(stopped, settings(kind))
    improve(stopped, rows, settings(kind), desk(net), np.ones(1, np.uint8), number(16))
    assert stopped.counts[STEPS] == 0
