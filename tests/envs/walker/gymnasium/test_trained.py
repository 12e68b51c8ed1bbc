"""What PPO trained in our lanes walks in Gymnasium's own environment, by its mean action, to the same return."""

import numpy as np
import pytest

from openended.core.learners import ppo
from openended.core.work import Batch, Job, Limits
from openended.envs.walker.courses.gymnasium_course import gymnasium_course
from openended.envs.walker.domain import WALKER
from openended.run.threads import ThreadExecutor
from tests.support.gymnasium_walk import walked

POLICY, LIMITS = WALKER.policies.make("mlp", (64, 64)), Limits(1600)
SHORT = ppo.Proximal(environments=16, steps=64, updates=1, minibatch=256)


def trained(settings, jobs, executor):
    """An agent after so many training steps, each on courses of its own."""
    learner = ppo.start(settings, 0, ppo.first_agent(POLICY, 5))
    for step in range(jobs):
        courses = tuple(gymnasium_course(1000 + 64 * step + i) for i in range(64))
        (learned,) = executor.learn([Job(courses, learner, step)], settings, LIMITS)
        learner = learned.learner
    return learner.agent


@pytest.mark.parametrize(
    ("settings", "jobs", "mean"),
    [(SHORT, 2, -np.inf), pytest.param(ppo.Proximal(), 16, 200.0, marks=pytest.mark.slow)],
    ids=["beginner", "walker"],
)
def test_a_trained_agent_has_its_return_in_gymnasiums_own_environment(settings, jobs, mean):
    seeds = range(5)
    with ThreadExecutor(WALKER, POLICY, 2, np.zeros(1, np.uint8)) as executor:
        agent = trained(settings, jobs, executor)
        which = np.array([(seed, 0) for seed in seeds], np.int32)
        courses = [gymnasium_course(seed) for seed in seeds]
        returns = executor.evaluate(Batch(courses, agent[None], which, np.zeros(5, np.uint64), LIMITS)).returns
    assert [walked("BipedalWalker-v3", POLICY, agent, seed) for seed in seeds] == pytest.approx(
        returns.tolist(), abs=1e-9
    )
    assert returns.mean() > mean
