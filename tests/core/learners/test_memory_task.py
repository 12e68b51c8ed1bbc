"""What needs memory is learnt by a policy with memory, and by no other."""

import numpy as np
import pytest

from openended.core.learners import Proximal, Strategy, kind
from openended.core.work import Batch, Job, Limits
from openended.envs.policy import Gru, Mlp
from openended.run.threads import ThreadExecutor
from tests.support.tmaze import TMAZE, Corridor

LIMITS = Limits(cap=20)
MEMORY, NONE = Gru((3, 8, 16, 3), discrete=True), Mlp((3, 16, 3), discrete=True)
EPISODES = 400
EVOLUTION = Strategy(learning_rate=0.05, learning_rate_decay=1.0, sigma=0.2, sigma_decay=1.0, weight_decay=0.0)

GRADIENT = Proximal(environments=32, steps=64, updates=1, minibatch=1024, sequence=32, learning_rate=3e-3, entropy=0.01)


def right_turns(settings, policy, steps, length):
    """In how many of 400 episodes an agent turns the right way after so many steps of training."""
    learner, limits = kind(settings), LIMITS
    task = Corridor(length)
    with ThreadExecutor(TMAZE, policy, 2, np.zeros(1, np.uint8)) as executor:
        now = learner.start(settings, 0, learner.first_agent(policy, 7))
        for step in range(steps):
            (learned,) = executor.learn([Job((task,), now, 1000 + step)], settings, limits)
            now = learned.learner
        which, keys = np.zeros((EPISODES, 2), np.int32), np.arange(EPISODES, dtype=np.uint64) + np.uint64(10**6)
        return int(executor.evaluate(Batch((task,), now.agent[None], which, keys, limits)).facts["finished"].sum())


def test_evolution_strategies_learn_to_remember():
    assert right_turns(EVOLUTION, MEMORY, 200, 4) > 380


def test_without_memory_they_do_not():
    assert 150 < right_turns(EVOLUTION, NONE, 200, 4) < 250


@pytest.mark.slow  # compiles for a minute; gradients and digests of policies with memory are tested elsewhere
def test_proximal_policy_optimization_learns_to_remember():
    assert right_turns(GRADIENT, MEMORY, 80, 4) > 380


def test_without_memory_it_does_not():
    assert 150 < right_turns(GRADIENT, NONE, 80, 4) < 250
