"""What people can do with mazes: paint them, walk through them, prove that they have a solution."""

import json
from dataclasses import replace

import gymnasium
import numpy as np
import pytest
from hypothesis import given, settings

import openended.gymnasium  # noqa: F401
from openended.envs import read_task
from openended.envs.acting import act
from openended.envs.maze.domain import MAZE
from openended.envs.maze.maze import from_text, grid
from openended.envs.maze.paths import actions
from openended.envs.maze.people import KEYS, PEOPLE
from tests.support.mazes import mazes

ROOM = from_text("""
#######
#>....#
#.###.#
#.#G#.#
#.#...#
#.....#
#######
""")


@given(mazes())
@settings(deadline=None)
def test_a_witness_is_there_just_if_nothing_speaks_against_a_maze_and_takes_the_fewest_actions(made):
    found = PEOPLE.witness(made)
    assert (found is None) == (PEOPLE.objection(made) != "")
    if found is not None:
        assert len(found) == actions(made)
        trace = act(MAZE.simulator, made, found, made.cap, 0)
        assert trace.facts["finished"] == 1.0
        assert trace.rewards.tolist() == [0.0] * (len(found) - 1) + [1.0 - 0.9 * (len(found) / made.cap)]


def test_the_shortest_way_is_walked_by_keys_as_in_gymnasium():
    pressed = ["ArrowRight", *["ArrowUp"] * 4, "ArrowLeft", *["ArrowUp"] * 2]
    pressed += ["ArrowLeft", "ArrowUp", "ArrowUp"]
    world, env = MAZE.simulator.begin(ROOM, 0), gymnasium.make("openended/Maze-v0", task=ROOM)
    seen, _ = env.reset()
    for code in pressed:
        assert world.observation.tobytes() == seen.tobytes()
        action = KEYS.action([code])
        seen, reward, *_ = env.step(action)
        assert world.step(action) == reward
    assert world.now().scene["state"].tobytes() == world.trace().scene["state"][-1:].tobytes()
    assert world.over
    assert len(pressed) == actions(ROOM)
    assert KEYS.action([]) is KEYS.action(["KeyZ"]) is None


def test_an_episode_that_is_over_cannot_be_moved_on():
    world = MAZE.simulator.begin(replace(ROOM, cap=1), 0)
    world.step(0)
    assert world.over
    with pytest.raises(ValueError, match="the episode is over"):
        world.step(0)


def test_tiles_are_painted_in_the_json():
    tiles, *_ = PEOPLE.controls(ROOM)
    value = json.loads(MAZE.tasks.encode(ROOM))
    x, y = 3, 1  # a free cell of the grid
    rows = value["walls"].split(" ")
    place = (y - tiles.corner[1], x - tiles.corner[0])
    rows[place[0]] = f"{int(rows[place[0]], 16) | 1 << place[1]:x}"
    painted = read_task(MAZE, json.dumps(value | {"walls": " ".join(rows)}))
    assert np.argwhere(grid(painted) != grid(ROOM)).tolist() == [[y, x]]
    assert (len(rows), tiles.width) == (tiles.height, 5)
    moved = read_task(MAZE, json.dumps(value | {"goal": [5, 5]}))
    assert [mark.path for mark in tiles.marks] == [("start",), ("goal",)]
    assert moved.goal == (5, 5)


def test_what_nobody_can_solve_is_told():
    assert PEOPLE.objection(ROOM) == ""
    short = replace(ROOM, cap=5)
    assert PEOPLE.objection(short) == f"the goal is {actions(ROOM)} steps away, but an episode has only 5"
    assert PEOPLE.witness(short) is None
    assert (
        PEOPLE.objection(from_text("#####\n#>#.#\n###.#\n#..G#\n#####")) == "there is no way from the start to the goal"
    )


@pytest.mark.parametrize("direction", range(4))
def test_a_drawn_maze_looks_like_the_first_moment_of_its_episode(direction):
    made = replace(ROOM, direction=direction)
    still, first = PEOPLE.drawn(made), MAZE.pictures.sketch(made, MAZE.simulator.begin(made, 0).now())
    agent, pose = first.shapes[-1], first.poses[0, 0]
    cosine, sine = np.cos(pose[2]), np.sin(pose[2])
    turned = agent.points @ np.array([(cosine, sine), (-sine, cosine)]) + pose[:2]
    assert still.shapes[-1].points == pytest.approx(turned, abs=1e-6)
    others = [shape.points.tolist() for shape in first.shapes[:-1] if shape.body < 0]
    assert [shape.points.tolist() for shape in still.shapes[:-1]] == others
