"""Worlds that are stepped together by Gymnasium's rules, one episode a lane: what both Gymnasium classes are made of.

Every episode has a fresh world. (A Gymnasium object that is reset keeps Box2D's world: proxy ids come from the free
list of the broad phase's tree, so the order of contacts, and with it the last bits, depend on the episodes before.)
"""

import sys
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numba import typeof
from numba.core import event
from numpy.typing import NDArray

from ...simd.compiled import inlined, kernel
from ...simd.number import number, zero
from ..courses.course import GROUND_POINTS, MAX_BOXES, Course, Courses
from ..simulation.episode import LANE_ANGLE, turned_too_far
from ..simulation.ground import Grounds, fill, grounds
from ..simulation.grouping import exchange
from ..simulation.robot import BODIES
from ..simulation.step import (
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
from ..simulation.world import ANGLE, BODY_ROWS, Worlds, X, Y, begin, worlds


class Rows(NamedTuple):
    """What goes into a step and comes out of it, one row an episode.

    Attributes:
        fresh: bool[n], the episode begins with this step.
        actions: float64[n, 4], without NaN; of no matter, and zeroed, where fresh.
        shaping: float64[n], kept from step to step.
        observations: float32[n, 24].
        rewards, terminated: float64[n], bool[n]; 0 and false where fresh.
        far: bool[n], a body has turned so far that lanes may not know its sine in the next step.
    """

    fresh: NDArray[np.bool_]
    actions: NDArray[np.float64]
    shaping: NDArray[np.float64]
    observations: NDArray[np.float32]
    rewards: NDArray[np.float64]
    terminated: NDArray[np.bool_]
    far: NDArray[np.bool_]


def rows(count: int) -> Rows:
    """Rows for `count` episodes."""
    return Rows(
        fresh=np.zeros(count, np.bool_),
        actions=np.zeros((count, ACTIONS)),
        shaping=np.zeros(count),
        observations=np.zeros((count, OBSERVATIONS), np.float32),
        rewards=np.zeros(count),
        terminated=np.zeros(count, np.bool_),
        far=np.zeros(count, np.bool_),
    )


class Waiting(NamedTuple):
    """The part of `Worlds` that the solver moves on in all lanes, also in those that wait."""

    bodies: NDArray[np.float32]
    joints: NDArray[np.float32]
    awake: NDArray[np.uint8]
    moved: NDArray[np.uint8]


@inlined
def copy_lanes(source: Waiting, target: Waiting, lanes):
    """Copy the lanes in which `lanes`, uint8[1, width], is 0."""
    for lane in range(lanes.shape[1]):
        if lanes[0, lane] == 0:
            for row in range(len(source.bodies)):
                target.bodies[row, lane] = source.bodies[row, lane]
            for row in range(len(source.joints)):
                target.joints[row, lane] = source.joints[row, lane]
            for row in range(len(source.awake)):
                target.awake[row, lane] = source.awake[row, lane]
                target.moved[row, lane] = source.moved[row, lane]


@kernel
def step_worlds(w: Worlds, g: Grounds, live, each: Rows, aside: Waiting, double, lane_angle, kind):
    """One step in every live lane, uint8[1, width]; a fresh one makes the step of rest of Gymnasium's reset.

    Lane i stands on course i and has row i; lanes without a row are never live. The others stay as they are. `double`
    says whether the actions were given in float64 rather than float32. Returns how many worlds are `far`.
    """
    like = zero(kind)
    worlds_now = Waiting(w.bodies, w.joints, w.awake, w.moved)
    copy_lanes(worlds_now, aside, live)
    for lane in range(live.shape[1]):
        if live[0, lane]:
            if each.fresh[lane]:
                begin(w, g, lane, lane)
                each.actions[lane] = 0.0
            drive(w, lane, each.actions[lane])
    advance(w, g, live, like)
    copy_lanes(aside, worlds_now, live)
    far = 0
    for lane in range(live.shape[1]):
        if live[0, lane] == 0:
            continue
        observe(w, g, lane, each.observations[lane], like)
        potential = shaping_of(w, lane)
        if each.fresh[lane]:
            each.rewards[lane], each.terminated[lane] = 0.0, False
        else:
            failed = has_failed(w, lane)
            reward = reward_of(potential - each.shaping[lane], each.actions[lane], double)
            each.rewards[lane] = FALL if failed else reward
            each.terminated[lane] = failed or has_finished(w, lane)
        each.shaping[lane] = potential
        each.far[lane] = turned_too_far(w, lane, lane_angle)
        far += each.far[lane]
    return far


class Announcement(event.Listener):
    """Says on stderr that `step_worlds` is being compiled, which its cache spares all but the first process."""

    def on_start(self, started: event.Event) -> None:
        if started.data["dispatcher"] is step_worlds:
            print("openended: the walker is being compiled for this machine, which takes a minute", file=sys.stderr)

    def on_end(self, ended: event.Event) -> None:
        pass


class Group:
    """Episodes in the `width` lanes of one `Worlds`, one for each row.

    The kernel is looked up once, by its types: numba's dispatch of 44 arrays would cost a tenth of a step.
    """

    def __init__(self, width: int, each: Rows, lane_angle: np.float32 = LANE_ANGLE) -> None:
        self.rows = each
        self.worlds = worlds(width)
        self.grounds = grounds(_bare(width))
        self._places = [Grounds(*(part[lane : lane + 1] for part in self.grounds)) for lane in range(width)]
        self._live = np.zeros((1, width), np.uint8)
        self._aside = Waiting(*(np.zeros_like(getattr(self.worlds, name)) for name in Waiting._fields))
        self._kind = number(width)
        self._lane_angle = np.float32(np.inf) if width == 1 else lane_angle
        self._far = 0
        given = (self.worlds, self.grounds, self._live, each, self._aside, False, self._lane_angle, self._kind)
        with event.install_listener("numba:compile", Announcement()):
            self._step_worlds = step_worlds.compile(tuple(typeof(value) for value in given))

    def lay(self, lane: int, course: Course) -> None:
        """Put a course under a lane. The next step of the lane must be fresh."""
        place = self._places[lane]
        place.box_counts[0] = course.box_count
        place.pushes[0] = course.push
        fill(course.points[np.newaxis], course.boxes[np.newaxis], place)

    def step(self, live: NDArray[np.bool_] | bool, double: bool) -> None:
        """Step the episodes that are live, bool[rows], or all."""
        count = len(self.rows.fresh)
        self._live[0, :count] = live
        alone = [] if self._far == 0 else np.flatnonzero(self._live[0, :count] & self.rows.far & ~self.rows.fresh)
        for lane in alone:
            self._live[0, lane] = 0
        if len(alone) < count:
            self._step_worlds(
                self.worlds, self.grounds, self._live, self.rows, self._aside, double, self._lane_angle, self._kind
            )
        for lane in alone:
            self._step_alone(lane, double)
        self._far = int(self.rows.far.sum())

    @cached_property
    def _single(self) -> "Group":
        """A group of one world, which knows the sine of every angle."""
        return Group(1, rows(1))

    def _step_alone(self, lane: int, double: bool) -> None:
        """Step a world in which a body has turned too far for the lanes (see `episode.LANE_ANGLE`)."""
        single = self._single
        single.grounds, single.rows = self._places[lane], Rows(*(part[lane : lane + 1] for part in self.rows))
        exchange(self.worlds, lane, single.worlds, 0)
        single.worlds.course[0] = 0
        single.step(True, double)
        single.worlds.course[0] = lane
        exchange(self.worlds, lane, single.worlds, 0)
        self.rows.far[lane] = True

    def scene(self, lane: int) -> dict[str, NDArray[np.float32] | NDArray[np.bool_]]:
        """Positions (m) and angles (rad) of the five bodies, and the feet's contact (see `envs.api.Trace.scene`)."""
        bodies = self.worlds.bodies[:, lane].reshape(BODIES, BODY_ROWS)
        return {
            "position": bodies[:, [X, Y]],
            "angle": bodies[:, ANGLE].copy(),
            "contact": self.worlds.feet[:, lane].astype(bool),
        }


def _bare(count: int) -> Courses:
    return Courses(
        np.zeros((count, GROUND_POINTS, 2), np.float32),
        np.zeros((count, MAX_BOXES, 4, 2), np.float32),
        np.zeros(count, np.int32),
        np.zeros(count, np.float32),
    )
