"""Imitation as a kind of learner: on points on lines, whose teachers are written by hand."""

from dataclasses import replace

import numpy as np
import pytest

from openended.core.learners import imitation, kind, memory
from openended.core.learners.imitation import Imitation
from openended.core.learners.lessons import Episode, actor, gathered, labels, spread_rows
from openended.core.learners.teachers import Lessons, Teacher
from openended.core.work import Limits, Stopped
from openended.envs.nets.layout import network
from openended.envs.policy import Gru
from tests.core.learners.test_ppo import CONTINUOUS, DISCRETE, Threads, both

SETTINGS = Imitation(episodes=6, rows=16, minibatch=64, learning_rate=0.01)
LIMITS = Limits(cap=20)
SOLVED = -10.0
"""The sum of the distances over twenty steps of an agent that walks from at most 1.2 away to the goal and stays."""


def walker(policy, sign=1.0):
    """An agent that walks towards the goal (-1: away from it), by its first hidden unit."""
    inputs, hidden, outputs = policy.sizes
    first, second = np.zeros((inputs, hidden), np.float32), np.zeros((hidden, outputs), np.float32)
    bias = np.zeros(outputs, np.float32)
    first[0, 0] = 4.0
    if policy.discrete:
        second[0, 0], second[0, 2], bias[1] = 5.0 * sign, -5.0 * sign, 0.5
    else:
        second[0, 0] = -3.0 * sign
    return np.concatenate([first.ravel(), np.zeros(hidden, np.float32), second.ravel(), bias])


def lessons(policy, agents, learner, key=1, **changed):
    """A step by these agents; their goals are 0.7 and -0.4 in turn, and each also plays the other."""
    teachers = tuple(Teacher(agent, (place % 2, 1 - place % 2)) for place, agent in enumerate(agents))
    return Lessons((0.7, -0.4), learner, key, teachers=teachers, solved=SOLVED, **changed)


def beginner(policy):
    return imitation.start(SETTINGS, 4, imitation.first_agent(policy, 11))


def taught(policy, agents, steps, settings=SETTINGS, threads=1):
    learner, every = beginner(policy), []
    for step in range(steps):
        job = lessons(policy, agents, learner, step)
        (learned,) = imitation.learn([job], settings, LIMITS, Threads(policy, threads))
        learner = learned.learner
        every.append(learned)
    return every


def returns(learned):
    return np.concatenate([visit.returns for visit in learned.visits])


@both
def test_it_learns_what_its_teachers_do(policy):
    every = taught(policy, [walker(policy)] * 4, 8)
    assert len(returns(every[0])) == 0  # a beginner does not play yet
    assert returns(every[1]).mean() < returns(every[-1]).mean()
    assert (returns(every[-1]) > SOLVED).mean() > 0.8
    assert every[-1].visits[0].scores["loss"] < every[0].visits[0].scores["loss"] / 3
    last = every[-1].learner
    assert last.steps == 8
    memory.check(last, imitation.like(SETTINGS, policy, last))


@both
def test_only_episodes_that_solve_are_learnt_from(policy):
    good, bad = walker(policy), walker(policy, -1.0)
    (alone,) = taught(policy, [good, good], 1)
    (mixed,) = taught(policy, [good, good, bad, bad], 1)
    np.testing.assert_array_equal(alone.learner.agent, mixed.learner.agent)
    kept = [visit.scores["kept"] for visit in mixed.visits]
    assert min(kept[:2]) > 0
    assert kept[2:] == [0, 0]
    assert all(visit.scores["played"] == SETTINGS.episodes for visit in mixed.visits)
    (every,) = taught(policy, [good, good, bad, bad], 1, replace(SETTINGS, filter="none"))
    assert [visit.scores["kept"] for visit in every.visits] == [SETTINGS.episodes] * 4
    (random,) = taught(policy, [good, good, bad, bad], 1, replace(SETTINGS, filter="random"))
    chosen = [visit.scores["kept"] for visit in random.visits]
    assert sum(chosen) == sum(kept)
    assert sum(chosen[2:]) > 0


def test_who_has_nothing_to_show_does_not_correct_and_who_may_not_correct_is_not_asked():
    good, bad = walker(CONTINUOUS), walker(CONTINUOUS, -1.0)
    _, second = taught(CONTINUOUS, [good, bad], 2)
    assert [len(visit.returns) for visit in second.visits] == [SETTINGS.episodes, 0]
    _, second = taught(CONTINUOUS, [good, bad], 2, replace(SETTINGS, correct=False))
    assert [len(visit.returns) for visit in second.visits] == [0, 0]


def test_without_an_episode_that_solves_the_learner_stays_and_that_is_counted():
    (learned,) = taught(CONTINUOUS, [walker(CONTINUOUS, -1.0)] * 2, 1)
    np.testing.assert_array_equal(learned.learner.agent, beginner(CONTINUOUS).agent)
    assert (learned.learner.steps, learned.cost.degenerate) == (1, 1)
    assert learned.cost.evaluations == 2 * SETTINGS.episodes


@both
def test_threads_change_nothing_and_a_key_does(policy):
    agents = [walker(policy)] * 3
    alone, together = (taught(policy, agents, 2, threads=threads)[-1] for threads in (1, 3))
    np.testing.assert_array_equal(alone.learner.agent, together.learner.agent)
    for name, array in alone.learner.memory.items():
        np.testing.assert_array_equal(array, together.learner.memory[name])
    assert alone.cost == together.cost
    (other,) = imitation.learn([lessons(policy, agents, beginner(policy), 9)], SETTINGS, LIMITS, Threads(policy))
    (same,) = imitation.learn([lessons(policy, agents, beginner(policy), 0)], SETTINGS, LIMITS, Threads(policy))
    assert other.learner.agent.tobytes() != same.learner.agent.tobytes()


def test_a_look_leaves_the_learner_as_it_is_and_a_stop_ends_a_step():
    job = lessons(CONTINUOUS, [walker(CONTINUOUS)], beginner(CONTINUOUS), train=False)
    (looked,) = imitation.learn([job], SETTINGS, LIMITS, Threads(CONTINUOUS))
    assert looked.learner is job.learner
    executor = Threads(CONTINUOUS)
    executor.stop[0] = 1
    with pytest.raises(Stopped):
        imitation.learn([job], SETTINGS, LIMITS, executor)


@both
def test_a_label_is_what_the_teacher_does_without_noise(policy):
    seen = np.array([(0.5, 1.0), (-0.5, 1.0), (0.0, 1.0)], np.float32)
    found = labels(policy, network(policy), walker(policy), seen)
    if policy.discrete:
        assert found.tolist() == [[0.0], [2.0], [1.0]]
    else:
        expected = np.tanh(-3 * np.tanh(4 * seen[:, :1]))
        np.testing.assert_allclose(found, expected, atol=1e-5)
    loud, quiet = (actor(policy, network(policy), walker(policy), noise) for noise in (0.5, 0.05))
    if policy.discrete:
        np.testing.assert_allclose(quiet.parameters[-16:], 10 * loud.parameters[-16:], rtol=1e-6)
    else:
        assert loud.deviations[1] == np.float32(0.5)
        assert np.exp(quiet.deviations[0]) == pytest.approx(0.05, rel=1e-6)


def test_all_teachers_weigh_the_same_however_many_episodes_they_show():
    def episode(rows):
        return Episode(0.0, rows, np.zeros((rows, 2), np.float32), np.zeros((rows, 1), np.float32))

    rows = gathered([(episode(10), episode(20)), (), (episode(6),)])
    assert rows.weights[:30].sum() == pytest.approx(rows.weights[30:].sum())
    assert rows.weights.mean() == pytest.approx(1.0)
    assert gathered([(), ()]) is None


@pytest.mark.parametrize(("steps", "most"), [(5, 8), (8, 8), (9, 8), (1000, 64)])
def test_rows_are_spread_over_an_episode(steps, most):
    rows = spread_rows(steps, most, np.random.Generator(np.random.Philox(key=3)))
    assert len(rows) == min(steps, most)
    assert (np.diff(rows) >= 0).all()
    assert 0 <= rows[0] <= rows[-1] < steps
    parts = rows * len(rows) // steps
    assert np.abs(parts - np.arange(len(rows))).max() <= 1


def test_a_policy_with_memory_is_refused():
    assert kind(SETTINGS) is imitation
    imitation.check(SETTINGS, CONTINUOUS)
    with pytest.raises(ValueError, match="a policy of the kind gru was given; this network is of the kind mlp"):
        imitation.check(SETTINGS, Gru((4, 4, 4, 2)))
    heir = imitation.heir(SETTINGS, 3, beginner(DISCRETE))
    assert (heir.id, heir.steps) == (3, 0)
