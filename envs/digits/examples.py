"""Examples of an exercise: operands drawn from a key, the right answer, and what is seen tick after tick.

First come the tokens of the program, one a tick, if it is told; then a digit of each operand a tick; then a digit of
the answer is to be written a tick. An example's draws are numbers of the stream that its key names.
"""

import numpy as np

from ..random import between
from ..simd.compiled import inlined, kernel
from .exercise import Exercise
from .limits import (
    ADD,
    LARGEST,
    MAX,
    MODULO,
    MOST_ANSWERS,
    MOST_DIGITS,
    MOST_NODES,
    SMALLEST,
    SUBTRACT,
    TIMES,
    TOKENS,
    X,
)
from .limits import Y as SECOND
from .program import tokens

BASE, DIGITS, BELOW, HIGH, SEEN, TOLD, ANSWERS, NODES, TICKS, OPERATORS = range(10)
"""Places in a task's row of whole numbers. `OPERATORS`: the tree's nodes in prefix order, then their constants."""
CONSTANTS = OPERATORS + MOST_NODES
ROW = CONSTANTS + MOST_NODES
HIDDEN, SHOWN, SHUFFLED = range(3)

LEFT, RIGHT = 0, MOST_DIGITS
"""Places in a page, int64[PAGE], which holds an example: digits of x and y, of the answer, all in the order of ticks;
and the base that is seen (0: none)."""
ANSWER = 2 * MOST_DIGITS
VISIBLE = ANSWER + MOST_ANSWERS
PAGE = VISIBLE + 1

SYMBOLS = LARGEST
"""Digits there are; also how many answers an agent chooses from."""
BASES, ORDER, NOW, NODE = 2 * SYMBOLS, 3 * SYMBOLS - 1, 3 * SYMBOLS, 3 * SYMBOLS + 1
OBSERVATIONS = NODE + len(TOKENS)
"""An observation, zeros and ones: which digit of x (or which constant) and of y is read; the base, 2 .. 16; whether
the high digit comes first; whether a digit of the answer is to be written now; which token of the program is read."""


def task_row(exercise: Exercise) -> list[int]:
    """The numbers of an exercise that the kernels need."""
    nodes = tokens(exercise.program)
    seen = ("hidden", "shown", "shuffled").index(exercise.seen)
    head = [exercise.base, exercise.digits, exercise.below, exercise.first == "high", seen, exercise.told]
    padding = [0] * (MOST_NODES - len(nodes))
    operators, constants = ([node[part] for node in nodes] for part in (0, 1))
    tail = [exercise.answers, len(nodes), exercise.ticks, *operators, *padding, *constants, *padding]
    return [int(value) for value in (*head, *tail)]


@inlined
def value_of(task, x, y, stack):
    """The program's value; it is read from its end, so a node finds its left part on top of the stack."""
    top = 0
    for node in range(task[NODES] - 1, -1, -1):
        operator = task[OPERATORS + node]
        if operator in (X, SECOND):
            stack[top] = x if operator == X else y
            top += 1
        elif operator == TIMES:
            stack[top - 1] *= task[CONSTANTS + node]
        elif operator == MODULO:
            stack[top - 1] %= task[CONSTANTS + node]
        else:
            top -= 1
            p, q = stack[top], stack[top - 1]
            if operator == ADD:
                stack[top - 1] = p + q
            elif operator == SUBTRACT:
                stack[top - 1] = p - q if p > q else q - p
            elif operator == MAX:
                stack[top - 1] = p if p > q else q
    return stack[0]


@inlined
def pose(task, key, page, stack):
    """Write the example of a key on a page; stack: room, int64[MOST_NODES]."""
    base, digits, high = task[BASE], task[DIGITS], task[HIGH]
    x, y, power = np.int64(0), np.int64(0), np.int64(1)
    for place in range(digits):
        tick = digits - 1 - place if high else place
        page[LEFT + tick] = between(key, place, 0, task[BELOW])
        page[RIGHT + tick] = between(key, MOST_DIGITS + place, 0, task[BELOW])
        x += page[LEFT + tick] * power
        y += page[RIGHT + tick] * power
        power *= base
    value, answers = value_of(task, x, y, stack), task[ANSWERS]
    for place in range(answers):
        page[ANSWER + (answers - 1 - place if high else place)] = value % base
        value //= base
    page[VISIBLE] = 0
    if task[SEEN] == SHOWN:
        page[VISIBLE] = base
    elif task[SEEN] == SHUFFLED:
        page[VISIBLE] = between(key, 2 * MOST_DIGITS, SMALLEST, LARGEST + 1)


@inlined
def observe(task, page, tick, seen):
    """Fill `seen`, float32[OBSERVATIONS], with what is seen at a tick of an example; returns which digit of the answer
    is to be written now, -1 for none.
    """
    one = np.float32(1.0)
    for place in range(OBSERVATIONS):
        seen[place] = np.float32(0.0)
    if page[VISIBLE]:
        seen[BASES + page[VISIBLE] - SMALLEST] = one
    if task[HIGH]:
        seen[ORDER] = one
    if task[TOLD]:
        if tick < task[NODES]:
            seen[NODE + task[OPERATORS + tick]] = one
            if task[CONSTANTS + tick]:
                seen[task[CONSTANTS + tick]] = one
            return -1
        tick -= task[NODES]
    if tick < task[DIGITS]:
        seen[page[LEFT + tick]] = one
        seen[SYMBOLS + page[RIGHT + tick]] = one
        return -1
    seen[NOW] = one
    return tick - task[DIGITS]


@kernel
def pose_all(tasks, which, keys, pages, stack):
    """Write the examples of keys, uint64[n], of the tasks `which`, int64[n], on pages int64[n, PAGE]."""
    for i in range(len(keys)):
        pose(tasks[which[i]], keys[i], pages[i], stack)


@kernel
def write_rows(tasks, which, keys, observations, labels, weights, page, stack):
    """Write examples one behind the other: float32[rows, OBSERVATIONS]; labels float32[rows, 1], the right digits where
    one is to be written; weights float32[rows], 0 elsewhere, the sum over an example is 1.
    """
    row = 0
    for i in range(len(keys)):
        task = tasks[which[i]]
        pose(task, keys[i], page, stack)
        share = np.float32(1.0) / np.float32(task[ANSWERS])
        for tick in range(task[TICKS]):
            digit = observe(task, page, tick, observations[row])
            labels[row, 0] = np.float32(page[ANSWER + digit]) if digit >= 0 else np.float32(0.0)
            weights[row] = share if digit >= 0 else np.float32(0.0)
            row += 1
