"""First weights of policies with memory: orthogonal, see `nets.start`; in a gated recurrent unit each gate's matrices
by themselves, with gain 1.
"""

import numpy as np

from ...policy import Gru
from ..layout import Vector
from ..start import HIDDEN_GAIN, orthogonal

KEYS = 8
"""How many keys `first_agent` takes."""


def first_agent(keys: list[int], policy: Gru, last_gain: float) -> Vector:
    """A flat agent; keys 0 .. 2^64 - 1: of the dense layer, of three gates given, of three kept, of the outputs."""
    inputs, dense, units, outputs = policy.sizes
    given = np.concatenate([orthogonal(key, dense, units, 1.0) for key in keys[1:4]], axis=1)
    kept = np.concatenate([orthogonal(key, units, units, 1.0) for key in keys[4:7]], axis=1)
    matrices = (
        orthogonal(keys[0], inputs, dense, HIDDEN_GAIN), given, kept, orthogonal(keys[7], units, outputs, last_gain)
    )  # fmt: skip
    return np.concatenate([part for w in matrices for part in (w.ravel(), np.zeros(w.shape[1], np.float32))])


def first_value(key: int, policy: Gru) -> Vector:
    """Weights and bias of the value, float32[memory + 1]."""
    return np.append(orthogonal(key, policy.memory, 1, 1.0), np.float32(0))
