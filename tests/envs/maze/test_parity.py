"""MiniGrid's rules, step by step: view, direction, reward and end."""

import numpy as np
import pytest

from openended.envs.maze import draws
from openended.envs.maze.change import mutate
from tests.support.minigrid import Ours, differences


def episodes(count):
    """Steps and differences over random mazes of all kinds, most of them with a way to the goal, played by agents that
    mostly move on.
    """
    steps = different = reached = 0
    for key in range(count):
        stream = np.random.default_rng(key)
        size = int(stream.integers(5, 22))
        maze = draws.scattered(size, int(stream.integers(size * size // 4)), key)
        if key % 5 == 0:
            maze = draws.spanning_tree(size // 2 * 2 + 1, key)
        if key % 3 == 0:
            maze = mutate(maze, key)
        actions = stream.choice(3, maze.cap, p=(0.2, 0.2, 0.6)).tolist()
        played, found = differences(maze, actions)
        steps, different, reached = steps + played, different + found, reached + (played < maze.cap)
    return steps, different, reached


def test_random_episodes_are_minigrids():
    steps, different, reached = episodes(40)
    assert different == 0
    assert steps > 3_000
    assert reached > 10


@pytest.mark.slow
def test_two_thousand_random_episodes_are_minigrids():
    steps, different, reached = episodes(2000)
    print(f"{steps} steps of 2,000 episodes, {reached} of which reach the goal")
    assert different == 0
    assert steps > 100_000


def test_a_difference_is_noticed(monkeypatch):
    maze = draws.random(3)
    monkeypatch.setattr(Ours, "step", lambda self, action: (0.0, False))
    assert differences(maze, [2, 1, 2])[1] > 0
