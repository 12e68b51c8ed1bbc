"""What walkers record: each episode is one that a single world makes of the same actions, whoever recorded it."""

import hashlib
from types import SimpleNamespace

import numpy as np
import pytest

from openended.envs.nets.actions import NORMAL
from openended.envs.nets.draw import Actor
from openended.envs.nets.layout import network, packed
from openended.envs.nets.recorded import GOES_ON, TERMINAL, TRUNCATED, Rehearsal
from openended.envs.nets.start import first_network
from openended.envs.policy import Mlp
from openended.envs.walker.courses.course import course, stack
from openended.envs.walker.courses.gymnasium_course import gymnasium_course
from openended.envs.walker.courses.task import WalkerTask
from openended.envs.walker.simulation.episode import LANE_ANGLE
from openended.envs.walker.simulation.experience import Experience
from openended.envs.walker.simulation.ground import grounds
from openended.envs.walker.simulation.step import ACTIONS, OBSERVATIONS
from openended.envs.walker.simulation.trace import SINGLE, reset_one, step_one
from openended.envs.walker.simulation.world import worlds
from tests.support.threads import everywhere

POLICY = Mlp((OBSERVATIONS, 16, ACTIONS))
COURSES = [course(WalkerTask()), gymnasium_course(3, hardcore=True), course(WalkerTask(roughness=4.0, terrain_seed=5))]
ENVIRONMENTS, STEPS = 21, 90


def actor():
    net = network(POLICY)
    deviations = np.repeat(np.array([np.log(0.5), 0.5, 2.0], np.float32), ACTIONS)
    return Actor(NORMAL, ACTIONS, net.plan, packed(net, first_network([1, 2], POLICY.sizes, 1.0)), deviations)


def recorded(threads=1, times=1, cap=60, stall=0, width=0, lane_angle=LANE_ANGLE):
    """The last of several records in a row, and how its episodes ended."""
    asked = Rehearsal(grounds(stack(COURSES)), POLICY, ENVIRONMENTS, 99, cap, stall, threads)
    experience = Experience(asked, width, lane_angle)
    for _ in range(times):
        record, ended = experience.record(STEPS, actor(), everywhere(threads), np.zeros(1, np.uint8))
    return record, ended


def digest(record, ended):
    parts = (*record, ended.tasks, ended.fresh, ended.totals, ended.lengths, ended.facts["finished"])
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def replayed(task, actions):
    """Rewards float64[t], observations float32[t + 1, 24], and whether it was over, bool[t], of a single world."""
    g, w, live = grounds(stack([COURSES[task]])), worlds(1), np.ones((1, 1), np.uint8)
    seen, rewards, over = np.zeros((len(actions) + 1, OBSERVATIONS), np.float32), [], []
    shaping = reset_one(w, g, live, np.zeros(ACTIONS, np.float32), seen[0], SINGLE)
    for t, action in enumerate(actions):
        shaping, reward, failed, finished = step_one(w, g, live, action, shaping, seen[t + 1], SINGLE)
        rewards.append(reward)
        over.append(failed or finished)
    return np.array(rewards), seen, np.array(over)


def episodes(record, ended):
    """Of each episode that began in the record: its rows, its environment, and which of its finals it has, if any."""
    for i in range(ENVIRONMENTS):
        rows, cuts = np.arange(i * STEPS, (i + 1) * STEPS), 0
        starts = np.flatnonzero(ended.fresh[rows])
        for begin, behind in zip(starts, [*starts[1:], STEPS], strict=True):
            end = record.ends[rows[behind - 1]]
            yield SimpleNamespace(rows=rows[begin:behind], environment=i, end=end, cut=cuts)
            cuts += end == TRUNCATED


def test_every_episode_is_that_of_a_single_world():
    record, ended = recorded()
    kinds, tasks = set(), set()
    for each in episodes(record, ended):
        task = ended.tasks[each.rows[0]]
        rewards, seen, over = replayed(task, record.actions[each.rows])
        np.testing.assert_array_equal(record.observations[each.rows], seen[:-1])
        np.testing.assert_array_equal(record.rewards[each.rows], rewards.astype(np.float32))
        assert (ended.tasks[each.rows] == task).all()
        assert not over[:-1].any()
        assert over[-1] == (each.end == TERMINAL)
        if each.end == TRUNCATED:
            assert len(each.rows) == 60
            np.testing.assert_array_equal(record.finals[each.environment, each.cut], seen[-1])
        if each.end == GOES_ON:
            np.testing.assert_array_equal(record.last[each.environment], seen[-1])
        else:
            assert ended.lengths[each.rows[-1]] == len(each.rows)
            assert ended.totals[each.rows[-1]] == sum(rewards)
        kinds.add(int(each.end))
        tasks.add(int(task))
    assert (kinds, tasks) == ({GOES_ON, TERMINAL, TRUNCATED}, {0, 1, 2})


def test_threads_and_teams_change_nothing():
    assert len({digest(*recorded(threads, times=2)) for threads in (1, 2, 3)}) == 1


@pytest.mark.slow
def test_lanes_change_nothing():
    assert len({digest(*recorded(2, times=2, width=width)) for width in (1, 4, 8, 16)}) == 1


def test_a_second_record_goes_on_where_the_first_ended():
    first, second = recorded(times=1), recorded(times=2)
    ended = first[0].ends.reshape(ENVIRONMENTS, STEPS)[:, -1] != GOES_ON
    fresh = second[1].fresh.reshape(ENVIRONMENTS, STEPS)[:, 0]
    np.testing.assert_array_equal(fresh, ended)
    goes_on = second[0].observations.reshape(ENVIRONMENTS, STEPS, -1)[:, 0]
    np.testing.assert_array_equal(goes_on, first[0].last)


def test_walkers_without_progress_are_truncated():
    record, ended = recorded(cap=1000, stall=20)
    cut = ended.lengths[record.ends == TRUNCATED]
    assert len(cut)
    assert cut.min() == 20


def test_an_episode_in_which_a_body_turns_too_far_for_lanes_is_over():
    record, ended = recorded(lane_angle=np.float32(0.5))
    over = (record.ends == TERMINAL) & (record.rewards > -100)
    assert over.sum() > ENVIRONMENTS
    assert not ended.facts["finished"].any()


def test_actions_have_the_density_that_is_written_down():
    record, _ = recorded()
    flat = first_network([1, 2], POLICY.sizes, 1.0).astype(np.float64)
    hidden = np.tanh(record.observations @ flat[:384].reshape(24, 16) + flat[384:400])
    means = np.tanh(hidden @ flat[400:464].reshape(16, 4) + flat[464:])
    z = (record.actions - means) / 0.5
    expected = (-0.5 * z**2 - np.log(0.5) - 0.5 * np.log(2 * np.pi)).sum(axis=1)
    np.testing.assert_allclose(record.log_probabilities, expected, atol=1e-4)
    assert np.abs(z.mean(axis=0)).max() < 5 / np.sqrt(len(z))
