"""A policy with memory that is fitted to labelled sequences by any number of threads; see `nets.student`."""

import numpy as np
from numpy.typing import NDArray

from ...policy import Gru
from ...simd.number import number
from ..imitation import Settings
from ..layout import Vector
from ..learning import DROPPED, STEPS
from ..product import LANES
from ..recorded import Run
from .cell import combine
from .imitation import Rows, begin, desk, improve, outputs_of, pupil
from .layout import cells, pack, recurrent, unpacked
from .learning import BLOCK


class RecurrentStudent:
    """A `nets.student.Student` of a policy with memory; its network's value, which nothing is asked of, stays 0.

    Args:
        policy: its layout.
        rows: what is to be learnt; the number of sequences is a multiple of `learning.BLOCK`.
    """

    def __init__(self, policy: Gru, rows: Rows) -> None:
        self._net, self._rows = recurrent(policy), rows
        self._pupil = pupil(self._net, len(rows.weights), rows.length)
        self.unit = BLOCK * rows.length

    def load(self, agent: Vector, m: Vector, v: Vector, t: int) -> None:
        """See `Student`."""
        p, value = self._pupil, np.zeros(self._net.policy.memory + 1, np.float32)
        for room, flat in ((p.parameters, agent), (p.m, m), (p.v, v)):
            pack(self._net, flat, value, room)
        p.counts[STEPS] = t

    def outputs(self, run: Run, stop: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `Student`; before the first `fit`."""
        p, rows = self._pupil, self._rows
        made = np.zeros((len(rows.weights), self._net.policy.outputs), np.float32)
        taken = np.zeros_like(p.counters)
        combine(p.plan, p.parameters, p.biases)
        run(lambda: outputs_of(p, rows, made, taken, stop, cells(self._net, self.unit), number(LANES)))
        return made

    def fit(self, settings: Settings, run: Run, stop: NDArray[np.uint8]) -> tuple[float, bool]:
        """See `Student`."""
        p, rows = self._pupil, self._rows
        begin(p, rows, settings)
        run(lambda: improve(p, rows, settings, desk(self._net, rows.length), stop, number(LANES)))
        return float(p.loss[0]), bool(p.counts[DROPPED])

    def state(self) -> tuple[Vector, Vector, Vector, int]:
        """See `Student`."""
        p = self._pupil
        agent, m, v = (unpacked(self._net, part)[0] for part in (p.parameters, p.m, p.v))
        return agent, m, v, int(p.counts[STEPS])
