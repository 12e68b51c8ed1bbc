"""Pictures of mazes: what is where, what the agent sees, and the same as shapes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openended.envs.api import Trace
from openended.envs.maze import simulation
from openended.envs.maze.draws import random
from openended.envs.maze.maze import from_text, grid
from openended.envs.maze.pictures import AGENT, FLOOR, GOAL, SEEN, STONE, WAY, draw, runs, sketch, view
from tests.support.mazes import mazes, seen

MAZE = from_text("#######\n#>...G#\n#.#...#\n#.....#\n#.....#\n#####.#\n#######")
FORWARD, TURN = 2, 1


def played(maze, actions):
    """The trace of these actions."""
    row, state = np.array(simulation.task_row(maze)), np.zeros(simulation.TRACES + simulation.MOST)
    simulation.reset(row, np.uint64(0), state)
    states = [state.copy()]
    for action in actions:
        simulation.step(row, np.uint64(0), state, action)
        states.append(state.copy())
    return Trace(np.zeros(len(actions)), None, None, {"state": np.array(states)}, {})


def pixel(picture, x, y, size, at=(0.5, 0.5)):
    scale = len(picture) / size
    return tuple(picture[int((y + at[1]) * scale), int((x + at[0]) * scale)].tolist())


def test_a_picture_shows_walls_goal_agent_way_and_what_is_seen():
    trace = played(MAZE, [TURN, FORWARD, FORWARD])
    first, last = (draw(MAZE, trace, step, 210, 210) for step in (0, 3))
    assert pixel(first, 0, 0, 7) == pixel(first, 2, 2, 7) == pixel(last, 4, 5, 7) == STONE
    assert pixel(first, 5, 1, 7) == GOAL
    assert pixel(first, 1, 1, 7) == pixel(last, 1, 3, 7) == AGENT
    assert pixel(last, 1, 2, 7) == WAY
    assert pixel(first, 3, 3, 7) == SEEN
    assert pixel(first, 3, 4, 7) == FLOOR
    assert pixel(last, 5, 4, 7) == FLOOR


@pytest.mark.parametrize(("width", "height"), [(64, 40), (30, 90), (210, 210)])
def test_a_picture_has_the_size_that_was_asked_for(width, height):
    assert draw(MAZE, played(MAZE, []), 0, width, height).shape == (height, width, 3)


@given(mazes(), st.integers(0, 3))
def test_what_is_painted_as_seen_is_what_the_agent_sees(maze, direction):
    x, y = maze.start
    cells = view(maze, x, y, direction)
    walls, _ = seen(maze, x, y, direction)
    assert len(set(cells)) == len(cells)
    assert sum(not grid(maze)[cell] for cell in cells) == 25 - walls.sum()


@given(mazes())
def test_runs_of_walls_cover_all_walls_once(maze):
    covered = np.zeros((maze.size, maze.size), int)
    for x, y, length in runs(grid(maze)):
        covered[y, x : x + length] += 1
    np.testing.assert_array_equal(covered, grid(maze))


def test_shapes_move_as_the_agent_does():
    maze = random(2)
    trace = played(maze, [TURN, FORWARD, TURN, FORWARD])
    found = sketch(maze, trace)
    states = trace.scene["state"]
    np.testing.assert_allclose(found.poses[:, 0, 0], states[:, simulation.X] + 0.5)
    np.testing.assert_allclose(found.poses[:, 0, 1], maze.size - states[:, simulation.Y] - 0.5)
    np.testing.assert_allclose(np.diff(found.poses[:, 0, 2]) % (2 * np.pi), [1.5 * np.pi, 0, 1.5 * np.pi, 0], atol=1e-5)
    assert found.width == maze.size
