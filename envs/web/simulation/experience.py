"""Recorded sessions of visitors that draw what they do, by any number of threads.

A fixed number of environments make a fixed number of steps each; one environment is in one session at a time. Each is
moved on by whichever thread is free, so that no thread waits for long where some sites cost more than others.
"""

from queue import Empty, SimpleQueue
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...nets.draw import COURSES, NOISE, Actor, streams, task_of
from ...nets.product import LANES
from ...nets.recorded import GOES_ON, TERMINAL, TRUNCATED, Ended, Recorded, Rehearsal, Run, recorded
from ...nets.scoring.draw import draw_among, room
from ...nets.scoring.layout import scorer, summarise
from ...simd.compiled import inlined, kernel
from ...simd.number import number, zero
from ..sites.limits import REQUESTS
from .episode import CANDIDATES, RIGHT, WRONG, begin, keep, new_room, tally, turn
from .see import CANDIDATES as MOST
from .see import FEATURES

PIECE = 4096
"""Candidates that a thread records before they are put aside: at least MOST."""


class Board(NamedTuple):
    """n environments in the middle of their sessions.

    Attributes:
        streams: uint64[n, 3], see `nets.draw`.
        task, begun, request, steps, idle, cuts: int64[n]: the site's place; sessions begun; the request of this one;
            its steps, and those since the last progress; truncated sessions of this record.
        totals, best: float64[n], return so far; the largest share of the request's way that was done.
    """

    streams: NDArray[np.uint64]
    task: NDArray[np.int64]
    begun: NDArray[np.int64]
    request: NDArray[np.int64]
    steps: NDArray[np.int64]
    idle: NDArray[np.int64]
    cuts: NDArray[np.int64]
    totals: NDArray[np.float64]
    best: NDArray[np.float64]


class Ends(NamedTuple):
    """By rows: site int32 and fresh bool of every one; total float64, length, requests done rightly and ended wrongly,
    int32, where a session ends.
    """

    tasks: NDArray[np.int32]
    fresh: NDArray[np.bool_]
    totals: NDArray[np.float64]
    lengths: NDArray[np.int32]
    success: NDArray[np.int32]
    wrong: NDArray[np.int32]


@inlined
def show(b, i, room, out):
    """What a critic sees now."""
    left = np.float32(REQUESTS - b.request[i]) / np.float32(REQUESTS)
    summarise(room.seen.features, room.now[CANDIDATES], left, out)


@inlined
def start(look, rules, b, i, room):
    """Begin a session on a site that is drawn."""
    b.task[i] = task_of(b.streams[i, COURSES], b.begun[i], len(rules.commit) // REQUESTS)
    b.begun[i] += 1
    b.request[i] = b.steps[i] = b.idle[i] = 0
    b.totals[i] = b.best[i] = 0.0
    room.done[RIGHT] = room.done[WRONG] = 0
    begin(look, rules, b.task[i] * REQUESTS, room)


@inlined
def act(look, rules, b, i, room, chosen, cap, stall):
    """Do a candidate, and begin the next request after the end of one; returns the reward and how the step ends."""
    r = b.task[i] * REQUESTS + b.request[i]
    reward, over = turn(look, rules, r, room, room.seen.candidates[chosen, 0], room.seen.candidates[chosen, 1])
    b.totals[i] += reward
    b.steps[i] += 1
    b.best[i], b.idle[i] = tally(room, b.best[i], b.idle[i])
    if over:
        b.request[i] += 1
        b.best[i] = 0.0
        if b.request[i] < REQUESTS:
            begin(look, rules, r + 1, room)
    if b.request[i] == REQUESTS:
        return reward, TERMINAL
    return reward, TRUNCATED if b.steps[i] >= cap or 0 < stall <= b.idle[i] else GOES_ON


@kernel
def record_session(
    look, rules, b: Board, i, room, actor, place, record, ends, kept, t, tick, cap, stall, stop, kind
):  # fmt: skip
    """Move environment i on from its step t; returns the next step and how many candidates are in `kept`.

    That is float32[PIECE, 48]. It returns when the record is full, `kept` might be, or `stop` is set. `record.offsets`
    gets the number of candidates behind its row.
    """
    like, steps, used = zero(kind), len(record.rewards) // len(b.task), 0
    if b.begun[i] == 0:
        start(look, rules, b, i, room)
    while t < steps and used + MOST <= len(kept) and stop[0] == 0:
        row, count = i * steps + t, room.now[CANDIDATES]
        show(b, i, room, record.observations[row])
        keep(room.seen.features, kept[used:], count)
        record.offsets[row + 1] = count
        used += count
        draw_among(actor, place, room.seen.features, count, b.streams[i, NOISE], tick + t, like)
        record.actions[row, 0], record.log_probabilities[row] = place.actions[0], place.densities[0]
        ends.tasks[row], ends.fresh[row] = b.task[i], b.steps[i] == 0
        reward, end = act(look, rules, b, i, room, np.int64(place.actions[0]), cap, stall)
        record.rewards[row], record.ends[row] = reward, end
        if end != GOES_ON:
            ends.totals[row], ends.lengths[row] = b.totals[i], b.steps[i]
            ends.success[row], ends.wrong[row] = room.done[RIGHT], room.done[WRONG]
            if end == TRUNCATED:
                show(b, i, room, record.finals[i, b.cuts[i]])
                b.cuts[i] += 1
            start(look, rules, b, i, room)
        t += 1
    return t, used


@kernel
def show_last(b: Board, i, room, out):
    """What environment i shows after its last step."""
    show(b, i, room, out)


class Experience:
    """Environments in the middle of their sessions: a `nets.recorded.Recorder`.

    Args:
        asked: what to record; its tasks are `tables.Tables`.
    """

    def __init__(self, asked: Rehearsal) -> None:
        count = asked.environments
        self._asked, self._net, self._tick = asked, scorer(asked.policy), 0
        self._rooms = [new_room(asked.policy) for _ in range(count)]
        whole, real = (lambda: np.zeros(count, np.int64)), (lambda: np.zeros(count))
        self._board = Board(
            streams(asked.key, count), whole(), whole(), whole(), whole(), whole(), whole(), real(), real()
        )

    def record(self, steps: int, actor: Actor, run: Run, stop: NDArray[np.uint8]) -> tuple[Recorded, Ended]:
        """See `nets.recorded.Recorder`."""
        (look, rules), b, cap, stall = self._asked.tasks, self._board, self._asked.cap, self._asked.stall
        count, rows = len(b.task), len(b.task) * steps
        seen = 2 * FEATURES + 1
        record = recorded(count, steps, seen, 1, steps // min(cap, stall or cap) + 1)
        record = record._replace(offsets=np.zeros(rows + 1, np.int64))
        tasks, lengths, success, wrong = (np.zeros(rows, np.int32) for _ in range(4))
        ends = Ends(tasks, np.zeros(rows, np.bool_), np.zeros(rows), lengths, success, wrong)
        pieces = [[np.zeros((0, FEATURES), np.float32)] for _ in range(count)]
        b.cuts[:] = 0
        waiting: SimpleQueue[int] = SimpleQueue()
        for i in range(count):
            waiting.put(i)

        def work() -> None:
            place, kept = room(self._net, MOST), np.zeros((PIECE, FEATURES), np.float32)
            while not stop[0]:
                try:
                    i = waiting.get_nowait()
                except Empty:
                    return
                t = 0
                while t < steps and not stop[0]:
                    t, used = record_session(
                        look, rules, b, i, self._rooms[i], actor, place, record, ends, kept, t, self._tick, cap, stall,
                        stop, number(LANES),
                    )  # fmt: skip
                    pieces[i].append(kept[:used].copy())
                if not stop[0]:
                    show_last(b, i, self._rooms[i], record.last[i])

        run(work)
        self._tick += steps
        np.cumsum(record.offsets, out=record.offsets)
        record = record._replace(candidates=np.concatenate([piece for each in pieces for piece in each]))
        facts = {"finished": success == REQUESTS, "success": success, "wrong": wrong}
        return record, Ended(tasks, ends.fresh, ends.totals, lengths, facts)
