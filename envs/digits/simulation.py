"""How an agent works at an exercise: 256 examples, one after another, before each of which it forgets everything.

The return is the mean share of right digits, 0 .. 1, paid at the end of each example; the fact `exact` is the share of
examples without a wrong digit, `finished` whether all are so. Example i of an episode has number i of the stream that
the episode's key names as its own key.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import forward
from ..api import Agent, Queue, Simulator, Space, Trace
from ..labels import Labelled
from ..policy import Policy
from ..queue import take
from ..random import bits
from ..simd.compiled import kernel
from .examples import (
    ANSWER,
    ANSWERS,
    OBSERVATIONS,
    PAGE,
    ROW,
    SYMBOLS,
    TICKS,
    observe,
    pose,
    task_row,
    write_rows,
)
from .exercise import Exercise
from .limits import MOST_NODES

EXAMPLES = 256
"""Of an episode."""


class Tape(NamedTuple):
    """Where one episode is recorded: float32[t, OBSERVATIONS], int64[t], float64[t], int64[t + 1, PAGE]; t = 0: not."""

    observations: NDArray[np.float32]
    actions: NDArray[np.int64]
    rewards: NDArray[np.float64]
    pages: NDArray[np.int64]


def tape(ticks: int) -> Tape:
    """Room for so many ticks."""
    return Tape(
        np.zeros((ticks, OBSERVATIONS), np.float32),
        np.zeros(ticks, np.int64),
        np.zeros(ticks),
        np.zeros((ticks + 1, PAGE), np.int64),
    )


class Room(NamedTuple):
    """What a thread works in: a page and a stack, int64; observation, outputs, memory and room of a policy, float32."""

    page: NDArray[np.int64]
    stack: NDArray[np.int64]
    seen: NDArray[np.float32]
    outputs: NDArray[np.float32]
    memory: NDArray[np.float32]
    room: NDArray[np.float32]


def room_for(policy: Policy) -> Room:
    """Room for agents of a policy."""
    sizes = (OBSERVATIONS, policy.outputs, policy.memory)
    page, stack = np.zeros(PAGE, np.int64), np.zeros(MOST_NODES, np.int64)
    return Room(page, stack, *(np.zeros(size, np.float32) for size in sizes), forward.room_for(policy))


@kernel
def work_off(tasks, code, agents, which, keys, cap, returns, steps, exact, mine, taken, stop, r: Room, tape: Tape):
    """Run episodes of a queue until it is empty or stopped; exact: int64[n]; mine: bool[n], those that ran here."""
    recorded = len(tape.rewards) > 0
    while stop[0] == 0:
        i = take(taken)
        if i >= len(which):
            return
        task, agent = tasks[which[i, 0]], agents[which[i, 1]]
        total, t, faultless = 0.0, 0, 0
        for example in range(EXAMPLES):
            if t >= cap:
                break
            pose(task, bits(keys[i], example), r.page, r.stack)
            r.memory[:] = np.float32(0.0)
            right = 0
            for tick in range(task[TICKS]):
                if t >= cap:
                    break
                digit = observe(task, r.page, tick, r.seen)
                forward.act(code, agent, r.seen, r.memory, r.room, r.outputs)
                action = forward.chosen(code, r.outputs, keys[i], t)
                if digit >= 0 and action == r.page[ANSWER + digit]:
                    right += 1
                reward = 0.0
                if tick + 1 == task[TICKS]:
                    reward = np.float64(right) / np.float64(task[ANSWERS]) / np.float64(EXAMPLES)
                    faultless += right == task[ANSWERS]
                if recorded:
                    tape.rewards[t], tape.actions[t] = reward, action
                    for j in range(OBSERVATIONS):
                        tape.observations[t, j] = r.seen[j]
                    for j in range(PAGE):
                        tape.pages[t, j] = r.page[j]
                        tape.pages[t + 1, j] = r.page[j]
                total += reward
                t += 1
        returns[i], steps[i], exact[i], mine[i] = total, t, faultless, True


def prepare(exercises: Sequence[Exercise]) -> NDArray[np.int64]:
    """See `envs.api.Simulator`: int64[n, ROW]."""
    return np.array([task_row(exercise) for exercise in exercises], np.int64).reshape(-1, ROW)


def rollouts(queue: Queue) -> None:
    """See `envs.api.Simulator`; there is no stall rule."""
    run(queue, tape(0))


def run(queue: Queue, tape: Tape) -> None:
    """Work on the queue; of the facts that threads share, each fills those of its own episodes."""
    count = len(queue.which)
    facts = {name: queue.facts.setdefault(name, np.zeros(count, dtype)) for name, dtype in FACTS.items()}
    exact, mine = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    work_off(
        queue.tasks, queue.policy.code, np.ascontiguousarray(queue.agents), queue.which, queue.keys, queue.cap,
        queue.returns, queue.steps, exact, mine, queue.taken, queue.stop, room_for(queue.policy), tape,
    )  # fmt: skip
    facts["exact"][mine] = (exact[mine] / EXAMPLES).astype(np.float32)
    facts["finished"][mine] = exact[mine] == EXAMPLES


def trace(exercise: Exercise, policy: Policy, agent: Agent, key: int, cap: int) -> Trace:
    """See `envs.api.Simulator`. Its scene has the page of the example before every tick."""
    recorded = tape(min(cap, EXAMPLES * exercise.ticks))
    one = np.zeros((1, 2), np.int32)
    queue = Queue(prepare([exercise]), policy, agent[None], one, np.array([key], np.uint64), cap)
    run(queue, recorded)
    return Trace(
        recorded.rewards,
        recorded.observations,
        recorded.actions,
        {"page": recorded.pages},
        {name: float(values[0]) for name, values in queue.facts.items()},
    )


def labels(tasks: NDArray[np.int64], which: NDArray[np.int64], keys: NDArray[np.uint64]) -> Labelled:
    """See `envs.api.Simulator`."""
    lengths = tasks[which, TICKS]
    rows = int(lengths.sum())
    made = Labelled(
        np.zeros((rows, OBSERVATIONS), np.float32), np.zeros((rows, 1), np.float32), np.zeros(rows, np.float32), lengths
    )
    room = np.zeros(PAGE, np.int64), np.zeros(MOST_NODES, np.int64)
    write_rows(tasks, which, keys, made.observations, made.labels, made.weights, *room)
    return made


FACTS: dict[str, np.dtype[Any]] = {"exact": np.dtype(np.float32), "finished": np.dtype(np.bool_)}
SIMULATOR = Simulator(
    prepare=prepare,
    rollouts=rollouts,
    trace=trace,
    facts=FACTS,
    observations=Space(OBSERVATIONS),
    actions=Space(SYMBOLS, discrete=True),
    deterministic=False,
    lowest_return=0.0,
    labels=labels,
)
