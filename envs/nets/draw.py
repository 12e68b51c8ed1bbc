"""Drawing actions from what an actor's network says, by keys."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..random import between, bits, uniform
from ..simd.compiled import kernel
from ..simd.exp import exp
from ..simd.flat import store_at
from ..simd.log import log
from ..simd.normal import normal_pair, random_words
from ..simd.number import zero
from .actions import HALF, HALF_LOG_TWO_PI, NORMAL, ZERO
from .dense import forward
from .layout import BEFORE, ROWS, STRIDE, Perceptron, Plan, Vector, memory
from .product import LANES, TALL

COURSES, NOISE, EPISODES = range(3)
"""Streams of an environment that records: of its episodes' tasks, of its actions' noise, of its episodes' keys."""


class Actor(NamedTuple):
    """A stochastic policy.

    Attributes:
        kind: `actions.NORMAL` or CHOICE. outputs: of the network.
        plan, parameters: its network, padded; see `layout`.
        deviations: float32[3 * a], see `actions.normal_slopes`; of no matter for a choice.
    """

    kind: int
    outputs: int
    plan: Plan
    parameters: Vector
    deviations: Vector


class Room(NamedTuple):
    """Room of one thread to draw in.

    Attributes:
        keys: uint64[ROWS / LANES, LANES], the stream of each row.
        values: float32, of the network; its first [ROWS, STRIDE] are the observations.
        noise, actions: float32[a * ROWS], quantity after quantity; of a choice, actions[row] is its index.
        densities: float32[ROWS], log p(action).
    """

    keys: NDArray[np.uint64]
    values: Vector
    noise: Vector
    actions: Vector
    densities: Vector


def room(net: Perceptron) -> Room:
    """Room for one thread."""
    outputs = (net.sizes[-1] + 1) // 2 * 2 * ROWS
    keys = np.zeros((ROWS // LANES, LANES), np.uint64)
    return Room(keys, memory(net.values), memory(outputs), memory(outputs), memory(ROWS))


@kernel
def draw(actor: Actor, r: Room, rows, index, like):
    """Fill `actions` and `densities` of `rows` rows whose observations and keys are there: draw `index` of each key."""
    forward(actor.plan, actor.parameters, r.values, (rows + TALL - 1) // TALL * TALL, like)
    last = len(actor.plan) - 1
    after, columns = actor.plan[last, BEFORE], actor.plan[last, STRIDE]
    if actor.kind == NORMAL:
        draw_normals(actor, r, rows, index, after, columns, like)
    else:
        for row in range(rows):
            draw_choice(r, row, index, after + row * columns, actor.outputs)


@kernel
def draw_normals(actor: Actor, r: Room, rows, index, after, columns, like):
    """Mean + standard deviation * noise."""
    count = len(actor.deviations) // 3
    pairs = (count + 1) // 2
    for row in range(0, rows, LANES):
        for pair in range(pairs):
            words = random_words(r.keys, row // LANES, np.uint64(index * pairs + pair), like)
            x, y = normal_pair(words)
            store_at(r.noise, 2 * pair * ROWS + row, x)
            store_at(r.noise, (2 * pair + 1) * ROWS + row, y)
    constant = ZERO
    for j in range(count):
        constant = constant + (actor.deviations[j] + HALF_LOG_TWO_PI)
    for row in range(rows):
        density = ZERO
        for j in range(count):
            z = r.noise[j * ROWS + row]
            r.actions[j * ROWS + row] = r.values[after + row * columns + j] + actor.deviations[count + j] * z
            density = density + HALF * (z * z)
        r.densities[row] = -density - constant


@kernel
def draw_choice(r: Room, row, index, outputs, count):
    """The first action at which the sum of probabilities exceeds a uniform number."""
    most = r.values[outputs]
    for j in range(1, count):
        most = max(most, r.values[outputs + j])
    total = ZERO
    for j in range(count):
        total = total + exp(r.values[outputs + j] - most)
    level = np.float32(uniform(r.keys[row // LANES, row % LANES], index)) * total
    choice, reached = 0, exp(r.values[outputs] - most)
    while choice + 1 < count and reached <= level:
        choice += 1
        reached = reached + exp(r.values[outputs + choice] - most)
    r.actions[row] = choice
    r.densities[row] = r.values[outputs + choice] - most - log(total)


@kernel
def draw_for(actor: Actor, r: Room, streams, seen, first, last, index, actions, densities, kind):
    """Draw for the environments first .. last - 1, ROWS at most.

    streams: uint64[n, 3]; seen: float32[n, o]; filled are actions, float32[n, a], and densities, float32[n].
    """
    stride = actor.plan[0, STRIDE]
    for i in range(last - first):
        r.keys[i // LANES, i % LANES] = streams[first + i, NOISE]
        for j in range(seen.shape[1]):
            r.values[i * stride + j] = seen[first + i, j]
    draw(actor, r, last - first, index, zero(kind))
    for i in range(last - first):
        densities[first + i] = r.densities[i]
        for j in range(actions.shape[1]):
            actions[first + i, j] = r.actions[j * ROWS + i]


def streams(key: int, environments: int) -> NDArray[np.uint64]:
    """The streams of each environment, uint64[n, 3]; `key`, 0 .. 2^64 - 1, fixes them."""
    made = np.zeros((environments, 3), np.uint64)
    _fill_streams(np.uint64(key), made)
    return made


@kernel
def _fill_streams(key, made):
    for environment in range(len(made)):
        for which in range(made.shape[1]):
            made[environment, which] = bits(key, made.shape[1] * environment + which)


@kernel
def task_of(stream, episode, tasks):
    """The task of an environment's episode, each of `tasks` as likely; `stream` is that of its courses."""
    return between(stream, episode, 0, tasks)


@kernel
def key_of(stream, episode):
    """The key of an environment's episode; `stream` is that of its episodes."""
    return bits(stream, episode)
