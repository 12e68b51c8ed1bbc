"""Values, advantages and the memories at the start of every sequence, of a record; see `nets.advantages`."""

from ...simd.compiled import inlined, kernel
from ...simd.number import zero
from ..advantages import trace_back
from ..atomic import add
from ..recorded import GOES_ON, TRUNCATED, Recorded
from .cell import give, remember, speak
from .layout import ACTIONS, COLUMNS, INPUTS, UNITS, Cells
from .learning import BLOCK


@inlined
def ask(plan, parameters, biases, observations, first, apart, count, c, like):
    """The outputs of `count` rows first, first + apart, ... of `observations`, whose memories are in `c.before`."""
    stride = plan[INPUTS]
    for i in range(count):
        for j in range(observations.shape[1]):
            c.seen[i * stride + j] = observations[first + i * apart, j]
    give(plan, parameters, biases, c, 0, BLOCK, like)
    remember(plan, parameters, c, 0, BLOCK, like)
    speak(plan, parameters, c, 0, BLOCK, like)


@kernel
def judge(
    recorded: Recorded, plan, parameters, biases, scale, gamma, decay, values, finals, advantages, targets, length,
    starts, taken, stop, c: Cells, kind,
):  # fmt: skip
    """As `nets.advantages.judge`, and fill `starts` float32[sequences, units].

    length: steps of a sequence. Each thread has `c`, room for BLOCK rows, of its own.
    """
    like = zero(kind)
    most, environments = recorded.finals.shape[1], len(recorded.last)
    steps, value = len(recorded.rewards) // environments, plan[ACTIONS]
    while stop[0] == 0:
        first = add(taken, 0, BLOCK)
        if first >= environments:
            break
        count = min(BLOCK, environments - first)
        walk(recorded, plan, parameters, biases, values, finals, length, starts, first, count, c, like)
        ask(plan, parameters, biases, recorded.last, first, 1, count, c, like)
        for i in range(count):
            finals[first + i, most] = c.outputs[i * plan[COLUMNS] + value]
            trace_back(recorded, first + i, steps, scale, gamma, decay, values, finals, advantages, targets)


@inlined
def walk(recorded, plan, parameters, biases, values, finals, length, starts, first, count, c, like):
    """Take the environments first .. first + count - 1 through the record; leaves their memories in `c.before`."""
    steps = len(recorded.rewards) // len(recorded.last)
    m, value, columns = plan[UNITS], plan[ACTIONS], plan[COLUMNS]
    for i in range(count):
        for j in range(m):
            c.before[i * m + j] = recorded.memories[first + i, j] if j < recorded.memories.shape[1] else 0.0
    for t in range(steps):
        if t % length == 0:
            for i in range(count):
                for j in range(m):
                    starts[((first + i) * steps + t) // length, j] = c.before[i * m + j]
        ask(plan, parameters, biases, recorded.observations, first * steps + t, steps, count, c, like)
        cut = False
        for i in range(count):
            values[(first + i) * steps + t] = c.outputs[i * columns + value]
            cut = cut or recorded.ends[(first + i) * steps + t] == TRUNCATED
        for at in range(count * m):
            c.before[at] = c.after[at]
        if cut:
            for i in range(count):
                judge_final(recorded, plan, parameters, biases, finals, first + i, i, t, c, like)
        for i in range(count):
            if recorded.ends[(first + i) * steps + t] != GOES_ON:
                for j in range(m):
                    c.before[i * m + j] = 0.0


@inlined
def judge_final(recorded, plan, parameters, biases, finals, environment, i, t, c, like):
    """If step t truncates the episode, the value of what was seen after it."""
    steps = len(recorded.rewards) // len(recorded.last)
    row = environment * steps
    if recorded.ends[row + t] == TRUNCATED:
        number = 0
        for earlier in range(t):
            number += recorded.ends[row + earlier] == TRUNCATED
        for j in range(recorded.observations.shape[1]):
            c.seen[i * plan[INPUTS] + j] = recorded.finals[environment, number, j]
        give(plan, parameters, biases, c, 0, BLOCK, like)
        remember(plan, parameters, c, 0, BLOCK, like)
        speak(plan, parameters, c, 0, BLOCK, like)
        finals[environment, number] = c.outputs[i * plan[COLUMNS] + plan[ACTIONS]]
