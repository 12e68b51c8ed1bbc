"""Walkers that take the tasks of a play in turn."""

import pickle

import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

from openended.envs.forward import controller
from openended.envs.walker.courses.task import WalkerTask
from openended.envs.walker.domain import WALKER
from openended.envs.walker.gymnasium.play import Play, PlayWalker, PlayWalkerVector
from openended.envs.walker.gymnasium.task import CourseWalker

TASKS = [WalkerTask(), WalkerTask(roughness=4.0, terrain_seed=3), WalkerTask(stump_height=(0.2, 0.6), terrain_seed=5)]
CAP = 60
AGENTS = [3 * WALKER.policies.default.init(key) for key in range(4)]


def act(key):
    return controller(WALKER.policies.default, AGENTS[key % 4])


def earned(task, key):
    """Return and length of an episode of a walker that knows nothing of plays."""
    env = CourseWalker(task)
    observation, _ = env.reset()
    total, steps, over = 0.0, 0, False
    while not over and steps < CAP:
        observation, reward, over, _, _ = env.step(act(key)(observation))
        total, steps = total + reward, steps + 1
    return total, steps


def begun(tasks=TASKS):
    play = Play()
    play.begin(tasks)
    return play


def test_tasks_are_taken_in_turn_and_earn_what_they_earn_elsewhere():
    play = begun()
    env = PlayWalker(play, CAP)
    for number in range(5):
        assert play.complete == (number >= 3)
        observation, _ = env.reset()
        over = False
        while not over:
            observation, _, terminated, truncated, info = env.step(act(number)(observation))
            assert info["place"] == number % 3
            over = terminated or truncated
    expected = [[0, 3], [1, 4], [2]]
    assert play.returns == [[earned(TASKS[key % 3], key)[0] for key in keys] for keys in expected]
    assert play.steps == [sum(earned(TASKS[key % 3], key)[1] for key in keys) for keys in expected]


@pytest.mark.parametrize("mode", [AutoresetMode.SAME_STEP, AutoresetMode.NEXT_STEP, AutoresetMode.DISABLED])
def test_lanes_earn_what_single_walkers_do_in_every_autoreset_mode(mode):
    play = begun()
    envs = PlayWalkerVector(4, play, CAP, autoreset_mode=mode)
    observations, _ = envs.reset()
    policies = [act(i) for i in range(4)]
    places, overs = [], []
    for _ in range(2 * CAP + 10):
        actions = np.stack([policy(row) for policy, row in zip(policies, observations, strict=True)])
        observations, _, terminated, truncated, infos = envs.step(actions)
        places.append(infos["place"])
        over = terminated | truncated
        overs.append(over)
        if mode == AutoresetMode.DISABLED and over.any():
            observations, _ = envs.reset(options={"reset_mask": over})
    counted = sorted((place, total) for place, totals in enumerate(play.returns) for total in totals)
    assert len(counted) >= 8
    possible = {(place, earned(task, key)[0]) for place, task in enumerate(TASKS) for key in range(4)}
    assert set(counted) <= possible
    assert play.complete
    rows, ends = np.array(places), np.array(overs)
    assert rows[0].tolist() == [0, 1, 2, 0]
    assert (rows == -1).any() == (mode == AutoresetMode.NEXT_STEP)
    counts = np.bincount(rows[rows >= 0], minlength=3)
    running = sum(int((rows[np.flatnonzero(ends[:, i])[-1] + 1 :, i] >= 0).sum()) for i in range(4))
    assert counts.sum() == sum(play.steps) + running
    assert all(counts >= play.steps)


def test_episodes_of_an_earlier_play_do_not_count():
    play = begun()
    envs = PlayWalkerVector(2, play, CAP)
    envs.reset()
    play.begin(TASKS[:1])
    *_, infos = envs.step(np.zeros((2, 4), np.float32))
    assert infos["place"].tolist() == [-1, -1]
    for _ in range(CAP - 1):
        envs.step(np.zeros((2, 4), np.float32))
    assert play.returns == [[]]
    envs.step(np.zeros((2, 4), np.float32))
    for _ in range(CAP):
        *_, infos = envs.step(np.zeros((2, 4), np.float32))
    assert infos["place"].tolist() == [0, 0]
    assert len(play.returns[0]) == 2


def test_a_step_after_the_end_of_an_episode_counts_no_more():
    play = begun(TASKS[:1])
    env = PlayWalker(play, 2)
    env.reset()
    for _ in range(4):
        env.step(np.zeros(4, np.float32))
    assert play.steps == [2]
    assert len(play.returns[0]) == 1


def test_gymnasium_finds_nothing_wrong():
    check_env(PlayWalker(begun(TASKS[:1])), skip_render_check=True)


def test_what_cannot_be_played_gets_one_sentence():
    with pytest.raises(ResetNeeded, match=r"there are no tasks to play yet: call begin\(tasks\)"):
        PlayWalker(Play()).reset()
    with pytest.raises(ValueError, match="a play of no tasks was given; give at least one"):
        begun([])
    with pytest.raises(ValueError, match="a task of the type int was given"):
        begun([7])
    with pytest.raises(ValueError, match="max_episode_steps=0"):
        PlayWalker(begun(), 0)
    with pytest.raises(TypeError, match="belongs to the environments of one process"):
        pickle.dumps(begun())
