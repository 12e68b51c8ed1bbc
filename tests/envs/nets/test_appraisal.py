"""Sizes of updates are those of torch's autograd, task by task; threads change no bit."""

import numpy as np
import pytest
import torch

from openended.envs.nets import appraisal
from openended.envs.nets.actions import CHOICE, NORMAL
from openended.envs.nets.layout import count
from openended.envs.nets.recorded import recorded
from openended.envs.nets.trainer import Judged, Trainer
from tests.envs.nets.test_gradients import ROWS, Problem
from tests.support.threads import everywhere

TASKS = 7


def drawn():
    """Tasks of the rows: the last has none, one has a single row."""
    tasks = np.random.default_rng(2).integers(TASKS - 2, size=ROWS).astype(np.int32)
    tasks[100] = TASKS - 2
    return tasks


def trained(problem):
    trainer = Trainer(problem.actor, problem.critic, problem.kind == NORMAL, ROWS)
    trainer.nets.parameters[:] = problem.nets.parameters
    return trainer


def sizes(problem, tasks, threads=1):
    """Measured at the actor that drew the actions."""
    record = recorded(4, ROWS // 4, *(part.shape[1] for part in (problem.rows.observations, problem.rows.actions)), 1)
    record.observations[:], record.actions[:] = problem.rows.observations, problem.rows.actions
    record.log_probabilities[:] = problem.log_probabilities(*problem.tensors())[0].detach().numpy()
    judged = Judged(problem.rows.targets, problem.rows.advantages, problem.rows.targets)
    by = appraisal.by_task(tasks, TASKS)
    run, stop = everywhere(threads), np.zeros(1, np.uint8)
    return appraisal.update_sizes(trained(problem), record, judged, by, 0.2, run, stop)


def autograd(problem, tasks):
    """The squared norm of the gradient of -mean of A log p over the rows of each task."""
    advantages = torch.tensor(problem.rows.advantages, dtype=torch.float64)
    advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    found = []
    for task in range(TASKS):
        actor, critic, logarithms = problem.tensors()
        density = problem.log_probabilities(actor, critic, logarithms)[0]
        chosen = torch.tensor(tasks == task)
        if not chosen.any():
            found.append(np.nan)
            continue
        (-(advantages * density)[chosen].mean()).backward()
        parts = [actor.grad] if problem.kind == CHOICE else [actor.grad, logarithms.grad]
        found.append(float(sum((part**2).sum() for part in parts)))
    return np.array(found)


@pytest.mark.parametrize(
    ("kind", "observations", "actions", "hidden", "squashed"),
    [(NORMAL, 24, 4, (40, 40), True), (NORMAL, 3, 1, (40, 7, 130), False), (CHOICE, 5, 19, (12,), False)],
)
def test_the_size_of_each_tasks_update_is_autograds(kind, observations, actions, hidden, squashed):
    problem, tasks = Problem(kind, observations, actions, hidden, squashed), drawn()
    ours, theirs = sizes(problem, tasks), autograd(problem, tasks)
    assert np.isnan(ours).tolist() == [False] * (TASKS - 1) + [True]
    np.testing.assert_allclose(ours, theirs, rtol=2e-5)


@pytest.mark.parametrize("kind", [NORMAL, CHOICE])
def test_threads_change_no_bit(kind):
    problem, tasks = Problem(kind), drawn()
    assert sizes(problem, tasks, 3).tobytes() == sizes(problem, tasks).tobytes()


def test_a_tasks_size_depends_on_its_own_rows_and_on_the_scale_of_all():
    problem, tasks = Problem(NORMAL), drawn()
    before = sizes(problem, tasks)
    problem.rows.advantages[:] = 3 * problem.rows.advantages + 5
    np.testing.assert_allclose(sizes(problem, tasks), before, rtol=1e-4)
    problem.rows.observations[tasks == 0] *= 2
    after = sizes(problem, tasks)
    assert after[0] != before[0]
    np.testing.assert_allclose(after[1:], before[1:], rtol=1e-4)


def test_rows_are_sorted_by_task_and_padded_with_the_last_one():
    by = appraisal.by_task(np.array([2, 0, 2, 0, 2], np.int32), 4)
    assert by.counts.tolist() == [2, 0, 3, 0]
    assert by.starts.tolist() == [0, 64, 64, 128, 128]
    assert by.order.tolist() == [1, 3] + [3] * 62 + [0, 2, 4] + [4] * 61


@pytest.mark.parametrize("threads", [1, 3])
def test_values_of_several_critics_are_torchs(threads):
    problem, random = Problem(NORMAL, 5, 2, (12, 20)), np.random.default_rng(1)
    critics = random.normal(0, 0.3, (3, count(problem.critic.sizes))).astype(np.float32)
    seen = random.normal(size=(150, 5)).astype(np.float32)
    ours = appraisal.critic_values(trained(problem), critics, seen, everywhere(threads), np.zeros(1, np.uint8))
    for critic, found in zip(critics, ours, strict=True):
        theirs = Problem.network(problem.critic.sizes, *map(torch.tensor, (critic, seen)))[:, 0]
        np.testing.assert_allclose(found, theirs, rtol=1e-5, atol=1e-5)
