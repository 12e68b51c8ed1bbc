"""Values, advantages and the memories at the start of every sequence, of a record; see `nets.advantages`."""

import numpy as np

from ...simd.compiled import inlined, kernel
from ...simd.number import zero
from ..advantages import trace_back
from ..atomic import add
from ..recorded import GOES_ON, TRUNCATED, Recorded
from .cell import answer
from .layout import ACTIONS, COLUMNS, INPUTS, UNITS, Cells
from .learning import BLOCK

ZERO = np.float32(0.0)


@inlined
def steps_of(recorded):
    """Steps of each environment in the record."""
    return len(recorded.rewards) // len(recorded.last)


@inlined
def final_of(recorded, row, t):
    """The place of a truncated step among those of its environment, whose first row is `row`."""
    number = 0
    for earlier in range(t):
        number += recorded.ends[row + earlier] == TRUNCATED
    return number


@kernel
def begin(recorded: Recorded, first, count, c: Cells, units):
    """The memories with which `count` environments from `first` on entered the record."""
    for i in range(count):
        for j in range(recorded.memories.shape[1]):
            c.before[i * units + j] = recorded.memories[first + i, j]


@kernel
def see(recorded: Recorded, first, count, t, c: Cells, stride):
    """What they show before step t; with t the number of steps, after the last."""
    steps = steps_of(recorded)
    for i in range(count):
        for j in range(recorded.last.shape[1]):
            at = i * stride + j
            c.seen[at] = recorded.observations[(first + i) * steps + t, j] if t < steps else recorded.last[first + i, j]


@kernel
def see_finals(recorded: Recorded, first, count, t, c: Cells, stride):
    """What those that step t truncates showed after it; returns whether there are any."""
    steps, found = steps_of(recorded), False
    for i in range(count):
        row = (first + i) * steps
        if recorded.ends[row + t] == TRUNCATED:
            found, number = True, final_of(recorded, row, t)
            for j in range(recorded.last.shape[1]):
                c.seen[i * stride + j] = recorded.finals[first + i, number, j]
    return found


@kernel
def note_finals(recorded: Recorded, first, count, t, c: Cells, columns, value, finals):
    """Keep what `see_finals` was about."""
    steps = steps_of(recorded)
    for i in range(count):
        row = (first + i) * steps
        if recorded.ends[row + t] == TRUNCATED:
            finals[first + i, final_of(recorded, row, t)] = c.outputs[i * columns + value]


@kernel
def note_starts(first, count, steps, t, length, c: Cells, units, starts):
    """Keep the memories before a sequence's first step."""
    for i in range(count):
        for j in range(units):
            starts[((first + i) * steps + t) // length, j] = c.before[i * units + j]


@kernel
def empty(recorded: Recorded, first, count, t, c: Cells, units):
    """Empty the memories of environments whose episode ends with step t."""
    for i in range(count):
        if recorded.ends[(first + i) * steps_of(recorded) + t] != GOES_ON:
            for j in range(units):
                c.before[i * units + j] = ZERO


@kernel
def judge(
    recorded: Recorded, plan, parameters, biases, scale, gamma, decay, values, finals, advantages, targets, length,
    starts, taken, stop, c: Cells, kind,
):  # fmt: skip
    """As `nets.advantages.judge`, and fill `starts` float32[sequences, units].

    length: steps of a sequence. Each thread has `c`, room for BLOCK rows, of its own.
    """
    like, steps, environments = zero(kind), steps_of(recorded), len(recorded.last)
    stride, units, columns, value = plan[INPUTS], plan[UNITS], plan[COLUMNS], plan[ACTIONS]
    while stop[0] == 0:
        first = add(taken, 0, BLOCK)
        if first >= environments:
            break
        count = min(BLOCK, environments - first)
        begin(recorded, first, count, c, units)
        for t in range(steps + 1):
            see(recorded, first, count, t, c, stride)
            answer(plan, parameters, biases, c, BLOCK, like)
            for i in range(count):
                if t < steps:
                    values[(first + i) * steps + t] = c.outputs[i * columns + value]
                else:
                    finals[first + i, recorded.finals.shape[1]] = c.outputs[i * columns + value]
            if t < steps:
                if t % length == 0:
                    note_starts(first, count, steps, t, length, c, units, starts)
                for j in range(count * units):
                    c.before[j] = c.after[j]
                if see_finals(recorded, first, count, t, c, stride):
                    answer(plan, parameters, biases, c, BLOCK, like)
                    note_finals(recorded, first, count, t, c, columns, value, finals)
                empty(recorded, first, count, t, c, units)
        for i in range(count):
            trace_back(recorded, first + i, steps, scale, gamma, decay, values, finals, advantages, targets)
