"""Whole episodes of the walker, many at once in lanes.

Groups of worlds, one a lane, work off the queue: a lane whose episode ends takes the next one at once. What an episode
returns does not depend on its neighbours, so neither on the number of lanes, groups or threads.
"""

import os
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...api import Queue
from ...forward import act, room_for
from ...policy import Policy
from ...queue import take
from ...records import records
from ...simd.compiled import inlined, kernel
from ...simd.cpu import has
from ...simd.lanes import WIDTHS
from ...simd.number import number, zero
from .ground import Grounds
from .grouping import KINDS, sort_worlds
from .positions import begin_positions, solve_together
from .robot import BODIES, HULL
from .step import (
    ACTIONS,
    FALL,
    OBSERVATIONS,
    approach,
    conclude,
    drive,
    has_failed,
    has_finished,
    observe,
    reward_of,
    shaping_of,
)
from .world import ANGLE, BODY_ROWS, Worlds, X, begin, groups, worlds

PROGRESS = np.float32(0.1)
"""m. What the hull must gain on its farthest x to count as progress (the stall rule)."""

MOST_GROUPS = 6
"""Groups of lanes in a thread. More let worlds be sorted better, and leave the first caches."""
EPISODES_PER_LANE = 4
"""Fewest on average for a thread to run another group: what is under way in one thread the others cannot take."""
LANE_ANGLE = np.float32(12.0)
"""rad. Lanes know the sine of angles below 17, and a step turns a body by pi / 2 and a correction. An episode in which
a body has turned further (none seen so far: the hull would touch the ground) is run again in a single world, whose
sine knows all angles: the same bits, and no lane can overflow."""


def native_width() -> int:
    """Lanes in one register: 16 with AVX-512, 8 with AVX2, else 4. The bits are the same at any width.

    The environment variable OPENENDED_LANES chooses another number; one that is none of `WIDTHS` raises ValueError.
    """
    if chosen := os.environ.get("OPENENDED_LANES"):
        if chosen not in map(str, WIDTHS):
            raise ValueError(f"OPENENDED_LANES is {chosen!r}; choose one of {', '.join(map(str, WIDTHS))}")
        return int(chosen)
    return 16 if has("avx512f") else 8 if has("avx2") else 4


Lanes = np.record
"""What the lanes of a group are doing, beside their worlds.

Fields:
    live: uint8[1, width], an episode is running; fresh: uint8[width], its first step, at rest, is still to come.
    episode, steps, gained: int64[width]: which episode, its steps so far, the step of the last progress.
    shaping, total: float64[width]: potential after the last step, sum of rewards.
    farthest: float32[width], the x from which progress counts (m).
    action: float32[width, 4].
"""


def lanes(count: int, width: int) -> np.recarray:
    """`count` times `width` lanes at rest, an array of `Lanes`."""
    each = (width,)
    return records(
        count,
        {
            "live": (np.uint8, (1, width)),
            "fresh": (np.uint8, each),
            "episode": (np.int64, each),
            "steps": (np.int64, each),
            "gained": (np.int64, each),
            "shaping": (np.float64, each),
            "total": (np.float64, each),
            "farthest": (np.float32, each),
            "action": (np.float32, (width, ACTIONS)),
        },
    )


class Desk(NamedTuple):
    """Room to work in.

    Attributes:
        handed_over: int64[episodes], those that the lanes could not finish, see `LANE_ANGLE`.
        homes: int64[width], see `positions.solve_together`.
        kinds: uint8[worlds]; ends: int64[2, KINDS], see `grouping`.
        code, room: the policy's, see `forward.act`; memory: float32[episodes, memory], what it carries on in each.
        observation: float32[24].
    """

    handed_over: NDArray[np.int64]
    homes: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    ends: NDArray[np.int64]
    code: NDArray[np.int64]
    room: NDArray[np.float32]
    memory: NDArray[np.float32]
    observation: NDArray[np.float32]


def desk(count: int, width: int, episodes: int, policy: Policy) -> Desk:
    """Memory for `count` times `width` worlds and a queue of `episodes` episodes."""
    return Desk(
        handed_over=np.zeros(episodes, np.int64),
        homes=np.zeros(width, np.int64),
        kinds=np.zeros(count * width, np.uint8),
        ends=np.zeros((2, KINDS), np.int64),
        code=policy.code,
        room=room_for(policy),
        memory=np.zeros((episodes, policy.memory), np.float32),
        observation=np.zeros(OBSERVATIONS, np.float32),
    )


@inlined
def start(w, g, lane, a, course, job):
    """Begin an episode in a lane."""
    begin(w, g, lane, course)
    a.live[0, lane], a.fresh[lane], a.episode[lane] = 1, 1, job
    a.steps[lane], a.gained[lane], a.total[lane] = 0, 0, 0.0
    for j in range(ACTIONS):
        a.action[lane, j] = 0.0


@inlined
def account(w, lane, a, cap, stall):
    """Count a lane's step and its reward; true if the episode is over."""
    potential = shaping_of(w, lane)
    gain = potential - a.shaping[lane]
    a.shaping[lane] = potential
    x = w.bodies[HULL * BODY_ROWS + X, lane]
    if a.fresh[lane]:
        a.fresh[lane] = 0
        a.farthest[lane] = x
        return False
    a.steps[lane] += 1
    failed = has_failed(w, lane)
    a.total[lane] += FALL if failed else reward_of(gain, a.action[lane], False)
    if x > a.farthest[lane] + PROGRESS:
        a.farthest[lane] = x
        a.gained[lane] = a.steps[lane]
    stalled = stall > 0 and a.steps[lane] - a.gained[lane] >= stall
    return failed or has_finished(w, lane) or a.steps[lane] >= cap or stalled


@inlined
def turned_too_far(w, lane, most):
    """True if a body of this world stands at an angle beyond `most`."""
    far = False
    for body in range(BODIES):
        far = far or abs(w.bodies[body * BODY_ROWS + ANGLE, lane]) > most
    return far


@kernel
def work_off(
    g: Grounds, agents, which, cap, stall, returns, steps, finished, distance, taken, stop, worlds, lanes, ward: Worlds,
    desk: Desk, lane_angle, kind,
):  # fmt: skip
    """Run episodes of the queue (see `envs.api.Queue`) in groups of lanes until none is left.

    Returns how many are noted in `handed_over` instead, because a body turned by more than `lane_angle`.
    """
    like = zero(kind)
    handed_over = 0
    running = 0
    drained = False
    while stop[0] == 0:
        for group in range(len(worlds)):
            w, a = worlds[group], lanes[group]
            for lane in range(len(a.episode)):
                if a.live[0, lane] == 0 and not drained:
                    job = take(taken)
                    drained = job >= len(which)
                    if not drained:
                        start(w, g, lane, a, which[job, 0], job)
                        running += 1
                if a.live[0, lane]:
                    drive(w, lane, a.action[lane])
        if running == 0:
            break
        busy = -(-running // len(lanes[0].episode))
        for group in range(busy):
            approach(worlds[group], g, lanes[group].live, like)
            begin_positions(worlds[group], like)
        solve_together(worlds, busy, ward, desk.homes, like)
        for group in range(busy):
            w, a = worlds[group], lanes[group]
            conclude(w, g, a.live, like)
            for lane in range(len(a.episode)):
                if a.live[0, lane] == 0:
                    continue
                job = a.episode[lane]
                if turned_too_far(w, lane, lane_angle):
                    desk.handed_over[handed_over] = job
                    handed_over += 1
                    a.live[0, lane] = 0
                    running -= 1
                elif account(w, lane, a, cap, stall):
                    returns[job], steps[job] = a.total[lane], a.steps[lane]
                    finished[job] = has_finished(w, lane) and not has_failed(w, lane)
                    distance[job] = w.bodies[HULL * BODY_ROWS + X, lane]
                    a.live[0, lane] = 0
                    running -= 1
                else:
                    observe(w, g, lane, desk.observation, like)
                    agent, memory = agents[which[job, 1]], desk.memory[job]
                    act(desk.code, agent, desk.observation, memory, desk.room, a.action[lane])
        if len(worlds) > 1:
            sort_worlds(worlds, lanes, desk.kinds, desk.ends)
    return handed_over


def run(queue: Queue, width: int = 0, lane_angle: np.float32 = LANE_ANGLE, count: int = 0) -> None:
    """Work on the queue, whose `tasks` are `Grounds`, in `count` groups of `width` lanes (0: as it suits)."""
    width = width or native_width()
    count = count or suitable(len(queue.which), queue.threads, width)
    everything = slice(0, len(queue.which))
    for job in work(queue, everything, queue.taken, width, lane_angle, count):
        work(queue, slice(job, job + 1), np.zeros(1, np.int64), 1, np.float32(np.inf))


def suitable(episodes: int, threads: int, width: int) -> int:
    """How many groups: as many as leave each lane some `EPISODES_PER_LANE` to run, so that no thread takes too much."""
    return min(max(episodes // (threads * width * EPISODES_PER_LANE), 1), MOST_GROUPS)


def work(
    queue: Queue, part: slice, taken: NDArray[np.int64], width: int, lane_angle: np.float32, count: int = 1
) -> NDArray[np.int64]:
    """Work on a part of the queue; returns the episodes that were handed over."""
    g, room = queue.tasks, desk(count, width, part.stop - part.start, queue.policy)
    handed_over = work_off(
        g, queue.agents, queue.which[part], queue.cap, queue.stall, queue.returns[part], queue.steps[part],
        queue.facts["finished"][part], queue.facts["distance"][part], taken, queue.stop,
        groups(count, width), lanes(count, width), worlds(width), room, lane_angle, number(width),
    )  # fmt: skip
    return room.handed_over[:handed_over]
