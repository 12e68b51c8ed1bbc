"""Recorded experience of simulators of three functions: every step is one that the functions make."""

import numpy as np
import pytest

from openended.core.learners import ppo
from openended.core.work import Job, Limits
from openended.envs.nets.layout import network, packed, perceptron
from openended.envs.nets.recorded import GOES_ON, TERMINAL, TRUNCATED, Rehearsal
from openended.envs.nets.start import first_network
from openended.envs.nets.trainer import Trainer
from tests.envs.test_queue import CHOICES, PUSHES, Line
from tests.support.threads import everywhere

ENVIRONMENTS, STEPS, CAP = 21, 50, 30
TASKS = (Line(), Line(2.0, 0.1))


class Threads:
    """An executor of threads."""

    def __init__(self, domain, threads):
        self.domain, self.policy, self.threads = domain, domain.policies.default, threads
        self.stop = np.zeros(1, np.uint8)

    def everywhere(self, work):
        everywhere(self.threads)(work)


@pytest.fixture(params=[CHOICES, PUSHES], ids=["discrete", "continuous"])
def line(request):
    return request.param


def recorded(line, threads=1, times=1, stall=0):
    executor, policy = Threads(line, threads), line.policies.default
    net = network(policy)
    trainer = Trainer(net, perceptron((*policy.sizes[:-1], 1)), not policy.discrete, ENVIRONMENTS * STEPS)
    trainer.nets.actor_part[:] = packed(net, first_network([1, 2], policy.sizes, 1.0))
    asked = Rehearsal(line.simulator.prepare(TASKS), policy, ENVIRONMENTS, 99, CAP, stall, threads)
    recorder = line.simulator.experience(asked)
    for _ in range(times):
        record, ended = recorder.record(STEPS, trainer.actor(), executor.everywhere, executor.stop)
    return record, ended


def test_every_step_is_one_of_the_functions(line):
    record, ended = recorded(line)
    assert set(ended.tasks) == {0, 1}
    assert {GOES_ON, TERMINAL} <= set(record.ends)
    for i in range(ENVIRONMENTS):
        rows = slice(i * STEPS, (i + 1) * STEPS)
        starts = np.flatnonzero(ended.fresh[rows])
        assert starts[0] == 0
        for begin, behind in zip(starts, [*starts[1:], STEPS], strict=True):
            mine = np.arange(i * STEPS + begin, i * STEPS + behind)
            task = TASKS[ended.tasks[mine[0]]]
            seen, end = record.observations[mine], record.ends[mine[-1]]
            assert (record.ends[mine[:-1]] == GOES_ON).all()
            np.testing.assert_allclose(seen[:, 2], (1 + np.arange(len(mine))) / 50, rtol=1e-6)
            np.testing.assert_allclose(seen[:, 1], task.push, rtol=1e-6)
            place = task.far - seen[:, 0]
            actions = (
                np.clip(record.actions[mine], -1, 1).sum(axis=1) if line is PUSHES else record.actions[mine, 0] - 1
            )
            assert (np.abs(np.diff(place) - actions[:-1]) <= task.push / 2 + 1e-5).all()
            if end != GOES_ON:
                assert ended.lengths[mine[-1]] == len(mine)
                assert ended.totals[mine[-1]] == pytest.approx(record.rewards[mine].sum(), abs=1e-4)
                assert (end == TRUNCATED) == (len(mine) == CAP and not ended.facts["finished"][mine[-1]])


def test_threads_change_nothing_and_records_go_on(line):
    one, two = recorded(line, 1, 2), recorded(line, 2, 2)
    for ours, theirs in zip(one[0], two[0], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(one[1].totals, two[1].totals)
    first = recorded(line)[0]
    np.testing.assert_array_equal(first.last, one[0].observations[::STEPS])


def test_stalled_episodes_are_truncated(line):
    record, ended = recorded(line, stall=6)
    assert ended.lengths[record.ends == TRUNCATED].min() == 6


def test_such_a_domain_can_be_learnt(line):
    settings = ppo.Proximal(
        environments=32, steps=64, updates=2, minibatch=256, learning_rate=1e-3, deviation=0.6, deviation_highest=0.6
    )
    executor, learner = Threads(line, 2), ppo.start(settings, 0, ppo.first_agent(line.policies.default, 3))
    means = []
    for step in range(8):
        (learned,) = ppo.learn([Job(TASKS, learner, step)], settings, Limits(CAP), executor)
        learner = learned.learner
        means.append(np.mean([visit.facts["finished"].mean() for visit in learned.visits]))
    assert means[0] < 0.6
    assert means[-1] > 0.9
