"""Environments that record each step they make: the lanes' own kernel, with the stochastic policy inside.

An episode that ends is followed by another at once, on a course drawn by key. What an environment records depends on
its key alone: not on its neighbours, so neither on the number of lanes, teams or threads.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...nets.draw import COURSES, NOISE, Actor, Room, draw, room, task_of
from ...nets.layout import ROWS, STRIDE, Perceptron
from ...nets.product import LANES
from ...nets.recorded import GOES_ON, TERMINAL, TRUNCATED, Recorded
from ...simd.compiled import inlined, kernel
from ...simd.number import zero
from .episode import PROGRESS, lanes, turned_too_far
from .ground import Grounds
from .grouping import KINDS, exchange, sort_worlds
from .positions import begin_positions, solve_together
from .robot import HULL
from .step import (
    ACTIONS,
    FALL,
    OBSERVATIONS,
    advance,
    approach,
    conclude,
    drive,
    has_failed,
    has_finished,
    observe,
    reward_of,
    shaping_of,
)
from .world import BODY_ROWS, Worlds, X, begin, groups, worlds


class Team(NamedTuple):
    """Some environments, one a lane, and room to move them on.

    Attributes:
        worlds, lanes: see `episode`; a lane's `episode` is its environment.
        ward: width worlds, homes: int64[width], see `positions.solve_together`.
        kinds: uint8[worlds], ends: int64[2, KINDS], see `grouping`.
        single: a world of one lane, in which episodes begin. alone: uint8[1, 1], 1.
        room: the policy's. rest: float32[4], zeros.
    """

    worlds: np.recarray
    lanes: np.recarray
    ward: Worlds
    homes: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    ends: NDArray[np.int64]
    single: Worlds
    alone: NDArray[np.uint8]
    room: Room
    rest: NDArray[np.float32]


class Board(NamedTuple):
    """What is known of n environments.

    Attributes:
        ground: the ground of each. courses: those to draw from.
        course: int64[n], which it stands on. begun: int64[n], episodes begun. cuts: int64[n], truncated of late.
        seen: float32[n, 24], what it shows. streams: uint64[n, 3], see `nets.draw`.
    """

    ground: Grounds
    courses: Grounds
    course: NDArray[np.int64]
    begun: NDArray[np.int64]
    cuts: NDArray[np.int64]
    seen: NDArray[np.float32]
    streams: NDArray[np.uint64]


class Ends(NamedTuple):
    """How episodes ended.

    Attributes:
        totals, lengths, finished: float64, int32, uint8 [rows], of rows whose step ends an episode: its return, its
            steps, whether the course was finished.
        courses, fresh: int32, uint8 [rows], of every row: which course; whether the step is an episode's first.
    """

    totals: NDArray[np.float64]
    lengths: NDArray[np.int32]
    finished: NDArray[np.uint8]
    courses: NDArray[np.int32]
    fresh: NDArray[np.uint8]


@inlined
def copy_row(target, place, source, row):
    """target[place] = source[row], float32[..., k, l]."""
    for i in range(source.shape[1]):
        for j in range(source.shape[2]):
            target[place, i, j] = source[row, i, j]


@inlined
def copy_boxes(target, place, source, row, count):
    """The same for the first `count` polygons of float32[..., b, k, 2]."""
    for b in range(count):
        for i in range(source.shape[2]):
            target[place, b, i, 0], target[place, b, i, 1] = source[row, b, i, 0], source[row, b, i, 1]


@kernel
def lay(ground: Grounds, place, courses: Grounds, course):
    """Copy a course's ground."""
    count = courses.box_counts[course]
    copy_row(ground.edges, place, courses.edges, course)
    copy_boxes(ground.edge_ends, place, courses.edge_ends, course, courses.edge_ends.shape[1])
    copy_row(ground.edge_reach, place, courses.edge_reach, course)
    copy_boxes(ground.boxes, place, courses.boxes, course, count)
    copy_boxes(ground.box_normals, place, courses.box_normals, course, count)
    copy_row(ground.box_centroids, place, courses.box_centroids, course)
    copy_row(ground.box_reach, place, courses.box_reach, course)
    for b in range(count):
        ground.box_corners[place, b] = courses.box_corners[course, b]
    ground.box_counts[place] = count
    ground.pushes[place] = courses.pushes[course]


@kernel
def start(b: Board, t: Team, w: Worlds, a, lane, one):
    """Begin the next episode of a lane's environment, with the step of rest, made in the single world."""
    me = a.episode[lane]
    b.course[me] = task_of(b.streams[me, COURSES], b.begun[me], len(b.courses.pushes))
    b.begun[me] += 1
    lay(b.ground, me, b.courses, b.course[me])
    begin(t.single, b.ground, 0, me)
    drive(t.single, 0, t.rest)
    advance(t.single, b.ground, t.alone, zero(one))
    observe(t.single, b.ground, 0, b.seen[me], zero(one))
    exchange(t.single, 0, w, lane)
    a.shaping[lane] = shaping_of(w, lane)
    a.farthest[lane] = w.bodies[HULL * BODY_ROWS + X, lane]
    a.steps[lane], a.gained[lane], a.total[lane] = 0, 0, 0.0


@kernel
def start_all(b: Board, t: Team, one):
    """Begin the first episodes of a team."""
    for group in range(len(t.worlds)):
        w, a = t.worlds[group], t.lanes[group]
        for lane in range(len(a.episode)):
            if a.live[0, lane]:
                start(b, t, w, a, lane, one)


@kernel
def decide(b: Board, t: Team, actor: Actor, record: Recorded, step, tick, like):
    """Draw and record the actions of a team."""
    width = len(t.lanes[0].episode)
    stride, steps = actor.plan[0, STRIDE], len(record.rewards) // len(b.seen)
    for first in range(0, width * len(t.worlds), ROWS):
        rows = min(ROWS, width * len(t.worlds) - first)
        for i in range(rows):
            me = t.lanes[(first + i) // width].episode[(first + i) % width]
            t.room.keys[i // LANES, i % LANES] = b.streams[me, NOISE]
            for j in range(OBSERVATIONS):
                t.room.values[i * stride + j] = b.seen[me, j]
        draw(actor, t.room, rows, tick, like)
        for i in range(rows):
            a, lane = t.lanes[(first + i) // width], (first + i) % width
            if a.live[0, lane] == 0:
                continue
            row = a.episode[lane] * steps + step
            for j in range(OBSERVATIONS):
                record.observations[row, j] = t.room.values[i * stride + j]
            for j in range(ACTIONS):
                record.actions[row, j] = t.room.actions[j * ROWS + i]
                a.action[lane, j] = t.room.actions[j * ROWS + i]
            record.log_probabilities[row] = t.room.densities[i]


@inlined
def account(b, w, a, lane, record, row, ends, cap, stall, lane_angle):
    """Record a lane's step; returns how it ended."""
    potential = shaping_of(w, lane)
    gain = potential - a.shaping[lane]
    a.shaping[lane] = potential
    a.steps[lane] += 1
    failed = has_failed(w, lane)
    reward = FALL if failed else reward_of(gain, a.action[lane], False)
    a.total[lane] += reward
    x = w.bodies[HULL * BODY_ROWS + X, lane]
    if x > a.farthest[lane] + PROGRESS:
        a.farthest[lane] = x
        a.gained[lane] = a.steps[lane]
    record.rewards[row] = reward
    ends.courses[row], ends.fresh[row] = b.course[a.episode[lane]], a.steps[lane] == 1
    finished = has_finished(w, lane) and not failed
    end = GOES_ON
    if failed or finished or turned_too_far(w, lane, lane_angle):
        end = TERMINAL
    elif a.steps[lane] >= cap or (stall > 0 and a.steps[lane] - a.gained[lane] >= stall):
        end = TRUNCATED
    record.ends[row] = end
    if end != GOES_ON:
        ends.totals[row], ends.lengths[row] = a.total[lane], a.steps[lane]
        ends.finished[row] = finished
    return end


@kernel
def move_on(
    b: Board, t: Team, actor: Actor, record: Recorded, ends: Ends, first, last, tick, cap, stall, stop, lane_angle,
    kind, one, sixteen,
):  # fmt: skip
    """Make and record the steps first .. last - 1 of a team; `tick` steps were made before step 0 of this record."""
    like = zero(kind)
    steps = len(record.rewards) // len(b.seen)
    busy = len(t.worlds)
    for step in range(first, last):
        if stop[0]:
            return
        decide(b, t, actor, record, step, tick + step, zero(sixteen))
        for group in range(busy):
            w, a = t.worlds[group], t.lanes[group]
            for lane in range(len(a.episode)):
                if a.live[0, lane]:
                    drive(w, lane, a.action[lane])
            approach(w, b.ground, a.live, like)
            begin_positions(w, like)
        solve_together(t.worlds, busy, t.ward, t.homes, like)
        for group in range(busy):
            w, a = t.worlds[group], t.lanes[group]
            conclude(w, b.ground, a.live, like)
            for lane in range(len(a.episode)):
                if a.live[0, lane] == 0:
                    continue
                me = a.episode[lane]
                end = account(b, w, a, lane, record, me * steps + step, ends, cap, stall, lane_angle)
                if end == GOES_ON:
                    observe(w, b.ground, lane, b.seen[me], like)
                    continue
                if end == TRUNCATED:
                    observe(w, b.ground, lane, record.finals[me, b.cuts[me]], like)
                    b.cuts[me] += 1
                start(b, t, w, a, lane, one)
        if busy > 1:
            sort_worlds(t.worlds, t.lanes, t.kinds, t.ends)


def team(first: int, last: int, width: int, net: Perceptron) -> Team:
    """A team of the environments first .. last - 1."""
    count = -(-(last - first) // width)
    made = Team(
        worlds=groups(count, width),
        lanes=lanes(count, width),
        ward=worlds(width),
        homes=np.zeros(width, np.int64),
        kinds=np.zeros(count * width, np.uint8),
        ends=np.zeros((2, KINDS), np.int64),
        single=worlds(1),
        alone=np.ones((1, 1), np.uint8),
        room=room(net),
        rest=np.zeros(ACTIONS, np.float32),
    )
    for at in range(last - first):
        made.lanes[at // width].live[0, at % width] = 1
        made.lanes[at // width].episode[at % width] = first + at
    return made
