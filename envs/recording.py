"""Recorded experience of simulators that are made of three compiled functions; see `queue` for these."""

from collections.abc import Mapping
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .closures import closure
from .nets.draw import COURSES, EPISODES, Actor, draw_for, key_of, room, streams, task_of
from .nets.layout import network
from .nets.product import LANES
from .nets.recorded import GOES_ON, TERMINAL, TRUNCATED, Ended, Recorded, Rehearsal, Run, recorded
from .nets.recurrent import draw as remembering
from .nets.recurrent.layout import recurrent
from .policy import Gru, Policy
from .simd.compiled import inlined
from .simd.number import number

TEAM = 16
"""Environments that a thread moves on together."""


class Board(NamedTuple):
    """n environments in the middle of their episodes.

    Attributes:
        tasks: float64[t, k], rows of numbers, one a genome.
        states: float64[n, size]. seen: float32[n, o], what they show. actions: float32[n, a]. densities: float32[n].
        memories: float32[n, m], what the policy remembers, if it has a memory.
        streams: uint64[n, 3], see `nets.draw`. keys: uint64[n], of the episodes.
        task, begun, steps, idle, cuts: int64[n]: the task's place; episodes begun; steps of this one, those since the
            last progress; truncated episodes of this record.
        totals, best: float64[n], return so far, and the number that counts as progress.
    """

    tasks: NDArray[np.float64]
    states: NDArray[np.float64]
    seen: NDArray[np.float32]
    actions: NDArray[np.float32]
    densities: NDArray[np.float32]
    memories: NDArray[np.float32]
    streams: NDArray[np.uint64]
    keys: NDArray[np.uint64]
    task: NDArray[np.int64]
    begun: NDArray[np.int64]
    steps: NDArray[np.int64]
    idle: NDArray[np.int64]
    cuts: NDArray[np.int64]
    totals: NDArray[np.float64]
    best: NDArray[np.float64]


class Ends(NamedTuple):
    """By rows: task int32, fresh bool of every one; total float64, length int32, state float64[size] where it ends."""

    tasks: NDArray[np.int32]
    fresh: NDArray[np.bool_]
    totals: NDArray[np.float64]
    lengths: NDArray[np.int32]
    states: NDArray[np.float64]


@inlined
def bounded(actions):
    """Continuous actions, cut to -1 .. 1 in place: what a policy without noise would stay within."""
    for j in range(len(actions)):
        actions[j] = min(max(actions[j], np.float32(-1.0)), np.float32(1.0))
    return actions


@inlined
def index(actions):
    """The choice."""
    return np.int64(actions[0])


@inlined
def draw_at_once(actor, place, b, first, last, index, kind):
    """What a policy without memory does at what the environments first .. last - 1 show."""
    draw_for(actor, place, b.streams, b.seen, first, last, index, b.actions, b.densities, kind)


@inlined
def draw_from_memory(actor, place, b, first, last, index, kind):
    """What a policy with memory does there."""
    remembering.draw_for(actor, place, b.streams, b.seen, b.memories, first, last, index, b.actions, b.densities, kind)


def room_for(policy: Policy) -> Any:
    """Room of one thread to draw a policy's actions in."""
    return remembering.room(recurrent(policy)) if isinstance(policy, Gru) else room(network(policy))


def stretches(reset: Any, observe: Any, step: Any, discrete: bool, progress: int) -> dict[bool, Any]:
    """The compiled functions that record policies without and with memory; each is compiled when it is first called."""
    draws = {False: draw_at_once, True: draw_from_memory}
    return {memory: stretch(reset, observe, step, discrete, progress, draw) for memory, draw in draws.items()}


def stretch(reset: Any, observe: Any, step: Any, discrete: bool, progress: int, draw: Any) -> Any:
    """The compiled function that records the environments first .. last - 1; arguments as those of `queue.loop`."""
    chosen = index if discrete else bounded

    @closure
    def begin(b, i):
        b.task[i] = task_of(b.streams[i, COURSES], b.begun[i], len(b.tasks))
        b.keys[i] = key_of(b.streams[i, EPISODES], b.begun[i])
        b.begun[i] += 1
        b.states[i, :] = 0.0
        b.memories[i, :] = 0.0
        reset(b.tasks[b.task[i]], b.keys[i], b.states[i])
        b.steps[i], b.idle[i], b.totals[i] = 0, 0, 0.0
        if progress >= 0:
            b.best[i] = b.states[i, progress]
        observe(b.tasks[b.task[i]], b.states[i], b.seen[i])

    @closure
    def note_end(b, i, row, end, record, ends):
        ends.totals[row], ends.lengths[row] = b.totals[i], b.steps[i]
        for j in range(b.states.shape[1]):
            ends.states[row, j] = b.states[i, j]
        if end == TRUNCATED:
            for j in range(b.seen.shape[1]):
                record.finals[i, b.cuts[i], j] = b.seen[i, j]
            b.cuts[i] += 1

    @closure
    def record_all(b, record, ends, actor, place, first, last, tick, cap, stall, stop, kind):
        count = len(record.rewards) // len(b.seen)
        for i in range(first, last):
            if b.begun[i] == 0:
                begin(b, i)
            for j in range(b.memories.shape[1]):
                record.memories[i, j] = b.memories[i, j]
        for t in range(count):
            if stop[0]:
                return
            draw(actor, place, b, first, last, tick + t, kind)
            for i in range(first, last):
                row, task = i * count + t, b.tasks[b.task[i]]
                for j in range(b.seen.shape[1]):
                    record.observations[row, j] = b.seen[i, j]
                for j in range(b.actions.shape[1]):
                    record.actions[row, j] = b.actions[i, j]
                record.log_probabilities[row] = b.densities[i]
                ends.tasks[row], ends.fresh[row] = b.task[i], b.steps[i] == 0
                reward, over = step(task, b.keys[i], b.states[i], chosen(b.actions[i]))
                observe(task, b.states[i], b.seen[i])
                b.totals[i] += reward
                b.steps[i] += 1
                if progress >= 0:
                    b.idle[i] = 0 if b.states[i, progress] > b.best[i] else b.idle[i] + 1
                    b.best[i] = max(b.best[i], b.states[i, progress])
                cut = b.steps[i] >= cap or 0 < stall <= b.idle[i]
                end = TERMINAL if over else (TRUNCATED if cut else GOES_ON)
                record.rewards[row], record.ends[row] = reward, end
                if end != GOES_ON:
                    note_end(b, i, row, end, record, ends)
                    begin(b, i)

    return record_all


class Stretches:
    """A `nets.recorded.Recorder` of such a simulator.

    Args:
        asked: what to record; its tasks are rows float64[t, k].
        record_all: `stretches`' for such a policy.
        size: numbers in a state.
        discrete: whether an action is a choice.
        facts: dtype of each fact, and its place in the state when an episode ends.
    """

    def __init__(
        self, asked: Rehearsal, record_all: Any, size: int, discrete: bool, facts: Mapping[str, tuple[DTypeLike, int]]
    ) -> None:
        count, policy = asked.environments, asked.policy
        self._asked, self._record_all, self._facts, self._tick = asked, record_all, facts, 0
        self._board = Board(
            tasks=asked.tasks,
            states=np.zeros((count, size)),
            seen=np.zeros((count, policy.inputs), np.float32),
            actions=np.zeros((count, 1 if discrete else policy.outputs), np.float32),
            densities=np.zeros(count, np.float32),
            memories=np.zeros((count, policy.memory), np.float32),
            streams=streams(asked.key, count),
            keys=np.zeros(count, np.uint64),
            task=np.zeros(count, np.int64),
            begun=np.zeros(count, np.int64),
            steps=np.zeros(count, np.int64),
            idle=np.zeros(count, np.int64),
            cuts=np.zeros(count, np.int64),
            totals=np.zeros(count),
            best=np.zeros(count),
        )

    def record(self, steps: int, actor: Actor, run: Run, stop: NDArray[np.uint8]) -> tuple[Recorded, Ended]:
        """See `nets.recorded.Recorder`."""
        b, cap, stall = self._board, self._asked.cap, self._asked.stall
        count, rows = len(b.seen), len(b.seen) * steps
        most, memory = steps // min(cap, stall or cap) + 1, b.memories.shape[1]
        record = recorded(count, steps, b.seen.shape[1], b.actions.shape[1], most, memory)
        ends = Ends(
            np.zeros(rows, np.int32), np.zeros(rows, np.bool_), np.zeros(rows), np.zeros(rows, np.int32),
            np.zeros((rows, b.states.shape[1])),
        )  # fmt: skip
        b.cuts[:] = 0
        waiting: SimpleQueue[int] = SimpleQueue()
        for first in range(0, count, TEAM):
            waiting.put(first)

        def work() -> None:
            place = room_for(self._asked.policy)
            while not stop[0]:
                try:
                    first = waiting.get_nowait()
                except Empty:
                    return
                last = min(first + TEAM, count)
                self._record_all(
                    b, record, ends, actor, place, first, last, self._tick, cap, stall, stop, number(LANES)
                )

        run(work)
        self._tick += steps
        record.last[:] = b.seen
        facts = {name: ends.states[:, place].astype(dtype) for name, (dtype, place) in self._facts.items()}
        return record, Ended(ends.tasks, ends.fresh, ends.totals, ends.lengths, facts)
