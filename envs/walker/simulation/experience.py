"""Recorded rollouts of the walker by any number of threads.

A fixed number of environments make a fixed number of steps each. Teams of environments, some groups of lanes each, are
moved on by whichever thread is free, a stretch of steps at a time, the one that is farthest behind first; so no thread
waits for long where some walkers cost more than others.
"""

from collections.abc import Callable
from queue import Empty, SimpleQueue

import numpy as np

from ...nets.draw import Actor
from ...nets.layout import Perceptron
from ...nets.recorded import Recorded, recorded
from ...random import bits
from ...simd.compiled import kernel
from ...simd.number import number
from ..courses.course import GROUND_POINTS, MAX_BOXES, Courses
from .environments import Board, Ends, Team, move_on, start_all, team
from .episode import LANE_ANGLE, native_width
from .ground import grounds
from .step import ACTIONS, OBSERVATIONS

STRETCH = 32
"""Steps that a thread moves a team on at a time."""
MOST_GROUPS = 4
"""Groups of lanes in a team: more let worlds be sorted better, and leave the first caches."""

Run = Callable[[Callable[[], None]], None]
"""Calls a function in every thread there is, and waits."""


class Experience:
    """Environments in the middle of their episodes.

    Args:
        courses: those that episodes are drawn from, each as likely.
        environments: how many there are.
        net: the actor's network, for its sizes.
        key: 0 .. 2^64 - 1; fixes courses and noise.
        cap: steps after which an episode is truncated.
        stall: truncates an episode after so many steps without progress; 0: none.
        threads: how many are going to call; width: lanes, 0: as many as the CPU has. No result depends on them.
    """

    def __init__(
        self,
        courses: Courses,
        environments: int,
        net: Perceptron,
        key: int,
        cap: int,
        stall: int = 0,
        threads: int = 1,
        width: int = 0,
        lane_angle: np.float32 = LANE_ANGLE,
    ) -> None:
        self.cap, self.stall, self.ticks = cap, stall, 0
        self._width = width or native_width()
        self._lane_angle = lane_angle
        streams = np.zeros((environments, 2), np.uint64)
        fill_streams(np.uint64(key), streams)
        self._board = Board(
            ground=grounds(_bare(environments)),
            courses=grounds(courses),
            course=np.zeros(environments, np.int64),
            begun=np.zeros(environments, np.int64),
            cuts=np.zeros(environments, np.int64),
            seen=np.zeros((environments, OBSERVATIONS), np.float32),
            streams=streams,
        )
        each = self._width * suitable(environments, threads, self._width)
        self._teams = [
            team(first, min(first + each, environments), self._width, net) for first in range(0, environments, each)
        ]

    def draw_from(self, courses: Courses) -> None:
        """Episodes that begin from now on are drawn from these courses."""
        self._board = self._board._replace(courses=grounds(courses))

    def record(self, steps: int, actor: Actor, run: Run, stop: np.ndarray) -> tuple[Recorded, Ends]:
        """The next `steps` steps of every environment. `stop`, uint8[1], set to 1, ends the call unfinished."""
        environments = len(self._board.seen)
        shortest = min(self.cap, self.stall or self.cap)
        record = recorded(environments, steps, OBSERVATIONS, ACTIONS, steps // shortest + 1)
        rows = environments * steps
        ends = Ends(np.zeros(rows), np.zeros(rows, np.int32), np.zeros(rows, np.uint8), np.zeros(rows, np.int32))
        self._board.cuts[:] = 0
        waiting: SimpleQueue[tuple[Team, int]] = SimpleQueue()
        for each in self._teams:
            waiting.put((each, 0))

        def work() -> None:
            while not stop[0]:
                try:
                    each, first = waiting.get_nowait()
                except Empty:
                    return
                if self.ticks == 0 and first == 0:
                    start_all(self._board, each, number(1))
                last = min(first + STRETCH, steps)
                move_on(
                    self._board, each, actor, record, ends, first, last, self.ticks, self.cap, self.stall, stop,
                    self._lane_angle, number(self._width), number(1), number(16),
                )  # fmt: skip
                if last < steps:
                    waiting.put((each, last))

        run(work)
        self.ticks += steps
        return record, ends


def suitable(environments: int, threads: int, width: int) -> int:
    """Groups of lanes in a team: few enough that every thread has two teams to choose from."""
    return max(1, min(MOST_GROUPS, environments // (2 * threads * width))) if threads > 1 else MOST_GROUPS


@kernel
def fill_streams(key, streams):
    """The streams of each environment, uint64[n, 2]."""
    for environment in range(len(streams)):
        for which in range(2):
            streams[environment, which] = bits(key, 2 * environment + which)


def _bare(count: int) -> Courses:
    return Courses(
        np.zeros((count, GROUND_POINTS, 2), np.float32),
        np.zeros((count, MAX_BOXES, 4, 2), np.float32),
        np.zeros(count, np.int32),
        np.zeros(count, np.float32),
    )
