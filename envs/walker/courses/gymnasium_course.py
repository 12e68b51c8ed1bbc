"""The courses of Gymnasium 1.4's BipedalWalker-v3 and BipedalWalkerHardcore-v3, bit for bit.

`_generate_terrain`, `_generate_clouds` and the push on the hull in gymnasium/envs/box2d/bipedal_walker.py, with the
draws of NumPy's PCG64 in their order. Stumps are cubes of 1 or 2 tiles, pits 2 or 3 tiles wide, stairs 3 or 4 steps of
one tile.
"""

import numpy as np

from ...simd.compiled import maker
from .course import (
    GRASS,
    GROUND_HEIGHT,
    GROUND_POINTS,
    LONGEST_GRASS,
    MAX_BOXES,
    PIT,
    PIT_DEPTH,
    PUSH,
    SCALE,
    SHORTEST_GRASS,
    STAIR_WIDTH,
    STAIRS,
    START_PAD,
    STUMP,
    TILE,
    Course,
    put_box,
)

CLOUD_DRAWS = 110
"""Draws for the clouds in the background, between those for the terrain and that for the push."""


def gymnasium_course(seed: int, hardcore: bool = False) -> Course:
    """The course that `env.reset(seed=seed)` makes."""
    return next_course(np.random.Generator(np.random.PCG64(seed)), hardcore)


def next_course(random: np.random.Generator, hardcore: bool) -> Course:
    """The course that a reset without a seed makes when the environment's generator is `random`, which advances."""
    return Course(*_generate(random, hardcore))


@maker
def _generate(random, hardcore):
    points = np.zeros((GROUND_POINTS, 2), np.float32)
    boxes = np.zeros((MAX_BOXES, 4, 2), np.float32)
    kinds = np.zeros(MAX_BOXES, np.uint8)
    state, one_shot, counter, count = GRASS, False, START_PAD, 0
    y, velocity, before = GROUND_HEIGHT, 0.0, 0.0
    direction, stair_steps = 0, 0
    for i in range(GROUND_POINTS):
        x = i * TILE
        if state == GRASS and not one_shot:
            velocity = 0.8 * velocity + 0.01 * np.sign(GROUND_HEIGHT - y)
            if i > START_PAD:
                velocity += random.uniform(-1.0, 1.0) / SCALE
            y += velocity
        elif state == PIT and one_shot:
            counter = random.integers(3, 5)
            bottom, shift = y - PIT_DEPTH * TILE, TILE * counter
            count = put_box(boxes, kinds, count, PIT, x, x + TILE, y, bottom)
            count = put_box(boxes, kinds, count, PIT, x + shift, x + TILE + shift, y, bottom)
            counter += 2
            before = y
        elif state == PIT:
            y = before
            if counter > 1:
                y -= PIT_DEPTH * TILE
        elif state == STUMP and one_shot:
            counter = random.integers(1, 3)
            count = put_box(boxes, kinds, count, STUMP, x, x + counter * TILE, y, y + counter * TILE)
        elif state == STAIRS and one_shot:
            direction = 1 if random.random() > 0.5 else -1
            stair_steps = random.integers(3, 5)
            before = y
            for s in range(stair_steps):
                left, right = x + (s * STAIR_WIDTH) * TILE, x + ((1 + s) * STAIR_WIDTH) * TILE
                top, bottom = y + (s * direction) * TILE, y + (-1 + s * direction) * TILE
                count = put_box(boxes, kinds, count, STAIRS, left, right, top, bottom)
            counter = stair_steps * STAIR_WIDTH
        elif state == STAIRS:
            n = (stair_steps * STAIR_WIDTH - counter - direction) / STAIR_WIDTH
            y = before + (n * direction) * TILE
        one_shot = False
        points[i, 0], points[i, 1] = x, y
        counter -= 1
        if counter == 0:
            counter = random.integers(SHORTEST_GRASS, LONGEST_GRASS + 1)
            one_shot = True
            state = random.integers(STUMP, PIT + 1) if state == GRASS and hardcore else GRASS
    for _ in range(CLOUD_DRAWS):
        random.random()
    push = np.float32(random.uniform(-PUSH, PUSH))
    return points, boxes, kinds, count, push
