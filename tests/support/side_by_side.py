"""Our walkers, `width` at a time, next to as many live environments of Gymnasium, in closed loop.

Both get the same actions, float32 or float64, made from Gymnasium's observations. Compared are, at every step, the
observation's bytes, the reward and whether the episode ends; at every 16th and the last, the whole state of the bodies.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from gymnasium.envs.box2d.bipedal_walker import BipedalWalker

from openended.envs.simd.compiled import kernel
from openended.envs.simd.number import number, zero
from openended.envs.walker.courses.course import Course, course, stack
from openended.envs.walker.courses.gymnasium_course import gymnasium_course
from openended.envs.walker.courses.task import WalkerTask
from openended.envs.walker.simulation.ground import grounds
from openended.envs.walker.simulation.robot import BODIES
from openended.envs.walker.simulation.step import (
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
from openended.envs.walker.simulation.world import ANGLE, BODY_ROWS, CX, CY, SPIN, VX, VY, X, Y, begin, worlds
from tests.support.controllers import controller
from tests.support.harsh import closer
from tests.support.reference import STATE, bodies, on_course, on_own_course

ROWS = [X, Y, ANGLE, VX, VY, SPIN, CX, CY]
"""Of our bodies, in the order of `reference.STATE`."""
CHECKED = 16
"""Steps between comparisons of the bodies' whole state."""


@dataclass(frozen=True)
class Episode:
    """One episode.

    Attributes:
        place: the seed of a course of Gymnasium's, or a task of ours.
        hardcore: which of Gymnasium's two kinds of course.
        near: tiles by which a course of ours has come closer (see `harsh.closer`).
        controller: the controller's name; key: what fixes its random numbers.
        double: actions are float64, not float32, which changes torques and rewards.
    """

    place: int | WalkerTask
    hardcore: bool = False
    near: int = 0
    controller: str = "uniform"
    key: int = 0
    double: bool = False

    def course(self) -> Course:
        if isinstance(self.place, WalkerTask):
            return closer(course(self.place), self.near)
        return gymnasium_course(self.place, self.hardcore)

    def environment(self) -> tuple[BipedalWalker, np.ndarray]:
        if isinstance(self.place, WalkerTask):
            return on_course(self.course())
        return on_own_course(self.place, self.hardcore)


@dataclass
class Outcome:
    """What a comparison has seen: episodes, steps, walks to the end of the course, falls, and every difference.

    Of an episode that differs only the first differing step is told, and it ends there.
    """

    episodes: int = 0
    steps: int = 0
    finished: int = 0
    fallen: int = 0
    distances: list[float] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


@kernel
def step(w, g, live, fresh, courses, actions, double, shaping, observations, rewards, ends, kind):
    """One step in every live world; those that are fresh begin first.

    `double` uint8[width], the actions count as float64; `rewards` float64[width]; `ends` uint8[width], 1 fallen, 2
    finished.
    """
    like = zero(kind)
    for lane in range(live.shape[1]):
        if live[0, lane]:
            if fresh[lane]:
                begin(w, g, lane, courses[lane])
            drive(w, lane, actions[lane])
    advance(w, g, live, like)
    for lane in range(live.shape[1]):
        if live[0, lane]:
            observe(w, g, lane, observations[lane], like)
            potential = shaping_of(w, lane)
            failed = has_failed(w, lane)
            reward = reward_of(potential - shaping[lane], actions[lane], double[lane])
            rewards[lane] = FALL if failed else reward
            ends[lane] = 1 if failed else (2 if has_finished(w, lane) else 0)
            shaping[lane] = potential


class Ours:
    """`width` of our worlds on some courses."""

    def __init__(self, courses: Sequence[Course], width: int) -> None:
        self.ground = grounds(stack(courses))
        self.worlds = worlds(width)
        self.kind = number(width)
        self.live = np.zeros((1, width), np.uint8)
        self.fresh = np.zeros(width, np.uint8)
        self.course = np.zeros(width, np.int64)
        self.actions = np.zeros((width, ACTIONS))
        self.double = np.zeros(width, np.uint8)
        self.shaping = np.zeros(width)
        self.observations = np.zeros((width, OBSERVATIONS), np.float32)
        self.rewards = np.zeros(width)
        self.ends = np.zeros(width, np.uint8)

    def begin(self, lane: int, course: int, double: bool) -> None:
        """Let the next step of this lane be the first of an episode."""
        self.live[0, lane], self.fresh[lane], self.course[lane], self.actions[lane] = 1, 1, course, 0
        self.double[lane] = double

    def step(self) -> None:
        step(
            self.worlds, self.ground, self.live, self.fresh, self.course, self.actions, self.double, self.shaping,
            self.observations, self.rewards, self.ends, self.kind,
        )  # fmt: skip
        self.fresh[:] = 0

    def bodies(self, lane: int) -> np.ndarray:
        """As `reference.bodies`."""
        return self.worlds.bodies[:, lane].reshape(BODIES, BODY_ROWS)[:, ROWS]


def differing(ours: np.ndarray, theirs: np.ndarray, names: Sequence[str]) -> list[str]:
    """What differs in its bits, with both values."""
    a, b = np.ravel(ours), np.ravel(theirs)
    return [f"{names[i]}: {a[i]!r}, not {b[i]!r}" for i in np.flatnonzero(a.view(np.int32) != b.view(np.int32))]


OBSERVED = [f"observation[{i}]" for i in range(OBSERVATIONS)]
MOVED = [f"body {body} {name}" for body in range(BODIES) for name in STATE]


def compare(episodes: Sequence[Episode], width: int, cap: int) -> Outcome:
    """Run the episodes, each at most `cap` steps long, in `width` lanes; a lane that gets free takes the next one."""
    ours = Ours([episode.course() for episode in episodes], width)
    queue = iter(enumerate(episodes))
    seats: list[Seat | None] = [None] * width
    outcome = Outcome()
    while True:
        for lane in range(width):
            if seats[lane] is None and (following := next(queue, None)):
                index, episode = following
                ours.begin(lane, index, episode.double)
                seats[lane] = Seat(episode, lane, ours)
        taken = [seat for seat in seats if seat]
        if not taken:
            return outcome
        for seat in taken:
            seat.act()
        ours.step()
        for seat in taken:
            if seat.check(cap, outcome):
                seats[seat.lane] = None
                ours.live[0, seat.lane] = 0


class Seat:
    """A lane and the environment that it is compared with, for one episode."""

    def __init__(self, episode: Episode, lane: int, ours: Ours) -> None:
        self.episode, self.lane, self.ours = episode, lane, ours
        self.environment, self.observation = episode.environment()
        self.controller = controller(episode.controller, episode.key)
        self.steps = -1

    def act(self) -> None:
        """Choose the action, unless the coming step is the one of rest that a reset makes."""
        if self.steps >= 0:
            self.action = self.controller(self.observation).astype(np.float64 if self.episode.double else np.float32)
            self.ours.actions[self.lane] = self.action

    def check(self, cap: int, outcome: Outcome) -> bool:
        """Make Gymnasium's step too, compare, count; true if the episode is over."""
        lane, ours, over = self.lane, self.ours, False
        self.steps += 1
        wrong = []
        if self.steps > 0:
            self.observation, reward, over, _, _ = self.environment.step(self.action)
            if ours.rewards[lane] != reward:
                wrong.append(f"reward: {ours.rewards[lane]!r}, not {reward!r}")
            if bool(ours.ends[lane]) != over:
                wrong.append(f"terminated: {bool(ours.ends[lane])}, not {over}")
        if ours.observations[lane].tobytes() != self.observation.tobytes():
            wrong += differing(ours.observations[lane], self.observation, OBSERVED)
        over = over or self.steps == cap
        if over or self.steps % CHECKED == 0:
            wrong += differing(ours.bodies(lane), bodies(self.environment), MOVED)
        if wrong:
            outcome.differences.append(f"{self.episode} lane {lane} step {self.steps}: " + "; ".join(wrong))
        if not (over or wrong):
            return False
        outcome.episodes += 1
        outcome.steps += self.steps
        outcome.fallen += int(ours.ends[lane] == 1)
        outcome.finished += int(ours.ends[lane] == 2)
        outcome.distances.append(float(self.environment.hull.position[0]))
        return True
