"""Drawing actions of a policy with memory, by keys; see `nets.draw`."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...simd.compiled import kernel
from ...simd.number import zero
from ..actions import NORMAL
from ..draw import NOISE, draw_choice, draw_normals
from ..layout import ROWS, Plan, Vector, memory
from ..product import LANES, TALL
from .cell import answer
from .layout import COLUMNS, INPUTS, UNITS, Cells, Recurrent, cells


class Actor(NamedTuple):
    """A stochastic policy with memory; `biases` are those of `cell.combine`, the rest as in `nets.draw.Actor`."""

    kind: int
    outputs: int
    plan: Plan
    parameters: Vector
    biases: Vector
    deviations: Vector


class Room(NamedTuple):
    """Room of one thread to draw in, see `nets.draw.Room`; `values` are the outputs of `cells`."""

    keys: NDArray[np.uint64]
    cells: Cells
    values: Vector
    noise: Vector
    actions: Vector
    densities: Vector


def room(net: Recurrent) -> Room:
    """Room for one thread."""
    outputs = (net.policy.outputs + 1) // 2 * 2 * ROWS
    made = cells(net, ROWS)
    keys = np.zeros((ROWS // LANES, LANES), np.uint64)
    return Room(keys, made, made.outputs, memory(outputs), memory(outputs), memory(ROWS))


@kernel
def draw_for(actor: Actor, r: Room, streams, seen, memories, first, last, index, actions, densities, kind):
    """Draw for the environments first .. last - 1, ROWS at most.

    streams: uint64[n, 3]; seen: float32[n, o]; memories: float32[n, units], zeros where an episode begins, carried on;
    filled are actions, float32[n, a], and densities, float32[n].
    """
    like, c = zero(kind), r.cells
    stride, units, count = actor.plan[INPUTS], actor.plan[UNITS], last - first
    rows = (count + TALL - 1) // TALL * TALL
    for i in range(count):
        r.keys[i // LANES, i % LANES] = streams[first + i, NOISE]
        for j in range(seen.shape[1]):
            c.seen[i * stride + j] = seen[first + i, j]
        for j in range(memories.shape[1]):
            c.before[i * units + j] = memories[first + i, j]
    answer(actor.plan, actor.parameters, actor.biases, c, rows, like)
    if actor.kind == NORMAL:
        draw_normals(actor, r, count, index, 0, actor.plan[COLUMNS], like)
    else:
        for i in range(count):
            draw_choice(r, i, index, i * actor.plan[COLUMNS], actor.outputs)
    for i in range(count):
        densities[first + i] = r.densities[i]
        for j in range(actions.shape[1]):
            actions[first + i, j] = r.actions[j * ROWS + i]
        for j in range(memories.shape[1]):
            memories[first + i, j] = c.after[i * units + j]
