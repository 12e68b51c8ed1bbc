"""What an update of proximal policy optimization works on: both networks, the rows, the settings, room for threads."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .actions import SUMS
from .layout import ROWS, STRIDE, Perceptron, Plan, Vector, memory, padded
from .product import LANES

CHUNKS = 8
STEPS, DROPPED = range(2)
"""Counts: steps of Adam ever made; steps dropped in this update because the gradient was not finite."""
NORM = SUMS
"""Statistics of an update, float64[SUMS + 1]: means over its rows of what `actions` sums, and the gradient's norm."""


class Settings(NamedTuple):
    """Of an update.

    Attributes:
        kind: `actions.NORMAL` or CHOICE. epochs, minibatch: how often, and how many rows at once (a multiple of ROWS).
        clip, entropy, value: e, w and c of the loss. norm: largest norm of the gradient.
        rate, beta1, beta2, epsilon: Adam's. low, high: bounds of the logarithms of the standard deviations.
        key: fixes the order of the rows.
    """

    kind: int
    epochs: int
    minibatch: int
    clip: np.float32
    entropy: np.float32
    value: np.float32
    norm: np.float32
    rate: float
    beta1: float
    beta2: float
    epsilon: float
    low: np.float32
    high: np.float32
    key: np.uint64


class Rows(NamedTuple):
    """What is learnt from; see `recorded` and `advantages`."""

    observations: NDArray[np.float32]
    actions: NDArray[np.float32]
    log_probabilities: Vector
    advantages: Vector
    targets: Vector


def side_by_side(rows: Rows) -> Rows:
    """The same, each row side by side in memory: in a random order each is waited for once, not for every part."""
    parts = [part.reshape(len(part), -1) for part in rows]
    ends = np.cumsum([part.shape[1] for part in parts])
    room = memory(len(parts[0]) * padded(int(ends[-1]), LANES)).reshape(len(parts[0]), -1)
    views = np.split(room[:, : ends[-1]], ends[:-1], axis=1)
    for view, part in zip(views, parts, strict=True):
        view[...] = part
    return Rows(*(view.reshape(part.shape) for view, part in zip(views, rows, strict=True)))


class Nets(NamedTuple):
    """An actor and a critic in training, and room for their threads to meet.

    Attributes:
        actor, critic: plans. parameters: float32[p], those of the actor, LANES-padded logarithms of the standard
            deviations, those of the critic; m, v: Adam's. actor_part, deviation_part, critic_part: views of parameters.
        actor_turned, critic_turned: transposed weights.
        gradients: float32[CHUNKS, p]; deviation_slopes, sums: float32[CHUNKS, a * LANES or SUMS * LANES].
        deviations: float32[3 * a]; see `actions.normal_slopes`. Empty for choices.
        order: int64[rows]; normal: float32[2], mean and inverse deviation of the minibatch's advantages.
        counts: int64[2]; statistics: float64[SUMS + 1]; counters: int64[24], see `atomic`.
        zeros: float32, as many as the widest layer has columns.
    """

    actor: Plan
    critic: Plan
    parameters: Vector
    m: Vector
    v: Vector
    actor_part: Vector
    deviation_part: Vector
    critic_part: Vector
    actor_turned: Vector
    critic_turned: Vector
    gradients: NDArray[np.float32]
    deviation_slopes: NDArray[np.float32]
    sums: NDArray[np.float32]
    deviations: Vector
    order: NDArray[np.int64]
    normal: Vector
    counts: NDArray[np.int64]
    statistics: NDArray[np.float64]
    counters: NDArray[np.int64]
    zeros: Vector


def nets(actor: Perceptron, critic: Perceptron, deviations: int, rows: int) -> Nets:
    """Memory for two networks and `rows` rows. `deviations`: number of continuous actions, 0 for a discrete one."""
    between = padded(deviations, LANES)
    total = actor.parameters + between + critic.parameters
    parameters = memory(total)
    widest = max(int(actor.plan[:, STRIDE].max()), int(critic.plan[:, STRIDE].max()))
    return Nets(
        actor=actor.plan,
        critic=critic.plan,
        parameters=parameters,
        m=memory(total),
        v=memory(total),
        actor_part=parameters[: actor.parameters],
        deviation_part=parameters[actor.parameters : actor.parameters + between],
        critic_part=parameters[actor.parameters + between :],
        actor_turned=memory(max(actor.transposed, 1)),
        critic_turned=memory(max(critic.transposed, 1)),
        gradients=memory(CHUNKS * total).reshape(CHUNKS, total),
        deviation_slopes=memory(CHUNKS * deviations * LANES).reshape(CHUNKS, -1),
        sums=memory(CHUNKS * SUMS * LANES).reshape(CHUNKS, -1),
        deviations=memory(3 * deviations),
        order=np.arange(rows),
        normal=memory(2),
        counts=np.zeros(2, np.int64),
        statistics=np.zeros(SUMS + 1),
        counters=np.zeros(24, np.int64),
        zeros=memory(widest),
    )


class Desk(NamedTuple):
    """Room of one thread: values and slopes of both networks, and of the actor's outputs (float32[columns * ROWS])."""

    actor_values: Vector
    actor_slopes: Vector
    critic_values: Vector
    critic_slopes: Vector
    outputs: Vector
    actions: Vector
    slopes: Vector
    before: Vector
    advantages: Vector


def desk(actor: Perceptron, critic: Perceptron) -> Desk:
    """Room for one thread."""
    columns = ROWS * actor.sizes[-1]
    sizes = (actor.values, actor.values, critic.values, critic.values, columns, columns, columns, ROWS, ROWS)
    return Desk(*map(memory, sizes))
