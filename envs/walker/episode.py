"""Whole episodes of the walker: many at once in lanes, or one with everything written down.

A group of worlds, one a lane, works off the queue: a lane whose episode ends takes the next one at once. What an
episode returns does not depend on its neighbours, so neither on the number of lanes or threads.
"""

from typing import NamedTuple

import llvmlite.binding
import numpy as np
from llvmlite import ir
from numba import types
from numba.core.typing.templates import signature
from numba.extending import intrinsic
from numpy.typing import NDArray

from ..api import Episodes, Trace
from ..physics.compiled import inlined, kernel
from ..physics.number import Number, number, zero
from ..policy import HIDDEN, act
from .course import Course, stack
from .ground import Grounds, grounds
from .robot import BODIES, HULL, RAYS
from .step import (
    ACTIONS,
    FALL,
    OBSERVATIONS,
    advance,
    drive,
    has_failed,
    has_finished,
    observe,
    reward_of,
    shaping_of,
)
from .world import ANGLE, BODY_ROWS, Worlds, X, Y, begin, worlds

PROGRESS = np.float32(0.1)
"""m. What the hull must gain on its farthest x to count as progress (the stall rule)."""


LANE_ANGLE = np.float32(12.0)
"""rad. Lanes know the sine of angles below 17, and a step turns a body by pi / 2 and a correction. An episode in which
a body has turned further (none seen so far: the hull would touch the ground) is run again in a single world, whose
sine knows all angles: the same bits, and no lane can overflow."""


def native_width() -> int:
    """Lanes in one register: 16 with AVX-512, 8 with AVX2, else 4. The bits are the same at any width."""
    features = llvmlite.binding.get_host_cpu_features()
    if features.get("avx512f"):
        return 16
    return 8 if features.get("avx2") else 4


@intrinsic
def take(typing, counter):
    """Add 1 to counter[0], int64[1], and return what it was, in one atomic step."""

    def emit(context, builder, sig, args):
        data = context.make_array(sig.args[0])(context, builder, args[0]).data
        return builder.atomic_rmw("add", data, ir.Constant(ir.IntType(64), 1), "monotonic")

    return signature(types.int64, counter), emit


class Lanes(NamedTuple):
    """What the lanes are doing, beside their worlds.

    Attributes:
        live: uint8[1, width], an episode is running; fresh: bool[width], its first step, at rest, is still to come.
        episode, steps, gained: int64[width]: which episode, its steps so far, the step of the last progress.
        shaping, total: float64[width]: potential after the last step, sum of rewards.
        farthest: float32[width], the x from which progress counts (m).
        handed_over: int64[episodes], those that the lanes could not finish, see `LANE_ANGLE`.
        action: float32[width, 4]; observation: float32[24]; hidden1, hidden2: float32[40]: the policy's room to work
            in.
    """

    live: NDArray[np.uint8]
    fresh: NDArray[np.bool_]
    episode: NDArray[np.int64]
    steps: NDArray[np.int64]
    gained: NDArray[np.int64]
    shaping: NDArray[np.float64]
    total: NDArray[np.float64]
    farthest: NDArray[np.float32]
    handed_over: NDArray[np.int64]
    action: NDArray[np.float32]
    observation: NDArray[np.float32]
    hidden1: NDArray[np.float32]
    hidden2: NDArray[np.float32]


def lanes(width: int, episodes: int) -> Lanes:
    """`width` lanes at rest, for a queue of so many episodes."""
    return Lanes(
        live=np.zeros((1, width), np.uint8),
        fresh=np.zeros(width, np.bool_),
        episode=np.zeros(width, np.int64),
        steps=np.zeros(width, np.int64),
        gained=np.zeros(width, np.int64),
        shaping=np.zeros(width),
        total=np.zeros(width),
        farthest=np.zeros(width, np.float32),
        handed_over=np.zeros(episodes, np.int64),
        action=np.zeros((width, ACTIONS), np.float32),
        observation=np.zeros(OBSERVATIONS, np.float32),
        hidden1=np.zeros(HIDDEN, np.float32),
        hidden2=np.zeros(HIDDEN, np.float32),
    )


@inlined
def start(w, g, lane, a, course, job):
    """Begin an episode in a lane."""
    begin(w, g, lane, course)
    a.live[0, lane], a.fresh[lane], a.episode[lane] = 1, True, job
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
        a.fresh[lane] = False
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
    g: Grounds, agents, which, cap, stall, returns, steps, finished, distance, taken, stop, w: Worlds, a: Lanes,
    lane_angle, kind,
):  # fmt: skip
    """Run episodes of the queue (see `envs.api.Episodes`) in the lanes of `w` until none is left.

    Returns how many are noted in `handed_over` instead, because a body turned by more than `lane_angle`.
    """
    like = zero(kind)
    handed_over = 0
    running = 0
    drained = False
    while stop[0] == 0:
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
        advance(w, g, a.live, like)
        for lane in range(len(a.episode)):
            if a.live[0, lane] == 0:
                continue
            job = a.episode[lane]
            if turned_too_far(w, lane, lane_angle):
                a.handed_over[handed_over] = job
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
                observe(w, g, lane, a.observation, like)
                act(agents[which[job, 1]], a.observation, a.hidden1, a.hidden2, a.action[lane])
    return handed_over


def run(queue: Episodes, width: int = 0, lane_angle: np.float32 = LANE_ANGLE) -> None:
    """Work on the queue, whose `tasks` are `Grounds`, in `width` lanes (0: as many as the machine has)."""
    everything = slice(0, len(queue.which))
    for job in work(queue, everything, queue.taken, width or native_width(), lane_angle):
        work(queue, slice(job, job + 1), np.zeros(1, np.int64), 1, np.float32(np.inf))


def work(
    queue: Episodes, part: slice, taken: NDArray[np.int64], width: int, lane_angle: np.float32
) -> NDArray[np.int64]:
    """Work on a part of the queue; returns the episodes that were handed over."""
    g, a = queue.tasks, lanes(width, part.stop - part.start)
    handed_over = work_off(
        g, queue.agents, queue.which[part], queue.cap, queue.stall, queue.returns[part], queue.steps[part],
        queue.facts["finished"][part], queue.facts["distance"][part], taken, queue.stop,
        worlds(width, g.boxes.shape[1]), a, lane_angle, number(width),
    )  # fmt: skip
    return a.handed_over[:handed_over]


@kernel
def reset_one(w: Worlds, g: Grounds, live, action, observation, kind):
    """Begin the episode of a single world, with the step of rest that Gymnasium makes; returns its shaping.

    `action` float32[4] is that of rest, zeros.
    """
    begin(w, g, 0, 0)
    drive(w, 0, action)
    advance(w, g, live, zero(kind))
    observe(w, g, 0, observation, zero(kind))
    return shaping_of(w, 0)


@kernel
def step_one(w: Worlds, g: Grounds, live, action, shaping, observation, kind):
    """One step of a single world: its new shaping, the reward, and whether it failed or finished."""
    drive(w, 0, action)
    advance(w, g, live, zero(kind))
    observe(w, g, 0, observation, zero(kind))
    potential = shaping_of(w, 0)
    reward = reward_of(potential - shaping, action, False)
    failed = has_failed(w, 0)
    return potential, FALL if failed else reward, failed, has_finished(w, 0)


SINGLE: Number = number(1)


def trace(course: Course, agent: np.ndarray, cap: int) -> Trace:
    """One episode step by step, in a single world (see `envs.api.Trace` and `Walker`)."""
    g = grounds(stack([course]))
    w = worlds(1, g.boxes.shape[1])
    live = np.ones((1, 1), np.uint8)
    observation = np.zeros(OBSERVATIONS, np.float32)
    hidden1, hidden2 = np.zeros(HIDDEN, np.float32), np.zeros(HIDDEN, np.float32)
    shaping = reset_one(w, g, live, np.zeros(ACTIONS, np.float32), observation, SINGLE)
    scene = {name: [value] for name, value in snapshot(w).items()}
    rewards, observations, actions = [], [], []
    failed = finished = False
    while len(rewards) < cap and not failed and not finished:
        action = np.zeros(ACTIONS, np.float32)
        act(agent, observation, hidden1, hidden2, action)
        observations.append(observation.copy())
        shaping, reward, failed, finished = step_one(w, g, live, action, shaping, observation, SINGLE)
        rewards.append(reward)
        actions.append(action)
        for name, value in snapshot(w).items():
            scene[name].append(value)
    return Trace(
        np.array(rewards),
        np.array(observations, np.float32).reshape(-1, OBSERVATIONS),
        np.array(actions, np.float32).reshape(-1, ACTIONS),
        {name: np.array(values) for name, values in scene.items()},
        {"finished": bool(finished and not failed), "distance": float(w.bodies[X, 0])},
    )


def snapshot(w: Worlds) -> dict[str, np.ndarray]:
    """What a picture of a single world needs."""
    bodies = w.bodies[:, 0].reshape(BODIES, BODY_ROWS)
    rays = w.rays[:, 0].reshape(3, RAYS)
    ends = bodies[HULL, [X, Y]] + (rays[:2] * rays[2]).T
    return {
        "position": bodies[:, [X, Y]].copy(),
        "angle": bodies[:, ANGLE].copy(),
        "lidar": ends.astype(np.float32),
        "contact": w.feet[:, 0].astype(bool),
    }
