"""What an update of a policy with memory works on: the network, the rows, room for threads; see `nets.learning`.

Rows are cut into *sequences* of consecutive steps of one environment. BLOCK sequences go through the network side by
side, in *tiles* of STRETCH steps, whose ROWS rows stand step after step.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..actions import SUMS
from ..layout import ROWS, Plan, Vector, memory, padded
from ..learning import CHUNKS
from ..product import LANES, TALL
from .layout import COLUMNS, DENSE, UNITS, Cells, Recurrent, cells

BLOCK = TALL
"""Sequences side by side: few, so that what is kept of their steps stays in a core's own cache."""
STRETCH = ROWS // BLOCK
"""Steps of a tile; a sequence has a multiple of it."""


class Rows(NamedTuple):
    """What is learnt from; see `recorded` and `advantages`.

    Attributes:
        ends: of the rows. length: steps of a sequence. starts: float32[sequences, units], the memory before each.
    """

    observations: NDArray[np.float32]
    actions: NDArray[np.float32]
    log_probabilities: Vector
    advantages: Vector
    targets: Vector
    ends: NDArray[np.uint8]
    length: int
    starts: NDArray[np.float32]


class Nets(NamedTuple):
    """A network in training, and room for its threads to meet; what is not said here is as in `learning.Nets`.

    Attributes:
        plan: of the network, actor and critic in one. parameters: float32[p], its own, then the logarithms of the
            standard deviations. actor_part, deviation_part: views of them.
        turned: transposed weights. biases: float32[3 units], see `cell.combine`.
        sequences: int64[rows / length], in the order of learning. order: int64[rows], the rows of these sequences.
    """

    plan: Plan
    parameters: Vector
    m: Vector
    v: Vector
    actor_part: Vector
    deviation_part: Vector
    turned: Vector
    biases: Vector
    gradients: NDArray[np.float32]
    deviation_slopes: NDArray[np.float32]
    sums: NDArray[np.float32]
    deviations: Vector
    sequences: NDArray[np.int64]
    order: NDArray[np.int64]
    normal: Vector
    counts: NDArray[np.int64]
    statistics: NDArray[np.float64]
    counters: NDArray[np.int64]
    zeros: Vector


def nets(net: Recurrent, deviations: int, rows: int, length: int) -> Nets:
    """Memory for a network and `rows` rows in sequences of `length` steps; `deviations`: of continuous actions."""
    total = net.parameters + padded(deviations, LANES)
    parameters = memory(total)
    return Nets(
        plan=net.plan,
        parameters=parameters,
        m=memory(total),
        v=memory(total),
        actor_part=parameters[: net.parameters],
        deviation_part=parameters[net.parameters :],
        turned=memory(net.turned),
        biases=memory(3 * int(net.plan[UNITS])),
        gradients=memory(CHUNKS * total).reshape(CHUNKS, total),
        deviation_slopes=memory(CHUNKS * deviations * LANES).reshape(CHUNKS, -1),
        sums=memory(CHUNKS * SUMS * LANES).reshape(CHUNKS, -1),
        deviations=memory(3 * deviations),
        sequences=np.arange(rows // length),
        order=np.arange(rows),
        normal=memory(2),
        counts=np.zeros(2, np.int64),
        statistics=np.zeros(SUMS + 1),
        counters=np.zeros(24, np.int64),
        zeros=memory(int(net.plan[[DENSE, UNITS]].max())),
    )


class Desk(NamedTuple):
    """Room of one thread.

    Attributes:
        cells: of BLOCK sequences.
        slopes: float32[ROWS, columns], of a tile's outputs. above: float32[ROWS, units], of its memory. below:
            float32[ROWS, dense]. carried: float32[BLOCK, units].
        outputs, actions, action_slopes: float32[a * ROWS], quantity after quantity. before, advantages, errors:
            float32[ROWS].
    """

    cells: Cells
    slopes: Vector
    above: Vector
    below: Vector
    carried: Vector
    outputs: Vector
    actions: Vector
    action_slopes: Vector
    before: Vector
    advantages: Vector
    errors: Vector


def desk(net: Recurrent, length: int) -> Desk:
    """Room for one thread."""
    dense, units, columns = (int(net.plan[place]) for place in (DENSE, UNITS, COLUMNS))
    actions = ROWS * net.policy.outputs
    sizes = (ROWS * columns, ROWS * units, ROWS * dense, BLOCK * units, actions, actions, actions, ROWS, ROWS, ROWS)
    return Desk(cells(net, BLOCK * length), *map(memory, sizes))
