"""A network that is fitted to labelled rows by any number of threads; see `imitation`. `recurrent.student` has the like
for policies with memory.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..simd.number import number
from .imitation import Rows, Settings, begin, desk, improve, outputs_of, pupil
from .layout import ROWS, Perceptron, Vector, packed, unpacked
from .learning import DROPPED, STEPS
from .product import LANES
from .recorded import Run


class Student(Protocol):
    """A network in training. A minibatch is a multiple of `unit` rows, and so are all rows."""

    unit: int

    def load(self, agent: Vector, m: Vector, v: Vector, t: int) -> None:
        """Take an agent, float32[parameters], and Adam's moments and steps. Raises ValueError for other lengths."""
        ...

    def outputs(self, run: Run, stop: NDArray[np.uint8]) -> NDArray[np.float32]:
        """What the network puts out at all rows, float32[rows, a]."""
        ...

    def fit(self, settings: Settings, run: Run, stop: NDArray[np.uint8]) -> tuple[float, bool]:
        """One update; the mean loss, and whether a step was dropped because its gradient was not finite."""
        ...

    def state(self) -> tuple[Vector, Vector, Vector, int]:
        """What `load` takes, as it is now."""
        ...


class FeedforwardStudent:
    """A `Student` of a policy without memory.

    Args:
        net: its network.
        rows: what is to be learnt.
    """

    unit = ROWS

    def __init__(self, net: Perceptron, rows: Rows) -> None:
        self._net, self._rows, self._pupil = net, rows, pupil(net, len(rows.weights))

    def load(self, agent: Vector, m: Vector, v: Vector, t: int) -> None:
        """See `Student`."""
        p = self._pupil
        for room, flat in ((p.parameters, agent), (p.m, m), (p.v, v)):
            room[:] = packed(self._net, flat)
        p.counts[STEPS] = t

    def outputs(self, run: Run, stop: NDArray[np.uint8]) -> NDArray[np.float32]:
        """See `Student`."""
        net, made = self._net, np.zeros((len(self._rows.weights), self._net.sizes[-1]), np.float32)
        room = np.zeros(net.values, np.float32)
        outputs_of(net.plan, self._pupil.parameters, self._rows.observations, made, room, number(LANES))
        return made

    def fit(self, settings: Settings, run: Run, stop: NDArray[np.uint8]) -> tuple[float, bool]:
        """See `Student`."""
        begin(self._pupil, settings)
        run(lambda: improve(self._pupil, self._rows, settings, desk(self._net), stop, number(LANES)))
        return float(self._pupil.loss[0]), bool(self._pupil.counts[DROPPED])

    def state(self) -> tuple[Vector, Vector, Vector, int]:
        """See `Student`."""
        p = self._pupil
        agent, m, v = (unpacked(self._net, part) for part in (p.parameters, p.m, p.v))
        return agent, m, v, int(p.counts[STEPS])
