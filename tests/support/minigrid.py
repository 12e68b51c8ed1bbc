"""MiniGrid's environment on one of our mazes, and a comparison with ours step by step."""

import numpy as np
from minigrid.core.grid import Grid
from minigrid.core.mission import MissionSpace
from minigrid.core.world_object import Goal, Wall
from minigrid.minigrid_env import MiniGridEnv

from openended.envs.maze import simulation
from openended.envs.maze.maze import grid
from openended.envs.maze.simulation import CELLS, OBSERVATIONS, VIEW

EMPTY, WALL, GOAL = (1, 0, 0), (2, 5, 0), (8, 1, 0)
"""MiniGrid's codes of what a cell holds: kind, colour, state."""


class Original(MiniGridEnv):
    """MiniGrid with the walls, start and goal of a maze."""

    def __init__(self, maze):
        self.maze = maze
        super().__init__(
            MissionSpace(lambda: "reach the goal"),
            grid_size=maze.size,
            max_steps=maze.cap,
            see_through_walls=True,
            agent_view_size=VIEW,
        )

    def _gen_grid(self, width, height):
        self.grid = Grid(width, height)
        for y, x in np.argwhere(grid(self.maze)):
            self.grid.set(x, y, Wall())
        self.grid.set(*self.maze.goal, Goal())
        self.agent_pos, self.agent_dir, self.mission = self.maze.start, self.maze.direction, ""


class Ours:
    """The three compiled functions, called from Python."""

    def __init__(self, maze):
        self.row = np.array(simulation.task_row(maze))
        self.state = np.zeros(simulation.TRACES + simulation.MOST)
        simulation.reset(self.row, np.uint64(0), self.state)

    def view(self):
        observation = np.full(OBSERVATIONS, np.nan, np.float32)
        simulation.observe(self.row, self.state, observation)
        return observation

    def step(self, action):
        return simulation.step(self.row, np.uint64(0), self.state, action)


def image(observation):
    """Our view in MiniGrid's codes, uint8[5, 5, 3] (column, row)."""
    walls, goals = (observation[first : first + CELLS].reshape(VIEW, VIEW).T for first in (0, CELLS))
    codes = np.array((EMPTY, WALL, GOAL), np.uint8)
    return codes[(walls + 2 * goals).astype(int)]


def differences(maze, actions):
    """Steps until the end of an episode, and in how many of them view, direction, reward or end differ."""
    original, ours, found = Original(maze), Ours(maze), 0
    theirs, _ = original.reset()
    found += differ(theirs, ours.view())
    for number, action in enumerate(actions, 1):
        theirs, reward, terminated, truncated, _ = original.step(action)
        result = ours.step(action)
        same = result == (reward, terminated or truncated) and terminated == (ours.state[simulation.REACHED] == 1)
        found += not same or differ(theirs, ours.view())
        if terminated or truncated:
            return number, found
    return len(actions), found


def differ(theirs, observation):
    direction = np.flatnonzero(observation[2 * CELLS :])
    same = direction.tolist() == [theirs["direction"]] and (image(observation) == theirs["image"]).all()
    return not same
