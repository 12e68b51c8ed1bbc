"""How an agent moves through a maze: MiniGrid's rules (Chevalier-Boisvert et al. 2023) in three compiled functions.

The agent turns left, turns right or moves forward; a move into a wall does nothing. It sees the 5 x 5 cells ahead of
it, itself in the middle of the nearest row, through walls. Reaching the goal after t of T steps is worth
1 - 0.9 t / T and ends the episode; so do T steps.
"""

import numpy as np

from ..api import Space
from ..queue import simulator
from ..simd.compiled import inlined, kernel
from .maze import Maze, grid

SIZE, CAP, START_X, START_Y, START_DIRECTION, GOAL_X, GOAL_Y, WALLS = range(8)
"""Places in a task's row of numbers; from `WALLS` on stands a number for each row of the grid, bit x its wall at x."""
X, Y, DIRECTION, STEPS, VISITED, REACHED, TRACES = range(7)
"""Places in the state; from `TRACES` on stands a number for each row of the grid, bit x set once the agent was at x.
`VISITED` counts these cells.
"""
MOST = 51
"""Most rows of a grid."""
TURN_LEFT, TURN_RIGHT, FORWARD = range(3)
"""Actions."""
VIEW = 5
"""Cells seen in front, and from left to right."""
CELLS = VIEW * VIEW
OWN = CELLS - 1 - VIEW // 2
"""The agent's own cell in its view."""
OBSERVATIONS = 2 * CELLS + 4
"""The view's walls, row by row from the farthest, each from left to right; its goals likewise; one of four directions.
1 where there is one, else 0.
"""
ALL_WALLS = (1 << VIEW) - 1


@inlined
def visit(state):
    """Note that the agent was here."""
    place = TRACES + np.int64(state[Y])
    row, bit = np.int64(state[place]), np.int64(1) << np.int64(state[X])
    if row & bit == 0:
        state[place] = np.float64(row | bit)
        state[VISITED] += 1.0


@inlined
def reset(maze, key, state):
    state[X], state[Y], state[DIRECTION] = maze[START_X], maze[START_Y], maze[START_DIRECTION]
    visit(state)


@inlined
def window(maze, size, x, y):
    """The walls at x .. x + 4 of row y, as bits; there is nothing but walls beyond the border."""
    if y < 0 or y >= size:
        return np.int64(ALL_WALLS)
    row = np.int64(maze[WALLS + y])
    padded = (row << np.int64(4)) | np.int64(15) | (np.int64(-1) << np.int64(size + 4))
    return (padded >> np.int64(x + 4)) & np.int64(ALL_WALLS)


@inlined
def observe(maze, state, seen):
    x, y, direction = np.int64(state[X]), np.int64(state[Y]), np.int64(state[DIRECTION])
    if direction == 0:  # the corner of what is seen, and where the cell i rows below and j to the right of it stands
        left, top, first, down, right = x, y - 2, 20, 1, -5
    elif direction == 1:
        left, top, first, down, right = x - 2, y, 24, -5, -1
    elif direction == 2:
        left, top, first, down, right = x - 4, y - 2, 4, -1, 5
    else:
        left, top, first, down, right = x - 2, y - 4, 0, 5, 1
    size = np.int64(maze[SIZE])
    for i in range(VIEW):
        row = window(maze, size, left, top + i)
        place = first + i * down
        for j in range(VIEW):
            seen[place + j * right] = np.float32((row >> np.int64(j)) & np.int64(1))
    for place in range(CELLS, OBSERVATIONS):
        seen[place] = np.float32(0.0)
    i, j = np.int64(maze[GOAL_Y]) - top, np.int64(maze[GOAL_X]) - left
    if 0 <= i < VIEW and 0 <= j < VIEW and first + i * down + j * right != OWN:
        seen[CELLS + first + i * down + j * right] = np.float32(1.0)
    seen[2 * CELLS + direction] = np.float32(1.0)


@inlined
def step(maze, key, state, action):
    state[STEPS] += 1.0
    reward, direction = 0.0, np.int64(state[DIRECTION])
    if action == TURN_LEFT:
        state[DIRECTION] = np.float64((direction + 3) % 4)
    elif action == TURN_RIGHT:
        state[DIRECTION] = np.float64((direction + 1) % 4)
    else:
        x = np.int64(state[X]) + (1 if direction == 0 else -1 if direction == 2 else 0)
        y = np.int64(state[Y]) + (1 if direction == 1 else -1 if direction == 3 else 0)
        if (np.int64(maze[WALLS + y]) >> x) & np.int64(1) == 0:
            state[X], state[Y] = np.float64(x), np.float64(y)
            visit(state)
            if state[X] == maze[GOAL_X] and state[Y] == maze[GOAL_Y]:
                reward = 1.0 - 0.9 * (state[STEPS] / maze[CAP])
                state[REACHED] = 1.0
    return reward, state[REACHED] == 1.0 or state[STEPS] >= maze[CAP]


@kernel
def begin_all(mazes, states, wanted, seen):
    """Begin the episodes of the environments that are wanted, bool[n]; mazes, states: float64[n, ...]; fills `seen`,
    float32[n, OBSERVATIONS].
    """
    for i in range(len(states)):
        if wanted[i]:
            states[i, :] = 0.0
            reset(mazes[i], np.uint64(0), states[i])
            observe(mazes[i], states[i], seen[i])


@kernel
def step_all(mazes, states, wanted, actions, seen, rewards):
    """One step of the environments that are wanted; see `begin_all`. actions: int64[n]. Fills rewards, float64[n]."""
    for i in range(len(states)):
        if wanted[i]:
            rewards[i], _ = step(mazes[i], np.uint64(0), states[i], actions[i])
            observe(mazes[i], states[i], seen[i])


def task_row(maze: Maze) -> list[float]:
    """The numbers of a maze that the functions need."""
    bits = np.int64(1) << np.arange(maze.size)
    rows = (grid(maze) * bits).sum(axis=1).tolist()
    head = [maze.size, maze.cap, *maze.start, maze.direction, *maze.goal]
    return [float(value) for value in (*head, *rows, *[0] * (MOST - maze.size))]


SIMULATOR = simulator(
    reset,
    observe,
    step,
    row=task_row,
    size=TRACES + MOST,
    observations=Space(OBSERVATIONS),
    actions=Space(3, discrete=True),
    facts={"finished": (bool, REACHED), "visited": (np.float32, VISITED)},
    lowest_return=0.0,
    progress=VISITED,
)
"""A step is progress when the agent comes to a cell for the first time."""
