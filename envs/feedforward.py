"""Layers each of which has an activation of its own: networks that come from elsewhere and are run here as they are."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .policy import Mlp, choosing, described

FEEDFORWARD = 2
"""The kind in `Policy.code`, beside those of `policy`."""
ACTIVATIONS = ("none", "tanh", "relu", "clip")
"""What follows a layer's sums; `clip`: cut to -1 .. 1. A code names them by their places."""


@dataclass(frozen=True)
class Feedforward(Mlp):
    """A multilayer perceptron with a chosen activation after each layer. Only acting is known of it: it is not trained.

    An agent is W1, b1, W2, b2, ... as that of `Mlp`.

    Attributes:
        activations: of each layer, one of `ACTIVATIONS`.
    """

    activations: tuple[str, ...] = ()

    kind: ClassVar[str] = "feedforward"

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.activations) != len(self.sizes) - 1 or not set(self.activations) <= set(ACTIVATIONS):
            raise ValueError(
                f"activations {list(self.activations)}: each of the {len(self.sizes) - 1} layers has one of "
                f"{', '.join(ACTIVATIONS)}"
            )

    @property
    def code(self) -> NDArray[np.int64]:
        activations = (ACTIVATIONS.index(name) for name in self.activations)
        return np.array((FEEDFORWARD, choosing(self), *self.sizes, *activations), np.int64)

    def layout(self) -> dict[str, Any]:
        return described(self) | {
            "layout": "flat float32: W1, b1, W2, b2, ...; each W as (inputs, outputs), row by row; after the layers "
            f"in turn: {', '.join(self.activations)}"
        }


def of_code(code: NDArray[np.int64]) -> Feedforward:
    """The policy of a code of this kind."""
    _, discrete, *rest = code.tolist()
    layers = len(rest) // 2
    names = tuple(ACTIVATIONS[place] for place in rest[layers + 1 :])
    return Feedforward(tuple(rest[: layers + 1]), bool(discrete), activations=names)
