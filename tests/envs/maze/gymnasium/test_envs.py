"""`openended/Maze-v0`, single and vector: Gymnasium's checks, the domain's rewards, a loop of singles."""

import json
import pickle

import gymnasium
import numpy as np
import pytest
from gymnasium.error import InvalidAction, ResetNeeded, UnsupportedMode
from gymnasium.utils.env_checker import check_env, data_equivalence
from gymnasium.vector import AutoresetMode

import openended.gymnasium  # noqa: F401 (registers the id)
from openended import envs
from openended.envs.forward import controller
from openended.envs.maze.draws import first, random, scattered
from openended.envs.maze.gymnasium.rules import maze_of
from openended.envs.maze.gymnasium.single import MazeEnv
from openended.envs.maze.gymnasium.vector import MazeVectorEnv
from openended.envs.maze.maze import encode, from_text, to_text

ID = "openended/Maze-v0"
MODES = [mode.value for mode in AutoresetMode]
LEFT, RIGHT, FORWARD = range(3)


class Drawn(MazeEnv):
    def next_maze(self):
        return scattered(7, 8, int(self.np_random.integers(1000)))


class DrawnVector(MazeVectorEnv):
    def next_maze(self, i):
        return scattered(7, 8, int(self.np_random[i].integers(1000)))


@pytest.mark.parametrize("mode", [None, "rgb_array", "ansi"])
def test_gymnasiums_checker_finds_nothing(mode):
    check_env(gymnasium.make(ID, task=encode(random(1)), render_mode=mode).unwrapped, skip_render_check=mode is None)


def test_an_agent_earns_what_the_domain_says():
    domain = envs.domain("maze-v1")
    policy = domain.policies.default
    for key in range(10):
        maze, agent = scattered(6, 2, key), policy.init(key)
        trace = domain.simulator.trace(maze, policy, agent, 0, 2000)
        env, act = gymnasium.make(ID, **domain.environment.arguments(maze)), controller(policy, agent)
        total, over = 0.0, False
        seen, _ = env.reset()
        for expected in trace.observations:
            assert seen.tobytes() == expected.tobytes()
            seen, reward, reached, late, _ = env.step(act(seen))
            total, over = total + reward, reached or late
        assert over
        assert (total, reached) == (trace.rewards.sum(), bool(trace.facts["finished"]))


def test_the_goal_ends_an_episode_and_the_cap_truncates_it():
    env = MazeEnv(from_text("#####\n#>.G#\n#...#\n#...#\n#####", cap=3))
    env.reset()
    assert env.step(FORWARD)[1:4] == (0.0, False, False)
    assert env.step(np.int64(FORWARD))[1:4] == (1 - 0.9 * (2 / 3), True, False)
    with pytest.raises(ResetNeeded):
        env.step(FORWARD)
    env.reset()
    assert [env.step(LEFT)[1:4] for _ in range(3)] == [(0.0, False, False)] * 2 + [(0.0, False, True)]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("count", [1, 7])
def test_the_vector_gives_the_bits_of_single_environments_in_a_loop(count, mode):
    ours = DrawnVector(count, max_episode_steps=40, autoreset_mode=mode)
    theirs = gymnasium.vector.SyncVectorEnv(
        [lambda: gymnasium.wrappers.TimeLimit(Drawn(), 40)] * count, autoreset_mode=mode
    )
    stream = np.random.default_rng(count)
    assert data_equivalence(ours.reset(seed=5), theirs.reset(seed=5), exact=True)
    reached = ends = 0
    for _ in range(300):
        actions = stream.choice(3, count, p=(0.2, 0.2, 0.6))
        mine, other = ours.step(actions), theirs.step(actions)
        assert data_equivalence(mine, other, exact=True)
        over = mine[2] | mine[3]
        reached, ends = reached + mine[2].sum(), ends + over.sum()
        if mode == "Disabled" and over.any():
            mask = {"reset_mask": over}
            assert data_equivalence(ours.reset(options=dict(mask)), theirs.reset(options=dict(mask)), exact=True)
    assert ends > reached > 0


def test_make_vec_makes_the_vector():
    made = gymnasium.make_vec(ID, 3, task=encode(random(2)), render_mode="ansi")
    assert isinstance(made.unwrapped, MazeVectorEnv)
    made.reset(seed=1)
    made.step(np.array([LEFT, RIGHT, RIGHT]))
    texts = made.render()
    assert texts[0] != texts[1] == texts[2]


def test_a_maze_is_shown_as_text_and_as_a_picture():
    env = MazeEnv(first(), render_mode="ansi")
    env.reset()
    assert env.render() == to_text(first())
    env.step(FORWARD)
    assert env.render().splitlines()[2] == "#.>G#"
    env = MazeEnv(first(), render_mode="rgb_array")
    env.reset()
    before = env.render()
    env.step(LEFT)
    assert before.shape == (400, 400, 3)
    assert (before != env.render()).any()


@pytest.mark.parametrize("given", [None, first(), encode(first()), json.loads(encode(first()))])
def test_a_task_is_given_in_any_form(given):
    assert maze_of(given) == first()


@pytest.mark.parametrize(
    ("given", "said"),
    [(7, "type int was given"), ("{}", "exactly the keys"), ({"size": {1}}, "more than JSON"), ("[", "not JSON")],
)
def test_what_is_no_task_is_refused(given, said):
    with pytest.raises(ValueError, match=said):
        MazeEnv(given)


@pytest.mark.parametrize("action", [3, -1, 0.5, None, [1], np.array([1.0]), [[0], [1, 2]]])
def test_what_is_no_action_is_refused(action):
    env, many = MazeEnv(), MazeVectorEnv(2)
    env.reset()
    many.reset()
    with pytest.raises(InvalidAction):
        env.step(action)
    with pytest.raises(InvalidAction):
        many.step(action if isinstance(action, list) else [action, action])


def test_misuse_is_refused():
    with pytest.raises(UnsupportedMode, match="'human' was asked for"):
        MazeEnv(render_mode="human")
    with pytest.raises(ValueError, match="num_envs=0"):
        MazeVectorEnv(0)
    with pytest.raises(ResetNeeded):
        MazeEnv().step(LEFT)
    with pytest.raises(ResetNeeded):
        MazeVectorEnv(2).step([LEFT, LEFT])
    many = MazeVectorEnv(2, max_episode_steps=1, autoreset_mode="Disabled")
    many.reset()
    many.step([LEFT, LEFT])
    with pytest.raises(ResetNeeded, match=r"environments \[0, 1\]"):
        many.step([LEFT, LEFT])


def test_a_copy_is_a_new_environment_with_the_same_arguments():
    env = pickle.loads(pickle.dumps(MazeEnv(random(3), render_mode="ansi")))
    assert (env.maze, env.render_mode) == (random(3), "ansi")
