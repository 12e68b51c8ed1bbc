"""Recorded episodes of Gymnasium's environments: its very steps, and a learner that learns from them."""

import gymnasium
import numpy as np
import pytest

from openended import envs
from openended.core.learners import ppo
from openended.core.work import Job, Limits
from openended.envs.gymnasium.episode import SEEDS
from openended.envs.nets.draw import EPISODES, key_of, streams
from openended.envs.nets.layout import network, packed, perceptron
from openended.envs.nets.recorded import GOES_ON, TERMINAL, TRUNCATED, Rehearsal
from openended.envs.nets.start import first_network
from openended.envs.nets.trainer import Trainer
from openended.run.cluster.worker import Alone

CART = envs.registered("gymnasium").example
PENDULUM = {"id": "Pendulum-v1", "ranges": {"g": [5.0, 15.0]}}
ENVIRONMENTS, STEPS, CAP = 3, 64, 30


def recorded(table):
    domain = envs.domain("gymnasium", table)
    policy = domain.policies.default
    net = network(policy)
    trainer = Trainer(net, perceptron((*policy.sizes[:-1], 1)), not policy.discrete, ENVIRONMENTS * STEPS)
    trainer.nets.actor_part[:] = packed(net, first_network([1, 2, 3], policy.sizes, 1.0))
    tasks = [domain.tasks.random(key) for key in (4, 5)]
    asked = Rehearsal(domain.simulator.prepare(tasks), policy, ENVIRONMENTS, 99, CAP)
    record, ended = domain.simulator.experience(asked).record(
        STEPS, trainer.actor(), lambda work: work(), np.zeros(1, np.uint8)
    )
    return tasks, record, ended


@pytest.mark.parametrize("table", [CART, PENDULUM], ids=lambda table: table["id"])
def test_every_step_is_gymnasiums_own(table):
    tasks, record, ended = recorded(table)
    assert set(ended.tasks) == {0, 1}
    ends = {TERMINAL} if table is CART else {TRUNCATED}
    assert ends <= set(record.ends)
    np.testing.assert_array_equal(ended.facts["terminated"], record.ends == TERMINAL)
    for i in range(ENVIRONMENTS):
        begun = np.flatnonzero(ended.fresh[i * STEPS : (i + 1) * STEPS])
        for number, (first, behind) in enumerate(zip(begun, [*begun[1:], STEPS], strict=True)):
            rows = np.arange(i * STEPS + first, i * STEPS + behind)
            values = tasks[ended.tasks[rows[0]]]
            if table is CART:
                env = gymnasium.make("CartPole-v1")
                env.unwrapped.gravity, env.unwrapped.force_mag = values
            else:
                env = gymnasium.make("Pendulum-v1", g=values[0])
            seed = key_of(streams(99, ENVIRONMENTS)[i, EPISODES], number) % SEEDS
            observation, _ = env.reset(seed=int(seed))
            for row in rows:
                np.testing.assert_array_equal(record.observations[row], observation)
                action = record.actions[row]
                act = int(action[0]) if table is CART else 2 * np.clip(action, -1, 1)
                observation, reward, terminated, _, _ = env.step(act)
                assert record.rewards[row] == np.float32(reward)
                assert terminated == (record.ends[row] == TERMINAL)
            over = record.ends[rows[-1]] != GOES_ON
            assert ended.lengths[rows[-1]] == (len(rows) if over else 0)


def test_ppo_learns_to_balance_a_pole():
    domain = envs.domain("gymnasium", CART)
    policy = domain.policies.default
    settings = ppo.Proximal(environments=8, steps=128, updates=2, minibatch=256, learning_rate=2e-3)
    learner, tasks = ppo.start(settings, 0, ppo.first_agent(policy, 1)), (domain.tasks.first(),)
    lengths = []
    for step in range(8):
        (learned,) = ppo.learn([Job(tasks, learner, step)], settings, Limits(200), Alone(domain, policy))
        learner = learned.learner
        lengths.append(learned.visits[0].facts["steps"].mean())
    assert lengths[0] < 40
    assert lengths[-1] > 90
