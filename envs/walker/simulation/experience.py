"""Recorded rollouts of the walker by any number of threads.

A fixed number of environments make a fixed number of steps each. Teams of environments, some groups of lanes each, are
moved on by whichever thread is free, a stretch of steps at a time, the one that is farthest behind first; so no thread
waits for long where some walkers cost more than others.
"""

from queue import Empty, SimpleQueue

import numpy as np
from numpy.typing import NDArray

from ...nets.draw import Actor, streams
from ...nets.layout import network
from ...nets.recorded import Ended, Recorded, Rehearsal, Run, recorded
from ...simd.number import number
from ..courses.course import GROUND_POINTS, MAX_BOXES, Courses
from .environments import Board, Ends, Team, move_on, start_all, team
from .episode import LANE_ANGLE, native_width
from .ground import Grounds, grounds
from .step import ACTIONS, OBSERVATIONS

STRETCH = 16
"""Steps that a thread moves a team on at a time."""
MOST_GROUPS = 4
"""Groups of lanes in a team: more let worlds be sorted better, and leave the first caches."""


class Experience:
    """Environments in the middle of their episodes: a `nets.recorded.Recorder`.

    Args:
        asked: what to record; its tasks are `Grounds`.
        width: lanes, 0: as many as the CPU has. No result depends on it.
        lane_angle: see `episode.LANE_ANGLE`; an episode in which a body turns further is over.
    """

    def __init__(self, asked: Rehearsal, width: int = 0, lane_angle: np.float32 = LANE_ANGLE) -> None:
        count = asked.environments
        self._asked, self._ticks, self._width, self._lane_angle = asked, 0, width or native_width(), lane_angle
        self._board = Board(
            ground=grounds(_bare(count)),
            courses=asked.tasks,
            course=np.zeros(count, np.int64),
            begun=np.zeros(count, np.int64),
            cuts=np.zeros(count, np.int64),
            seen=np.zeros((count, OBSERVATIONS), np.float32),
            streams=streams(asked.key, count),
        )
        net, each = network(asked.policy), self._width * suitable(count, asked.threads, self._width)
        self._teams = [team(first, min(first + each, count), self._width, net) for first in range(0, count, each)]

    def draw_from(self, tasks: Grounds) -> None:
        """Episodes that begin from now on have one of these tasks."""
        self._board = self._board._replace(courses=tasks)

    def record(self, steps: int, actor: Actor, run: Run, stop: NDArray[np.uint8]) -> tuple[Recorded, Ended]:
        """See `nets.recorded.Recorder`."""
        cap, stall = self._asked.cap, self._asked.stall
        environments = len(self._board.seen)
        shortest = min(cap, stall or cap)
        record = recorded(environments, steps, OBSERVATIONS, ACTIONS, steps // shortest + 1)
        rows = environments * steps
        ends = Ends(
            totals=np.zeros(rows),
            lengths=np.zeros(rows, np.int32),
            finished=np.zeros(rows, np.uint8),
            courses=np.zeros(rows, np.int32),
            fresh=np.zeros(rows, np.uint8),
        )
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
                if self._ticks == 0 and first == 0:
                    start_all(self._board, each, number(1))
                last = min(first + STRETCH, steps)
                move_on(
                    self._board, each, actor, record, ends, first, last, self._ticks, cap, stall, stop,
                    self._lane_angle, number(self._width), number(1), number(16),
                )  # fmt: skip
                if last < steps:
                    waiting.put((each, last))

        run(work)
        record.last[:] = self._board.seen
        self._ticks += steps
        facts = {"finished": ends.finished.astype(bool)}
        return record, Ended(ends.courses, ends.fresh.astype(bool), ends.totals, ends.lengths, facts)


def suitable(environments: int, threads: int, width: int) -> int:
    """Groups of lanes in a team: few enough that every thread has two teams to choose from."""
    return max(1, min(MOST_GROUPS, environments // (2 * threads * width))) if threads > 1 else MOST_GROUPS


def _bare(count: int) -> Courses:
    return Courses(
        np.zeros((count, GROUND_POINTS, 2), np.float32),
        np.zeros((count, MAX_BOXES, 4, 2), np.float32),
        np.zeros(count, np.int32),
        np.zeros(count, np.float32),
    )
