"""What a network does at an observation: one kernel for all layouts, which it reads as data.

The layout is `Policy.code`, int64: kind, how actions are chosen, then the sizes, and where layers differ in them, their
activations. Every output of a layer
starts from its bias and adds input times weight in the order of the inputs, eight outputs side by side; no operation is
fused, so the bits are the same on every machine. Sums in blocks of eight stay in registers whatever the sizes are:
loops over outputs in memory, which need constant sizes to be fast, take four times as long.
"""

from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .feedforward import ACTIVATIONS, FEEDFORWARD
from .policy import CONTINUOUS, GRU, SAMPLED, Policy
from .random import bits, uniform
from .simd.compiled import inlined, kernel
from .simd.exp import exp
from .simd.flat import load_at, store_at, zeros4, zeros8
from .simd.number import select
from .simd.tanh import TANH, tanh

KIND, CHOOSING, SIZES = 0, 1, 2
"""Places in `Policy.code`."""
OWN = np.uint64(0xA6)
"""Draws of actions come from a stream of their own: this number of the episode's."""

BOUND, ZERO, ONE = np.float32(TANH.bound), np.float32(0.0), np.float32(1.0)
HALF = np.float32(0.5)
BY_TANH, BY_RELU, BY_CLIP = (ACTIVATIONS.index(name) for name in ("tanh", "relu", "clip"))
P1, P2, P3, P4 = (np.float32(value) for value in TANH.numerator[1:])
Q1, Q2, Q3, Q4 = (np.float32(value) for value in TANH.denominator[1:])


@inlined
def tanh_of(x):
    """`simd.tanh.tanh` of a number of any width."""
    x = select(x < -BOUND, -BOUND, x)
    x = select(x > BOUND, BOUND, x)
    s = x * x
    p = (((s * P4 + P3) * s + P2) * s + P1) * s + ONE
    q = (((s * Q4 + Q3) * s + Q2) * s + Q1) * s + ONE
    y = x * p / q
    y = select(y < -ONE, -ONE, y)
    return select(y > ONE, ONE, y)


@inlined
def four_blocks(agent, start, inputs, outputs, x, y, j, curved, like):
    """Outputs j to j + 31 of `layer`."""
    bias = start + inputs * outputs + j
    a, b = load_at(agent, bias, like), load_at(agent, bias + 8, like)
    c, d = load_at(agent, bias + 16, like), load_at(agent, bias + 24, like)
    row = start + j
    for i in range(inputs):
        value = x[i]
        a = a + load_at(agent, row, like) * value
        b = b + load_at(agent, row + 8, like) * value
        c = c + load_at(agent, row + 16, like) * value
        d = d + load_at(agent, row + 24, like) * value
        row += outputs
    if curved:
        a, b, c, d = tanh_of(a), tanh_of(b), tanh_of(c), tanh_of(d)
    store_at(y, j, a)
    store_at(y, j + 8, b)
    store_at(y, j + 16, c)
    store_at(y, j + 24, d)


@inlined
def one_block(agent, start, inputs, outputs, x, y, j, curved, like):
    """As many outputs of `layer` as `like` has lanes, from j on."""
    total = load_at(agent, start + inputs * outputs + j, like)
    row = start + j
    for i in range(inputs):
        total = total + load_at(agent, row, like) * x[i]
        row += outputs
    if curved:
        total = tanh_of(total)
    store_at(y, j, total)


@inlined
def layer(agent, start, inputs, outputs, x, y, curved):
    """y[j] = b[j] + x[0] W[0, j] + x[1] W[1, j] + ..., or its tanh if `curved`; the parameters begin at agent[start].

    Returns where they end. x and y do not overlap.
    """
    j = 0
    while j + 32 <= outputs:
        four_blocks(agent, start, inputs, outputs, x, y, j, curved, zeros8())
        j += 32
    while j + 8 <= outputs:
        one_block(agent, start, inputs, outputs, x, y, j, curved, zeros8())
        j += 8
    while j + 4 <= outputs:
        one_block(agent, start, inputs, outputs, x, y, j, curved, zeros4())
        j += 4
    bias = start + inputs * outputs
    while j < outputs:
        total = agent[bias + j]
        for i in range(inputs):
            total = total + agent[start + i * outputs + j] * x[i]
        y[j] = tanh(total) if curved else total
        j += 1
    return bias + outputs


@inlined
def logistic(x):
    """1 / (1 + exp(-x)) of a float32, as 1/2 + tanh(x / 2) / 2."""
    return HALF + HALF * tanh(HALF * x)


@inlined
def bend(y, count, activation):
    """The first `count` numbers in y become what an activation, a place in `feedforward.ACTIVATIONS`, makes of them."""
    for j in range(count):
        if activation == BY_TANH:
            y[j] = tanh(y[j])
        elif activation == BY_RELU:
            y[j] = y[j] if y[j] > ZERO else ZERO
        elif activation == BY_CLIP:
            y[j] = min(max(y[j], -ONE), ONE)


@kernel
def act(code, agent, observation, state, room, outputs):
    """Fill `outputs` float32[outputs] with what `agent` float32[parameters] computes at `observation` float32[inputs].

    code: `Policy.code`; state: float32[memory], zeros when an episode begins, is carried on; room: float32[3, widest],
    see `room_for`. All arrays are contiguous and do not overlap.
    """
    curved = code[CHOOSING] == CONTINUOUS
    if code[KIND] == GRU:
        dense, memory = code[SIZES + 1], code[SIZES + 2]
        x, given, kept = room[0], room[1], room[2]
        start = layer(agent, 0, code[SIZES], dense, observation, x, True)
        start = layer(agent, start, dense, 3 * memory, x, given, False)
        start = layer(agent, start, memory, 3 * memory, state, kept, False)
        for k in range(memory):
            r = logistic(given[k] + kept[k])
            z = logistic(given[memory + k] + kept[memory + k])
            n = tanh(given[2 * memory + k] + r * kept[2 * memory + k])
            state[k] = (ONE - z) * n + z * state[k]
        layer(agent, start, memory, code[SIZES + 3], state, outputs, curved)
        return
    start = 0
    own = code[KIND] == FEEDFORWARD
    last = (len(code) - SIZES) // 2 - 1 if own else len(code) - SIZES - 2
    for number in range(last + 1):
        x = observation if number == 0 else room[(number - 1) % 2]
        y = outputs if number == last else room[number % 2]
        width = code[SIZES + number + 1]
        start = layer(agent, start, code[SIZES + number], width, x, y, not own and (number < last or curved))
        if own:
            bend(y, width, code[SIZES + last + 2 + number])


@inlined
def choice(outputs):
    """The index of the largest output, the first of equals."""
    best = 0
    for j in range(1, len(outputs)):
        if outputs[j] > outputs[best]:
            best = j
    return best


@inlined
def drawn(outputs, key, step):
    """The index of an action, drawn with the probabilities softmax(outputs) for this step of the episode `key`: the
    first at which their sum exceeds a uniform number.
    """
    most = outputs[choice(outputs)]
    total = ZERO
    for j in range(len(outputs)):
        total = total + exp(outputs[j] - most)
    level = np.float32(uniform(bits(key, OWN), step)) * total
    action, reached = 0, exp(outputs[0] - most)
    while action + 1 < len(outputs) and reached <= level:
        action += 1
        reached = reached + exp(outputs[action] - most)
    return action


@inlined
def chosen(code, outputs, key, step):
    """The index of the action that a policy of discrete actions takes."""
    return drawn(outputs, key, step) if code[CHOOSING] == SAMPLED else choice(outputs)


@kernel
def choose(code, outputs, key, step):
    """`chosen`, to be called from Python."""
    return chosen(code, outputs, key, step)


def room_for(policy: Policy) -> NDArray[np.float32]:
    """Room that `act` works in, float32[3, widest]."""
    return np.zeros((3, max(*policy.code[SIZES:].tolist(), 3 * policy.memory)), np.float32)


def controller(policy: Policy, agent: NDArray[np.float32], key: int = 0) -> Callable[[NDArray[np.float32]], Any]:
    """What an agent does, as a function of an observation float32[inputs]: an action float32[outputs], or the index of
    the chosen one, to the bit as in the rollouts of a search in an episode of this key.

    A policy with memory remembers what it has seen: make another controller for another episode.

    Raises:
        ValueError: the agent does not have the policy's parameters.
    """
    parameters = np.array(agent, np.float32)
    if parameters.shape != (policy.parameters,):
        raise ValueError(f"an agent of the shape {parameters.shape} was given; the policy has ({policy.parameters},)")
    code, room, state = policy.code, room_for(policy), np.zeros(policy.memory, np.float32)
    steps = count()

    def action(observation: NDArray[np.float32]) -> Any:
        outputs = np.zeros(policy.outputs, np.float32)
        act(code, parameters, np.ascontiguousarray(observation, np.float32), state, room, outputs)
        return int(choose(code, outputs, np.uint64(key), next(steps))) if policy.discrete else outputs

    return action
