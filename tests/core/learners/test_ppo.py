"""PPO as a kind of learner: it learns, it keeps its promises, and it refuses what it cannot do in one sentence."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from openended.core.learners import kind, memory, ppo
from openended.core.learners.ppo import Proximal
from openended.core.work import Job, Limits, Stopped
from openended.envs.policy import Mlp
from openended.envs.stepwise import Stepped, Stepwise
from tests.support.threads import everywhere

SETTINGS = Proximal(environments=16, steps=64, updates=2, minibatch=256, entropy=0.0, learning_rate=1e-3)
LIMITS = Limits(cap=20)
CONTINUOUS, DISCRETE = Mlp((2, 16, 1)), Mlp((2, 16, 3), discrete=True)


class Lines:
    """Points on lines walk towards goals, 0.1 a step at most; the reward is minus the distance, the goal the task."""

    def __init__(self, goals, count, discrete, spoilt):
        self.goals, self.goal, self.x = goals, np.zeros(count), np.zeros(count)
        self.discrete, self.spoilt = discrete, spoilt

    def seen(self):
        return np.stack([self.x - self.goal, np.ones(len(self.x))], axis=1).astype(np.float32)

    def reset(self, environment, task, key):
        self.goal[environment] = self.goals[task]
        self.x[environment] = key / 2**64 - 0.5
        return self.seen()[environment]

    def step(self, actions):
        move = actions[:, 0] - 1 if self.discrete else np.clip(actions[:, 0], -1, 1)
        self.x += 0.1 * move
        rewards = -np.abs(self.x - self.goal)
        if self.spoilt:
            rewards[0] = np.nan
        never = np.zeros(len(self.x), bool)
        return Stepped(self.seen(), rewards, np.abs(self.x) > 2, never)


class Threads:
    """An executor of threads that knows the toy."""

    def __init__(self, policy, threads=1, spoilt=False, recording=True):
        self.policy, self.threads, self.stop = policy, threads, np.zeros(1, np.uint8)

        def experience(asked):
            lines = Lines(asked.tasks, asked.environments, policy.discrete, spoilt)
            return Stepwise(asked, len(asked.tasks), lines)

        simulator = SimpleNamespace(prepare=list, experience=experience if recording else None)
        self.domain = SimpleNamespace(id="lines-v1", simulator=simulator)

    def everywhere(self, work):
        everywhere(self.threads)(work)


def beginner(policy):
    return ppo.start(SETTINGS, 4, ppo.first_agent(policy, 11))


def same(a, b):
    return np.array_equal(a.agent, b.agent) and all(np.array_equal(a.memory[name], b.memory[name]) for name in a.memory)


def both(test):
    return pytest.mark.parametrize("policy", [CONTINUOUS, DISCRETE], ids=["continuous", "discrete"])(test)


@both
def test_it_learns(policy):
    learner, returns = beginner(policy), []
    for step in range(15):
        (learned,) = ppo.learn([Job((0.7, -0.4), learner, step)], SETTINGS, LIMITS, Threads(policy))
        learner = learned.learner
        returns.append(np.concatenate([visit.returns for visit in learned.visits]).mean())
    assert returns[0] < -8
    assert returns[-1] > -5
    assert learner.steps == 15
    assert learner.memory["t"] == 15 * 2 * 5 * 4


@both
def test_what_it_remembers_is_as_the_example_of_it(policy):
    (learned,) = ppo.learn([Job((0.7,), beginner(policy), 0)], SETTINGS, LIMITS, Threads(policy))
    memory.check(learned.learner, ppo.like(SETTINGS, policy, learned.learner))
    other = DISCRETE if policy is CONTINUOUS else CONTINUOUS
    with pytest.raises(ValueError, match=r"of learner 4 is float32"):
        memory.check(learned.learner, ppo.like(SETTINGS, other, learned.learner))
    taken_over = replace(learned.learner, memory={})
    memory.check(taken_over, ppo.like(SETTINGS, policy, taken_over))
    foreign = replace(learned.learner, memory=learned.learner.memory | {"moments": np.array([9.0, 0.5, -1.0])})
    with pytest.raises(ValueError, match="moments of learner 4 holds a number that cannot be worked with"):
        memory.check(foreign, ppo.like(SETTINGS, policy, foreign))


def test_threads_and_the_order_of_jobs_change_nothing():
    jobs = [Job((0.7,), replace(beginner(CONTINUOUS), id=i), 50 + i) for i in range(3)]
    alone = ppo.learn(jobs, SETTINGS, LIMITS, Threads(CONTINUOUS))
    together = ppo.learn(jobs[::-1], SETTINGS, LIMITS, Threads(CONTINUOUS, 2))[::-1]
    split = [ppo.learn([job], SETTINGS, LIMITS, Threads(CONTINUOUS, 3))[0] for job in jobs]
    assert [each.learner.id for each in together] == [0, 1, 2]
    for one, two, three in zip(alone, together, split, strict=True):
        assert same(one.learner, two.learner)
        assert same(one.learner, three.learner)
        assert one.cost == two.cost == three.cost
    assert not same(alone[0].learner, alone[1].learner)


def test_a_look_leaves_the_learner_as_it_is_and_sees_what_a_step_sees_first():
    (learned,) = ppo.learn([Job((0.7, 0.1), beginner(CONTINUOUS), 5)], SETTINGS, LIMITS, Threads(CONTINUOUS))
    job = Job((0.7, 0.1), learned.learner, 6, train=False)
    (looked,) = ppo.learn([job], SETTINGS, LIMITS, Threads(CONTINUOUS))
    assert looked.learner is learned.learner
    assert looked.cost.env_steps == 2 * 16 * 64
    near, far = looked.visits[1], looked.visits[0]
    assert near.returns.mean() > far.returns.mean()
    assert near.scores["value"] > far.scores["value"]
    assert near.scores["positive_value_loss"] > 0
    assert near.scores["steps"] + far.scores["steps"] == looked.cost.env_steps
    assert len(near.returns) + len(far.returns) == looked.cost.evaluations == 2 * 16 * 3
    assert (near.facts["steps"] == 20).all()


@both
def test_an_appraisal_changes_nothing_but_what_it_measures(policy):
    learner = beginner(policy)
    for step in range(3):
        jobs = [Job((0.7, 0.1), learner, step, appraise=appraise) for appraise in (False, True)]
        bare, told = (ppo.learn([job], SETTINGS, LIMITS, Threads(policy))[0] for job in jobs)
        (threaded,) = ppo.learn([jobs[1]], SETTINGS, LIMITS, Threads(policy, 3))
        assert same(bare.learner, told.learner)
        assert same(told.learner, threaded.learner)
        for plain, visit, other in zip(bare.visits, told.visits, threaded.visits, strict=True):
            assert visit.scores == other.scores
            assert {name: visit.scores[name] for name in plain.scores} == plain.scores
            assert set(visit.scores) - set(plain.scores) == {"update", "disagreement"}
            assert visit.scores["update"] > 0
            assert visit.scores["disagreement"] > 0
        learner = told.learner
    memory.check(learner, ppo.like(SETTINGS, policy, learner))


def test_the_critics_before_the_last_three_steps_are_remembered():
    learner, before = beginner(CONTINUOUS), []
    for step in range(5):
        before.append(learner.memory.get("critic"))
        learner = ppo.learn([Job((0.7,), learner, step, appraise=True)], SETTINGS, LIMITS, Threads(CONTINUOUS))[
            0
        ].learner
    assert np.array_equal(learner.memory["critics"], before[2:])
    assert "critics" not in ppo.heir(SETTINGS, 7, learner).memory


def test_critics_that_are_equal_do_not_disagree():
    (learned,) = ppo.learn([Job((0.7,), beginner(CONTINUOUS), 0, appraise=True)], SETTINGS, LIMITS, Threads(CONTINUOUS))
    critic = learned.learner.memory["critic"]
    settled = replace(learned.learner, memory=learned.learner.memory | {"critics": np.stack([critic] * 3)})
    job = Job((0.7,), settled, 1, train=False, appraise=True)
    (looked,) = ppo.learn([job], SETTINGS, LIMITS, Threads(CONTINUOUS))
    assert looked.visits[0].scores["disagreement"] == 0.0


def test_a_plain_step_forgets_the_moments_and_keeps_the_critic():
    (first,) = ppo.learn([Job((0.7,), beginner(CONTINUOUS), 5)], SETTINGS, LIMITS, Threads(CONTINUOUS))
    plain, usual = (
        ppo.learn([Job((0.7,), first.learner, 6, plain=plain)], SETTINGS, LIMITS, Threads(CONTINUOUS))[0].learner
        for plain in (True, False)
    )
    assert (plain.memory["t"], usual.memory["t"]) == (40, 80)
    assert not same(plain, usual)
    assert np.abs(plain.memory["critic"] - first.learner.memory["critic"]).max() < 0.1


def test_a_gradient_that_is_not_finite_is_dropped_and_counted():
    learner = beginner(CONTINUOUS)
    (learned,) = ppo.learn([Job((0.7,), learner, 5)], SETTINGS, LIMITS, Threads(CONTINUOUS, spoilt=True))
    assert learned.cost.degenerate == 1
    assert learned.cost.nonfinite > 0
    np.testing.assert_array_equal(learned.learner.agent, learner.agent)
    assert all(np.isfinite(learned.learner.memory[name]).all() for name in ("critic", "m", "v", "logarithms"))


def test_deviations_stay_in_their_bounds():
    settings = replace(SETTINGS, entropy=1.0, deviation=0.5, deviation_highest=0.55, learning_rate=0.01)
    (learned,) = ppo.learn([Job((0.7,), beginner(CONTINUOUS), 5)], settings, LIMITS, Threads(CONTINUOUS))
    assert np.exp(learned.learner.memory["logarithms"]) == pytest.approx(0.55, rel=1e-6)


def test_a_request_to_stop_ends_a_step():
    executor = Threads(CONTINUOUS)
    executor.stop[0] = 1
    with pytest.raises(Stopped):
        ppo.learn([Job((0.7,), beginner(CONTINUOUS), 5)], SETTINGS, LIMITS, executor)


def test_what_cannot_be_is_refused_in_one_sentence():
    assert kind(SETTINGS) is ppo
    ppo.check(SETTINGS, CONTINUOUS)
    with pytest.raises(ValueError, match="a minibatch of 192 does not divide the 1024 rows of 16 environments"):
        ppo.check(replace(SETTINGS, minibatch=192), CONTINUOUS)
    with pytest.raises(ValueError, match=r"deviation 1.0 is not within 0.7 \.\. 0.8"):
        ppo.check(replace(SETTINGS, deviation_lowest=0.7, deviation_highest=0.8), CONTINUOUS)
    with pytest.raises(ValueError, match="a policy of the kind gru was given; this network is of the kind mlp"):
        ppo.check(SETTINGS, SimpleNamespace(kind="gru"))
    with pytest.raises(ValueError, match="ppo needs recorded episodes, and lines-v1 has no `experience`; choose es"):
        ppo.learn([Job((0.7,), beginner(CONTINUOUS), 5)], SETTINGS, LIMITS, Threads(CONTINUOUS, recording=False))
