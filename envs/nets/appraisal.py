"""What recorded steps of each task say of how much a learner would change: the size of an update, and disagreement.

Size of the update (Yuan et al. 2026, PACE: Parameter change for unsupervised environment design): the squared norm of
the gradient of the clipped objective with respect to the actor's parameters and the logarithms of its standard
deviations, over the rows of one task alone, where the update begins. Advantages are normalised over the whole record,
so that tasks compare; the entropy is left out. It is the first-order change in the objective by one step of gradient
ascent on that task, divided by the step size. The gradient is a mean over the task's rows and has their noise, which
makes the size of a task with few rows too large.

Disagreement (Zhang, Abbeel and Pinto 2020, Automatic curriculum learning through value disagreement; Pathak, Gandhi and
Gupta 2019, Self-supervised exploration via disagreement) needs values of the same states by several critics.

Threads take tasks, or blocks of rows, from a counter; each is worked on by one thread in the order of its rows, so that
no number of threads changes a bit.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..simd.compiled import kernel
from ..simd.flat import load_at
from ..simd.fused import fma
from ..simd.number import number, splat, zero
from .advantages import values_of
from .atomic import add
from .dense import transpose
from .gradient import actor_block, gather
from .layout import ROWS, memory, packed
from .learning import Desk, Nets, Rows, Settings, desk
from .product import LANES
from .proximal import across, set_deviations
from .recorded import Recorded, Run
from .trainer import Judged, Trainer


class Sorted(NamedTuple):
    """The rows of a record by task, padded to blocks of ROWS.

    Attributes:
        order: int64[n], rows; the last row of a task is repeated at the end of its last block.
        starts: int64[tasks + 1], where each task's blocks begin in `order`.
        counts: int64[tasks], rows of each task.
    """

    order: NDArray[np.int64]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]


def by_task(tasks: NDArray[np.int32], count: int) -> Sorted:
    """Sort the rows of a record by their tasks, int32[rows] below `count`; rows of one task keep their order."""
    counts = np.bincount(tasks, minlength=count)
    blocks = -(-counts // ROWS)
    starts = np.concatenate(([0], np.cumsum(blocks * ROWS)))
    order = np.zeros(starts[-1], np.int64)
    ends = np.cumsum(counts)
    rows = np.argsort(tasks, kind="stable")
    for start, end, after, number_of in zip(starts, starts[1:], ends, counts, strict=False):
        if number_of:
            order[start : start + number_of] = rows[after - number_of : after]
            order[start + number_of : end] = rows[after - 1]
    return Sorted(order, starts, counts)


@kernel
def begin(n: Nets, rows: Rows):
    """Get ready to measure sizes: the moments of all advantages, deviations, transposed weights."""
    total, squares, count = 0.0, 0.0, len(rows.advantages)
    for row in range(count):
        total += np.float64(rows.advantages[row])
    mean = total / count
    for row in range(count):
        off = np.float64(rows.advantages[row]) - mean
        squares += off * off
    n.normal[0] = mean
    n.normal[1] = 1.0 / (np.sqrt(squares / (count - 1)) + 1e-8)
    set_deviations(n)
    transpose(n.actor, n.actor_part, n.actor_turned)


@kernel
def measure_sizes(n: Nets, rows: Rows, s: Settings, by: Sorted, d: Desk, sizes, taken, stop, kind):
    """Fill sizes, float64[tasks], of the tasks that have rows.

    Any number of threads may call this at once. Each has a desk, and `n` with gradients [1, p], slopes and sums
    [1, ...] of its own; they share `taken`, int64[1], 0 at the start, and `stop`, uint8[1].
    """
    like = zero(kind)
    gradient, slopes = n.gradients[0], n.deviation_slopes[0]
    while stop[0] == 0:
        task = add(taken, 0, 1)
        if task >= len(sizes):
            break
        count = by.counts[task]
        if count == 0:
            continue
        gradient[:] = 0.0
        slopes[:] = 0.0
        share = np.float32(1.0) / np.float32(count)
        for block in range(by.starts[task], by.starts[task + 1], ROWS):
            gather(n, rows, by.order, block, d)
            for i in range(max(count - (block - by.starts[task]), 0), ROWS):
                d.advantages[i] = 0.0
            actor_block(n, s, 0, share, d, like)
        squares = splat(like, np.float32(0.0))
        for at in range(0, len(gradient), LANES):
            part = load_at(gradient, at, like)
            squares = fma(part, part, squares)
        size = np.float64(across(squares))
        for j in range(len(slopes) // LANES):
            part = np.float64(across(load_at(slopes, j * LANES, like)))
            size += part * part
        sizes[task] = size


def update_sizes(
    trainer: Trainer, record: Recorded, judged: Judged, by: Sorted, clip: float, run: Run, stop: NDArray[np.uint8]
) -> NDArray[np.float64]:
    """The size of the update on each task alone, float64[tasks]; NaN for a task without rows. See the module."""
    n, sizes, taken = trainer.nets, np.full(len(by.counts), np.nan), np.zeros(1, np.int64)
    rows = Rows(record.observations, record.actions, record.log_probabilities, judged.advantages, judged.targets)
    none = np.float32(0)
    settings = Settings(
        trainer.kind, 1, ROWS, np.float32(clip), none, none, none, 0.0, 0.0, 0.0, 0.0, none, none, np.uint64(0)
    )  # fmt: skip
    begin(n, rows)

    def work() -> None:
        own = n._replace(
            gradients=memory(len(n.actor_part)).reshape(1, -1),
            deviation_slopes=memory(n.deviation_slopes.shape[1]).reshape(1, -1),
            sums=memory(n.sums.shape[1]).reshape(1, -1),
        )
        room = desk(trainer.actor_net, trainer.critic_net)
        measure_sizes(own, rows, settings, by, room, sizes, taken, stop, number(LANES))

    run(work)
    return sizes


@kernel
def fill_values(plan, critics, observations, values, taken, stop, room, kind):
    """values[critic, row] for all critics, float32[critics, p], padded, and observations; threads share as above."""
    like = zero(kind)
    blocks = (len(observations) + ROWS - 1) // ROWS
    while stop[0] == 0:
        work = add(taken, 0, 1)
        critic = work // blocks
        if critic >= len(critics):
            break
        first = work % blocks * ROWS
        count = min(ROWS, len(observations) - first)
        values_of(plan, critics[critic], observations, first, count, room, values[critic], first, like)


def critic_values(
    trainer: Trainer, critics: NDArray[np.float32], observations: NDArray[np.float32], run: Run, stop: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """What critics, float32[c, parameters], say of observations, float32[n, o]: float32[c, n]."""
    net = trainer.critic_net
    every = memory(len(critics) * net.parameters).reshape(len(critics), -1)
    for place, critic in enumerate(critics):
        every[place] = packed(net, critic)
    found, taken = np.zeros((len(critics), len(observations)), np.float32), np.zeros(1, np.int64)

    def work() -> None:
        fill_values(net.plan, every, observations, found, taken, stop, memory(net.values), number(LANES))

    run(work)
    return found
