"""What a PPO learner remembers is checked when a run is resumed, and what its heir takes over."""

from dataclasses import replace

import numpy as np
import pytest

from openended.core.learners import memory, ppo
from openended.core.work import Job
from tests.core.learners.test_ppo import CONTINUOUS, DISCRETE, LIMITS, SETTINGS, Threads


def trained(policy):
    first = ppo.start(SETTINGS, 3, ppo.first_agent(policy, 1))
    (learned,) = ppo.learn([Job((0.5,), first, 7)], SETTINGS, LIMITS, Threads(policy))
    return learned.learner


@pytest.mark.parametrize("policy", [CONTINUOUS, DISCRETE], ids=["continuous", "discrete"])
def test_what_a_learner_remembers_after_a_step_is_what_one_like_it_should(policy):
    learner = trained(policy)
    memory.check(learner, ppo.like(SETTINGS, policy, learner))
    first = ppo.start(SETTINGS, 3, learner.agent)
    memory.check(first, ppo.like(SETTINGS, policy, first))


def test_what_no_learner_remembers_is_refused():
    learner = trained(CONTINUOUS)
    like = ppo.like(SETTINGS, CONTINUOUS, learner)
    with pytest.raises(ValueError, match="remembers"):
        memory.check(replace(learner, memory={}), like)
    with pytest.raises(ValueError, match="critic of learner 3 is float32"):
        memory.check(replace(learner, memory={**learner.memory, "critic": np.zeros(3, np.float32)}), like)


def test_an_heir_takes_over_the_critic_and_begins_with_a_fresh_adam():
    learner = trained(CONTINUOUS)
    heir = ppo.heir(SETTINGS, 9, learner)
    assert (heir.id, heir.steps, heir.memory["t"]) == (9, 0, 0)
    assert not heir.memory["m"].any()
    assert learner.memory["m"].any()
    for name in ("critic", "logarithms", "moments"):
        assert heir.memory[name] is learner.memory[name]
    plain = Job((0.5,), replace(learner, id=9, steps=0), 5, plain=True)
    by_heir, by_plain = (
        ppo.learn([job], SETTINGS, LIMITS, Threads(CONTINUOUS))[0].learner for job in (Job((0.5,), heir, 5), plain)
    )
    assert by_heir.agent.tobytes() == by_plain.agent.tobytes()


def test_the_heir_of_one_that_never_learnt_has_nothing_to_take_over():
    first = ppo.start(SETTINGS, 3, ppo.first_agent(CONTINUOUS, 1))
    assert ppo.heir(SETTINGS, 4, first).memory == {}
