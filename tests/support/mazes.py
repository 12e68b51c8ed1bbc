"""Mazes for tests: hypothesis's, and a second implementation of what is known of them, cell by cell."""

from collections import deque

import numpy as np
from hypothesis import strategies as st

from openended.envs.maze import draws
from openended.envs.maze.change import mutate
from openended.envs.maze.maze import grid

AHEAD = ((1, 0), (0, 1), (-1, 0), (0, -1))
KEYS = st.integers(0, 2**64 - 1)


@st.composite
def mazes(draw, largest=21):
    """Random walls, perfect mazes, and mutants of both."""
    size, key = draw(st.integers(5, largest)), draw(KEYS)
    made = draws.scattered(size, draw(st.integers(0, (size - 2) ** 2 - 2)), key)
    if size % 2 and draw(st.booleans()):
        made = draws.spanning_tree(size, key)
    return mutate(made, key) if draw(st.booleans()) else made


def moves_to(maze):
    """Moves from the start to every cell that can be reached, by cell (x, y)."""
    walls, found, queue = grid(maze), {maze.start: 0}, deque([maze.start])
    while queue:
        x, y = queue.popleft()
        for a, b in AHEAD:
            if not walls[y + b, x + a] and (x + a, y + b) not in found:
                found[x + a, y + b] = found[x, y] + 1
                queue.append((x + a, y + b))
    return found


def actions_to(maze):
    """Actions from the start and its direction to every (cell, direction) that can be reached."""
    walls, first = grid(maze), (maze.start, maze.direction)
    found, queue = {first: 0}, deque([first])
    while queue:
        (x, y), way = place = queue.popleft()
        a, b = AHEAD[way]
        turned = [((x, y), (way + 1) % 4), ((x, y), (way - 1) % 4)]
        moved = [] if walls[y + b, x + a] else [((x + a, y + b), way)]
        for other in turned + moved:
            if other not in found:
                found[other] = found[place] + 1
                queue.append(other)
    return found


def free_neighbours(maze):
    """How many free neighbours each free cell has that can be reached."""
    walls = grid(maze)
    return {(x, y): sum(not walls[y + b, x + a] for a, b in AHEAD) for x, y in moves_to(maze)}


def seen(maze, x, y, direction):
    """What an agent sees, by the rules in words: walls and goals [5, 5], the farthest row first."""
    walls, goals = np.ones((5, 5)), np.zeros((5, 5))
    (a, b), size = AHEAD[direction], maze.size
    for far in range(5):
        for side in range(-2, 3):  # from left to right: the right hand of (a, b) is (-b, a)
            at = (x + far * a - side * b, y + far * b + side * a)
            if min(at) >= 0 and max(at) < size:
                walls[4 - far, side + 2] = grid(maze)[at[1], at[0]]
                goals[4 - far, side + 2] = at == maze.goal and at != (x, y)
    return walls, goals
