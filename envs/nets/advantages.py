"""From recorded rewards to what the update follows: scaled rewards, values, advantages.

Rewards are divided by the running standard deviation of the discounted return (Engstrom et al. 2020, Implementation
matters in deep policy gradients; gymnasium.wrappers.NormalizeReward), its moments merged by Chan, Golub and LeVeque
(1979). Advantages are those of Schulman et al. (2016), High-dimensional continuous control using generalized advantage
estimation:

    delta_t = r_t + gamma V(s_t+1) - V(s_t)          A_t = delta_t + gamma lambda A_t+1

After a terminal step the future is worth 0. After a truncated one it is worth V of what was seen then (Pardo et al.
2018, Time limits in reinforcement learning), and the sum of deltas ends there.
"""

import numpy as np

from ..simd.compiled import inlined, kernel
from ..simd.number import zero
from .atomic import add
from .dense import forward
from .layout import BEFORE, ROWS, STRIDE
from .product import TALL
from .recorded import GOES_ON, TRUNCATED, Recorded

COUNT, MEAN, VARIANCE = range(3)
"""Of the discounted returns seen so far, a float64[3]."""
FIRST_MOMENTS = (1e-4, 0.0, 1.0)
_TINY = 1e-8


@kernel
def measure_rewards(recorded: Recorded, discounted, gamma, moments):
    """Take the rewards into `moments` float64[3] and return by what to divide them.

    discounted: float64[n], the discounted return of each environment's episode so far, carried from call to call.
    Environments are summed in their order.
    """
    steps = len(recorded.rewards) // len(discounted)
    count, total = len(recorded.rewards), 0.0
    for again in range(2):
        mean, squares = total / count, 0.0
        for environment in range(len(discounted)):
            sofar = discounted[environment]
            for row in range(environment * steps, (environment + 1) * steps):
                sofar = gamma * sofar + np.float64(recorded.rewards[row])
                if again:
                    squares += (sofar - mean) * (sofar - mean)
                else:
                    total += sofar
                if recorded.ends[row] != GOES_ON:
                    sofar = 0.0
            if again:
                discounted[environment] = sofar
    known = moments[COUNT]
    difference, all_of_them = mean - moments[MEAN], known + count
    squares += moments[VARIANCE] * known + difference * difference * known * count / all_of_them
    moments[MEAN] += difference * count / all_of_them
    moments[VARIANCE] = squares / all_of_them
    moments[COUNT] = all_of_them
    return deviation(moments)


@inlined
def deviation(moments):
    """The running standard deviation of the discounted return, by which rewards are divided."""
    return np.sqrt(moments[VARIANCE] + _TINY)


@kernel
def values_of(plan, parameters, observations, first, count, room, out, out_at, like):
    """out[out_at + i] = V(observations[first + i]) for `count` rows; `room`: float32, the values of a network."""
    stride, after, columns = plan[0, STRIDE], plan[len(plan) - 1, BEFORE], plan[len(plan) - 1, STRIDE]
    for start in range(0, count, ROWS):
        rows = min(ROWS, count - start)
        for row in range(rows):
            for j in range(observations.shape[1]):
                room[row * stride + j] = observations[first + start + row, j]
        forward(plan, parameters, room, (rows + TALL - 1) // TALL * TALL, like)
        for row in range(rows):
            out[out_at + start + row] = room[after + row * columns]


@inlined
def trace_back(recorded, environment, steps, scale, gamma, decay, values, finals, advantages, targets):
    """Advantages and targets of an environment whose values are there; arguments as those of `judge`."""
    first, cut = environment * steps, 0
    for row in range(first, first + steps):
        cut += recorded.ends[row] == TRUNCATED
    after, advantage = np.float64(finals[environment, recorded.finals.shape[1]]), 0.0
    for row in range(first + steps - 1, first - 1, -1):
        end = recorded.ends[row]
        if end != GOES_ON:
            after, advantage = 0.0, 0.0
        if end == TRUNCATED:
            cut -= 1
            after = np.float64(finals[environment, cut])
        value = np.float64(values[row])
        delta = np.float64(recorded.rewards[row]) / scale + gamma * after - value
        advantage = delta + gamma * decay * advantage
        advantages[row] = advantage
        targets[row] = advantage + value
        after = value


@kernel
def judge(
    recorded: Recorded, plan, parameters, scale, gamma, decay, values, finals, advantages, targets, taken, stop, room,
    kind,
):  # fmt: skip
    """Fill values, advantages and targets (advantage + value), float32[rows], environment by environment.

    Any number of threads may call this at once, each with a `room` float32[...] of its own. They share `taken`,
    int64[1], 0 at the start, and `stop`, uint8[1]. finals: float32[n, most + 1], room for the values of
    `recorded.finals` and, last, of `recorded.last`. `scale` divides the rewards, `decay` is lambda.
    """
    like = zero(kind)
    most = recorded.finals.shape[1]
    steps = len(recorded.rewards) // len(recorded.last)
    while stop[0] == 0:
        environment = add(taken, 0, 1)
        if environment >= len(recorded.last):
            break
        first = environment * steps
        values_of(plan, parameters, recorded.observations, first, steps, room, values, first, like)
        cut = 0
        for row in range(first, first + steps):
            cut += recorded.ends[row] == TRUNCATED
        values_of(plan, parameters, recorded.finals[environment], 0, cut, room, finals[environment], 0, like)
        values_of(plan, parameters, recorded.last, environment, 1, room, finals[environment], most, like)
        trace_back(recorded, environment, steps, scale, gamma, decay, values, finals, advantages, targets)
